internal import LinearAlgebra
internal import NumericalMethods
internal import RealModule

/// How far correlations are from an estimate, measured in the estimate's own sampling error.
///
/// With k variables, R₀ the estimate from n observations and R the correlations in question:
///
/// - `mahalanobis` = `½·tr(Z²) − dg(Z)ᵀ·S⁻¹·dg(Z)` with `Z = √n·R₀⁻¹·(R − R₀)` and `S = I + R₀∘R₀⁻¹`: the difference
///   in the inverse of the covariance that sample correlations of normal variables have, for large n, where R₀ is true
///   (Jennrich: An asymptotic χ² test for the equality of two correlation matrices, Journal of the American Statistical
///   Association 65, 1970);
/// - `likelihoodRatio` = `n·(tr(R⁻¹·R₀) − k + log det R − log det R₀)`: twice the log likelihood of normal variables of
///   unit variance that R₀ gains on R.
///
/// Where R is true and n large, `mahalanobis` is near a χ² variable with k·(k − 1)/2 degrees of freedom. The likelihood
/// ratio is somewhat larger, of two variables of correlation ρ by 1 + ρ², since it takes the variances as known.
public struct CorrelationPlausibility: Hashable, Sendable {
  /// The quadratic form of the difference in the inverse sampling covariance of the estimate.
  public let mahalanobis: Double
  /// n·(tr(R⁻¹R₀) − k + log det R − log det R₀); `nil` where R is singular.
  public let likelihoodRatio: Double?
  /// The degrees of freedom of `mahalanobis` where R is true: k·(k − 1)/2.
  public let degreesOfFreedom: Int
  /// The probability of a quadratic form as large where R is true.
  public let probability: Double

  /// Measures correlations; `nil` where there are fewer than two variables, or the estimate is singular on them.
  ///
  /// A matrix counts as singular where its smallest eigenvalue is below `CovarianceFactor.defaultEigenvalueFloor` times
  /// its largest.
  ///
  /// - Parameters:
  ///   - shocked: R, n × n.
  ///   - estimate: R₀, n × n.
  ///   - effectiveObservations: how many equally weighted independent observations the estimate is worth; above 0.
  ///   - variables: the k variables that are compared, each once.
  public init?(
    of shocked: CorrelationMatrix, given estimate: CorrelationMatrix, effectiveObservations: Double,
    among variables: [Int]
  ) {
    precondition(shocked.count == estimate.count, "\(shocked.count) and \(estimate.count) variables")
    precondition(
      effectiveObservations > 0 && effectiveObservations.isFinite,
      "\(effectiveObservations) effective observations")
    precondition(Set(variables).count == variables.count, "each variable counts once")
    guard variables.count >= 2 else { return nil }
    let base = estimate.matrix.principal(variables)
    let other = shocked.matrix.principal(variables)
    guard let baseFactor = base.regularFactor else { return nil }

    let form = base.jennrichForm(of: other, factor: baseFactor)
    mahalanobis = max(effectiveObservations * form, 0)
    likelihoodRatio = other.regularFactor.map { factor in
      let trace = factor.solve(base).diagonal.reduce(0, +)
      let divergence =
        trace - Double(variables.count) + factor.logDeterminant - baseFactor.logDeterminant
      return max(effectiveObservations * divergence, 0)
    }
    degreesOfFreedom = variables.count * (variables.count - 1) / 2
    probability = ChiSquaredDistribution(degreesOfFreedom: Double(degreesOfFreedom)).survival(mahalanobis)
  }
}

extension Matrix {
  /// The rows and columns of some variables.
  fileprivate func principal(_ variables: [Int]) -> Matrix {
    Matrix(rows: variables.count, columns: variables.count) { self[variables[$0], variables[$1]] }
  }

  /// The Cholesky factor; `nil` where the matrix is singular.
  fileprivate var regularFactor: Cholesky? {
    guard let values = try? SymmetricEigen.values(of: self), let smallest = values.first,
      let largest = values.last, smallest >= CovarianceFactor.defaultEigenvalueFloor * largest
    else { return nil }
    return try? Cholesky(self)
  }

  /// Jennrich's form of one observation, with `factor` that of these correlations.
  fileprivate func jennrichForm(of other: Matrix, factor: Cholesky) -> Double {
    let relative = factor.solve(other - self)
    let inverse = factor.solve(.identity(rows))
    let diagonal = relative.diagonal
    let correction = Matrix(rows: rows, columns: rows) { row, column in
      let (i, j) = (max(row, column), min(row, column))
      return (i == j ? 1 : 0) + self[i, j] * inverse[i, j]
    }
    // S is at least the identity and positive definite: the element-wise product of two such matrices is one.
    guard let solved = try? Cholesky(correction).solve(diagonal) else {
      preconditionFailure("the identity and a product of positive definite matrices has a factor")
    }
    var half = 0.0
    for row in 0..<rows {
      for column in 0..<rows { half += 0.5 * relative[row, column] * relative[column, row] }
    }
    return zip(diagonal, solved).reduce(half) { $0 - $1.0 * $1.1 }
  }
}

extension Cholesky {
  /// The logarithm of the determinant of the matrix that was factorised.
  fileprivate var logDeterminant: Double { lower.diagonal.reduce(0) { $0 + 2 * .log($1) } }
}
