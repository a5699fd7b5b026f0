internal import NumericalMethods

/// The probabilities of the observations of a weighted sample, which add up to 1.
public struct SampleWeights: Hashable, Sendable {
  /// One probability an observation, in the order of the sample; they add up to 1 within rounding.
  public let values: [Double]

  /// The sum of the squared probabilities, in [1/n, 1].
  let concentration: Double

  /// Weights scaled to add up to 1.
  ///
  /// - Parameter weights: one an observation, at least one, finite and at least 0; only their proportions matter.
  /// - Throws: `EstimationError.sampleTooSmall` without a weight, `.invalidWeight` naming the first that is negative,
  ///   NaN or infinite, `.weightsSumToZero` where nothing is left.
  public init(_ weights: [Double]) throws(EstimationError) {
    guard let largest = weights.max() else { throw .sampleTooSmall(count: 0, needed: 1) }
    if let index = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalidWeight(index: index)
    }
    guard largest > 0 else { throw .weightsSumToZero }
    // Equal weights stay bitwise equal, and the sum of shares of the largest neither overflows nor underflows.
    let shares = weights.map { $0 / largest }
    var total = CompensatedSum()
    for share in shares { total += share }
    let sum = total.value
    self.init(normalised: shares.map { $0 / sum })
  }

  private init(normalised values: [Double]) {
    self.values = values
    var squares = CompensatedSum()
    for value in values { squares += value * value }
    concentration = squares.value
  }

  /// Every observation with the same probability 1/n.
  ///
  /// - Parameter count: the number n ≥ 1 of observations.
  /// - Returns: the weights of a plain sample.
  public static func equal(count: Int) -> SampleWeights {
    precondition(count >= 1, "weights need an observation")
    return SampleWeights(normalised: [Double](repeating: 1 / Double(count), count: count))
  }

  /// The number of observations.
  public var count: Int { values.count }

  /// How many equally weighted observations carry as much information: `1 / Σ wᵢ²`, in [1, n].
  ///
  /// Kish: Survey sampling (1965).
  public var effectiveSampleSize: Double { 1 / concentration }

  /// Whether all observations have bitwise the same probability.
  var areEqual: Bool { values.allSatisfy { $0 == values[0] } }
}
