internal import LinearAlgebra

/// What the deviations that make a covariance are measured from.
public enum MeanConvention: Hashable, Sendable {
  /// From zero: the mean return over a short horizon is smaller than its own error.
  case zero
  /// From the (weighted) mean of the observations.
  case sample
}

extension Matrix {
  /// The matrix less its columns' weighted means, subtracted twice: the second pass removes the rounding of the first.
  ///
  /// - Parameter weights: one a row; they add up to 1.
  /// - Returns: a matrix of the same shape.
  func centred(weights: [Double]) -> Matrix {
    var result = self
    for _ in 0..<2 {
      let means = multiply(transposed: result, weights)
      for row in 0..<rows {
        result.withMutableRow(row) { span in
          for column in span.indices { span[column] -= means[column] }
        }
      }
    }
    return result
  }
}
