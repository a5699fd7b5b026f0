public import Instruments
public import Scenarios
public import Statistics
public import Valuation

/// Why a regime's requirement cannot be computed.
public enum MarginError: Error, Hashable, Sendable {
  /// The book cannot be valued in the scenarios the regime asked for.
  case valuation(ValuationError)
  /// The tail of the P&L cannot be estimated.
  case statistics(StatisticsError)
  /// The tail of a weighted sample cannot be estimated.
  case estimation(EstimationError)
  /// The law of a P&L that is quadratic in normal moves has no answer, or the chosen method is outside its domain.
  case quadraticLaw(QuadraticGaussianError, term: String)
  /// A quantile convention for equal weights met a weighted sample.
  case quantileNeedsEqualWeights(TailQuantile, term: String)
  /// A reading in parts of a sample that has fewer scenarios than it needs.
  case sampleTooSmallForReading(term: String, scenarios: Int, needed: Int)
  /// A law cannot be estimated again from resampled history.
  case scenarios(ScenarioError)
  /// The evidence lacks a set the regime asked for.
  case missingEvidence(term: String)
  /// A rule that has no word for options met one.
  case optionsNotCovered(term: String, row: String)
  /// A perpetual or future on which no term of the regime is charged.
  case positionNotCovered(row: String)
  /// A law's closed form holds for linear books only, and this book holds options.
  case noClosedForm(term: String)
  /// A combine expression that cannot be read; `offset` counts characters from zero.
  case expression(String, offset: Int, problem: String)
  /// A combine expression that names a term the regime does not have.
  case unknownTerm(String, known: [String])
  /// Requirements that are each made of the other, or of themselves.
  case circularRequirements
  /// A risk unit on an asset for which the regime has no rules.
  case assetNotCovered(term: String, asset: Asset)
  /// A table of brackets or tiers with a gap, an overlap or a rate outside its domain.
  case invalidTable(name: String, problem: String)
}
