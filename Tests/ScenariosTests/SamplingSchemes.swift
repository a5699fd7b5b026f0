import Instruments
import LinearAlgebra
import MarketData
import Parallel
import RealModule
import Sampling
import Scenarios
import Statistics

/// A request for draws in every respect.
func draws(
  _ law: MoveLaw, from sample: HistoricalRequest, dependence: Dependence = .estimated,
  sampling: SamplingScheme = .plain
) -> ScenarioRequest {
  .monteCarlo(
    MonteCarloRequest(
      law: law, sample: sample, estimator: .equallyWeighted(mean: .zero), dependence: dependence,
      sampling: sampling))
}

/// A daily history with given moves, one row an asset, named `A0` and so on.
func dailyHistory(moving moves: Matrix) throws -> PriceHistory {
  try dailyHistory(
    try (0..<moves.rows).map { row in
      var price = 100.0
      var prices: [Double?] = [price]
      for move in moves.row(row) {
        price *= 1 + move
        prices.append(price)
      }
      return (try Asset("A\(row)"), prices)
    })
}

/// Moves of a multivariate Student-t law (unit variance times `volatility`), equicorrelated, factor × observation.
func studentTMoves(
  degreesOfFreedom: Double, correlation: Double, factors: Int, observations: Int, volatility: Double = 0.02,
  seed: UInt64 = 5
) -> Matrix {
  let stream = DrawStream(seed: seed, stream: 99)
  let names = (0...factors).map { stableIdentifier(of: "test \($0)") }
  let base = normals(stream: stream, factors: names, scenarios: 0..<observations)
  var scales = [Double](repeating: 0, count: observations)
  var span = scales.mutableSpan
  fillStudentTScale(degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: 0, into: &span)
  return Matrix(rows: factors, columns: observations) { row, column in
    let common = base[column]
    let own = base[(row + 1) * observations + column]
    return volatility * scales[column]
      * (correlation.squareRoot() * common + (1 - correlation).squareRoot() * own)
  }
}

/// The mean products of the rows of a matrix: covariances where means are zero.
func secondMoments(_ moves: Matrix) -> Matrix {
  symmetricProduct(rowsOf: moves, scale: 1 / Double(moves.columns))
}

/// Whether a count of successes is believable: Chernoff's bound refuses an honest count with probability below
/// 2·exp(−17) = 8.3e-8.
func isBelievable(count: Int, trials: Int, probability: Double) -> Bool {
  let observed = Double(count) / Double(trials)
  func term(_ a: Double, _ b: Double) -> Double { a == 0 ? 0 : a * Double.log(a / b) }
  return Double(trials) * (term(observed, probability) + term(1 - observed, 1 - probability)) < 17
}

/// Whether a mean of independent terms is within seven of its own standard errors of what it should be: a false alarm
/// below 1e-9 where the terms are many and their variance is finite.
func isBelievable(meanOf terms: [Double], expected: Double) -> Bool {
  let mean = terms.reduce(0, +) / Double(terms.count)
  return abs(mean - expected) < 7 * (meanSquare(terms, about: mean) / Double(terms.count)).squareRoot()
}

/// The variance of numbers about a known mean.
func meanSquare(_ values: [Double], about mean: Double) -> Double {
  values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
}

/// The number of which a share of the others is not above it.
func empiricalQuantile(_ values: [Double], _ share: Double) -> Double {
  let sorted = values.sorted()
  return sorted[max(0, Int((Double(values.count) * share).rounded(.up)) - 1)]
}
