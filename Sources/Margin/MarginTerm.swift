import LinearAlgebra
public import Scenarios
import Valuation

/// One ingredient of a requirement.
public enum MarginTerm: Hashable, Sendable {
  /// Rates by bracket of notional, position by position.
  case bracketSum(BracketSum)
  /// Rates on borrowed balances.
  case loan(LoanTerm)
  /// The tail of the P&L of all rows of a pool together.
  case tailRisk(TailRiskTerm)
  /// The worst point of a stress grid, risk unit by risk unit.
  case scenarioGrid(ScenarioGridTerm)
  /// A rate on a size.
  case charge(ChargeTerm)

  /// The scenario set the term asks for, if any.
  public var request: ScenarioRequest? {
    switch self {
    case .tailRisk(let term): term.scenarios
    case .scenarioGrid(let term): .grid(term.grid)
    case .bracketSum, .loan, .charge: nil
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

/// The rows of one pool in every state of a batch, and what is known of the future.
struct PoolBatch: Sendable {
  let pool: MarginPool
  let states: BookStates
  let evidence: Evidence

  /// The pool's rows of some kinds.
  func rows(where isChosen: (BookRow) -> Bool) -> [Int] {
    pool.rows.filter { isChosen(states.rows[$0]) }
  }

  /// The pool's positions; a rule without a word for options refuses them.
  func linearPositions(for term: String) throws(MarginError) -> [Int] {
    let positions = rows { $0.kind.isPosition }
    if let option = positions.first(where: { states.rows[$0].kind == .option }) {
      throw .optionsNotCovered(term: term, row: states.rows[option].name)
    }
    return positions
  }

  /// The sum over rows of a quantity, row × state, or of a function of it; one a state.
  func sum(
    of quantity: Matrix, over rows: [Int], _ transform: (Double) -> Double = { $0 }
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: states.count)
    for row in rows {
      quantity.withRow(row) { numbers in
        for state in sums.indices { sums[state] += transform(numbers[state]) }
      }
    }
    return sums
  }
}

extension NamedTerm {
  func amounts(in batch: PoolBatch) throws(MarginError) -> TermAmounts {
    switch term {
    case .bracketSum(let term): try term.amounts(in: batch, name: name)
    case .loan(let term): term.amounts(in: batch)
    case .tailRisk(let term): try term.amounts(in: batch, name: name)
    case .scenarioGrid(let term): try term.amounts(in: batch, name: name)
    case .charge(let term): term.amounts(in: batch)
    }
  }
}
