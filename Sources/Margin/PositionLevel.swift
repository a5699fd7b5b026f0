import Instruments
public import Valuation

/// The price of a contract at which the pool of a position reaches a level, its base asset alone moving against it.
///
/// What venues print as liquidation price. The base asset moves as collateral and under every contract on it, its basis and
/// all other prices stay.
public struct PositionLevel: Hashable, Sendable {
  /// The pool.
  public let pool: String
  /// The contract.
  public let contract: String
  /// What is reached.
  public let level: MarginDistance.Level
  /// The mark at which it is reached, in the quote asset; `nil` where no move against the position reaches it.
  public let price: Double?
}

extension MarginRegime {
  /// The call and the liquidation price of every perpetual and future of an account.
  ///
  /// - Parameters:
  ///   - state: the account in a market.
  ///   - distances: how far its pools are from their levels.
  /// - Returns: pool by pool in the order of rows, the call before the liquidation.
  public func positionLevels(for state: BookState, at distances: [MarginDistance]) -> [PositionLevel] {
    pooling.pools(of: state.rows).flatMap { pool in
      pool.rows.flatMap { row -> [PositionLevel] in
        guard let mark = state.mark(of: row) else { return [] }
        let direction: MarginDistance.Direction = state.notionals[row] > 0 ? .fall : .rise
        return MarginDistance.Level.allCases.map { level in
          let distance = distances.first {
            $0.pool == pool.name && $0.axis == .asset(state.rows[row].asset) && $0.direction == direction
              && $0.level == level
          }
          return PositionLevel(
            pool: pool.name, contract: state.rows[row].name, level: level,
            price: distance?.price(from: mark))
        }
      }
    }
  }
}

extension BookState {
  /// The mark of a perpetual or future in its quote asset; `nil` for every other row.
  fileprivate func mark(of row: Int) -> Double? {
    switch rows[row].kind {
    case .linear: notionals[row] / rows[row].units / settlementPrices[row]
    case .inverse: rows[row].units * spotPrices[row] / notionals[row]
    case .balance, .option, .order: nil
    }
  }
}
