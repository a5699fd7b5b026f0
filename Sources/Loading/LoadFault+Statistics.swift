import LinearAlgebra
import Statistics

extension LoadFault {
  /// Why a statistic cannot be given.
  ///
  /// - Parameter error: the estimator's error.
  init(_ error: StatisticsError) {
    self =
      switch error {
      case .confidenceOutOfRange(let value):
        .expected("a confidence above 0.5 and below 1, such as 0.99", found: "\(value)")
      case .notFinite(let index): .rule("value \(index + 1) of a sample is not a finite number")
      case .resultNotFinite: .rule("an estimate is not a finite number: its inputs are too large")
      case .sampleTooSmall(let count, let needed):
        .expected("a sample of at least \(needed)", found: "\(count)")
      case .degreesOfFreedomOutOfRange(let degrees):
        .expected("more than 2 degrees of freedom", found: "\(degrees)")
      case .countOutOfRange(let count, let allowed):
        .expected("a count from \(allowed.lowerBound) to \(allowed.upperBound)", found: "\(count)")
      case .negativeVariance(let variance):
        .rule(
          "the covariance gives the account a variance of \(variance): it is not positive semi-definite; "
            + "correct it, or ask for the nearest one with repair: nearest")
      }
  }

  /// Why there is no covariance.
  ///
  /// - Parameter error: the estimator's error.
  init(_ error: CovarianceError) {
    self =
      switch error {
      case .tooFewObservations(let count, let needed):
        .expected("at least \(needed) observations for a covariance", found: "\(count)")
      case .decayOutsideUnitInterval(let decay):
        .expected("a decay above 0 and below 1, such as 0.97", found: "\(decay)")
      case .weightCount(let count, let observations):
        .rule("there are \(count) weights for \(observations) observations; each needs one")
      case .invalidWeight(let index): .rule("weight \(index + 1) is not a finite number of at least zero")
      case .degenerateWeights: .rule("at least two observations need a weight above zero")
      case .notFinite(let row, let column): .rule("\(place(row, column)) is not a finite number")
      case .overflow: .rule("the observations are too large: their products are not finite numbers")
      case .notSquare(let rows, let columns):
        .rule("a correlation matrix is square; this one has \(rows) rows and \(columns) columns")
      case .notSymmetric(let row, let column): .rule("\(place(row, column)) differs from its mirror element")
      case .diagonalNotOne(let row, let value):
        .rule("\(place(row, row)) is \(value), and the diagonal of a correlation matrix is 1")
      case .correlationOutsideRange(let row, let column, let value):
        .rule("\(place(row, column)) is \(value), and a correlation lies from -1 to 1")
      case .notPositiveSemidefinite(let eigenvalue, _):
        .rule(
          "the matrix is not positive semi-definite, its smallest eigenvalue is \(eigenvalue); "
            + "correct it, or ask for the nearest one with repair: nearest")
      case .keptCorrelationsContradict:
        .rule("no correlation matrix has all the correlations that are to be kept")
      case .varianceOutOfReach(let wanted, let largest):
        .expected("a variance of at most \(largest), that of perfect correlation", found: "\(wanted)")
      case .decomposition(let error): LoadFault(error)
      }
  }

  private init(_ error: LinearAlgebraError) {
    self =
      switch error {
      case .notFinite(let row, let column): .rule("\(place(row, column)) is not a finite number")
      case .notSymmetric(let asymmetry):
        .rule("elements across the diagonal of a symmetric matrix differ by \(asymmetry)")
      case .notPositiveDefinite(let minor):
        .rule("the covariance is not positive definite: its leading minor of order \(minor) is not positive")
      case .notPositiveSemidefinite(let eigenvalue):
        .rule("the covariance is not positive semi-definite: its smallest eigenvalue is \(eigenvalue)")
      case .negativeVariance(let row): .rule("the variance in row \(row + 1) is negative")
      case .covarianceWithoutVariance(let row, let column):
        .rule("row \(row + 1) has no variance, yet a covariance with row \(column + 1)")
      case .singular(let row): .rule("a triangular matrix has a zero on its diagonal, in row \(row + 1)")
      case .eigenvaluesNotFound: .rule("the eigenvalues of the covariance were not found")
      }
  }
}

/// An element of a matrix in words.
private func place(_ row: Int, _ column: Int) -> String {
  "the element in row \(row + 1), column \(column + 1) of the matrix"
}
