public import LinearAlgebra
public import Statistics

/// A law of simple returns that is known in closed form: mean zero, a covariance, and a shape.
///
/// Implied volatilities have no part in it: a law in closed form is for linear books, whose value they do not move. Their rows
/// of the covariance are zero, and what a response model makes of a move of their spot price is in drawn sets alone.
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
