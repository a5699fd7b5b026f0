import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct TailQuantileTests {
  /// One asset of which the book holds a million, so that a loss of x is a move of −x/10⁶.
  private let state: BookState = {
    var ledger = Ledger()
    ledger.balance(btc, worth: 1e6)
    return ledger.state
  }()

  private func set(_ losses: [Double], _ weights: SampleWeights?) -> ScenarioSet {
    ScenarioSet(
      factors: FactorSpace([.spot(btc)]), moves: Matrix(rows: [losses.map { 0 - $0 / 1e6 }]),
      labels: .draws(Array(losses.indices)), coverage: [FactorCoverage(source: .history)], weights: weights)
  }

  /// A sample with the given losses at the given places and gains elsewhere.
  private func sample(_ count: Int, _ losses: [(place: Int, loss: Double)]) -> [Double] {
    var sample = (0..<count).map { -Double($0) / 1_000 }
    for (place, loss) in losses { sample[place] = loss }
    return sample
  }

  private func value(
    _ measure: TailRiskTerm.Measure, _ quantile: TailQuantile, at confidence: Confidence, _ losses: [Double],
    _ weights: SampleWeights? = nil
  ) throws -> Double {
    let term = TailRiskTerm(
      measure: measure, confidence: confidence, scenarios: historicalRequest, quantile: quantile)
    let rules = try regime([NamedTerm(name: "tail", term: .tailRisk(term))], initial: "tail")
    let given = Evidence(sets: [historicalRequest: set(losses, weights)], parallelism: .sequential)
    let one = try requirement(of: rules, for: state, given: given)
    let many = try requirements(of: rules, for: state.repeated(2), given: given)
    #expect(isClose(many.pools[0].initial[1], one.initial, relative: 1e-12))
    return one.initial
  }

  @Test("HULL-BRW: 282,204 and 400,914.19 with λ = 0.995")
  func hull() throws {
    let losses = sample(
      500,
      [
        (493, 477_841), (338, 345_435), (348, 282_204), (328, 277_041), (486, 253_385), (226, 217_974),
      ])
    let weights = try SampleWeights.ageWeighted(count: 500, decay: 0.995)
    for quantile in [TailQuantile.lowerQuantile, .upperQuantile] {
      let worst = try value(.valueAtRisk, quantile, at: .ninetyNinePercent, losses, weights)
      #expect(isClose(worst, 282_204, relative: 1e-12))
    }
    // The expected shortfall knows no convention, not even one for equal weights alone.
    for quantile in TailQuantile.allCases {
      let mean = try value(.expectedShortfall, quantile, at: .ninetyNinePercent, losses, weights)
      #expect(isClose(mean, 400_914.19, absolute: 0.005))
    }
    #expect(
      isClose(
        try value(.valueAtRisk, .upperQuantile, at: .ninetyNinePercent, losses), 253_385, relative: 1e-12))
  }

  @Test("BRW98: interpolated 5 % value at risk 2.7338, the paper's 2.73")
  func boudoukh() throws {
    let returns = [(3, 3.3), (2, 2.9), (65, 2.7), (45, 2.5), (5, 2.4), (30, 2.3)]
    let weights = try SampleWeights.ageWeighted(count: 100, decay: 0.98)
    let worst = try value(
      .valueAtRisk, .interpolated, at: .ninetyFivePercent, sample(100, returns.map { (100 - $0.0, $0.1) }),
      weights)
    #expect(isClose(worst, 2.7338, absolute: 5e-5))
  }

  @Test("conventions for equal weights, against Statistics")
  func equalWeights() throws {
    let losses = (1...100).map { Double(($0 * 37) % 101) }
    #expect(
      isClose(try value(.valueAtRisk, .lowerQuantile, at: .ninetyFivePercent, losses), 95, relative: 1e-12))
    #expect(
      isClose(try value(.valueAtRisk, .upperQuantile, at: .ninetyFivePercent, losses), 96, relative: 1e-12))
    #expect(isClose(try value(.valueAtRisk, .type7, at: .ninetyFivePercent, losses), 95.05, relative: 1e-12))
    let smooth = try HarrellDavisEstimate(ofLosses: losses, at: .ninetyFivePercent).valueAtRisk
    #expect(
      isClose(try value(.valueAtRisk, .harrellDavis, at: .ninetyFivePercent, losses), smooth, relative: 1e-12)
    )
    for quantile in TailQuantile.allCases {
      let mean = try value(.expectedShortfall, quantile, at: .ninetyFivePercent, losses)
      #expect(isClose(mean, 98, relative: 1e-12))
    }
    // Weights that are all the same are none.
    for quantile in TailQuantile.allCases {
      let weighted = try value(.valueAtRisk, quantile, at: .ninetyFivePercent, losses, .equal(count: 100))
      #expect(try weighted == value(.valueAtRisk, quantile, at: .ninetyFivePercent, losses))
    }
  }

  @Test("conventions for equal weights alone refuse others", arguments: [TailQuantile.type7, .harrellDavis])
  func refused(quantile: TailQuantile) throws {
    let weights = try SampleWeights.ageWeighted(count: 100, decay: 0.98)
    #expect(throws: MarginError.quantileNeedsEqualWeights(quantile, term: "tail")) {
      try value(.valueAtRisk, quantile, at: .ninetyFivePercent, (0..<100).map(Double.init), weights)
    }
  }
}
