public import LinearAlgebra
public import Statistics

extension ErrorProse {
  /// Why a statistic cannot be given.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: StatisticsError) -> String {
    switch error {
    case .confidenceOutOfRange(let value):
      "a confidence of \(number(value)) is not between 0.5 and 1; for a loss exceeded in 1 % of the cases write 0.99"
    case .notFinite(let index): "value \(index + 1) of a sample is not a finite number"
    case .resultNotFinite: "an estimate is not a finite number: its inputs are too large"
    case .sampleTooSmall(let held, let needed):
      "a sample of \(count(held, "value")) is too small; this statistic needs \(needed)"
    case .degreesOfFreedomOutOfRange(let degrees): degreesOfFreedom(degrees)
    case .countOutOfRange(let count, let allowed):
      "a count of \(count) is not allowed; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
    case .negativeVariance(let variance):
      "the covariance gives this account a variance of \(number(variance)): it is not positive semi-definite; correct "
        + "it, or ask for its repair (repair: nearest)"
    }
  }

  /// Why a covariance or correlation matrix cannot be had.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: CovarianceError) -> String {
    switch error {
    case .tooFewObservations(let held, let needed):
      "a covariance from \(count(held, "observation")) cannot be had; the estimator needs \(needed)"
    case .decayOutsideUnitInterval(let decay):
      "a decay of \(number(decay)) is not between 0 and 1; daily data commonly take 0.94 or 0.97"
    case .weightCount(let count, let observations):
      "there are \(count) weights for \(observations) observations; give one an observation"
    case .invalidWeight(let index):
      "weight \(index + 1) is not a finite number of at least zero"
    case .degenerateWeights:
      "the weights leave nothing to estimate from; at least two observations need a weight above zero"
    case .notFinite(let row, let column):
      "the element in row \(row + 1), column \(column + 1) is not a finite number"
    case .overflow: "the observations are so large that their products are not finite numbers"
    case .notSquare(let rows, let columns):
      "a correlation matrix has as many rows as columns; this one has \(rows) and \(columns)"
    case .notSymmetric(let row, let column):
      "the correlation matrix is not symmetric: row \(row + 1), column \(column + 1) differs from its mirror element"
    case .diagonalNotOne(let row, let value):
      "the diagonal of a correlation matrix is 1; row \(row + 1) has \(number(value))"
    case .correlationOutsideRange(let row, let column, let value):
      "a correlation lies between -1 and 1; row \(row + 1), column \(column + 1) has \(number(value))"
    case .notPositiveSemidefinite(let smallest, let tolerance):
      "the matrix is not positive semi-definite: its smallest eigenvalue is \(number(smallest)), and rounding explains "
        + "\(number(-tolerance)) at most; correct it, or ask for its repair (repair: nearest)"
    case .keptCorrelationsContradict:
      "no correlation matrix has all the correlations that are to be kept"
    case .varianceOutOfReach(let wanted, let largest):
      "no correlations give a variance of \(number(wanted)); the largest is \(number(largest))"
    case .decomposition(let error): text(of: error)
    }
  }

  /// Why a matrix has no decomposition.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong.
  public static func text(of error: LinearAlgebraError) -> String {
    switch error {
    case .notFinite(let row, let column):
      "the element in row \(row + 1), column \(column + 1) of a matrix is not a finite number"
    case .notSymmetric(let asymmetry):
      "a matrix that must be symmetric is not: elements across its diagonal differ by \(number(asymmetry))"
    case .notPositiveDefinite(let minor):
      "a matrix is not positive definite: its leading minor of order \(minor) is not positive"
    case .notPositiveSemidefinite(let smallest):
      "a matrix is not positive semi-definite: its smallest eigenvalue is \(number(smallest))"
    case .negativeVariance(let row): "the variance in row \(row + 1) of a covariance is negative"
    case .covarianceWithoutVariance(let row, let column):
      "row \(row + 1) of a covariance has no variance, yet a covariance with row \(column + 1)"
    case .singular(let row): "a triangular matrix has a zero on its diagonal, in row \(row + 1)"
    case .eigenvaluesNotFound: "the eigenvalues of a matrix were not found: the iteration did not converge"
    }
  }
}
