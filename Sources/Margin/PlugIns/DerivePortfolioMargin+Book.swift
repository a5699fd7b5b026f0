import Instruments
import LinearAlgebra
import Scenarios
import Valuation

/// The options of one base asset and expiry: what does not change with the market.
struct DeriveExpiry {
  let rows: [Int]
  let years: Double
  /// The static discount of positive and of negative values.
  let discount: (long: Double, short: Double)
  /// Units sold more than bought, strike by strike, calls and puts together.
  let nakedShorts: Double
  /// Units bought or sold.
  let grossUnits: Double
  /// What is charged on one USD of them for want of confidence.
  let confidenceRate: Double
}

/// What belongs to one base asset: what does not change with the market.
struct DeriveUnit {
  let base: Asset
  /// Perpetuals and futures, contract by contract.
  let contracts: [[Int]]
  /// Options, the nearest expiry first.
  let expiries: [DeriveExpiry]
  /// Balances whose value moves with the base asset.
  let cancelling: [Int]
  /// What is charged on one USD of contracts for want of confidence.
  let confidenceRate: Double
}

/// A balance that counts as collateral.
struct DeriveHolding {
  let row: Int
  let haircut: DerivePortfolioMargin.ContingencyRates
  /// What is charged on one USD of it for want of confidence.
  let confidenceRate: Double
}

/// A pool under the rule: what does not change with the market, found once for all states.
struct DeriveBook {
  let rule: DerivePortfolioMargin
  let batch: PoolBatch
  let units: [DeriveUnit]
  let holdings: [DeriveHolding]
  /// A row that settles in the stablecoin, if any.
  private let stableRow: Int?

  init(_ batch: PoolBatch, under rule: DerivePortfolioMargin) {
    self.rule = rule
    self.batch = batch
    let states = batch.states
    let rows = states.rows
    let positions = batch.rows { $0.kind.isPosition }
    let cancelling = batch.rows { $0.kind == .balance && rule.collateral[$0.asset]?.cancels != nil }
    let bases = Set(
      positions.map { rows[$0].asset } + cancelling.compactMap { rule.collateral[rows[$0].asset]?.cancels })
    units = bases.sorted().map { base in
      DeriveUnit(
        base: base, positions: positions.filter { rows[$0].asset == base },
        cancelling: cancelling.filter { rule.collateral[rows[$0].asset]?.cancels == base }, in: states,
        under: rule)
    }
    let trusted = bases.reduce(1) { min($0, states.spotConfidence(of: $1)) }
    holdings = batch.rows { $0.kind == .balance }.compactMap { row in
      guard let terms = rule.collateral[rows[row].asset] else { return nil }
      let own = states.stated["confidence.\(rows[row].asset)"] ?? 1
      return DeriveHolding(
        row: row, haircut: terms.haircut, confidenceRate: rule.confidence.rate(at: min(own, trusted)))
    }
    stableRow = rows.firstIndex { $0.settlement == rule.stable }
  }

  /// The price of the stablecoin: stated, or that of the market.
  func stablePrice(in state: Int) -> Double {
    batch.states.stated["stablePrice"] ?? stableRow.map { batch.states.settlementPrices[$0, state] } ?? 1
  }
}

extension DeriveUnit {
  fileprivate init(
    base: Asset, positions: [Int], cancelling: [Int], in states: BookStates, under rule: DerivePortfolioMargin
  ) {
    let rows = states.rows
    let futures = positions.filter { rows[$0].kind != .option }
    let options = positions.filter { rows[$0].kind == .option }
    let trusted = futures.reduce(states.spotConfidence(of: base)) { min($0, rows[$1].confidence) }
    self.base = base
    self.cancelling = cancelling
    contracts = Dictionary(grouping: futures) { rows[$0].name }.sorted { $0.key < $1.key }.map(\.value)
    expiries = Dictionary(grouping: options) { rows[$0].years }.sorted { $0.key < $1.key }.map {
      DeriveExpiry(rows: $0.value, years: $0.key, trusted: trusted, in: states, under: rule)
    }
    confidenceRate = rule.confidence.rate(at: trusted)
  }
}

extension DeriveExpiry {
  fileprivate init(
    rows: [Int], years: Double, trusted: Double, in states: BookStates, under rule: DerivePortfolioMargin
  ) {
    let held = rows.map { states.rows[$0] }
    let strikes = Dictionary(grouping: held) { $0.option?.strike ?? 0 }.sorted { $0.key < $1.key }
    self.rows = rows
    self.years = years
    // The venue has one interest rate an expiry.
    discount = rule.discount.factors(years: years, discountFactor: held[0].option?.discountFactor ?? 1)
    nakedShorts = strikes.reduce(0) { sum, strike in
      sum + max(0, -strike.value.reduce(0) { $0 + $1.units })
    }
    grossUnits = held.reduce(0) { $0 + abs($1.units) }
    confidenceRate = rule.confidence.rate(at: held.reduce(trusted) { min($0, $1.confidence) })
  }
}

extension BookStates {
  /// How far the venue trusts its spot price of an asset, as the account states it.
  fileprivate func spotConfidence(of asset: Asset) -> Double {
    stated["confidence.\(asset)"] ?? stated["spotConfidence"] ?? 1
  }
}
