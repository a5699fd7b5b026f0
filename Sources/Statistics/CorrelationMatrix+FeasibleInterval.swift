internal import LinearAlgebra

extension CorrelationMatrix {
  /// The values one correlation may take while all others stay as they are.
  ///
  /// With M the correlations of all other variables and a, c those of the two with them, the interval is
  /// `aᵀM⁻¹c ± √((1 − aᵀM⁻¹a)·(1 − cᵀM⁻¹c))`: the matrix is positive semidefinite exactly there. Where M is singular,
  /// its pseudo-inverse takes the place of M⁻¹.
  ///
  /// - Parameters:
  ///   - row: one variable; must be in `0..<count`.
  ///   - column: another.
  /// - Returns: an interval within [−1, 1] that contains the correlation as it is.
  /// - Throws: `CovarianceError.decomposition` where the eigenvalue iteration did not converge.
  public func feasibleInterval(
    ofRow row: Int, column: Int
  ) throws(CovarianceError) -> ClosedRange<Double> {
    precondition(row != column, "a variable's correlation with itself is one")
    let others = (0..<count).filter { $0 != row && $0 != column }
    let rest = Matrix(rows: others.count, columns: others.count) { matrix[others[$0], others[$1]] }
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(rest)
    } catch {
      throw .decomposition(error)
    }
    let first = multiply(transposed: spectrum.vectors, others.map { matrix[row, $0] })
    let second = multiply(transposed: spectrum.vectors, others.map { matrix[column, $0] })
    var (centre, firstLeft, secondLeft) = (0.0, 1.0, 1.0)
    for (index, value) in spectrum.values.enumerated() where value > spectrum.rounding {
      centre += first[index] * second[index] / value
      firstLeft -= first[index] * first[index] / value
      secondLeft -= second[index] * second[index] / value
    }
    let reach = (max(firstLeft, 0) * max(secondLeft, 0)).squareRoot()
    let present = matrix[row, column]
    return min(max(centre - reach, -1), present)...max(min(centre + reach, 1), present)
  }
}
