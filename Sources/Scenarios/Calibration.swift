public import Instruments
public import LinearAlgebra

/// What a set of scenarios was estimated from, and the estimate; it can be made again from resampled observations.
public struct Calibration: Sendable {
  /// Moves of the sample, factor × observation, oldest first; zero for a factor without history.
  public let observations: Matrix
  /// When each observation ends.
  public let dates: [Timestamp]
  /// The covariance of the moves over the horizon, factor × factor; `nil` where none was estimated.
  ///
  /// Under a dependence that was asked for, and with jumps, it is that of the law drawn from. A copula takes its correlations
  /// from it, while its margins have the variances of their own history. The rows of implied volatilities are those of an
  /// ``EllipticalLaw``, and zero where the law has no closed form.
  public let covariance: Matrix?
  /// The spectrum of the correlations and what a repair changed; `nil` where none were estimated.
  public let spectrum: CorrelationSpectrum?
  /// The law in closed form; `nil` where it has none.
  public let law: EllipticalLaw?
  /// The numbers that were fitted, with their errors.
  public let fits: [FittedParameter]
  private let remade: @Sendable ([Int]) throws(ScenarioError) -> Recalibration

  /// Joins the parts.
  ///
  /// - Parameters:
  ///   - observations: factor × observation, oldest first.
  ///   - dates: when each observation ends.
  ///   - covariance: factor × factor, over the horizon.
  ///   - spectrum: the spectrum of the correlations.
  ///   - law: the law in closed form.
  ///   - fits: the numbers that were fitted.
  ///   - remade: the estimate made again from chosen observations.
  init(
    observations: Matrix, dates: [Timestamp], covariance: Matrix? = nil, spectrum: CorrelationSpectrum? = nil,
    law: EllipticalLaw? = nil, fits: [FittedParameter] = [],
    remade: @escaping @Sendable ([Int]) throws(ScenarioError) -> Recalibration
  ) {
    self.observations = observations
    self.dates = dates
    self.covariance = covariance
    self.spectrum = spectrum
    self.law = law
    self.fits = fits
    self.remade = remade
  }

  /// The calibration of a law after a shock; made again it is what it was before, since a shock is not estimated.
  ///
  /// - Parameters:
  ///   - covariance: of the shocked moves, factor × factor.
  ///   - spectrum: of the shocked correlations.
  ///   - law: the shocked law in closed form; `nil` where it has none.
  /// - Returns: the same observations and fits.
  func shocked(covariance: Matrix, spectrum: CorrelationSpectrum?, law: EllipticalLaw?) -> Calibration {
    Calibration(
      observations: observations, dates: dates, covariance: covariance, spectrum: spectrum, law: law,
      fits: fits,
      remade: remade)
  }

  /// The estimate as it would have been from other observations of the same sample.
  ///
  /// - Parameter chosen: indices of observations, in the order in which they stand; one may stand twice.
  /// - Throws: ``ScenarioError``.
  /// - Returns: a law in closed form, or a small set drawn from the law with the random numbers of the set itself.
  public func remade(fromObservations chosen: [Int]) throws(ScenarioError) -> Recalibration {
    try remade(chosen)
  }

  /// How many scenarios are drawn where an estimate made again has no closed form.
  static let remadeCount = 4_096
}

/// An estimate made again from resampled observations.
public enum Recalibration: Sendable {
  /// A law in closed form.
  case law(EllipticalLaw)
  /// Draws from a law without one.
  case drawn(ScenarioSet)
}

/// A number fitted to a sample, with its error.
public struct FittedParameter: Hashable, Sendable {
  /// The factor it belongs to; `nil` for one that belongs to all.
  public let factor: String?
  /// What it is, such as `lower tail shape` or `reaction`.
  public let name: String
  /// The estimate.
  public let value: Double
  /// One standard error; `nil` where the fit gives none.
  public let standardError: Double?

  /// Makes a fitted number.
  ///
  /// - Parameters:
  ///   - factor: the factor it belongs to.
  ///   - name: what it is.
  ///   - value: the estimate.
  ///   - standardError: one standard error.
  public init(factor: String?, name: String, value: Double, standardError: Double? = nil) {
    self.factor = factor
    self.name = name
    self.value = value
    self.standardError = standardError
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

/// What filtering did to a sample of moves.
public struct FilterReport: Hashable, Sendable {
  /// Correlations of the moves as they were, factor × factor.
  public let before: Matrix
  /// Correlations of the filtered moves, factor × factor.
  public let after: Matrix
  /// What today's volatility of each factor is over that of its sample; 1 for a factor that does not move.
  public let volatilityRatios: [Double]
  /// How many dates of each factor stand on the volatility floor.
  public let flooredDates: [Int]
  /// How many equally weighted observations the volatilities of now rest on.
  public let effectiveObservations: Double

  /// Joins the parts.
  ///
  /// - Parameters:
  ///   - before: correlations of the moves as they were.
  ///   - after: correlations of the filtered moves.
  ///   - volatilityRatios: today's volatility of each factor over that of its sample.
  ///   - flooredDates: how many dates of each factor stand on the floor.
  ///   - effectiveObservations: how many observations the volatilities of now rest on.
  public init(
    before: Matrix, after: Matrix, volatilityRatios: [Double], flooredDates: [Int],
    effectiveObservations: Double
  ) {
    self.before = before
    self.after = after
    self.volatilityRatios = volatilityRatios
    self.flooredDates = flooredDates
    self.effectiveObservations = effectiveObservations
  }
}
