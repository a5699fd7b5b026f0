public import Instruments
public import LinearAlgebra
import Statistics

/// What a drawn law was estimated from, and the estimate; it can be made again from resampled observations.
public struct Calibration: Sendable {
  /// Moves of the sample, factor × observation, oldest first; zero for a factor without history.
  public let observations: Matrix
  /// When each observation ends.
  public let dates: [Timestamp]
  /// The law that was estimated.
  public let law: EllipticalLaw
  /// The spectrum of the correlations and what a repair changed.
  public let spectrum: CorrelationSpectrum
  private let recipe: CalibrationRecipe

  init(observations: Matrix, dates: [Timestamp], recipe: CalibrationRecipe) throws(ScenarioError) {
    self.observations = observations
    self.dates = dates
    self.recipe = recipe
    (law, spectrum) = try recipe.estimate(observations)
  }

  /// The law as it would have been estimated from other observations of the same sample.
  ///
  /// - Parameter chosen: indices of observations, in the order in which they stand; one may stand twice.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  /// - Returns: the law.
  public func law(ofObservations chosen: [Int]) throws(ScenarioError) -> EllipticalLaw {
    let resampled = Matrix(rows: observations.rows, columns: chosen.count) { observations[$0, chosen[$1]] }
    return try recipe.estimate(resampled).law
  }
}

/// The eigenvalues of the correlations a law uses, and what their repair changed.
public struct CorrelationSpectrum: Hashable, Sendable {
  /// The smallest eigenvalue among the factors that move.
  public let smallest: Double
  /// The largest eigenvalue.
  public let largest: Double
  /// The Frobenius distance between the matrix asked for and the one used; zero unless it was repaired.
  public let repairDistance: Double
  /// How many equally weighted observations the estimate is worth.
  public let effectiveObservations: Double
}

/// How a covariance of all factors is made from observations.
struct CalibrationRecipe: Hashable, Sendable {
  let law: MoveLaw
  let estimator: CovarianceEstimator
  /// What variances are multiplied by: the number of steps under square-root scaling.
  let varianceScale: Double
  /// Variances of independent response models, one a factor.
  let modelVariances: [Double]
  /// The places in the factor space of supplied correlations, and what they are.
  let supplied: (places: [Int], correlation: SuppliedCorrelation)?

  static func == (left: CalibrationRecipe, right: CalibrationRecipe) -> Bool {
    left.law == right.law && left.estimator == right.estimator && left.varianceScale == right.varianceScale
      && left.modelVariances == right.modelVariances && left.supplied?.places == right.supplied?.places
      && left.supplied?.correlation == right.supplied?.correlation
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(law)
    hasher.combine(estimator)
  }

  /// The law estimated from observations, factor × observation, with the spectrum of its correlations.
  func estimate(_ observations: Matrix) throws(ScenarioError) -> (
    law: EllipticalLaw, spectrum: CorrelationSpectrum
  ) {
    do throws(CovarianceError) {
      let estimate = try estimator.estimate(observations.transposed())
      let (correlation, distance) = try completed(estimate.correlation)
      var covariance =
        supplied == nil
        ? estimate.matrix.scaled(by: varianceScale)
        : correlation.covariance(volatilities: estimate.volatilities).scaled(by: varianceScale)
      for (factor, variance) in modelVariances.enumerated() where variance > 0 {
        covariance[factor, factor] += variance
      }
      let spectrum = CorrelationSpectrum(
        smallest: correlation.smallestEigenvalue, largest: correlation.largestEigenvalue,
        repairDistance: distance ?? 0, effectiveObservations: estimate.effectiveObservations)
      return (EllipticalLaw(law: law, covariance: covariance), spectrum)
    } catch .notPositiveSemidefinite(let smallest, _) {
      throw .correlationNotPositiveSemidefinite(smallestEigenvalue: smallest)
    } catch {
      throw .covariance(error)
    }
  }

  /// The estimated correlations with the supplied ones in their places; the distance is `nil` without a repair.
  private func completed(
    _ estimated: CorrelationMatrix
  ) throws(CovarianceError) -> (CorrelationMatrix, distance: Double?) {
    guard let supplied else { return (estimated, nil) }
    var matrix = estimated.matrix
    for (row, left) in supplied.places.enumerated() {
      for (column, right) in supplied.places.enumerated() {
        matrix[left, right] = supplied.correlation.matrix[row, column]
      }
    }
    switch supplied.correlation.repair {
    case .refuse: return (try CorrelationMatrix(matrix), nil)
    case .nearest:
      let repaired = try NearestCorrelation(to: matrix)
      return (repaired.correlation, repaired.frobeniusDistance)
    }
  }
}
