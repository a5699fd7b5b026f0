public import Instruments
public import Margin
public import MarketData
public import Scenarios
import Statistics
public import Studies
public import Valuation

/// What is wrong and what to do about it, as sentences without a closing full stop: one function an error type.
public enum ErrorProse {
  /// Why a study, or one regime of it, has no number.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: StudyError) -> String {
    switch error {
    case .marketData(let error): text(of: error)
    case .valuation(let error): text(of: error)
    case .scenarios(let error): text(of: error)
    case .shock(let error, let scenarios, let strengths):
      "at a strength of \(list(strengths.map { NumberText.percent($0) })), for \(scenarios): \(text(of: error))"
    case .margin(let error): text(of: error)
    case .statistics(let error): text(of: error)
    case .tail(let error): text(of: error)
    case .instrument(let error): text(of: error)
    case .swapExceedsBalance(let asset, let held, let wanted):
      wanted > 0
        ? "the account holds \(number(held)) \(asset) and cannot swap \(number(wanted)); swap at most what it holds"
        : "a swap of \(number(wanted)) \(asset) is none; give a quantity above zero"
    case .unknownReference(let name, let known):
      "the reference regime '\(name)' is not in the study; name one of \(list(known))"
    }
  }

  /// Why a regime has no requirement.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: MarginError) -> String {
    switch error {
    case .valuation(let error): text(of: error)
    case .statistics(let error): text(of: error)
    case .scenarios(let error): text(of: error)
    case .estimation(let error): error.description
    case .quadraticLaw(let error, let term): "the term '\(term)': \(error)"
    case .quantileNeedsEqualWeights(let quantile, let term):
      "the term '\(term)' weights its scenarios, and the rule \(quantile.rawValue) is for equal weights alone; use "
        + "lowerQuantile, upperQuantile or interpolated"
    case .sampleTooSmallForReading(let term, let scenarios, let needed):
      "the term '\(term)' reads the tails of parts of \(count(scenarios, "scenario")), which must be at least \(needed); "
        + "lengthen the look-back or take fewer parts"
    case .missingEvidence(let term):
      "the scenarios the term '\(term)' asks for were not made; compare makes them from the study's history"
    case .optionsNotCovered(let term, let row):
      "the term '\(term)' has no rule for options, and the account holds \(row); leave the option out, or use a regime "
        + "that covers options"
    case .positionNotCovered(let row):
      "no term of the regime is charged on \(row), which would go without margin; the venue does not trade it in this "
        + "mode"
    case .noClosedForm(let term):
      "the term '\(term)' has no closed form for this account, which holds options: only a normal law asked for as 'law' has "
        + "one; draw from the law, as monteCarlo"
    case .expression(let expression, let offset, let problem):
      "cannot read the expression '\(expression)' at character \(offset + 1): \(problem)"
    case .unknownTerm(let name, let known):
      "an expression names the term '\(name)', which the regime does not have; "
        + (known.isEmpty ? "it has none" : "its terms are \(list(known))")
    case .circularRequirements:
      "initial and maintenance margin are each made of the other; only one may name the other"
    case .assetNotCovered(let term, let asset):
      "the term \(term) has no rules for \(asset), which the account trades; add a group without assets for all others"
    case .invalidTable(let name, let problem): "the table '\(name)' is not sound: \(problem)"
    }
  }

  /// Why scenarios cannot be made.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: ScenarioError) -> String {
    switch error {
    case .marketData(let error): text(of: error)
    case .covariance(let error): text(of: error)
    case .correlationNotPositiveSemidefinite(let smallest):
      "the correlation matrix is not positive semi-definite: its smallest eigenvalue is \(number(smallest)); correct "
        + "it, or ask for the nearest correlation matrix (repair: nearest)"
    case .unknownAsset(let asset):
      "the study's models name \(asset), which has no column in the market folder; use an asset that has one"
    case .degreesOfFreedom(let degrees): degreesOfFreedom(degrees)
    case .outOfDomain(let field, let value, let allowed): "\(field) is \(number(value)), not \(allowed)"
    case .estimation(.sampleTooSmall(let held, let needed), let factor):
      "\(factor): an estimate takes at least \(needed) moves of its own (of each tail, for a copula), and there are \(held); "
        + "lengthen the look-back, or widen the copula's tailShare"
    case .estimation(let error, let factor): "\(factor): \(error)"
    case .horizonNotAMultiple(let step, let horizon):
      "a horizon of \(horizon) is not a whole number of steps of \(step); use a multiple"
    case .noClosedForm(let law): "\(law) has no closed form; draw from it, as monteCarlo"
    case .shock(let error): text(of: error)
    case .tooFewScenarios(let count):
      "\(count) scenarios are too few for any estimate of a tail; ask for at least 100"
    }
  }

  /// Why market data do not serve.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: MarketDataError) -> String {
    switch error {
    case .unsortedTimes(let index):
      "row \(index + 1) of the price history is not later than the row before it; times must ascend"
    case .invalidPrice(let asset, let time, let value):
      "the price of \(asset) on \(time) is \(number(value)); a price is a positive finite number, or missing"
    case .duplicateAsset(let asset): "\(asset) stands twice in the price history; keep one column"
    case .tooShort(let rows): "the price history has \(count(rows, "row")); a move takes at least two"
    case .noRow(let time, let first, let last):
      "the price history has no row at \(time); it runs from \(first) to \(last), choose an as-of date in it"
    case .lookBackTooLong(let observations, let available, let asOf):
      "a look-back of \(observations) observations is longer than the history: at \(asOf) there "
        + "\(available == 1 ? "is" : "are") \(available); shorten the look-back or choose a later as-of date"
    case .periodOutside(let from, let to, let first, let asOf):
      "the period \(from) to \(to) is not wholly inside the data, whose moves end from \(first) to the as-of date "
        + "\(asOf); choose a period inside"
    case .horizonNotAMultiple(let hours, let step):
      "a horizon of \(count(hours, "hour")) is not a whole number of the history's steps of \(duration(step)); use a "
        + "multiple"
    case .unevenSpacing(let time):
      "the rows of the price history are not evenly spaced around \(time), so a horizon has no meaning there; fill in "
        + "the missing rows (their prices may be empty)"
    }
  }

  /// Why a book cannot be valued.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: ValuationError) -> String {
    switch error {
    case .noPrice(let asset, let asOf):
      "\(asset) has no USD price on \(asOf); choose another as-of date, add its price to the market folder, or leave it "
        + "out of the account"
    case .expired(let contract, let expiry, let asOf):
      "\(contract) expired on \(expiry), before the as-of date \(asOf); settle it into the balances"
    case .inverseFaceNotUSD(let contract):
      "the face of the inverse contract \(contract) is not in USD; only inverse contracts quoted in USD are covered"
    case .priceWithoutVolatility(let contract, let price, let above, let below):
      "no volatility explains the price \(number(price)) of \(contract); it lies above \(number(above)) and below "
        + "\(number(below))"
    case .noImpliedVolatility(let contract):
      "the option \(contract) has no implied volatility; give impliedVolatility per year, such as 0.65"
    case .factorOutsideStudy(let factor):
      "the account depends on \(name(of: factor)), which the study does not know; \(remedy(outside: factor))"
    case .factorNotCovered(let factor, let missing, let total):
      "\(name(of: factor)) has \(total - missing) of the \(total) observations this regime needs; shorten the "
        + "look-back, leave the asset out, or name a proxy in the study's models"
    }
  }

  /// Why a contract, a balance or a position is refused.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: InstrumentError) -> String {
    switch error {
    case .invalidSymbol(let symbol):
      "'\(symbol)' is no asset symbol; use the characters A–Z and 0–9, such as BTC"
    case .invalidTimestamp(let text):
      "'\(text)' is no date or time; write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"
    case .invalidContractName(let name):
      "'\(name)' is no contract; write BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]], such as BTC/USDT:USDT"
    case .quanto(let name):
      "\(name) settles in neither its quote asset (linear) nor its base asset (inverse); quanto contracts are not "
        + "covered"
    case .outOfDomain(let field, let value, let allowed):
      "'\(field)' is \(number(value)); allowed is \(allowed)"
    }
  }
}
