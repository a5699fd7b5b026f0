public import LinearAlgebra
internal import NumericalMethods

/// The law of `Q = k + Σ bⱼ·Zⱼ + Σ λⱼ·Zⱼ²` with independent standard normal Z.
///
/// The profit of a portfolio that is quadratic in normal moves (delta-gamma) has such a law. Its cumulants are
/// `κ₁ = k + Σλ` and `κᵣ = 2^(r−1)·(r−1)!·Σλʳ + (r!/2)·2^(r−2)·Σb²·λ^(r−2)`.
///
/// Sign and unit are those of Q. Everything that is called value at risk takes Q for a loss; `negated` turns a profit
/// into one.
public struct QuadraticGaussian: Hashable, Sendable {
  /// The constant k.
  public let constant: Double
  /// The coefficients b of the normals.
  public let linear: [Double]
  /// The coefficients λ of their squares, as many.
  public let quadratic: [Double]
  /// The mean κ₁.
  public let mean: Double
  /// The square root of the variance κ₂, above 0.
  public let standardDeviation: Double

  /// The law with these coefficients.
  ///
  /// - Parameters:
  ///   - constant: k.
  ///   - linear: b, one a normal.
  ///   - quadratic: λ, as many.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.noVariance` or `.overflow`.
  public init(
    constant: Double, linear: [Double], quadratic: [Double]
  ) throws(QuadraticGaussianError) {
    precondition(linear.count == quadratic.count, "there must be one square a normal")
    guard constant.isFinite, linear.allSatisfy(\.isFinite), quadratic.allSatisfy(\.isFinite) else {
      throw .notFinite
    }
    self.constant = constant
    self.linear = linear
    self.quadratic = quadratic
    mean = constant + quadratic.reduce(0, +)
    // Over the largest coefficient, so that squares neither overflow nor vanish.
    let size = max(linear.lazy.map(abs).max() ?? 0, quadratic.lazy.map(abs).max() ?? 0)
    guard size > 0 else { throw .noVariance }
    let squares = zip(linear, quadratic).reduce(0.0) { sum, pair in
      let (b, lambda) = (pair.0 / size, pair.1 / size)
      return sum + b * b + 2 * lambda * lambda
    }
    standardDeviation = size * squares.squareRoot()
    guard mean.isFinite, standardDeviation.isFinite else { throw .overflow }
  }

  /// The law of `θ + δᵀX + ½·XᵀΓX` for normal X of mean zero.
  ///
  /// The covariance may be singular. It is scaled to unit diagonal before it is decomposed, so that factors in
  /// small units keep their digits.
  ///
  /// - Parameters:
  ///   - constant: θ.
  ///   - delta: δ, one a factor.
  ///   - gamma: Γ, factor × factor, symmetric.
  ///   - covariance: of X, factor × factor, symmetric and positive semidefinite but for rounding.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.notPositiveSemidefinite`, `.decomposition`, `.noVariance` or
  ///   `.overflow`.
  public init(
    constant: Double = 0, delta: [Double], gamma: Matrix, covariance: Matrix
  ) throws(QuadraticGaussianError) {
    let count = delta.count
    precondition(
      gamma.rows == count && gamma.columns == count && covariance.rows == count
        && covariance.columns == count, "delta, gamma and covariance must have the same factors")
    guard delta.allSatisfy(\.isFinite), gamma.isFinite, covariance.isFinite else { throw .notFinite }
    let root = try covariance.rootOfCovariance()
    let coupled = multiply(transposed: root, multiply(gamma, root))
    guard coupled.isFinite else { throw .overflow }
    let symmetric = Matrix(rows: count, columns: count) { row, column in
      0.25 * (coupled[row, column] + coupled[column, row])
    }
    if count > 0, !(gamma.asymmetry <= 1e-12 * gamma.maximumAbsoluteElement) {
      throw .decomposition(.notSymmetric(asymmetry: gamma.asymmetry))
    }
    let spectrum = try SymmetricEigen.orQuadraticGaussianError(symmetric)
    try self.init(
      constant: constant, linear: multiply(transposed: spectrum.vectors, multiply(transposed: root, delta)),
      quadratic: spectrum.values)
  }

  /// The law of −Q.
  public var negated: QuadraticGaussian {
    QuadraticGaussian(
      constant: 0 - constant, linear: linear.map { 0 - $0 }, quadratic: quadratic.map { 0 - $0 },
      mean: 0 - mean, standardDeviation: standardDeviation)
  }

  /// The law of (Q − mean)/standard deviation.
  var standardised: QuadraticGaussian {
    let quadratic = quadratic.map { $0 / standardDeviation }
    return QuadraticGaussian(
      constant: 0 - quadratic.reduce(0, +), linear: linear.map { $0 / standardDeviation },
      quadratic: quadratic, mean: 0, standardDeviation: 1)
  }

  private init(
    constant: Double, linear: [Double], quadratic: [Double], mean: Double, standardDeviation: Double
  ) {
    self.constant = constant
    self.linear = linear
    self.quadratic = quadratic
    self.mean = mean
    self.standardDeviation = standardDeviation
  }
}

extension QuadraticGaussian {
  /// A cumulant over the power of the standard deviation of the same order.
  ///
  /// - Parameter order: r ≥ 1.
  /// - Returns: `κᵣ/κ₂^(r/2)` of the centred law: 0 for r = 1, 1 for r = 2, the skewness for 3, the excess kurtosis
  ///   for 4.
  public func standardisedCumulant(_ order: Int) -> Double {
    precondition(order >= 1, "cumulants are numbered from one")
    guard order > 2 else { return order == 2 ? 1 : 0 }
    // 2^(r−1)·(r−1)! and (r!/2)·2^(r−2)
    let squares = (1..<order).reduce(1.0) { $0 * 2 * Double($1) }
    let lines = squares * Double(order) / 4
    return zip(linear, quadratic).reduce(0) { sum, pair in
      let (b, lambda) = (pair.0 / standardDeviation, pair.1 / standardDeviation)
      let power = (0..<order - 2).reduce(1.0) { product, _ in product * lambda }
      return sum + power * (squares * lambda * lambda + lines * b * b)
    }
  }

  /// The third standardised moment.
  public var skewness: Double { standardisedCumulant(3) }

  /// The fourth standardised moment less 3.
  public var excessKurtosis: Double { standardisedCumulant(4) }

  /// The values Q can take, between its ends where it has any; infinite where it has none.
  public var support: (lower: Double, upper: Double) {
    (0 - negated.upperEnd, upperEnd)
  }

  /// The largest value of Q: finite where no square opens upwards and no normal is without its square.
  private var upperEnd: Double {
    zip(linear, quadratic).reduce(constant) { end, pair in
      let (b, lambda) = pair
      if lambda > 0 || (lambda == 0 && b != 0) { return .infinity }
      return lambda == 0 ? end : end - b / (4 * lambda) * b
    }
  }
}

extension QuadraticGaussian {
  /// The quantile of the normal law of the same mean and variance: the delta-gamma-normal method.
  ///
  /// It knows neither skewness nor kurtosis, and can be further from the truth than the linear part alone.
  ///
  /// - Parameter probability: in (0, 1).
  /// - Returns: a value of Q.
  /// - Throws: `QuadraticGaussianError.probabilityOutOfRange`.
  public func normalApproximation(quantile probability: Double) throws(QuadraticGaussianError) -> Double {
    mean + standardDeviation * (try checkedNormalQuantile(probability))
  }
}

extension Matrix {
  /// A square root R with `R·Rᵀ` = this covariance matrix.
  fileprivate func rootOfCovariance() throws(QuadraticGaussianError) -> Matrix {
    let variances = diagonal
    for (row, variance) in variances.enumerated() where !(variance >= 0) {
      throw .decomposition(.negativeVariance(row: row))
    }
    let deviations = variances.map { $0.squareRoot() }
    for row in 0..<rows where deviations[row] == 0 {
      if let column = (0..<columns).first(where: { self[row, $0] != 0 || self[$0, row] != 0 }) {
        throw .decomposition(.covarianceWithoutVariance(row: row, column: column))
      }
    }
    let inverses = deviations.map { $0 > 0 ? 1 / $0 : 0 }
    let spectrum = try SymmetricEigen.orQuadraticGaussianError(scaled(rows: inverses, columns: inverses))
    if let smallest = spectrum.values.first, !(smallest >= -max(spectrum.rounding, 1e-12)) {
      throw .notPositiveSemidefinite(smallestEigenvalue: smallest)
    }
    return spectrum.vectors.scaled(
      rows: deviations, columns: spectrum.values.map { max($0, 0).squareRoot() })
  }
}

extension SymmetricEigen {
  /// The decomposition of a symmetric matrix, its failure as a `QuadraticGaussianError`.
  fileprivate static func orQuadraticGaussianError(
    _ matrix: Matrix
  ) throws(QuadraticGaussianError) -> SymmetricEigen {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen(matrix)
    } catch {
      throw .decomposition(error)
    }
  }
}

/// The normal quantile of a checked probability.
func checkedNormalQuantile(_ probability: Double) throws(QuadraticGaussianError) -> Double {
  guard probability > 0, probability < 1 else { throw .probabilityOutOfRange(probability) }
  return normalQuantile(probability)
}
