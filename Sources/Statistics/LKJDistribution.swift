internal import LinearAlgebra
internal import NumericalMethods

/// The law of random correlation matrices with density proportional to `det(R)^(η − 1)`.
///
/// η = 1 makes all correlation matrices equally likely, a larger η those near the identity likelier, a smaller one
/// those near singular. Every correlation has mean 0, variance `1/(2η + n − 1)` and, as `(1 + r)/2`, a beta law with
/// both shapes `η − 1 + n/2`.
///
/// Matrices are grown row by row by the onion method: row k of the triangular factor has a squared length, but for its
/// diagonal element, of the beta law with shapes `k/2` and `η + (n − 1 − k)/2`, in a uniform direction.
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

  /// How many independent uniforms one matrix is made of: n − 1.
  public var uniformCount: Int { count - 1 }

  /// How many independent standard normals one matrix is made of: n·(n − 1)/2.
  public var normalCount: Int { count * (count - 1) / 2 }

  /// The variance of each correlation, `1/(2η + n − 1)`.
  public var correlationVariance: Double { 1 / (2 * shape + Double(count) - 1) }

  /// The matrix that a set of draws makes.
  ///
  /// - Parameters:
  ///   - uniforms: `uniformCount` independent uniforms in the open interval (0, 1).
  ///   - normals: `normalCount` independent standard normals, finite.
  /// - Returns: an n × n correlation matrix, a continuous function of the draws.
  /// - Throws: `CovarianceError.decomposition` where the eigenvalue iteration did not converge.
  public func correlation(uniforms: [Double], normals: [Double]) throws(CovarianceError) -> CorrelationMatrix
  {
    precondition(uniforms.count == uniformCount, "\(count) rows take \(uniformCount) uniforms")
    precondition(normals.count == normalCount, "\(count) rows take \(normalCount) normals")
    precondition(uniforms.allSatisfy { $0 > 0 && $0 < 1 }, "a uniform lies strictly between 0 and 1")
    precondition(normals.allSatisfy(\.isFinite), "a normal is a finite number")
    var factor = Matrix.identity(count)
    var drawn = 0
    for row in 1..<max(1, count) {
      let law = BetaDistribution(0.5 * Double(row), shape + 0.5 * Double(count - 1 - row))
      let squaredLength = law.quantile(uniforms[row - 1])
      let direction = normals[drawn..<drawn + row].unitVector
      drawn += row
      for (column, element) in direction.enumerated() {
        factor[row, column] = squaredLength.squareRoot() * element
      }
      factor[row, row] = max(0, 1 - squaredLength).squareRoot()
    }
    return try CorrelationMatrix(roundedFrom: symmetricProduct(rowsOf: factor))
  }
}

extension ArraySlice<Double> {
  /// The numbers divided by their Euclidean length; the first axis where all are zero.
  fileprivate var unitVector: [Double] {
    let largest = reduce(0) { Swift.max($0, abs($1)) }
    guard largest > 0 else { return indices.map { $0 == startIndex ? 1 : 0 } }
    let scaled = map { $0 / largest }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return scaled.map { $0 / length }
  }
}
