import Instruments
import LinearAlgebra
public import Scenarios

extension BookState {
  /// The states of the book after each of a range of scenarios.
  ///
  /// The P&L is exact: a linear position's is N·(s_base + b − s_q) + U·s_q, an inverse one's (U + N)·s_base − N·β, a
  /// balance's value·s, and options are revalued.
  ///
  /// - Parameters:
  ///   - set: the scenarios.
  ///   - scenarios: which of them; within `0..<set.count`.
  /// - Throws: ``ValuationError`` when the set does not cover the book.
  /// - Returns: one state a scenario.
  public func moved(by set: ScenarioSet, scenarios: Range<Int>) throws(ValuationError) -> BookStates {
    let binding = try FactorBinding(rows, in: set.factors)
    try binding.requireCoverage(by: set)
    let count = scenarios.count
    var columns = MovedColumns(rows: rows.count, states: count, hasOptions: hasOptions)
    for (row, factors) in binding.rows.enumerated() {
      guard rows[row].kind == .option else {
        columns.fill(row, rows[row].kind, from: worth(of: row), factors, set.moves, scenarios)
        continue
      }
      let moves = FactorMoves(factors, in: set.moves, scenarios: scenarios)
      let terms = terms(ofOption: row)
      let answer = set.volatility.answer(of: rows[row].asset, days: terms.days)
      let worth = worth(of: row)
      for place in 0..<count {
        let moved = worth.moved(
          by: moves[place], terms, answer, scenario: scenarios.lowerBound + place)
        columns.set(row, place, to: moved)
      }
    }
    return columns.states(of: rows, stated: stated)
  }

  /// What one option is worth after each of a range of scenarios of a set, in USD.
  func values(
    ofOption row: Int, after set: ScenarioSet, _ factors: FactorBinding.Row, scenarios: Range<Int>
  ) -> [Double] {
    let moves = FactorMoves(factors, in: set.moves, scenarios: scenarios)
    let terms = terms(ofOption: row)
    let answer = set.volatility.answer(of: rows[row].asset, days: terms.days)
    let worth = worth(of: row)
    return (0..<scenarios.count).map { place in
      worth.moved(by: moves[place], terms, answer, scenario: scenarios.lowerBound + place).value
    }
  }

  private func terms(ofOption row: Int) -> OptionTerms {
    guard let terms = rows[row].option else { preconditionFailure("an option row without terms") }
    return terms
  }

  private func worth(of row: Int) -> RowWorth {
    RowWorth(
      value: values[row], notional: notionals[row], settlementPrice: settlementPrices[row],
      spotPrice: spotPrices[row], option: options?.market(row, 0))
  }
}

extension BookStates {
  /// Every state moved by the same scenario of a set.
  ///
  /// - Parameters:
  ///   - set: the scenarios.
  ///   - scenario: which of them.
  /// - Throws: ``ValuationError`` when the set does not cover the book.
  /// - Returns: as many states, each after the move.
  public func moved(by set: ScenarioSet, scenario: Int) throws(ValuationError) -> BookStates {
    let binding = try FactorBinding(rows, in: set.factors)
    try binding.requireCoverage(by: set)
    var columns = MovedColumns(rows: rows.count, states: count, hasOptions: hasOptions)
    for (row, factors) in binding.rows.enumerated() {
      let moves = FactorMoves(factors, in: set.moves, scenarios: scenario..<(scenario + 1))[0]
      guard rows[row].kind == .option else {
        columns.fill(row, rows[row].kind, from: self, moves)
        continue
      }
      guard let terms = rows[row].option else { preconditionFailure("an option row without terms") }
      let answer = set.volatility.answer(of: rows[row].asset, days: terms.days)
      for state in 0..<count {
        let moved = worth(of: row, in: state).moved(by: moves, terms, answer, scenario: scenario)
        columns.set(row, state, to: moved)
      }
    }
    return columns.states(of: rows, stated: stated)
  }

  /// The states with positive balances multiplied, those of isolated positions left alone.
  ///
  /// - Parameter factors: one multiplier a state; not negative.
  /// - Returns: as many states.
  public func withCollateral(scaledBy factors: [Double]) -> BookStates {
    precondition(factors.count == count, "\(factors.count) multipliers for \(count) states")
    let scaled = Matrix(rows: rows.count, columns: count) { row, state in
      let isCollateral = rows[row].kind == .balance && rows[row].isolated == nil && values[row, state] > 0
      return isCollateral ? values[row, state] * factors[state] : values[row, state]
    }
    return BookStates(
      rows: rows, values: scaled, notionals: notionals, settlementPrices: settlementPrices,
      spotPrices: spotPrices, stated: stated, options: options)
  }

  private func worth(of row: Int, in state: Int) -> RowWorth {
    RowWorth(
      value: values[row, state], notional: notionals[row, state],
      settlementPrice: settlementPrices[row, state], spotPrice: spotPrices[row, state],
      option: options?.market(row, state))
  }
}

/// The moves of one row's factors along a range of scenarios.
private struct FactorMoves {
  private let spot: [Double]?
  private let basis: [Double]?
  private let settlement: [Double]?
  private let volatility: [Double]?

  init(_ factors: FactorBinding.Row, in moves: Matrix, scenarios: Range<Int>) {
    func slice(_ factor: Int?) -> [Double]? {
      factor.map {
        Array(moves.elements[($0 * moves.columns + scenarios.lowerBound)...].prefix(scenarios.count))
      }
    }
    spot = slice(factors.spot)
    basis = slice(factors.basis)
    settlement = slice(factors.settlement)
    volatility = slice(factors.volatility)
  }

  subscript(place: Int) -> RowMoves {
    RowMoves(
      spot: spot?[place] ?? 0, basis: basis?[place] ?? 0, settlement: settlement?[place] ?? 0,
      volatility: volatility?[place] ?? 0)
  }
}

/// What one row is worth at one moment.
private struct RowWorth {
  var value: Double
  var notional: Double
  var settlementPrice: Double
  var spotPrice: Double
  var option: OptionMarket?

  /// An option's worth after a scenario.
  @inline(__always)
  func moved(
    by moves: RowMoves, _ terms: OptionTerms, _ answer: TenorAnswer, scenario: Int
  ) -> RowWorth {
    var moved = self
    moved.settlementPrice = settlementPrice * (1 + moves.settlement)
    moved.spotPrice = spotPrice * (1 + moves.spot)
    guard let option else { preconditionFailure("an option row without a market") }
    let volatility = answer.volatility(
      after: option.volatility, factorMove: moves.volatility, scenario: scenario)
    let market = terms.market(option, after: moves, volatility: volatility)
    let quotePrice = terms.style == .linear ? moved.settlementPrice : 1
    moved.option = market
    moved.value = terms.value(in: market) * quotePrice
    moved.notional = notional * (1 + moves.spot)
    return moved
  }
}

extension RowKind {
  /// The value of a row that is no option after a move.
  @inline(__always)
  fileprivate func value(_ value: Double, _ notional: Double, after moves: RowMoves) -> Double {
    switch self {
    case .balance: value + value * moves.settlement
    case .linear:
      value + notional * moves.spot + notional * moves.basis + (value - notional) * moves.settlement
    case .inverse: value + (value + notional) * moves.spot + -notional * moves.basis
    case .order: value
    case .option: preconditionFailure("options are revalued")
    }
  }

  /// The notional of a row that is no option after a move.
  @inline(__always)
  fileprivate func notional(_ notional: Double, after moves: RowMoves) -> Double {
    switch self {
    case .balance: notional
    case .linear, .order: notional + notional * moves.spot + notional * moves.basis
    case .inverse: notional + notional * moves.basis
    case .option: preconditionFailure("options are revalued")
    }
  }
}

/// Columns of moved states under construction.
private struct MovedColumns {
  private var values: Matrix
  private var notionals: Matrix
  private var settlementPrices: Matrix
  private var spotPrices: Matrix
  private var options: OptionColumns?

  init(rows: Int, states: Int, hasOptions: Bool) {
    let zeros = Matrix(rows: rows, columns: states, repeating: 0)
    values = zeros
    notionals = zeros
    settlementPrices = zeros
    spotPrices = zeros
    options = hasOptions ? OptionColumns(forwards: zeros, volatilities: zeros) : nil
  }

  mutating func set(_ row: Int, _ state: Int, to worth: RowWorth) {
    values[row, state] = worth.value
    notionals[row, state] = worth.notional
    settlementPrices[row, state] = worth.settlementPrice
    spotPrices[row, state] = worth.spotPrice
    if let option = worth.option {
      options?.forwards[row, state] = option.forward
      options?.volatilities[row, state] = option.volatility
    }
  }

  /// One row that is no option, the same today, after each of a range of scenarios: today's number, and what each factor
  /// adds to it.
  mutating func fill(
    _ row: Int, _ kind: RowKind, from worth: RowWorth, _ factors: FactorBinding.Row, _ moves: Matrix,
    _ scenarios: Range<Int>
  ) {
    let (value, notional) = (worth.value, worth.notional)
    values.fill(row, with: value)
    notionals.fill(row, with: notional)
    settlementPrices.fill(row, with: worth.settlementPrice)
    settlementPrices.add(worth.settlementPrice, times: factors.settlement, of: moves, scenarios, toRow: row)
    spotPrices.fill(row, with: worth.spotPrice)
    spotPrices.add(worth.spotPrice, times: factors.spot, of: moves, scenarios, toRow: row)
    switch kind {
    case .balance:
      values.add(value, times: factors.settlement, of: moves, scenarios, toRow: row)
    case .linear:
      values.add(notional, times: factors.spot, of: moves, scenarios, toRow: row)
      values.add(notional, times: factors.basis, of: moves, scenarios, toRow: row)
      values.add(value - notional, times: factors.settlement, of: moves, scenarios, toRow: row)
      notionals.add(notional, times: factors.spot, of: moves, scenarios, toRow: row)
      notionals.add(notional, times: factors.basis, of: moves, scenarios, toRow: row)
    case .inverse:
      values.add(value + notional, times: factors.spot, of: moves, scenarios, toRow: row)
      values.add(-notional, times: factors.basis, of: moves, scenarios, toRow: row)
      notionals.add(notional, times: factors.basis, of: moves, scenarios, toRow: row)
    case .order:
      notionals.add(notional, times: factors.spot, of: moves, scenarios, toRow: row)
      notionals.add(notional, times: factors.basis, of: moves, scenarios, toRow: row)
    case .option: preconditionFailure("options are revalued")
    }
  }

  /// One row that is no option, in every state, after the same move.
  mutating func fill(_ row: Int, _ kind: RowKind, from states: BookStates, _ moves: RowMoves) {
    states.notionals.withRow(row) { before in
      states.values.withRow(row) { worth in
        values.withMutableRow(row) { numbers in
          for state in numbers.indices {
            numbers[state] = kind.value(worth[state], before[state], after: moves)
          }
        }
      }
      notionals.withMutableRow(row) { numbers in
        for state in numbers.indices { numbers[state] = kind.notional(before[state], after: moves) }
      }
    }
    states.settlementPrices.withRow(row) { before in
      settlementPrices.withMutableRow(row) { numbers in
        for state in numbers.indices { numbers[state] = before[state] + before[state] * moves.settlement }
      }
    }
    states.spotPrices.withRow(row) { before in
      spotPrices.withMutableRow(row) { numbers in
        for state in numbers.indices { numbers[state] = before[state] + before[state] * moves.spot }
      }
    }
  }

  func states(of rows: [BookRow], stated: [String: Double]) -> BookStates {
    BookStates(
      rows: rows, values: values, notionals: notionals, settlementPrices: settlementPrices,
      spotPrices: spotPrices, stated: stated, options: options)
  }
}

extension Matrix {
  fileprivate mutating func fill(_ row: Int, with number: Double) {
    withMutableRow(row) { numbers in
      for place in numbers.indices { numbers[place] = number }
    }
  }

  /// Adds a multiple of one factor's moves in a range of scenarios to a row as long as the range.
  fileprivate mutating func add(
    _ multiple: Double, times factor: Int?, of moves: Matrix, _ scenarios: Range<Int>, toRow row: Int
  ) {
    guard let factor else { return }
    moves.withRow(factor) { source in
      withMutableRow(row) { target in
        for place in target.indices { target[place] += multiple * source[scenarios.lowerBound + place] }
      }
    }
  }
}
