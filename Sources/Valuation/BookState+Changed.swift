import Instruments
import LinearAlgebra

extension BookState {
  /// The state with other values; whatever options were priced from stays.
  ///
  /// - Parameter values: USD values counted into equity, one a row.
  /// - Returns: a state that differs in these alone.
  public func replacing(values: [Double]) -> BookState {
    BookState(
      rows: rows, values: values, notionals: notionals, settlementPrices: settlementPrices,
      spotPrices: spotPrices, stated: stated, options: options)
  }

  /// The state with some of its rows only, in the order given.
  ///
  /// - Parameter chosen: the numbers of the rows.
  /// - Returns: a state of as many rows; the amounts the venue states stay.
  public func selecting(rows chosen: [Int]) -> BookState {
    func column(_ numbers: [Double]) -> [Double] { chosen.map { numbers[$0] } }
    let hasOptions = chosen.contains { rows[$0].kind == .option }
    return BookState(
      rows: chosen.map { rows[$0] }, values: column(values), notionals: column(notionals),
      settlementPrices: column(settlementPrices), spotPrices: column(spotPrices), stated: stated,
      options: hasOptions ? options?.selecting(rows: chosen) : nil)
  }

  /// The state with a balance of USD after its last row.
  ///
  /// - Parameter amount: USD; negative is owed.
  /// - Returns: a state of one row more.
  public func appending(cash amount: Double) -> BookState {
    BookState(
      rows: rows + [BookRow(name: Asset.usd.symbol, kind: .balance, asset: .usd, settlement: .usd)],
      values: values + [amount], notionals: notionals + [0], settlementPrices: settlementPrices + [1],
      spotPrices: spotPrices + [1], stated: stated, options: options?.appendingRow())
  }
}

extension OptionColumns {
  fileprivate func selecting(rows chosen: [Int]) -> OptionColumns {
    func part(_ matrix: Matrix) -> Matrix {
      Matrix(rows: chosen.count, columns: matrix.columns) { matrix[chosen[$0], $1] }
    }
    return OptionColumns(forwards: part(forwards), volatilities: part(volatilities))
  }

  /// One more row, that of no option.
  fileprivate func appendingRow() -> OptionColumns {
    func longer(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: matrix.rows + 1, columns: matrix.columns,
        elements: matrix.elements + [Double](repeating: 0, count: matrix.columns))
    }
    return OptionColumns(forwards: longer(forwards), volatilities: longer(volatilities))
  }
}
