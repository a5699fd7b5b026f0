public import LinearAlgebra
public import Statistics

/// A law of simple returns that is known in closed form: mean zero, a covariance, and a shape.
///
/// An implied volatility that answers its spot price by a ``VolatilityModel`` has the variance of that answer and the
/// covariances of the line through it, whose slope is the mean of the response to a rise and of that to a fall; that it bends at
/// zero, and is not of mean zero, is in drawn sets alone. One without a model has a row of zeros.
public struct EllipticalLaw: Hashable, Sendable {
  /// The shape of the tails.
  public let tail: EllipticalTail
  /// The covariance of the moves over the horizon, factor × factor.
  public let covariance: Matrix

  /// Makes a law.
  ///
  /// - Parameters:
  ///   - tail: the shape of the tails.
  ///   - covariance: factor × factor, symmetric.
  public init(tail: EllipticalTail, covariance: Matrix) {
    precondition(
      covariance.rows == covariance.columns, "a covariance of \(covariance.rows) × \(covariance.columns)")
    self.tail = tail
    self.covariance = covariance
  }

  /// The standard deviation of the P&L of linear books, √(e′Σe).
  ///
  /// - Parameter exposures: factor × book, in USD for a relative move of one.
  /// - Returns: one standard deviation a book, in USD.
  public func standardDeviations(of exposures: Matrix) -> [Double] {
    let weighted = multiply(covariance, exposures)
    let books = exposures.columns
    var variances = [Double](repeating: 0, count: books)
    for factor in 0..<exposures.rows {
      let start = factor * books
      for book in 0..<books {
        variances[book] += exposures.elements[start + book] * weighted.elements[start + book]
      }
    }
    return variances.map { max(0, $0).squareRoot() }
  }
}
