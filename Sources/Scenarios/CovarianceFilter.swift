import LinearAlgebra
import Statistics

/// Moves recoloured from the covariance of their own step to that of now: x*_t = S_T·S_t⁻¹·x_t.
///
/// The covariance known before step t is Σ_t = diag(σ_t)·R_t·diag(σ_t), with σ² and the correlations C each an exponentially
/// weighted average of the moves before t around zero. Both begin with the second moments of the whole sample, so that the
/// early steps are changed little. R_t = (1 − δ)·C_t + δ·C̄, with C̄ the correlations of the sample and δ = p/(p + m) for p
/// factors and m = (1 + λ)/(1 − λ) effective steps: the mean of an inverse Wishart law of p prior steps. Without it an
/// average of fewer effective steps than factors is singular, and the filter divides by noise. S_t = diag(σ_t)·R_t^½ with the
/// symmetric square root, which does not depend on the order of the factors as a Cholesky factor would; where the sample itself
/// is singular, directions without variance stay at rest. A single factor is rescaled as by its exponentially weighted
/// volatility alone.
///
/// Duffie, Pan: An overview of value at risk (1997).
struct CovarianceFilter: Sendable {
  /// Factor × step.
  let moves: Matrix
  /// The volatility of now of each factor over that of the sample.
  let volatilityRatios: [Double]
  /// How many equally weighted steps a volatility rests on.
  let volatilityEffectiveObservations: Double

  /// Filters moves.
  ///
  /// - Parameters:
  ///   - observations: factor × step, oldest first; no factor at rest throughout.
  ///   - volatilityDecay: λ of the volatilities, in (0, 1).
  ///   - correlationDecay: λ of the correlations, in (0, 1).
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)``, or ``ScenarioError/covariance(_:)``.
  init(_ observations: Matrix, volatilityDecay: Double, correlationDecay: Double) throws(ScenarioError) {
    for (field, decay) in [("volatilityDecay", volatilityDecay), ("correlationDecay", correlationDecay)]
    where !(decay > 0 && decay < 1) {
      throw .outOfDomain(field: field, value: decay, allowed: "a number between 0 and 1")
    }
    volatilityEffectiveObservations = (1 + volatilityDecay) / (1 - volatilityDecay)
    var state = MovingCovariance(
      observations, volatilityDecay: volatilityDecay, correlationDecay: correlationDecay)
    let average = state.volatilities
    var white = observations
    do throws(CovarianceError) {
      for step in 0..<observations.columns {
        let move = observations.column(step)
        let residual = multiply(try state.roots().inverse, zip(move, state.volatilities).map { $0 / $1 })
        for row in residual.indices { white[row, step] = residual[row] }
        state.update(move)
      }
      let now = state.volatilities
      guard now.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .overflow }
      moves = multiply(
        try state.roots().root.scaled(rows: now, columns: [Double](repeating: 1, count: now.count)), white)
      volatilityRatios = zip(now, average).map { $0 / $1 }
    } catch {
      throw .covariance(error)
    }
    guard moves.isFinite else { throw .covariance(.overflow) }
  }
}

/// Exponentially weighted second moments as they are known before a step.
private struct MovingCovariance {
  private let volatilityDecay: Double
  private let correlationDecay: Double
  /// δ·C̄, the correlations of the sample with their weight.
  private let anchor: Matrix
  /// 1 − δ.
  private let ownShare: Double
  private var variances: [Double]
  /// The second moments of the correlations; the lower triangle counts.
  private var moments: Matrix

  init(_ observations: Matrix, volatilityDecay: Double, correlationDecay: Double) {
    self.volatilityDecay = volatilityDecay
    self.correlationDecay = correlationDecay
    moments = symmetricProduct(rowsOf: observations, scale: 1 / Double(observations.columns))
    variances = moments.diagonal
    let count = Double(observations.rows)
    let share = count / (count + (1 + correlationDecay) / (1 - correlationDecay))
    ownShare = 1 - share
    anchor = moments.correlations().scaled(by: share)
  }

  var volatilities: [Double] { variances.map { $0.squareRoot() } }

  /// The symmetric square root of R, and its inverse on the directions that have variance.
  func roots() throws(CovarianceError) -> (root: Matrix, inverse: Matrix) {
    let own = moments.correlations()
    let matrix = Matrix(rows: own.rows, columns: own.columns) { row, column in
      row == column ? 1 : ownShare * own[row, column] + anchor[row, column]
    }
    do throws(LinearAlgebraError) {
      let spectrum = try SymmetricEigen(matrix)
      let root = try spectrum.squareRoot()
      return (root, spectrum.applying { $0 > spectrum.rounding ? 1 / $0.squareRoot() : 0 })
    } catch {
      throw .decomposition(error)
    }
  }

  mutating func update(_ move: [Double]) {
    for row in move.indices {
      variances[row] = volatilityDecay * variances[row] + (1 - volatilityDecay) * (move[row] * move[row])
      let weighted = (1 - correlationDecay) * move[row]
      moments.withMutableRow(row) { span in
        for column in 0...row { span[column] = correlationDecay * span[column] + weighted * move[column] }
      }
    }
  }
}

extension Matrix {
  /// The lower triangle scaled to unit diagonal, and its mirror image.
  fileprivate func correlations() -> Matrix {
    let deviations = diagonal.map { $0.squareRoot() }
    return Matrix(rows: rows, columns: columns) { row, column in
      row == column
        ? 1 : self[max(row, column), min(row, column)] / (deviations[row] * deviations[column])
    }
  }
}
