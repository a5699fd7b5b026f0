import Instruments
import LinearAlgebra
import Valuation

/// A rate on a size.
public struct ChargeTerm: Hashable, Sendable {
  /// The size that is charged, in USD.
  ///
  /// A delta is what a row gains for a relative move of one of its asset.
  public enum Base: String, Hashable, Sendable, CaseIterable {
    /// The sum of the absolute notionals of all positions.
    case grossNotional
    /// The sum of the absolute sizes of all positions at the spot price of their base asset: what a mark beside the index
    /// does not change.
    case grossAtSpot
    /// The sum of the absolute net notionals of all base assets.
    case netNotional
    /// The largest absolute net notional of any one base asset.
    case largestNetNotional
    /// The absolute sum of the deltas of each base asset.
    case netDelta
    /// The sum of the absolute deltas of all positions.
    case grossDelta
    /// What cancels within each base asset: half of gross less net delta.
    case hedgedDelta
    /// What cancels across the expiries of each base asset: half of what the net deltas of its expiries come to less their
    /// sum.
    case hedgedAcrossExpiries
    /// Units of options sold more than bought at one expiry and strike, calls and puts together, at the spot price.
    case netShortOptions
    /// What options lose in a day on which nothing happens.
    case timeDecay
  }

  /// Which requirement is charged.
  public enum Reach: String, Hashable, Sendable, CaseIterable {
    /// Initial and maintenance margin alike.
    case both
    /// The initial margin alone.
    case initial
    /// The maintenance margin alone.
    case maintenance
  }

  /// The size that is charged.
  public let base: Base
  /// USD for one USD of it.
  public let rate: Double
  /// Which rows it is charged on.
  public let rows: RowSelector
  /// Which requirement is charged.
  public let reach: Reach
  /// What makes large charges count more, if anything.
  public let multiplier: TierMultiplier?
  /// How much of each base asset's size is free of charge, in USD: what is above is concentrated.
  public let above: Double

  /// Makes a charge.
  ///
  /// - Parameters:
  ///   - base: the size that is charged.
  ///   - rate: USD for one USD of it; 0 to 1.
  ///   - rows: which rows it is charged on.
  ///   - reach: which requirement is charged.
  ///   - multiplier: what makes large charges count more, if anything.
  ///   - above: how much of each base asset's size is free of charge, in USD, not negative; zero unless notionals are charged.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    base: Base, rate: Double, rows: RowSelector = RowSelector(), reach: Reach = .both,
    multiplier: TierMultiplier? = nil, above: Double = 0
  ) throws(MarginError) {
    guard above >= 0, above.isFinite else {
      throw .invalidTable(name: "charge", problem: "what is free of charge is not negative")
    }
    guard above == 0 || base.isNotional else {
      throw .invalidTable(
        name: "charge", problem: "something is free of charge where notionals are charged: \(base.rawValue)")
    }
    guard (0...1).contains(rate) else {
      throw .invalidTable(name: "charge", problem: "the rate lies between 0 and 1")
    }
    self.base = base
    self.rate = rate
    self.rows = rows
    self.reach = reach
    self.multiplier = multiplier
    self.above = above
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    var charged = size(in: batch).map { $0 * rate }
    if let multiplier { charged = charged.map(multiplier.applied) }
    let nothing = [Double](repeating: 0, count: charged.count)
    return TermAmounts(
      initial: reach == .maintenance ? nothing : charged,
      maintenance: reach == .initial ? nothing : charged)
  }

  private func size(in batch: PoolBatch) -> [Double] {
    let notionals = batch.states.notionals
    let positions = batch.rows { $0.kind.isPosition && rows.matches($0) }
    switch base {
    case .grossNotional where above == 0:
      return batch.sum(of: notionals, over: positions) { abs($0) }
    case .grossNotional:
      return total(
        batch.byAsset(positions).map { beyond(batch.sum(of: notionals, over: $0) { abs($0) }) },
        batch.states.count)
    case .grossAtSpot: return grossAtSpot(positions, in: batch)
    case .netNotional:
      return total(
        batch.byAsset(positions).map { beyond(batch.sum(of: notionals, over: $0)) }, batch.states.count)
    case .largestNetNotional:
      return largest(
        batch.byAsset(positions).map { beyond(batch.sum(of: notionals, over: $0)) }, batch.states.count)
    case .netDelta:
      return total(
        batch.byAsset(chosen(in: batch)).map { batch.netDelta(of: $0).map(abs) }, batch.states.count)
    case .grossDelta:
      return batch.grossDelta(of: chosen(in: batch))
    case .hedgedDelta:
      let assets = batch.byAsset(chosen(in: batch))
      return total(
        assets.map { rows in
          zip(batch.grossDelta(of: rows), batch.netDelta(of: rows)).map { max(0, $0 - abs($1)) / 2 }
        }, batch.states.count)
    case .hedgedAcrossExpiries:
      return total(batch.byAsset(positions).map { hedgedAcrossExpiries($0, in: batch) }, batch.states.count)
    case .netShortOptions: return netShortOptions(positions, in: batch)
    case .timeDecay: return timeDecay(positions, in: batch)
    }
  }

  /// The sizes of one base asset, less what is free of charge.
  private func beyond(_ sizes: [Double]) -> [Double] { sizes.map { max(0, abs($0) - above) } }

  private func grossAtSpot(_ positions: [Int], in batch: PoolBatch) -> [Double] {
    (0..<batch.states.count).map { state in
      positions.reduce(0) { $0 + sizeAtSpot(of: $1, in: batch, state) }
    }
  }

  func sizeAtSpot(of row: Int, in batch: PoolBatch, _ state: Int) -> Double {
    let notional = abs(batch.states.notionals[row, state])
    let quantity =
      batch.states.rows[row].kind == .option
      ? abs(batch.states.rows[row].units)
      : batch.states.baseQuantity(of: row, notional: notional, in: state)
    return quantity * batch.states.spotPrices[row, state]
  }

  private func hedgedAcrossExpiries(_ rows: [Int], in batch: PoolBatch) -> [Double] {
    let expiries = expiries(of: rows, in: batch).map { batch.netDelta(of: $0) }
    return zip(total(expiries.map { $0.map(abs) }, batch.states.count), batch.netDelta(of: rows))
      .map { max(0, $0 - abs($1)) / 2 }
  }

  /// Rows by their expiry, perpetuals first.
  func expiries(of rows: [Int], in batch: PoolBatch) -> [[Int]] {
    Dictionary(grouping: rows) { batch.states.rows[$0].expiry?.seconds ?? .min }
      .sorted { $0.key < $1.key }.map(\.value)
  }

  /// Positions, and what a risk unit takes of its asset's balance.
  func chosen(in batch: PoolBatch) -> [Int] {
    batch.rows { ($0.kind.isPosition || (batch.spotShare != nil && $0.kind == .balance)) && rows.matches($0) }
  }

  private func total(_ columns: [[Double]], _ count: Int) -> [Double] {
    (0..<count).map { state in columns.reduce(0) { $0 + $1[state] } }
  }

  private func largest(_ columns: [[Double]], _ count: Int) -> [Double] {
    (0..<count).map { state in columns.map { abs($0[state]) }.max() ?? 0 }
  }

  private func netShortOptions(_ positions: [Int], in batch: PoolBatch) -> [Double] {
    let short = shortSeries(positions, in: batch).map { rows in
      (row: rows[0], units: -rows.reduce(0) { $0 + batch.states.rows[$1].units })
    }
    return (0..<batch.states.count).map { state in
      short.reduce(0) { $0 + $1.units * batch.states.spotPrices[$1.row, state] }
    }
  }

  /// Options of one expiry and strike of which more are sold than bought, in the order of their first rows.
  func shortSeries(_ positions: [Int], in batch: PoolBatch) -> [[Int]] {
    let options = positions.filter { batch.states.rows[$0].kind == .option }
    return Dictionary(grouping: options) { OptionSeries(batch.states.rows[$0]) }.values
      .filter { rows in rows.reduce(0) { $0 + batch.states.rows[$1].units } < 0 }
      .sorted { $0[0] < $1[0] }
  }

  private func timeDecay(_ positions: [Int], in batch: PoolBatch) -> [Double] {
    let options = positions.filter { batch.states.rows[$0].kind == .option }
    return (0..<batch.states.count).map { state in
      max(0, options.reduce(0) { $0 + decay(of: $1, in: batch, state) })
    }
  }

  /// What one option loses in a day on which nothing happens.
  func decay(of row: Int, in batch: PoolBatch, _ state: Int) -> Double {
    let decay =
      batch.states.rows[row].option?.decay(days: 1, in: batch.states.optionMarket(of: row, in: state)) ?? 0
    return decay * batch.states.quotePrice(of: row, in: state)
  }
}

extension ChargeTerm.Base {
  /// Whether it is a notional, so that some of each asset's may be free.
  fileprivate var isNotional: Bool {
    switch self {
    case .grossNotional, .netNotional, .largestNetNotional: true
    case .grossAtSpot, .netDelta, .grossDelta, .hedgedDelta, .hedgedAcrossExpiries, .netShortOptions,
      .timeDecay:
      false
    }
  }
}

/// Options that differ in kind alone.
private struct OptionSeries: Hashable {
  let asset: Asset
  let expiry: Timestamp?
  let strike: Double

  init(_ row: BookRow) {
    asset = row.asset
    expiry = row.expiry
    strike = row.option?.strike ?? 0
  }
}

extension PoolBatch {
  /// Rows by their asset, in the order of symbols.
  func byAsset(_ rows: [Int]) -> [[Int]] {
    Dictionary(grouping: rows) { states.rows[$0].asset }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What some rows gain together for a relative move of one, one a state.
  func netDelta(of rows: [Int]) -> [Double] { summedDeltas(of: rows) { $0 } }

  /// The sum of what each of some rows gains, or loses, one a state.
  func grossDelta(of rows: [Int]) -> [Double] { summedDeltas(of: rows) { abs($0) } }

  private func summedDeltas(of rows: [Int], _ transform: (Double) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: states.count)
    for row in rows {
      let deltas = states.deltas(of: row)
      for state in sums.indices { sums[state] += transform(deltas[state] * share(of: row, in: state)) }
    }
    return sums
  }
}
