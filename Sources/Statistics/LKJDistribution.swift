internal import LinearAlgebra

/// The law of random correlation matrices with density proportional to `det(R)^(η − 1)`.
///
/// η = 1 makes all correlation matrices equally likely, a larger η those near the identity likelier, a smaller one
/// those near singular. Every correlation has mean 0, variance `1/(2η + n − 1)` and, as `(1 + r)/2`, a beta law with
/// both shapes `η − 1 + n/2`.
///
/// Matrices are grown row by row by the onion method. Row k of their triangular factor, counted from 0, is the vector of
/// k standard normals and the root of a chi-squared variable with `2η + n − 1 − k` degrees of freedom, divided by its
/// length: the part before the diagonal has a uniform direction and a squared length of the beta law with shapes `k/2`
/// and `η + (n − 1 − k)/2`.
/// Lewandowski, Kurowicka, Joe: Generating random correlation matrices based on vines and extended onion method,
/// Journal of Multivariate Analysis 100 (2009).
public struct LKJDistribution: Hashable, Sendable {
  /// The order n of the matrices.
  public let count: Int

  /// The shape η.
  public let shape: Double

  /// The law.
  ///
  /// - Parameters:
  ///   - count: the order n ≥ 1 of the matrices.
  ///   - shape: η > 0, finite.
  public init(count: Int, shape: Double) {
    precondition(count >= 1, "a correlation matrix has at least one row; have \(count)")
    precondition(shape > 0 && shape.isFinite, "the shape must be positive; have \(shape)")
    self.count = count
    self.shape = shape
  }

  /// The degrees of freedom of the independent chi-squared variables one matrix is made of, one for each row but the
  /// first: `2η + n − 2` down to `2η`.
  public var degreesOfFreedom: [Double] { (1..<max(1, count)).map { 2 * shape + Double(count - 1 - $0) } }

  /// How many independent standard normals one matrix is made of: n·(n − 1)/2.
  public var normalCount: Int { count * (count - 1) / 2 }

  /// The variance of each correlation, `1/(2η + n − 1)`.
  public var correlationVariance: Double { 1 / (2 * shape + Double(count) - 1) }

  /// The matrix that a set of draws makes.
  ///
  /// - Parameters:
  ///   - normals: `normalCount` independent standard normals, finite.
  ///   - chiSquareds: one chi-squared variable for each of `degreesOfFreedom`; finite and at least 0.
  /// - Returns: an n × n correlation matrix, a continuous function of the draws.
  /// - Throws: `CovarianceError.decomposition` where the eigenvalue iteration did not converge.
  public func correlation(
    normals: [Double], chiSquareds: [Double]
  ) throws(CovarianceError) -> CorrelationMatrix {
    precondition(normals.count == normalCount, "\(count) rows take \(normalCount) normals")
    precondition(chiSquareds.count == count - 1, "\(count) rows take \(count - 1) chi-squared variables")
    precondition(normals.allSatisfy(\.isFinite), "a normal is a finite number")
    precondition(
      chiSquareds.allSatisfy { $0 >= 0 && $0.isFinite }, "a chi-squared variable is finite and at least 0")
    var factor = Matrix.identity(count)
    var drawn = 0
    for row in 1..<max(1, count) {
      let vector = normals[drawn..<drawn + row] + [chiSquareds[row - 1].squareRoot()]
      drawn += row
      for (column, element) in vector.scaledToUnitLength.enumerated() { factor[row, column] = element }
    }
    return try CorrelationMatrix(roundedFrom: symmetricProduct(rowsOf: factor))
  }
}

extension ArraySlice<Double> {
  /// The numbers divided by their Euclidean length; the last axis where all are zero.
  fileprivate var scaledToUnitLength: [Double] {
    let largest = reduce(0) { Swift.max($0, abs($1)) }
    guard largest > 0 else { return indices.map { $0 == endIndex - 1 ? 1 : 0 } }
    let scaled = map { $0 / largest }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return scaled.map { $0 / length }
  }
}
