import Instruments
import LinearAlgebra
import Valuation

extension ChargeTerm {
  /// What each row is charged in the first state: its part of the size that is charged.
  func rowShares(in batch: PoolBatch) -> RowShares {
    let sizes = rowSizes(in: batch)
    let charged = sizes.reduce(0) { $0 + $1.amount } * rate
    let scale = multiplier.map { charged > 0 ? $0.applied(to: charged) / charged : 0 } ?? 1
    let shares = sizes.map { (row: $0.row, amount: $0.amount * rate * scale) }
    return RowShares(
      initial: reach == .maintenance ? [] : shares, maintenance: reach == .initial ? [] : shares)
  }

  /// What each row adds to the size, in USD; negative where it takes from it.
  private func rowSizes(in batch: PoolBatch) -> [(row: Int, amount: Double)] {
    let positions = batch.rows { $0.kind.isPosition && rows.matches($0) }
    func notional(_ row: Int) -> Double { batch.states.notionals[row, 0] }
    func delta(_ row: Int) -> Double { batch.netDelta(of: [row])[0] }
    switch base {
    case .grossNotional: return beyond(batch.byAsset(positions)) { abs(notional($0)) }.flatMap { $0 }
    case .netNotional: return beyond(batch.byAsset(positions), notional).flatMap { $0 }
    case .largestNetNotional:
      let assets = beyond(batch.byAsset(positions), notional)
      let sizes = assets.map { rows in rows.reduce(0) { $0 + $1.amount } }
      let largest = sizes.indices.max { sizes[$0] < sizes[$1] || (sizes[$0] == sizes[$1] && $0 > $1) }
      return largest.map { assets[$0] } ?? []
    case .grossAtSpot: return positions.map { ($0, sizeAtSpot(of: $0, in: batch, 0)) }
    case .grossDelta: return chosen(in: batch).map { ($0, abs(delta($0))) }
    case .netDelta:
      return batch.byAsset(chosen(in: batch)).flatMap { rows in
        let sign = signOf(batch.netDelta(of: rows)[0])
        return rows.map { (row: $0, amount: sign * delta($0)) }
      }
    case .hedgedDelta:
      return batch.byAsset(chosen(in: batch)).flatMap { rows in
        let sign = signOf(batch.netDelta(of: rows)[0])
        return rows.map { (row: $0, amount: (abs(delta($0)) - sign * delta($0)) / 2) }
      }
    case .hedgedAcrossExpiries:
      return batch.byAsset(positions).flatMap { rows in
        let sign = signOf(batch.netDelta(of: rows)[0])
        return expiries(of: rows, in: batch).flatMap { expiry in
          let own = signOf(batch.netDelta(of: expiry)[0])
          return expiry.map { (row: $0, amount: (own - sign) * delta($0) / 2) }
        }
      }
    case .netShortOptions:
      return shortSeries(positions, in: batch).flatMap { series in
        series.map { ($0, -batch.states.rows[$0].units * batch.states.spotPrices[series[0], 0]) }
      }
    case .timeDecay:
      let decays = positions.filter { batch.states.rows[$0].kind == .option }
        .map { (row: $0, amount: decay(of: $0, in: batch, 0)) }
      return decays.reduce(0) { $0 + $1.amount } > 0 ? decays : []
    }
  }

  /// Asset by asset, what each row adds to the absolute sum of its asset, each with its part of what is free of charge.
  private func beyond(
    _ assets: [[Int]], _ size: (Int) -> Double
  ) -> [[(row: Int, amount: Double)]] {
    assets.map { rows in
      let sum = rows.reduce(0) { $0 + size($1) }
      let share = sum == 0 ? 0 : signOf(sum) * (max(0, abs(sum) - above) / abs(sum))
      return rows.map { ($0, size($0) * share) }
    }
  }
}
