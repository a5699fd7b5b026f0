import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Statistics
import Studies
import Testing

/// The shipped accounts under the shipped value-at-risk regimes, along the shipped history.
@Suite struct WalkForwardStoryTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static let regimes = [
    "value-at-risk-historical", "value-at-risk-gaussian", "expected-shortfall-student-t",
  ]

  #if DEBUG
    /// Estimates stand for two months: the short run looks for traps alone.
    private static let walk = WalkForwardSettings(recalibratedEvery: 60)
    private static let names = ["luna-collateral"]
  #else
    private static let walk = WalkForwardSettings()
    private static let names = [
      "market-neutral", "linear-inverse-mix", "wrong-way-risk", "luna-collateral",
    ]
  #endif

  @Test("exceedances are neither absent nor everywhere, and every day is accounted for", arguments: names)
  func stories(_ name: String) throws {
    var loaded = try LoadedStudy(
      contentsOf: "\(Self.root)/scenarios/studies/demo.yaml",
      overrides: StudyOverrides(regimes: ["cross-collateral"] + Self.regimes))
    let account = try Loaded<Account>(accountFile: "\(Self.root)/scenarios/accounts/\(name).yaml").value
    loaded.study.account = account
    loaded.study.settings.asOf = try #require(account.asOf)
    let walk = try loaded.study.walkForward(Self.walk)
    let rows = loaded.study.history.times.count
    #expect(walk.refusals.isEmpty)
    #expect(walk.regimes.map(\.regime.id) == ["cross-collateral"] + Self.regimes)
    #expect(walk.commonDays > 300)
    for walked in walk.regimes {
      for test in walked.tests {
        let days = test.days
        #expect(days.total == rows - 1)
        #expect(days.tested + days.withoutLookBack + days.withoutPrices + days.notComputed == days.total)
        #expect(days.notComputed == 0 && days.tested > 300)
        // A model may be wrong by a factor of a few in crypto, not by a factor of ten.
        let expected = Double(days.tested) * test.confidence.tailProbability
        #expect(
          Double(test.exceedances) < 5 * expected, "\(walked.regime.id) \(test.term): \(test.exceedances)")
        #expect(test.exceedances < days.tested / 8)
      }
      let margin = try #require(walked.margin)
      #expect(margin.record.count == walk.commonDays)
      #expect((margin.procyclicality.peakToTrough ?? 0) >= 1)
    }
    // Over all tails of a story some day is bad: the sample holds May 2021, May and November 2022.
    #expect(walk.regimes.flatMap(\.tests).map(\.exceedances).reduce(0, +) > 0)
  }
}
