import LinearAlgebra
import MarketData
import NumericalMethods
import Sampling
import Statistics

extension ShockState {
  /// Blends a random correlation matrix of the spot prices that move in by a share.
  ///
  /// The draw is the same at every strength and in every calibration: its numbers are found by seed, draw and names.
  mutating func blendRandom(shape: Double, share: Double, strength: Double) throws(ShockError) {
    try ShockError.require("shape", shape, shape > 0, "a number above 0")
    try ShockError.requireShare(share)
    let numbers = nextNumbers("lkj")
    let spots = movingSpots
    guard spots.count >= 2 else { return }
    let law = LKJDistribution(count: spots.count, shape: shape)
    let chiSquareds = zip(law.degreesOfFreedom, spots.dropFirst()).map { degrees, spot in
      ChiSquaredDistribution(degreesOfFreedom: degrees).quantile(
        numbers.uniform(moments.factors.factors[spot]))
    }
    let drawn: CorrelationMatrix
    do throws(CovarianceError) {
      drawn = try law.correlation(normals: numbers.normals(below: factors(spots)), chiSquareds: chiSquareds)
    } catch {
      throw .covariance(error)
    }
    let before = correlations
    try takeSpots(spots) { row, column in
      blended(before[spots[row], spots[column]], drawn[row, column], share: strength * share)
    }
  }

  /// Adds normal numbers of a size to the rows of the triangular factor of the spot prices that move, and scales them back
  /// to length one.
  mutating func perturb(by deviation: Double, strength: Double) throws(ShockError) {
    try ShockError.require("deviation", deviation, deviation >= 0, "a number of at least 0")
    let numbers = nextNumbers("perturbation")
    let spots = movingSpots
    guard spots.count >= 2, deviation > 0 else { return }
    var factor: Matrix
    do throws(LinearAlgebraError) {
      factor = try CovarianceFactor(correlations.principal(spots)).lower
    } catch {
      throw .covariance(.decomposition(error))
    }
    let disturbances = numbers.normals(below: factors(spots), withDiagonal: true)
    var place = 0
    for row in spots.indices {
      for column in 0...row {
        factor[row, column] += strength * deviation * disturbances[place]
        place += 1
      }
      let length = factor.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0...row { factor[row, column] /= length }
    }
    let product = symmetricProduct(rowsOf: factor)
    try takeSpots(spots) { product[$0, $1] }
  }

  private func factors(_ places: [Int]) -> [RiskFactor] { places.map { moments.factors.factors[$0] } }

  private mutating func nextNumbers(_ purpose: String) -> RandomNumbers {
    randomSteps += 1
    return RandomNumbers(seed: subject.seed, draw: draw, purpose: "\(purpose) \(randomSteps)")
  }

  /// Takes other correlations of spot prices with one another; those with other factors stay.
  private mutating func takeSpots(
    _ spots: [Int], correlation: (_ row: Int, _ column: Int) -> Double
  ) throws(ShockError) {
    var asked = correlations
    for (row, place) in spots.enumerated() {
      for (column, other) in spots[..<row].enumerated() {
        asked.setCorrelation(place, other, correlation(row, column))
      }
    }
    try take(asked)
  }
}

/// The random numbers of one matrix, found by names: a factor less takes no other factor's numbers away.
private struct RandomNumbers {
  /// Beside the streams of ``ScenarioStream``.
  private static let streamOfMatrices: UInt32 = 3

  private let stream: DrawStream
  private let draw: Int
  private let purpose: String

  init(seed: UInt64, draw: Int, purpose: String) {
    stream = DrawStream(seed: seed, stream: Self.streamOfMatrices)
    self.draw = draw
    self.purpose = purpose
  }

  /// A standard normal for every pair below the diagonal, row by row, and for every factor with itself if asked.
  func normals(below factors: [RiskFactor], withDiagonal: Bool = false) -> [Double] {
    var names: [UInt64] = []
    for (row, factor) in factors.enumerated() {
      for other in factors[..<(row + (withDiagonal ? 1 : 0))] {
        names.append(stableIdentifier(of: "\(purpose):\(factor):\(other)"))
      }
    }
    return Sampling.normals(stream: stream, factors: names, scenarios: draw..<(draw + 1))
  }

  /// A uniform in (0, 1) that belongs to a factor.
  func uniform(_ factor: RiskFactor) -> Double {
    stream.uniform(factor: stableIdentifier(of: "\(purpose) length:\(factor)"), scenario: draw)
  }
}
