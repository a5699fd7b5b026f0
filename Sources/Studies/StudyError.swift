public import Instruments
public import Margin
public import MarketData
public import Scenarios
public import Statistics
public import Valuation

/// Why a study, or one regime of it, cannot be computed.
public enum StudyError: Error, Hashable, Sendable {
  /// The market has no row at the as-of date.
  case marketData(MarketDataError)
  /// The account cannot be valued at the as-of date.
  case valuation(ValuationError)
  /// A set of scenarios cannot be made.
  case scenarios(ScenarioError)
  /// A shock cannot be applied to the calibration of some scenarios, at a strength of each axis.
  case shock(ShockError, scenarios: String, strengths: [Double])
  /// A regime's requirement cannot be computed.
  case margin(MarginError)
  /// The tail of an account cannot be read.
  case tail(TailEstimationError)
  /// An estimate cannot be made.
  case statistics(StatisticsError)
  /// A change that the account does not allow.
  case instrument(InstrumentError)
  /// A swap of more of an asset than the account holds.
  case swapExceedsBalance(asset: Asset, held: Double, wanted: Double)
  /// The regime all others are measured against is not among them.
  case unknownReference(String, known: [String])
}
