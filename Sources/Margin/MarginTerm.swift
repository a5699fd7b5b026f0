import LinearAlgebra
public import Scenarios
import Valuation

/// One ingredient of a requirement.
public indirect enum MarginTerm: Hashable, Sendable {
  /// Rates on size, position by position.
  case rateSum(RateSum)
  /// Rates on options, contract by contract.
  case optionRule(OptionRule)
  /// Rates on borrowed balances.
  case loan(LoanTerm)
  /// What collateral loses to haircuts.
  case haircut(HaircutTerm)
  /// The tail of the P&L of all rows of a pool together.
  case tailRisk(TailRiskTerm)
  /// The worst point of a stress grid.
  case scenarioGrid(ScenarioGridTerm)
  /// A rate on a size.
  case charge(ChargeTerm)
  /// What a move of the curve may cost.
  case rollCharge(RollCharge)
  /// Other rules for each base asset apart, added up.
  case riskUnits(RiskUnits)
  /// An amount the account's venue states and nobody else can compute; nothing where it states none.
  case stated(String)
  /// A rule that fits no other term.
  case plugIn(PlugIn)

  /// The scenario sets the term asks for.
  public var requests: [ScenarioRequest] {
    switch self {
    case .tailRisk(let term): [term.scenarios]
    case .scenarioGrid(let term): [.grid(term.grid)]
    case .riskUnits(let term): term.groups.flatMap(\.rules.requests)
    case .rateSum, .optionRule, .loan, .haircut, .charge, .rollCharge, .stated, .plugIn: []
    }
  }

  /// Whether a position is charged for by the term, so that it does not go without margin.
  func covers(_ row: BookRow) -> Bool {
    switch self {
    case .rateSum(let term): row.kind != .option && term.rows.matches(row)
    case .charge(let term): row.kind != .option && term.rows.matches(row)
    case .rollCharge(let term): row.kind != .option && term.rows.matches(row)
    case .optionRule: row.kind == .option
    case .tailRisk, .scenarioGrid: true
    // An asset without rules is refused by the term itself, which names it.
    case .riskUnits(let term): term.rules(of: row.asset)?.terms.contains { $0.term.covers(row) } ?? true
    case .plugIn(let plugIn): row.kind != .option || plugIn.rule.coversOptions
    case .loan, .haircut, .stated: false
    }
  }
}

/// What a term comes to in every state of a batch, in USD.
struct TermAmounts: Sendable {
  /// Its part in the initial margin, one a state.
  var initial: [Double]
  /// Its part in the maintenance margin, one a state.
  var maintenance: [Double]
  /// Which scenario decided, for the first state; empty where none did.
  var binding = ""

  init(initial: [Double], maintenance: [Double], binding: String = "") {
    self.initial = initial
    self.maintenance = maintenance
    self.binding = binding
  }

  /// A term that has one amount for both.
  init(_ amounts: [Double], binding: String = "") {
    self.init(initial: amounts, maintenance: amounts, binding: binding)
  }
}

extension NamedTerm {
  func amounts(in batch: PoolBatch) throws(MarginError) -> TermAmounts {
    switch term {
    case .rateSum(let term): term.amounts(in: batch)
    case .optionRule(let term): try term.amounts(in: batch, name: name)
    case .loan(let term): term.amounts(in: batch)
    case .haircut(let term): term.amounts(in: batch)
    case .tailRisk(let term): try term.amounts(in: batch, name: name)
    case .scenarioGrid(let term): try term.amounts(in: batch, name: name)
    case .charge(let term): term.amounts(in: batch)
    case .rollCharge(let term): term.amounts(in: batch)
    case .riskUnits(let term): try term.amounts(in: batch, name: name)
    case .stated(let amount): batch.stated(amount)
    case .plugIn(let plugIn): try plugIn.rule.amounts(in: batch, name: name)
    }
  }
}
