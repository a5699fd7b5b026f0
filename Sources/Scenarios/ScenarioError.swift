public import Instruments
public import MarketData
public import Statistics

/// Why a set of scenarios cannot be made.
public enum ScenarioError: Error, Hashable, Sendable {
  /// The history does not serve the request.
  case marketData(MarketDataError)
  /// The covariance cannot be estimated or factored.
  case covariance(CovarianceError)
  /// A supplied correlation matrix that is not positive semi-definite, and whose repair was not asked for.
  case correlationNotPositiveSemidefinite(smallestEigenvalue: Double)
  /// A supplied correlation matrix or a proxy that names an asset outside the market folder.
  case unknownAsset(Asset)
  /// A Student-t law without finite variance.
  case degreesOfFreedom(Double)
  /// A number of a volatility law outside its domain.
  case outOfDomain(field: String, value: Double, allowed: String)
  /// A filter, a margin or a recursion cannot be estimated for a factor.
  case estimation(EstimationError, factor: String)
  /// A horizon that is not a whole multiple of the steps it is put together from.
  case horizonNotAMultiple(of: Horizon, horizon: Horizon)
  /// A law that was asked for in closed form and has none; its description.
  case noClosedForm(String)
  /// A shock that cannot be applied to a calibration.
  case shock(ShockError)
  /// Fewer scenarios than any estimate could use.
  case tooFewScenarios(Int)
}
