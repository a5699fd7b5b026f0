public import Instruments
import LinearAlgebra
import Valuation

/// What one venue demands for one unit of a short option, and of a long one.
///
/// With S the spot price, V the mark, X the base of moneyness, OTM how far the option is out of the money against X:
/// short IM = max(max(upper·S − OTM·S/X, lower·S)·k + premium, MM); short MM = max(rate·S, rate·V where it counts)·k + V +
/// fee·S, or max(upper MM·S − OTM·S/X, rate·S) where the rate falls with moneyness; long IM = min(V, cap·S), long MM a share
/// of it. All in USD: an inverse option's coin amounts times S.
public struct OptionRates: Hashable, Sendable {
  /// Against what an option is in or out of the money.
  public enum MoneynessBase: String, Hashable, Sendable, CaseIterable {
    /// The spot price of its base asset.
    case spot
    /// The forward it is priced from.
    case forward
  }

  /// What is added for the option's own worth.
  public enum Premium: String, Hashable, Sendable, CaseIterable {
    /// The mark.
    case mark
    /// The mark or the price at which it was sold, whichever is more.
    case largerOfMarkAndEntry
    /// Nothing: what it is worth is in equity alone.
    case none
  }

  /// Which options' maintenance rate counts on the mark where that is more.
  public enum RateOnMark: String, Hashable, Sendable, CaseIterable {
    /// None.
    case never
    /// Puts.
    case puts
    /// All.
    case always
  }

  /// The initial rate before it falls with moneyness.
  public let upper: Double
  /// The least initial rate.
  public let lower: Double
  /// Against what an option is in or out of the money.
  public let moneyness: MoneynessBase
  /// The maintenance rate.
  public let maintenance: Double
  /// Where the maintenance rate counts on the mark.
  public let rateOnMark: RateOnMark
  /// What is added to the initial margin for the option's own worth.
  public let premium: Premium
  /// What liquidation costs, as a fraction of the spot price, in the maintenance margin.
  public let liquidationFee: Double
  /// What multiplies the rates, as a tier factor does.
  public let factor: Double
  /// The most a short put may ask for, as a fraction of its strike; `nil` for no cap.
  public let putCap: Double?
  /// The most a long option asks for, as a fraction of the spot price; `nil` where it asks for nothing.
  public let longCap: Double?
  /// The maintenance margin of a short option as a share of its initial margin, in the place of the rates.
  public let maintenanceShare: Double?
  /// The maintenance margin of a long option as a share of its initial margin.
  public let longMaintenanceShare: Double
  /// The maintenance rate before it falls with moneyness, where it does: `maintenance` is then the least.
  public let maintenanceUpper: Double?

  /// Makes rates.
  ///
  /// - Parameters:
  ///   - upper: the initial rate before it falls with moneyness; 0 to 1.
  ///   - lower: the least initial rate; 0 to `upper`.
  ///   - moneyness: against what an option is in or out of the money.
  ///   - maintenance: the maintenance rate; 0 to 1.
  ///   - rateOnMark: where the maintenance rate counts on the mark.
  ///   - premium: what is added to the initial margin for the option's own worth.
  ///   - liquidationFee: as a fraction of the spot price; 0 to 1.
  ///   - factor: what multiplies the rates; at least 1.
  ///   - putCap: the most a short put may ask for, as a fraction of its strike; positive.
  ///   - longCap: the most a long option asks for, as a fraction of the spot price; 0 to 1.
  ///   - maintenanceShare: maintenance as a share of the initial margin, in the place of the rates; 0 to 1.
  ///   - longMaintenanceShare: maintenance of a long option as a share of its initial margin; 0 to 1.
  ///   - maintenanceUpper: the maintenance rate before it falls with moneyness; `maintenance` to 1.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    upper: Double, lower: Double, moneyness: MoneynessBase, maintenance: Double,
    rateOnMark: RateOnMark = .never, premium: Premium = .mark, liquidationFee: Double = 0,
    factor: Double = 1, putCap: Double? = nil, longCap: Double? = nil, maintenanceShare: Double? = nil,
    longMaintenanceShare: Double = 0, maintenanceUpper: Double? = nil
  ) throws(MarginError) {
    let fractions = [
      upper, maintenance, liquidationFee, longCap ?? 0, maintenanceShare ?? 0, maintenanceUpper ?? 0,
      longMaintenanceShare,
    ]
    guard fractions.allSatisfy({ (0...1).contains($0) }), (0...upper).contains(lower), factor >= 1,
      factor.isFinite, maintenanceUpper.map({ $0 >= maintenance }) ?? true,
      putCap.map({ $0 > 0 && $0.isFinite }) ?? true
    else {
      throw .invalidTable(
        name: "optionRule",
        problem:
          "rates lie between 0 and 1, the lower not above the upper, the factor at least 1, a cap above 0")
    }
    self.upper = upper
    self.lower = lower
    self.moneyness = moneyness
    self.maintenance = maintenance
    self.rateOnMark = rateOnMark
    self.premium = premium
    self.liquidationFee = liquidationFee
    self.factor = factor
    self.putCap = putCap
    self.longCap = longCap
    self.maintenanceShare = maintenanceShare
    self.longMaintenanceShare = longMaintenanceShare
    self.maintenanceUpper = maintenanceUpper
  }

  /// The margins of one unit of an option, in USD.
  func margins(_ quote: OptionQuoteInDollars) -> (initial: Double, maintenance: Double) {
    guard quote.isShort else {
      let long = longCap.map { min(quote.mark, $0 * quote.spot) } ?? 0
      return (long, longMaintenanceShare * long)
    }
    let base = moneyness == .spot ? quote.spot : quote.forward
    let distance = quote.kind == .call ? quote.strike - base : base - quote.strike
    let outOfTheMoney = base > 0 ? max(0, distance) * quote.spot / base : 0
    let rated = max(upper * quote.spot - outOfTheMoney, lower * quote.spot) * factor + worth(of: quote)
    let cap = quote.kind == .put ? putCap.map { $0 * quote.strike } ?? .infinity : .infinity
    let initial = min(rated, cap)
    if let maintenanceShare { return (initial, maintenanceShare * initial) }
    let onMark = rateOnMark == .always || (rateOnMark == .puts && quote.kind == .put)
    let size = onMark ? max(quote.spot, quote.mark) : quote.spot
    let least = maintenance * size
    let sized = maintenanceUpper.map { max($0 * quote.spot - outOfTheMoney, least) } ?? least
    let mark = premium == .none ? 0 : quote.mark
    let demanded = sized * factor + mark + liquidationFee * quote.spot
    return (max(initial, demanded), demanded)
  }

  private func worth(of quote: OptionQuoteInDollars) -> Double {
    switch premium {
    case .mark: quote.mark
    case .largerOfMarkAndEntry: max(quote.mark, quote.entry)
    case .none: 0
    }
  }
}

/// One unit of an option and the prices its margin depends on, in USD.
struct OptionQuoteInDollars {
  let kind: OptionKind
  let isShort: Bool
  let spot: Double
  let forward: Double
  let strike: Double
  let mark: Double
  let entry: Double
}

/// Rates on options, contract by contract, added up without netting.
public struct OptionRule: Hashable, Sendable {
  /// The rates of options on named base assets.
  public let rates: [Asset: OptionRates]
  /// The rates of options on every other base asset; `nil` refuses them.
  public let others: OptionRates?

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - rates: the rates of options on named base assets.
  ///   - others: the rates of options on every other base asset; `nil` refuses them.
  public init(rates: [Asset: OptionRates], others: OptionRates?) {
    self.rates = rates
    self.others = others
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    var amounts = TermAmounts([Double](repeating: 0, count: batch.states.count))
    for row in batch.rows(where: { $0.kind == .option }) {
      for state in 0..<batch.states.count {
        let (initial, maintenance) = try margins(of: row, in: batch.states, state, name)
        amounts.initial[state] += initial
        amounts.maintenance[state] += maintenance
      }
    }
    return amounts
  }

  /// The margins of one option position in one state.
  func margins(
    of row: Int, in states: BookStates, _ state: Int, _ name: String
  ) throws(MarginError) -> (initial: Double, maintenance: Double) {
    let one = states.rows[row]
    guard let rates = rates[one.asset] ?? others, let terms = one.option else {
      throw .optionsNotCovered(term: name, row: one.name)
    }
    let units = abs(terms.units)
    let quotePrice = states.quotePrice(of: row, in: state)
    let quote = OptionQuoteInDollars(
      kind: terms.kind, isShort: terms.units < 0, spot: states.spotPrices[row, state],
      forward: states.optionMarket(of: row, in: state).forward * quotePrice,
      strike: terms.strike * quotePrice, mark: abs(states.values[row, state]) / units,
      entry: one.entryPrice * quotePrice)
    let (initial, maintenance) = rates.margins(quote)
    return (initial * units, maintenance * units)
  }
}
