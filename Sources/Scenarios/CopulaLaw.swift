import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Statistics

/// A Student-t copula with margins fitted to a sample.
struct CopulaLaw: Sendable {
  /// ν of the dependence.
  let degreesOfFreedom: Double
  /// One standard error of ν; `nil` where it was given.
  let standardError: Double?
  /// Whether ν was fitted.
  let isFitted: Bool
  /// The margin of every price that moves; `nil` for other factors.
  let margins: [FactorMargin?]
  /// What a move over one step is multiplied by to reach the horizon, one a factor.
  private(set) var moveScales: [Double]
  let tail: SymmetricTail

  /// Fits a law.
  ///
  /// - Parameters:
  ///   - model: what is asked for.
  ///   - observations: what it is fitted to; a margin takes the moves its factor has.
  ///   - covariance: as it was estimated, factor × factor.
  ///   - dependence: what becomes of the dependence; without mixing variable where it is not the estimated one.
  ///   - known: a law fitted before, whose ν is kept.
  ///   - factors: the factors.
  ///   - moveScale: what a move over one step is multiplied by.
  ///   - parallelism: how many margins are fitted at once.
  /// - Throws: ``ScenarioError/estimation(_:factor:)``, ``ScenarioError/covariance(_:)``.
  init(
    _ model: CopulaModel, observations: CalibrationObservations, covariance: Matrix, dependence: Dependence,
    keeping known: CopulaLaw?, factors: FactorSpace, moveScale: Double, parallelism: Parallelism
  ) throws(ScenarioError) {
    let series = observations.series
    margins = try mapBlocks(of: factors.count, size: 1, parallelism: parallelism) {
      (place, _) throws(ScenarioError) -> FactorMargin? in
      guard factors.isSpot(place), covariance[place, place] > 0 else { return nil }
      do throws(EstimationError) {
        return try FactorMargin(series[place].compactMap { $0 }, tailShare: model.tailShare)
      } catch {
        throw .estimation(error, factor: factors.factors[place].description)
      }
    }
    moveScales = [Double](repeating: moveScale, count: factors.count)
    if let known {
      degreesOfFreedom = known.degreesOfFreedom
      standardError = known.standardError
      isFitted = known.isFitted
      tail = known.tail
      return
    }
    // A stand-in says nothing of dependence, and ranks need every factor on every date.
    let own = factors.factors.indices.filter {
      factors.isSpot($0) && covariance[$0, $0] > 0 && observations.coverage[$0].source == .history
        && observations.gaps[$0].isEmpty
    }
    if let given = model.degreesOfFreedom {
      degreesOfFreedom = given
      standardError = nil
      isFitted = false
    } else if dependence != .estimated || own.count < 2 {
      // Nothing depends on ν then.
      degreesOfFreedom = CopulaDependence.domain.upperBound
      standardError = nil
      isFitted = false
    } else {
      let fit = try Self.dependence(of: own, observations.moves, covariance)
      degreesOfFreedom = fit.degreesOfFreedom
      standardError = fit.standardError
      isFitted = true
    }
    tail = dependence == .estimated ? SymmetricTail(degreesOfFreedom: degreesOfFreedom) : .normal
  }

  private static func dependence(
    of factors: [Int], _ observations: Matrix, _ covariance: Matrix
  ) throws(ScenarioError) -> CopulaDependence {
    let sample = Matrix(rows: factors.count, columns: observations.columns) {
      observations[factors[$0], $1]
    }
    let deviations = factors.map { covariance[$0, $0].squareRoot() }
    let correlation = Matrix(rows: factors.count, columns: factors.count) { row, column in
      row == column ? 1 : covariance[factors[row], factors[column]] / (deviations[row] * deviations[column])
    }
    do throws(LinearAlgebraError) {
      return try CopulaDependence(sample, correlation: correlation)
    } catch {
      throw .covariance(.decomposition(error))
    }
  }

  /// The law with wider or narrower margins.
  ///
  /// - Parameter ratios: what moves are multiplied by, one a factor.
  /// - Returns: the same dependence.
  func scaled(by ratios: [Double]) -> CopulaLaw {
    var law = self
    law.moveScales = zip(moveScales, ratios).map { $0 * $1 }
    return law
  }

  /// Every number that was fitted.
  ///
  /// - Parameters:
  ///   - factors: the factors.
  ///   - seed: of the resamples behind the tests of the tails.
  ///   - parallelism: how many factors are tested at once.
  /// - Returns: ν, then the tails factor after factor.
  func fits(of factors: FactorSpace, seed: UInt64, parallelism: Parallelism) -> [FittedParameter] {
    let names = factors.factors.map(\.description)
    let tails = mapBlocks(of: margins.count, size: 1, parallelism: parallelism) { place, _ in
      margins[place]?.fits(factor: names[place], seed: seed ^ stableIdentifier(of: names[place])) ?? []
    }
    let dependence = FittedParameter(
      factor: nil, name: "copula degrees of freedom", value: degreesOfFreedom, standardError: standardError)
    return (isFitted ? [dependence] : []) + tails.flatMap { $0 }
  }
}
