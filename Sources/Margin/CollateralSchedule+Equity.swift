import Instruments
import LinearAlgebra
import Valuation

extension CollateralSchedule {
  /// The equity of a pool in every state, in USD: what the amounts in each settlement asset count for, added up.
  func equity(of batch: PoolBatch) -> [Double] {
    let states = batch.states
    let counted = batch.pool.rows.filter { optionValue == .counted || states.rows[$0].kind != .option }
    let apart = unrealised == .atMarketValue ? counted.filter { states.rows[$0].kind.isPosition } : []
    let tiered = counted.filter { !apart.contains($0) }
    var equity = batch.sum(of: states.values, over: apart)
    let assets = Dictionary(grouping: tiered) { states.rows[$0].settlement }.sorted { $0.key < $1.key }
    for (asset, rows) in assets {
      let terms = terms(of: asset)
      let values = batch.sum(of: states.values, over: rows)
      states.settlementPrices.withRow(rows[0]) { prices in
        for state in values.indices {
          equity[state] += terms.countedValue(of: values[state], price: prices[state])
        }
      }
    }
    return equity
  }
}
