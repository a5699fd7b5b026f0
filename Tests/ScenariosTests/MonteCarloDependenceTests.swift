import Instruments
import LinearAlgebra
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct MonteCarloDependenceTests {
  private let models: ScenarioModels
  private let history: PriceHistory

  init() throws {
    models = ScenarioModels(
      basis: [BasisModel(asset: try Asset("BTC"), style: .linear, dailyVolatility: 0.004)])
    history = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 300)
  }

  private func drawn(
    _ law: MoveLaw, _ dependence: Dependence, sampling: SamplingScheme = .plain, count: Int = 1_000
  ) throws -> ScenarioSet {
    try source(history, models: models, count: count).scenarios(
      for: draws(law, from: lastMoves(250), dependence: dependence, sampling: sampling))
  }

  private func order(_ values: [Double]) -> [Int] { values.indices.sorted { values[$0] < values[$1] } }

  private func laws() throws -> [MoveLaw] {
    [
      .gaussian, .studentT(degreesOfFreedom: 5), .studentTCopula(CopulaModel()),
      .jumps(
        try JumpModel(
          commonIntensity: 0.1, commonMean: -1, commonDeviation: 1, ownIntensity: 0.1, ownDeviation: 1)),
    ]
  }

  @Test func comonotoneFactorsHaveEqualRanks() throws {
    for law in try laws() {
      for sampling in SamplingScheme.allCases {
        let set = try drawn(law, .comonotone, sampling: sampling)
        let first = order(set.moves.row(0))
        for factor in 1..<4 { #expect(order(set.moves.row(factor)) == first) }
        // A basis that follows a model stays on its own.
        #expect(order(set.moves.row(4)) != first)
      }
    }
  }

  /// The correlation of n = 8,000 independent products has deviation 1/√n; moves with four moments, seven of them.
  @Test func independentFactorsAreUncorrelatedEvenInTheirSquares() throws {
    for law in try laws() {
      let set = try drawn(law, .independent, count: 8_000)
      for row in 0..<5 {
        for column in 0..<row {
          let products = zip(set.moves.row(row), set.moves.row(column)).map { $0 * $1 }
          let means = [row, column].map { set.moves.row($0).reduce(0, +) / 8_000 }
          #expect(isBelievable(meanOf: products, expected: means[0] * means[1]))
          // Both beyond their 95 % quantiles: as often as chance has it.
          let limits = [row, column].map { empiricalQuantile(set.moves.row($0), 0.95) }
          let both = (0..<8_000).reduce(0) {
            set.moves[row, $1] > limits[0] && set.moves[column, $1] > limits[1] ? $0 + 1 : $0
          }
          #expect(isBelievable(count: both, trials: 8_000, probability: 0.0025))
        }
      }
    }
  }

  @Test func variancesStayTheCalibratedOnes() throws {
    for law in try laws().filter({ if case .studentTCopula = $0 { false } else { true } }) {
      for dependence in Dependence.allCases {
        let set = try drawn(law, dependence, count: 8_000)
        let estimated = try #require(try drawn(.gaussian, .estimated).calibration?.covariance)
        let covariance = try #require(set.calibration?.covariance)
        for factor in 0..<5 {
          #expect(isClose(covariance[factor, factor], estimated[factor, factor], relative: 1e-14))
          let squares = set.moves.row(factor).map { $0 * $0 }
          #expect(isBelievable(meanOf: squares, expected: estimated[factor, factor]))
        }
      }
    }
  }

  /// The moves of independent Student-t factors follow the law itself: at the quantiles of any table (5 degrees).
  @Test func independentStudentTMovesHaveTheirOwnTails() throws {
    let set = try drawn(.studentT(degreesOfFreedom: 5), .independent, count: 50_000)
    let covariance = try #require(set.calibration?.covariance)
    for factor in 0..<4 {
      let unit = (5.0 / 3 / covariance[factor, factor]).squareRoot()
      for (quantile, probability) in [(2.570582, 0.05), (4.032143, 0.01), (6.868827, 0.001)] {
        let count = set.moves.row(factor).reduce(0) { abs($1) * unit > quantile ? $0 + 1 : $0 }
        #expect(isBelievable(count: count, trials: 50_000, probability: probability))
      }
    }
  }

  @Test func closedFormsFollowTheDependence() throws {
    let request = { (law: MoveLaw, dependence: Dependence) in
      MonteCarloRequest(
        law: law, sample: lastMoves(250), estimator: .equallyWeighted(mean: .zero), dependence: dependence)
    }
    let source = try source(history, models: models)
    let book = Matrix(rows: 5, columns: 1, elements: [1, 2, 3, 4, 5])
    let estimated = try source.scenarios(for: .law(request(.gaussian, .estimated)))
    let own = try #require(estimated.calibration?.covariance).diagonal.map { $0.squareRoot() }
    let basis = (5 * own[4]) * (5 * own[4])
    let sum = own[0] + 2 * own[1] + 3 * own[2] + 4 * own[3]
    for law in [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)] {
      let set = try source.scenarios(for: .law(request(law, .comonotone)))
      #expect(set.count == 0)
      let calibration = try #require(set.calibration)
      let deviation = try #require(calibration.law).standardDeviations(of: book)[0]
      #expect(isClose(deviation, (sum * sum + basis).squareRoot(), relative: 1e-12))
      #expect(calibration.spectrum?.largest == 4)
      #expect(calibration.spectrum?.smallest == 0)
    }
    let apart = try source.scenarios(for: .law(request(.gaussian, .independent)))
    let squares = (0..<4).map { Double($0 + 1) * own[$0] }.reduce(0) { $0 + $1 * $1 }
    let deviation = try #require(apart.calibration?.law).standardDeviations(of: book)[0]
    #expect(isClose(deviation, (squares + basis).squareRoot(), relative: 1e-12))
  }

  @Test func lawsWithoutAClosedFormAreRefused() throws {
    let source = try source(history, models: models)
    func law(_ law: MoveLaw, _ dependence: Dependence = .estimated) -> ScenarioRequest {
      .law(
        MonteCarloRequest(
          law: law, sample: lastMoves(250), estimator: .equallyWeighted(mean: .zero), dependence: dependence))
    }
    #expect(throws: ScenarioError.noClosedForm("studentT(4), independent")) {
      try source.scenarios(for: law(.studentT(degreesOfFreedom: 4), .independent))
    }
    #expect(throws: ScenarioError.noClosedForm("studentTCopula(fitted, tails 0.1)")) {
      try source.scenarios(for: law(.studentTCopula(CopulaModel())))
    }
    #expect(throws: ScenarioError.degreesOfFreedom(2)) {
      try source.scenarios(for: law(.studentT(degreesOfFreedom: 2), .independent))
    }
  }

  /// A law without a closed form estimated again gives draws with the numbers of the set itself.
  @Test func theSameObservationsGiveTheSameDraws() throws {
    for (law, dependence) in try laws().map({ ($0, Dependence.independent) })
      + laws().map({ ($0, .estimated) })
    {
      for sampling in [SamplingScheme.antithetic, .sobol] {
        let set = try drawn(law, dependence, sampling: sampling, count: sampling == .sobol ? 4_096 : 5_000)
        let calibration = try #require(set.calibration)
        switch try calibration.remade(fromObservations: Array(0..<250)) {
        case .law(let remade): #expect(remade == calibration.law)
        case .drawn(let remade):
          #expect(calibration.law == nil)
          #expect(remade.moves == set.selecting(Array(0..<4_096)).moves)
          #expect(remade.replicates == set.replicates)
          let other = try calibration.remade(fromObservations: (0..<250).map { ($0 * 7) % 125 })
          guard case .drawn(let other) = other else {
            Issue.record("a law in closed form")
            continue
          }
          #expect(other.moves != remade.moves)
          #expect(zip(remade.moves.row(4), other.moves.row(4)).allSatisfy { abs($0 - $1) < 1e-12 })
        }
      }
    }
  }
}
