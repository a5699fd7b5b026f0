import Instruments
public import LinearAlgebra

/// Many states of one book side by side: the same rows, one column a state.
///
/// Every margin rule is written on this type; a single state is a batch of one.
public struct BookStates: Sendable {
  /// What does not change with the market, one entry a row.
  public let rows: [BookRow]
  /// USD values counted into equity, row × state.
  public let values: Matrix
  /// Signed USD notionals, row × state.
  public let notionals: Matrix
  /// USD prices of the rows' settlement assets, row × state.
  public let settlementPrices: Matrix
  /// USD prices of the rows' assets, row × state.
  public let spotPrices: Matrix
  /// Amounts the account's venue states, by name, in USD; the same in every state.
  public let stated: [String: Double]
  /// What options were priced from, row × state; `nil` for a book without options.
  let options: OptionColumns?

  /// How many states there are.
  public var count: Int { values.columns }

  /// Whether the book holds options, whose value is not linear in the factors.
  public var hasOptions: Bool { options != nil }

  init(
    rows: [BookRow], values: Matrix, notionals: Matrix, settlementPrices: Matrix, spotPrices: Matrix,
    stated: [String: Double], options: OptionColumns?
  ) {
    self.rows = rows
    self.values = values
    self.notionals = notionals
    self.settlementPrices = settlementPrices
    self.spotPrices = spotPrices
    self.stated = stated
    self.options = options
  }

  /// A batch of one.
  ///
  /// - Parameter state: the state.
  public init(_ state: BookState) {
    func column(_ numbers: [Double]) -> Matrix { Matrix(rows: numbers.count, columns: 1, elements: numbers) }
    self.init(
      rows: state.rows, values: column(state.values), notionals: column(state.notionals),
      settlementPrices: column(state.settlementPrices), spotPrices: column(state.spotPrices),
      stated: state.stated, options: state.options)
  }

  /// One state after another.
  ///
  /// - Parameter index: which state; in `0..<count`.
  /// - Returns: that state alone.
  public func state(at index: Int) -> BookState {
    BookState(
      rows: rows, values: values.column(index), notionals: notionals.column(index),
      settlementPrices: settlementPrices.column(index), spotPrices: spotPrices.column(index), stated: stated,
      options: options?.column(index))
  }
}

extension BookStates {
  /// Some of the states.
  ///
  /// - Parameter chosen: their numbers, in `0..<count`; at least one.
  /// - Returns: as many states, in the order given.
  public func selecting(states chosen: [Int]) -> BookStates {
    BookStates(
      rows: rows, values: values.selecting(columns: chosen), notionals: notionals.selecting(columns: chosen),
      settlementPrices: settlementPrices.selecting(columns: chosen),
      spotPrices: spotPrices.selecting(columns: chosen), stated: stated,
      options: options.map {
        OptionColumns(
          forwards: $0.forwards.selecting(columns: chosen),
          volatilities: $0.volatilities.selecting(columns: chosen))
      })
  }
}

extension BookState {
  /// The same state many times, to be changed in some respect.
  ///
  /// - Parameter count: how many times; at least 1.
  /// - Returns: a batch of equal states.
  public func repeated(_ count: Int) -> BookStates {
    func repeated(_ column: [Double]) -> Matrix {
      Matrix(rows: column.count, columns: count) { row, _ in column[row] }
    }
    return BookStates(
      rows: rows, values: repeated(values), notionals: repeated(notionals),
      settlementPrices: repeated(settlementPrices), spotPrices: repeated(spotPrices), stated: stated,
      options: options.map {
        OptionColumns(
          forwards: repeated($0.forwards.elements), volatilities: repeated($0.volatilities.elements))
      })
  }

  /// Whether a row is collateral its owner could hold more or less of: a positive balance that is not isolated margin.
  ///
  /// - Parameter row: the row's number.
  /// - Returns: whether it is.
  public func isOwnCollateral(_ row: Int) -> Bool {
    rows[row].kind == .balance && rows[row].isolated == nil && values[row] > 0
  }
}

extension BookStates {
  /// What an option was priced from in one state.
  ///
  /// - Parameters:
  ///   - row: the number of an option's row.
  ///   - state: which state.
  /// - Returns: forward and volatility.
  public func optionMarket(of row: Int, in state: Int) -> OptionMarket {
    guard let options else { preconditionFailure("a book without options") }
    return options.market(row, state)
  }

  /// What a row gains for a relative move of one of its asset, at the slope of each state, in USD.
  ///
  /// The value of a balance, the notional of a perpetual, future or order, and for an option units · discount · F · ∂V/∂F.
  ///
  /// - Parameter row: the number of a row.
  /// - Returns: one amount a state.
  public func deltas(of row: Int) -> [Double] {
    switch rows[row].kind {
    case .balance: return values.row(row)
    case .linear, .inverse, .order: return notionals.row(row)
    case .option:
      guard let terms = rows[row].option else { preconditionFailure("an option row without terms") }
      return (0..<count).map { state in
        terms.delta(in: optionMarket(of: row, in: state)) * quotePrice(of: row, in: state)
      }
    }
  }

  /// USD for one unit of the asset in which an option is priced.
  ///
  /// - Parameters:
  ///   - row: the number of an option's row.
  ///   - state: which state.
  /// - Returns: the settlement price of a linear option; one for an inverse one, which is priced in USD.
  public func quotePrice(of row: Int, in state: Int) -> Double {
    rows[row].option?.style == .linear ? settlementPrices[row, state] : 1
  }
}

/// What options were priced from, row × state; rows that are not options hold zeros.
struct OptionColumns: Hashable, Sendable {
  /// Forward prices in the quote asset.
  var forwards: Matrix
  /// Implied volatilities per year.
  var volatilities: Matrix

  func market(_ row: Int, _ state: Int) -> OptionMarket {
    OptionMarket(forward: forwards[row, state], volatility: volatilities[row, state])
  }

  func column(_ index: Int) -> OptionColumns {
    OptionColumns(
      forwards: Matrix(rows: forwards.rows, columns: 1, elements: forwards.column(index)),
      volatilities: Matrix(rows: volatilities.rows, columns: 1, elements: volatilities.column(index)))
  }
}

extension Matrix {
  /// Some of the columns, in the order given.
  fileprivate func selecting(columns chosen: [Int]) -> Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(rows * chosen.count)
    for row in 0..<rows {
      withRow(row) { numbers in
        for column in chosen { elements.append(numbers[column]) }
      }
    }
    return Matrix(rows: rows, columns: chosen.count, elements: elements)
  }
}
