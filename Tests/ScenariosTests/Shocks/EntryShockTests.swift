import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct EntryShockTests {
  /// r12 = .9, r23 = .3.
  func psdInterval() throws -> ShockSubject {
    try Subjects.make(
      try Subjects.spots("BTC", "ETH", "SOL"), [[1, 0.9, 0.3], [0.9, 1, 0.3], [0.3, 0.3, 1]])
  }

  func pair(_ change: CorrelationChange, _ repair: ShockRepair) throws -> ShockStep {
    .entries(
      EntryShock(
        between: try Subjects.spots("BTC"), and: try Subjects.spots("SOL"), change: change, repair: repair))
  }

  @Test("PSD-INT: .7 is refused with the interval [-0.1458124577, 0.6858124577]")
  func anImpossibleCorrelationIsRefusedWithItsInterval() throws {
    let refusal = try psdInterval().refusal(of: pair(.to(0.7), .refuse))
    guard case .infeasible(let first, let second, let wanted, let lower, let upper) = refusal else {
      Issue.record("refused with \(String(describing: refusal))")
      return
    }
    #expect([first, second] == (try Subjects.spots("BTC", "SOL")))
    #expect(wanted == 0.7)
    #expect(isClose(lower, -0.1458124577, absolute: 5e-11))
    #expect(isClose(upper, 0.6858124577, absolute: 5e-11))
    for inside in [-0.1458124576, 0.6858124576, 0.3] {
      #expect(try psdInterval().correlations(pair(.to(inside), .refuse))[0, 2] == inside)
    }
    // On the way there it is possible.
    let half = try psdInterval().correlations(pair(.to(0.7), .refuse), strength: 0.5)
    #expect(isClose(half[0, 2], 0.5, absolute: 1e-15))
  }

  @Test func everyRepairGivesACorrelationMatrixOfItsKind() throws {
    let nearest = try psdInterval().after(pair(.to(-0.6), .nearest))
    #expect(nearest.record.asked[0, 2] == -0.6)
    let plain = try NearestCorrelation(to: nearest.record.asked).correlation
    #expect(nearest.record.used.matrix.maximumAbsoluteDifference(from: plain.matrix) < 1e-9)

    let keeping = try psdInterval().after(pair(.to(-0.6), .nearestKeeping))
    #expect(isClose(keeping.record.used[0, 2], -0.6, absolute: 1e-9))
    #expect(keeping.record.repairDistance >= nearest.record.repairDistance - 1e-9)

    let shrunk = try psdInterval().after(pair(.to(-0.6), .shrink))
    #expect(isClose(shrunk.record.used[0, 2], -0.1458124577, absolute: 1e-9))
    #expect(shrunk.record.used[0, 1] == 0.9)
    #expect(
      isClose(
        shrunk.record.repairDistance, (shrunk.record.used.matrix - shrunk.record.asked).frobeniusNorm,
        absolute: 1e-15))
  }

  @Test func changesAreAppliedToEveryPairOnce() throws {
    let subject = try psdInterval()
    let all = try Subjects.spots("BTC", "ETH", "SOL")
    let scaled = try subject.correlations(
      .entries(EntryShock(between: all, change: .scale(0.5), repair: .refuse)))
    #expect(scaled[0, 1] == 0.45 && scaled[0, 2] == 0.15 && scaled[1, 2] == 0.15)
    let both = try subject.correlations(
      .entries(EntryShock(between: all, and: all, change: .scale(0.5), repair: .refuse)))
    #expect(both == scaled)
    let added = try subject.correlations(
      .entries(EntryShock(between: all, change: .add(0.2), repair: .nearest)))
    #expect(isClose(added[0, 2], 0.5, absolute: 1e-15) && added[0, 1] == 1)
  }

  @Test func correlationsThatCannotBeKeptAreRefused() throws {
    let all = try Subjects.spots("BTC", "ETH", "SOL")
    let shock = EntryShock(between: all, change: .to(-0.9), repair: .nearestKeeping)
    #expect(try psdInterval().refusal(of: .entries(shock)) == .cannotBeKept)
    let refused = EntryShock(between: all, change: .to(-0.9), repair: .refuse)
    guard case .notPositiveSemidefinite(let smallest) = try psdInterval().refusal(of: .entries(refused))
    else {
      Issue.record("not refused")
      return
    }
    #expect(isClose(smallest, 1 - 2 * 0.9, absolute: 1e-12))
  }

  @Test func numbersOutsideTheirDomainAreRefused() throws {
    for change in [CorrelationChange.to(1.1), .to(.nan), .add(.infinity), .scale(.nan)] {
      guard case .outOfDomain = try psdInterval().refusal(of: pair(change, .nearest)) else {
        Issue.record("\(change)")
        continue
      }
    }
  }

  @Test("FRTB-RHO: the low and the high correlation of .5, .85 and .95")
  func regulatoryCorrelations() throws {
    let low = [(0.5, 0.375), (0.85, 0.7), (0.95, 0.9)]
    let high = [(0.5, 0.625), (0.85, 1.0), (0.95, 1.0)]
    for (scenario, expected) in [
      (CorrelationScenario.low, low), (.high, high), (.medium, low.map { ($0.0, $0.0) }),
    ] {
      for (correlation, wanted) in expected {
        let subject = try Subjects.make(
          try Subjects.spots("BTC", "ETH"), [[1, correlation], [correlation, 1]])
        let used = try subject.correlations(.regulatory(scenario, repair: .nearest))
        #expect(isClose(used[0, 1], wanted, absolute: 2e-16))
        let half = try subject.correlations(.regulatory(scenario, repair: .nearest), strength: 0.5)
        #expect(isClose(half[0, 1], (correlation + wanted) / 2, absolute: 2e-16))
      }
    }
  }

  @Test func highCorrelationsAreRepaired() throws {
    let subject = try Subjects.make(
      try Subjects.spots("BTC", "ETH", "SOL"), [[1, 0.7, 0], [0.7, 1, 0.7], [0, 0.7, 1]])
    let law = try subject.after(.regulatory(.high, repair: .nearest))
    let plain = try CorrelationScenario.high.applied(to: subject.moments.correlation)
    #expect(law.record.used.matrix.maximumAbsoluteDifference(from: plain.correlation.matrix) < 1e-9)
    #expect(isClose(law.record.repairDistance, plain.frobeniusDistance, absolute: 1e-9))
    #expect(law.record.repairDistance > 0.1)
    // The correlation that stays zero in all three sets is the one that gives way.
    let kept = try subject.correlations(.regulatory(.high, repair: .nearestKeeping))
    #expect(isClose(kept[0, 1], 0.875, absolute: 1e-9) && isClose(kept[1, 2], 0.875, absolute: 1e-9))
    #expect(kept[0, 2] > 2 * 0.875 * 0.875 - 1 - 1e-6)
  }
}
