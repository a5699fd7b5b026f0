public import Instruments
public import LinearAlgebra
public import MarketData

extension BookStates {
  /// What each state of some linear rows gains for a relative move of one in each factor.
  ///
  /// A balance exposes its value to its asset; a linear position N to its base and its basis and U − N to its settlement
  /// asset; an inverse one U + N to its base and −N to its basis. The P&L is then exposures · moves, exactly.
  ///
  /// - Parameters:
  ///   - factors: the study's factor space.
  ///   - chosen: the indices of the rows to add up; none of them an option.
  /// - Throws: ``ValuationError/factorOutsideStudy(_:)``.
  /// - Returns: factor × state, in USD.
  public func exposures(to factors: FactorSpace, of chosen: [Int]) throws(ValuationError) -> Matrix {
    let binding = try FactorBinding(rows, in: factors)
    var exposures = Matrix(rows: factors.count, columns: count, repeating: 0)
    for row in chosen {
      let touched = binding.rows[row]
      values.withRow(row) { values in
        notionals.withRow(row) { notionals in
          switch rows[row].kind {
          case .balance:
            exposures.add(to: touched.settlement) { values[$0] }
          case .linear:
            exposures.add(to: touched.spot) { notionals[$0] }
            exposures.add(to: touched.basis) { notionals[$0] }
            exposures.add(to: touched.settlement) { values[$0] - notionals[$0] }
          case .inverse:
            exposures.add(to: touched.spot) { values[$0] + notionals[$0] }
            exposures.add(to: touched.basis) { -notionals[$0] }
          case .order: break
          case .option:
            preconditionFailure("an option has no exposure that holds for every move: revalue it")
          }
        }
      }
    }
    return exposures
  }
}

extension BookStates {
  /// What some linear rows gain when the prices of some assets all move alike by one and nothing else moves.
  ///
  /// - Parameters:
  ///   - chosen: the indices of the rows to add up; none of them an option.
  ///   - isMoved: whether an asset is among those that move.
  /// - Returns: one amount a state, in USD.
  public func sensitivity(of chosen: [Int], toCommonMoveOf isMoved: (Asset) -> Bool) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for row in chosen {
      let base = isMoved(rows[row].asset)
      let settlement = isMoved(rows[row].settlement)
      values.withRow(row) { values in
        notionals.withRow(row) { notionals in
          switch rows[row].kind {
          case .balance where settlement:
            for state in sums.indices { sums[state] += values[state] }
          case .inverse where base:
            for state in sums.indices { sums[state] += values[state] + notionals[state] }
          case .linear:
            if base { for state in sums.indices { sums[state] += notionals[state] } }
            if settlement { for state in sums.indices { sums[state] += values[state] - notionals[state] } }
          case .balance, .inverse, .order: break
          case .option: preconditionFailure("an option's gain is not linear in a move: revalue it")
          }
        }
      }
    }
    return sums
  }
}

extension Matrix {
  /// Adds an amount for every state to a factor's row.
  @inline(__always)
  fileprivate mutating func add(to factor: Int?, _ amount: (_ state: Int) -> Double) {
    guard let factor else { return }
    withMutableRow(factor) { row in
      for state in row.indices { row[state] += amount(state) }
    }
  }
}
