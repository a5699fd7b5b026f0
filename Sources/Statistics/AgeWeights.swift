internal import RealModule

extension SampleWeights {
  /// Weights that fall with the age of an observation: `wᵢ = λ^(age−1)·(1−λ)/(1−λⁿ)`, the newest of age 1.
  ///
  /// Boudoukh, Richardson, Whitelaw: The best of both worlds (1998); they take λ of 0.97 to 0.99 for daily returns.
  ///
  /// - Parameters:
  ///   - count: the number n ≥ 1 of observations.
  ///   - decay: λ in (0, 1]; 1 gives equal weights.
  /// - Returns: one weight an observation, the oldest first.
  /// - Throws: `EstimationError.parameterOutOfRange` for any other decay, NaN included.
  public static func ageWeighted(count: Int, decay: Double) throws(EstimationError) -> SampleWeights {
    precondition(count >= 1, "weights need an observation")
    guard decay > 0, decay <= 1 else { throw .parameterOutOfRange(.decay, decay) }
    guard decay < 1 else { return equal(count: count) }
    var weights = [Double](repeating: 1, count: count)
    for index in weights.indices.dropLast().reversed() { weights[index] = weights[index + 1] * decay }
    return try SampleWeights(weights)
  }

  /// The decay with which an observation of the given age weighs half as much as the newest: `2^(−1/age)`.
  ///
  /// - Parameter halfLife: a positive number of dates.
  /// - Returns: λ in (0, 1).
  /// - Throws: `EstimationError.parameterOutOfRange` where the decay is not inside (0, 1).
  public static func decay(halfLife: Double) throws(EstimationError) -> Double {
    let decay = Double.exp2(-1 / halfLife)
    guard halfLife > 0, decay > 0, decay < 1 else { throw .parameterOutOfRange(.decay, decay) }
    return decay
  }
}
