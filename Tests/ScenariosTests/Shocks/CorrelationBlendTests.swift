import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct CorrelationBlendTests {
  let correlation = [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]]

  func subject(_ window: WindowCorrelation? = nil) throws -> ShockSubject {
    try Subjects.make(try Subjects.spots("BTC", "ETH", "SOL"), correlation, window: window)
  }

  @Test(arguments: [0.25, 0.5, 1])
  func theBlendIsTheWeightedMeanOfBothMatrices(strength: Double) throws {
    for (target, number) in [(CorrelationTarget.allOne, 1.0), (.identity, 0), (.equal(-0.4), -0.4)] {
      let share = 0.6
      let law = try subject().after(
        .blend(CorrelationBlend(target: target, share: share)), strength: strength)
      for (row, column) in [(0, 1), (0, 2), (1, 2)] {
        let t = strength * share
        #expect(
          isClose(
            law.record.used[row, column], (1 - t) * correlation[row][column] + t * number, absolute: 2e-16))
      }
      #expect(law.record.repairDistance == 0)
      #expect(law.record.asked == law.record.used.matrix)
      #expect(law.components.count == 1)
    }
  }

  @Test func allOneAtFullShareIsExactlyOne() throws {
    let used = try subject().correlations(.blend(CorrelationBlend(target: .allOne)))
    #expect(used.matrix.elements.allSatisfy { $0 == 1 })
  }

  @Test func aBlendOfSomeFactorsLeavesTheOthersAndIsRepaired() throws {
    let among = try Subjects.spots("BTC", "SOL")
    let blend = CorrelationBlend(target: .equal(-0.9), among: among, repair: .nearest)
    let law = try subject().after(.blend(blend))
    #expect(law.record.asked[0, 2] == -0.9)
    #expect(law.record.asked[0, 1] == 0.8)
    let nearest = try NearestCorrelation(to: law.record.asked)
    #expect(law.record.used.matrix.maximumAbsoluteDifference(from: nearest.correlation.matrix) < 1e-9)
    #expect(isClose(law.record.repairDistance, nearest.frobeniusDistance, absolute: 1e-9))

    let kept = try subject().correlations(
      .blend(CorrelationBlend(target: .equal(-0.9), among: among, repair: .nearestKeeping)))
    #expect(isClose(kept[0, 2], -0.9, absolute: 1e-9))
    let shrunk = try subject().correlations(
      .blend(CorrelationBlend(target: .equal(-0.9), among: among, repair: .shrink)))
    #expect(shrunk[0, 1] == 0.8 && shrunk[0, 2] > -0.9 && shrunk[0, 2] < 0.5)
    let refusal = try subject().refusal(
      of: .blend(CorrelationBlend(target: .equal(-0.9), among: among, repair: .refuse)))
    guard case .notPositiveSemidefinite(let smallest) = refusal else {
      Issue.record("refused with \(String(describing: refusal))")
      return
    }
    #expect(smallest < 0)
  }

  @Test func blocksHaveOneNumberInsideAndAnotherBetween() throws {
    let groups = [try Subjects.spots("BTC", "ETH"), try Subjects.spots("SOL")]
    let used = try subject().correlations(
      .blend(CorrelationBlend(target: .blocks(groups, inside: 0.95, between: 0.1))))
    #expect(used[0, 1] == 0.95 && used[0, 2] == 0.1 && used[1, 2] == 0.1)

    // A factor in no group keeps its correlations.
    let one = try subject().correlations(
      .blend(CorrelationBlend(target: .blocks([groups[0]], inside: 0.7, between: 0))))
    #expect(one[0, 1] == 0.7 && one[0, 2] == 0.5 && one[1, 2] == 0.3)
  }

  @Test func blocksThatAreNoCorrelationMatrixAreRepairedOrRefused() throws {
    let groups = [try Subjects.spots("BTC", "ETH"), try Subjects.spots("SOL")]
    let target = CorrelationTarget.blocks(groups, inside: 0, between: 0.9)
    let law = try subject().after(.blend(CorrelationBlend(target: target)))
    #expect(law.record.asked[0, 2] == 0.9 && law.record.asked[0, 1] == 0)
    #expect(law.record.repairDistance > 0.1)
    let nearest = try NearestCorrelation(to: law.record.asked).correlation
    #expect(law.record.used.matrix.maximumAbsoluteDifference(from: nearest.matrix) < 1e-9)
    guard
      case .notPositiveSemidefinite = try subject().refusal(
        of: .blend(CorrelationBlend(target: target, repair: .refuse)))
    else {
      Issue.record("not refused")
      return
    }
  }

  @Test func aWindowGivesTheCorrelationsItCovers() throws {
    let window = try CorrelationMatrix(Matrix(rows: [[1, 0.2, 0], [0.2, 1, 0], [0, 0, 1]]))
    let subject = try subject(WindowCorrelation(correlation: window, isCovered: [true, true, false]))
    let used = try subject.correlations(.blend(CorrelationBlend(target: .window(.all))), strength: 0.5)
    #expect(isClose(used[0, 1], 0.5, absolute: 2e-16))
    #expect(used[0, 2] == 0.5 && used[1, 2] == 0.3)
    #expect(
      try self.subject().refusal(of: .blend(CorrelationBlend(target: .window(.all))))
        == .window(.tooShort(rows: 0)))
  }

  @Test func whatIsNoTargetIsRefused() throws {
    let subject = try subject()
    for share in [0, -0.1, 1.1, .nan] {
      guard
        case .outOfDomain(field: "share", _, _) = subject.refusal(
          of: .blend(CorrelationBlend(target: .identity, share: share)))
      else {
        Issue.record("a share of \(share)")
        continue
      }
    }
    for number in [-0.51, 1.01, .nan, .infinity] {
      guard
        case .outOfDomain(field: "correlation", _, _) = subject.refusal(
          of: .blend(CorrelationBlend(target: .equal(number))))
      else {
        Issue.record("a correlation of \(number)")
        continue
      }
    }
    #expect(subject.refusal(of: .blend(CorrelationBlend(target: .equal(-0.5)))) == nil)
    let twice = [try Subjects.spots("BTC"), try Subjects.spots("BTC")]
    guard
      case .outOfDomain(field: "blocks", _, _) = subject.refusal(
        of: .blend(CorrelationBlend(target: .blocks(twice, inside: 1, between: 0))))
    else {
      Issue.record("a factor in two groups")
      return
    }
  }
}
