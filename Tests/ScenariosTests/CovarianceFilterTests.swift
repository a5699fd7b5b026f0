import Instruments
import LinearAlgebra
import MarketData
import RealModule
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct CovarianceFilteredScenariosTests {
  private let history: PriceHistory
  private static let filter = HistoricalFilter.covariance(volatilityDecay: 0.94, correlationDecay: 0.97)

  init() throws {
    history = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 260)
  }

  /// The inverse by Gauss and Jordan's elimination, for a positive definite matrix.
  private func inverse(_ matrix: Matrix) -> Matrix {
    var (left, right) = (matrix, Matrix.diagonal([Double](repeating: 1, count: matrix.rows)))
    for pivot in 0..<matrix.rows {
      let value = left[pivot, pivot]
      for column in 0..<matrix.rows {
        left[pivot, column] /= value
        right[pivot, column] /= value
      }
      for row in 0..<matrix.rows where row != pivot {
        let factor = left[row, pivot]
        for column in 0..<matrix.rows {
          left[row, column] -= factor * left[pivot, column]
          right[row, column] -= factor * right[pivot, column]
        }
      }
    }
    return right
  }

  /// The square root and its inverse by Denman and Beavers' iteration.
  private func roots(_ matrix: Matrix) -> (root: Matrix, inverse: Matrix) {
    var (root, inverted) = (matrix, Matrix.diagonal([Double](repeating: 1, count: matrix.rows)))
    for _ in 0..<40 {
      let next = (root + inverse(inverted)).scaled(by: 0.5)
      inverted = (inverted + inverse(root)).scaled(by: 0.5)
      root = next
    }
    return (root, inverted)
  }

  /// The definition by loops over elements, with square roots of its own.
  private func recoloured(_ moves: Matrix, _ volatilityDecay: Double, _ correlationDecay: Double) -> Matrix {
    let (p, n) = (moves.rows, moves.columns)
    func correlations(_ s: Matrix) -> Matrix {
      Matrix(rows: p, columns: p) { s[$0, $1] / (s[$0, $0] * s[$1, $1]).squareRoot() }
    }
    let sample = Matrix(rows: p, columns: p) { i, j in
      (0..<n).reduce(0) { $0 + moves[i, $1] * moves[j, $1] } / Double(n)
    }
    let share = Double(p) / (Double(p) + (1 + correlationDecay) / (1 - correlationDecay))
    func shrunk(_ s: Matrix) -> Matrix {
      correlations(s).scaled(by: 1 - share) + correlations(sample).scaled(by: share)
    }
    var variances = sample.diagonal
    var moments = sample
    var white = moves
    for t in 0..<n {
      let unwind = roots(shrunk(moments)).inverse
      for i in 0..<p {
        white[i, t] = (0..<p).reduce(0) { $0 + unwind[i, $1] * moves[$1, t] / variances[$1].squareRoot() }
      }
      for i in 0..<p {
        variances[i] = volatilityDecay * variances[i] + (1 - volatilityDecay) * moves[i, t] * moves[i, t]
        for j in 0..<p {
          moments[i, j] =
            correlationDecay * moments[i, j] + (1 - correlationDecay) * moves[i, t] * moves[j, t]
        }
      }
    }
    let now = roots(shrunk(moments)).root
    return Matrix(rows: p, columns: n) { i, t in
      variances[i].squareRoot() * (0..<p).reduce(0) { $0 + now[i, $1] * white[$1, t] }
    }
  }

  @Test("the order of the assets in the price file changes nothing")
  func orderOfAssets() throws {
    let turned = try PriceHistory(times: history.times, series: history.series.reversed())
    let request = ScenarioRequest.historical(filtered(200, by: Self.filter))
    let set = try source(history).scenarios(for: request)
    let other = try source(turned).scenarios(for: request)
    for row in 0..<4 {
      for (left, right) in zip(set.moves.row(row), other.moves.row(3 - row)) {
        #expect(abs(left - right) < 1e-12)
      }
    }
  }

  @Test func equalsThePlainLoop() throws {
    let plain = try source(history).scenarios(for: .historical(lastMoves(200)))
    let set = try source(history).scenarios(for: .historical(filtered(200, by: Self.filter)))
    let expected = recoloured(plain.moves, 0.94, 0.97)
    #expect(set.moves.maximumAbsoluteDifference(from: expected) < 1e-12)
    #expect(set.coverage == plain.coverage)
    let report = try #require(set.filtering)
    #expect(isClose(report.effectiveObservations, 1.94 / 0.06, relative: 1e-12))
    #expect(report.flooredDates == [0, 0, 0, 0])
    let after = try CovarianceEstimator.sample.estimate(set.moves.transposed()).correlation.matrix
    #expect(report.after.maximumAbsoluteDifference(from: after) < 1e-13)
  }

  /// One factor has no correlations to follow.
  @Test func aSingleFactorIsRescaledByItsVolatility() throws {
    let alone = try dailyHistory([(history.series[0].asset, history.series[0].prices)])
    let set = try source(alone).scenarios(for: .historical(filtered(200, by: Self.filter)))
    let scaled = try source(alone).scenarios(
      for: .historical(filtered(200, by: .volatility(.exponentiallyWeighted(decay: 0.94), floorShare: 0))))
    #expect(set.moves.maximumAbsoluteDifference(from: scaled.moves) < 1e-15)
    #expect(
      isClose(
        try #require(set.filtering).volatilityRatios[0], try #require(scaled.filtering).volatilityRatios[0],
        relative: 1e-12))
  }

  @Test func aCovarianceThatHardlyChangesChangesLittle() throws {
    let plain = try source(history).scenarios(for: .historical(lastMoves(200))).moves
    let slow = HistoricalFilter.covariance(volatilityDecay: 1 - 1e-9, correlationDecay: 1 - 1e-9)
    let set = try source(history).scenarios(for: .historical(filtered(200, by: slow)))
    #expect(set.moves.maximumAbsoluteDifference(from: plain) < 1e-6)
  }

  /// 400 days without correlation, then 100 at 0.9 and at three times the volatility: all of history takes on both.
  ///
  /// The correlations of the last hundred days are near the averages of now; 500 whitened moves have correlations within
  /// 5.5/√500 of nothing, and more than that off is rarer than 1 in 10⁶.
  @Test func historyTakesOnTheVolatilitiesAndCorrelationsOfNow() throws {
    let names = ["left", "right"].map { stableIdentifier(of: $0) }
    let shocks = normals(stream: DrawStream(seed: 11, stream: 3), factors: names, scenarios: 0..<500)
    var prices = [[100.0], [100.0]]
    for index in 0..<500 {
      let isWild = index >= 400
      let (rho, size) = isWild ? (0.9, 0.03) : (0, 0.01)
      let moves = [
        size * shocks[index],
        size * (rho * shocks[index] + (1 - rho * rho).squareRoot() * shocks[500 + index]),
      ]
      for asset in 0..<2 { prices[asset].append(prices[asset][index] * (1 + moves[asset])) }
    }
    let assets = try ["BTC", "ETH"].map { try Asset($0) }
    let source = try source(dailyHistory(zip(assets, prices).map { ($0, $1.map(Optional.some)) }))
    let set = try source.scenarios(for: .historical(filtered(500, by: Self.filter)))
    let report = try #require(set.filtering)
    #expect(report.before[0, 1] < 0.75)
    #expect(report.after[0, 1] > 0.8)
    #expect(report.volatilityRatios.allSatisfy { $0 > 1.4 })
    let early = set.selecting(Array(0..<400)).moves
    let deviations = (0..<2).map { row in
      (early.row(row).reduce(0) { $0 + $1 * $1 } / 400).squareRoot()
    }
    #expect(deviations.allSatisfy { $0 > 0.02 && $0 < 0.045 })
  }

  /// Two factors that are one, and fewer steps than factors: nothing is divided by noise.
  @Test func singularSamples() throws {
    let assets = history.assets
    let young = history.series[3].prices.enumerated().map { $0.offset < 250 ? nil : $0.element }
    let models = ScenarioModels(proxies: [Proxy(asset: assets[3], standIn: assets[0], beta: 1.5)])
    let series = history.series.map { ($0.asset, $0.asset == assets[3] ? young : $0.prices) }
    let twins = try source(dailyHistory(series), models: models)
      .scenarios(for: .historical(filtered(200, by: Self.filter)))
    #expect(twins.coverage[3].source == .proxy(assets[0], beta: 1.5))
    #expect(zip(twins.moves.row(3), twins.moves.row(0)).allSatisfy { isClose($0, 1.5 * $1, absolute: 1e-7) })

    let many = try randomHistory((0..<40).map { "C\($0)" }, days: 31)
    let plain = try source(many).scenarios(for: .historical(lastMoves(20))).moves
    let few = try source(many).scenarios(for: .historical(filtered(20, by: Self.filter))).moves
    #expect(few.maximumAbsoluteElement < 4 * plain.maximumAbsoluteElement)
  }

  @Test func aFactorWithGapsIsMissingThroughoutAndTheOthersDoNotKnowOfIt() throws {
    var gappy = history.series[1].prices
    gappy[120] = nil
    let assets = history.assets
    let series = history.series.map { ($0.asset, $0.asset == assets[1] ? gappy : $0.prices) }
    let request = ScenarioRequest.historical(filtered(200, days: 2, by: Self.filter))
    let set = try source(dailyHistory(series)).scenarios(for: request)
    let without = try source(dailyHistory(series.filter { $0.0 != assets[1] })).scenarios(for: request)
    #expect(set.coverage[1].missing == Array(0..<200))
    #expect(set.moves.row(1).allSatisfy { $0 == 0 })
    for (row, place) in [(0, 0), (2, 1), (3, 2)] { #expect(set.moves.row(row) == without.moves.row(place)) }
    #expect(try #require(set.filtering).volatilityRatios[1] == 1)
  }

  @Test func nothingThatMoves() throws {
    let history = try dailyHistory([(try Asset("USDX"), [Double?](repeating: 1, count: 20))])
    let set = try source(history).scenarios(for: .historical(filtered(10, by: Self.filter)))
    #expect(set.moves.row(0).allSatisfy { $0 == 0 })
    #expect(set.coverage[0].isComplete)
  }

  @Test func decaysOutsideTheirDomainAreNamed() throws {
    for decay in [0, 1, -0.5, 2, .nan] {
      for (field, filter) in [
        ("volatilityDecay", HistoricalFilter.covariance(volatilityDecay: decay, correlationDecay: 0.97)),
        ("correlationDecay", .covariance(volatilityDecay: 0.94, correlationDecay: decay)),
      ] {
        let error = try #require(throws: ScenarioError.self) {
          try source(history).scenarios(for: .historical(filtered(50, by: filter)))
        }
        guard case .outOfDomain(field, _, _) = error else { throw error }
      }
    }
  }
}
