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
      for state in 0..<count {
        let value = values[row, state]
        let notional = notionals[row, state]
        switch rows[row].kind {
        case .balance:
          exposures.add(value, touched.settlement, state)
        case .linear:
          exposures.add(notional, touched.spot, state)
          exposures.add(notional, touched.basis, state)
          exposures.add(value - notional, touched.settlement, state)
        case .inverse:
          exposures.add(value + notional, touched.spot, state)
          exposures.add(-notional, touched.basis, state)
        case .option:
          preconditionFailure("an option has no exposure that holds for every move: revalue it")
        }
      }
    }
    return exposures
  }
}

extension Matrix {
  fileprivate mutating func add(_ amount: Double, _ factor: Int?, _ state: Int) {
    guard let factor else { return }
    self[factor, state] += amount
  }
}
