import Foundation
import TestSupport
import Testing

/// The published examples of the venues, and the answers their interfaces gave.
@Suite struct VenueCaseTests {
  @Test("every number a venue printed comes out of its rules", arguments: try VenueCase.all())
  func everyNumber(of venueCase: VenueCase) throws {
    let computed = try venueCase.computed()
    let expectations = try venueCase.expectations()
    #expect(!expectations.isEmpty, "a case without expectations")
    for expectation in expectations {
      let found = computed[expectation.place]
      #expect(found != nil, "expected.csv:\(expectation.line): nothing at \(expectation.place)")
      guard let found else { continue }
      #expect(
        isClose(found, expectation.amount, relative: expectation.relative, absolute: expectation.absolute),
        "expected.csv:\(expectation.line): \(expectation.place) is \(found), the venue printed \(expectation.amount)"
      )
    }
  }

  @Test("every case says where it comes from, and a tolerance it means")
  func everyHead() throws {
    let cases = try VenueCase.all()
    // Without the folder the walk above would pass for want of anything to walk.
    #expect(cases.count >= 66)
    #expect(Set(cases.map(\.plan.id)).count == cases.count)
    for one in cases {
      #expect(one.plan.id == one.folder.lastPathComponent)
      #expect(one.plan.absolute > 0 || one.plan.relative > 0, "\(one.plan.id) has no tolerance")
      #expect(one.plan.relative <= 1e-3, "\(one.plan.id) is loose")
    }
  }
}
