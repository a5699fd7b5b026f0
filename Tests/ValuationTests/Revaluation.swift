import Instruments
import LinearAlgebra
import MarketData
import Scenarios

/// The moment at which the books of these tests are valued.
let asOf = Timestamp(seconds: 1_704_067_200)

/// The study of these tests: five coins, three contracts whose basis moves, one coin whose implied volatility does.
struct Study {
  let bitcoin: Asset
  let ether: Asset
  let solana: Asset
  let tether: Asset
  let circle: Asset
  let factors: FactorSpace

  init() throws {
    bitcoin = try Asset("BTC")
    ether = try Asset("ETH")
    solana = try Asset("SOL")
    tether = try Asset("USDT")
    circle = try Asset("USDC")
    factors = FactorSpace([
      .spot(bitcoin), .spot(ether), .spot(solana), .spot(tether), .spot(circle), .basis(bitcoin, .linear),
      .basis(bitcoin, .inverse), .basis(ether, .linear), .volatility(bitcoin),
    ])
  }

  var assets: [Asset] { [bitcoin, ether, solana, tether, circle] }

  /// Wild but possible moves: coins from −65 % to +200 %, stablecoins and bases by up to 30 %, so that no contract's
  /// price falls below zero.
  func randomSet(_ count: Int, _ random: inout SplitMix) -> ScenarioSet {
    let moves = Matrix(rows: factors.count, columns: count) { factor, _ in
      switch factors.factors[factor] {
      case .spot(let asset) where asset != tether && asset != circle:
        Double.random(in: -0.65...2, using: &random)
      case .volatility: Double.random(in: -0.5...1.5, using: &random)
      case .spot, .basis: Double.random(in: -0.3...0.3, using: &random)
      }
    }
    return set(moves)
  }

  func set(_ moves: Matrix) -> ScenarioSet {
    ScenarioSet(
      factors: factors, moves: moves, labels: .draws(Array(0..<moves.columns)),
      coverage: factors.factors.map { _ in FactorCoverage(source: .history) })
  }

  func randomPrices(_ random: inout SplitMix) -> [Asset: Double] {
    [
      bitcoin: .random(in: 20_000...90_000, using: &random), ether: .random(in: 800...5_000, using: &random),
      solana: .random(in: 5...300, using: &random), tether: .random(in: 0.9...1.05, using: &random),
      circle: .random(in: 0.9...1.05, using: &random),
    ]
  }

  /// An account of balances of both signs, linear and inverse positions of both signs, some with isolated margin.
  func randomAccount(_ prices: [Asset: Double], _ random: inout SplitMix) throws -> Account {
    var balances: [Balance] = []
    for asset in assets + [.usd] where Bool.random(using: &random) {
      let price = prices[asset] ?? 1
      balances.append(try Balance(asset: asset, quantity: .random(in: -5e4...1e5, using: &random) / price))
    }
    var positions: [Position] = []
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      positions.append(try randomPosition(prices, &random))
    }
    return Account(id: "random", balances: balances, positions: positions)
  }

  private func randomPosition(_ prices: [Asset: Double], _ random: inout SplitMix) throws -> Position {
    let base = [bitcoin, ether, solana].randomElement(using: &random) ?? bitcoin
    let style = SettlementStyle.allCases.randomElement(using: &random) ?? .linear
    let quote =
      style == .inverse ? Asset.usd : [tether, circle, .usd].randomElement(using: &random) ?? tether
    let underlying = Underlying(base: base, quote: quote)
    let spot = (prices[base] ?? 1) / (prices[quote] ?? 1)
    let sign: Double = Bool.random(using: &random) ? 1 : -1
    let units = sign * .random(in: 1e2...1e5, using: &random) / (style == .linear ? spot : 1)
    let multiplier: Double = [1, 0.001, 10, 100][Int.random(in: 0..<4, using: &random)]
    let margin = Bool.random(using: &random) ? Double.random(in: 0...1e4, using: &random) / spot : nil
    let contract: Contract =
      Bool.random(using: &random)
      ? .perpetual(Perpetual(underlying: underlying, style: style))
      : .datedFuture(
        DatedFuture(underlying: underlying, style: style, expiry: asOf.advanced(bySeconds: 9_000_000)))
    return try Position(
      contract: contract, quantity: units / multiplier, multiplier: multiplier,
      entryPrice: spot * .random(in: 0.5...1.6, using: &random),
      markPrice: Bool.random(using: &random) ? spot * Double.random(in: 0.95...1.05, using: &random) : nil,
      leverage: .random(in: 1...50, using: &random), isolatedMargin: margin)
  }
}

/// Full revaluation in coins, from quantities and prices: knows neither notionals, exposures nor any formula for P&L.
struct CoinRevaluation {
  let study: Study
  /// USD prices.
  let prices: [Asset: Double]
  let account: Account

  /// Coins held and owed of every asset, one entry a row of the book, in the book's order, and their USD prices.
  private func coins(_ prices: [Asset: Double], marks: [Double]) -> [(quantity: Double, price: Double)] {
    var rows = account.balances.map { ($0.quantity, Self.price($0.asset, prices)) }
    for (position, mark) in zip(account.positions, marks) {
      let settlement = Self.price(position.contract.settlementAsset, prices)
      if let margin = position.isolatedMargin { rows.append((margin, settlement)) }
      let units = position.quantity * position.multiplier
      switch position.contract.style {
      case .linear: rows.append((units * (mark - position.entryPrice), settlement))
      case .inverse: rows.append((units * (1 / position.entryPrice - 1 / mark), settlement))
      }
    }
    return rows
  }

  /// Marks in the quote asset today.
  var marks: [Double] {
    account.positions.map { position in
      let pair = position.contract.underlying
      return position.markPrice ?? Self.price(pair.base, prices) / Self.price(pair.quote, prices)
    }
  }

  private static func price(_ asset: Asset, _ prices: [Asset: Double]) -> Double {
    asset == .usd ? 1 : prices[asset, default: .nan]
  }

  /// USD values of the rows today.
  var values: [Double] { coins(prices, marks: marks).map { $0.quantity * $0.price } }

  /// Prices and marks after one scenario of a set.
  func moved(by set: ScenarioSet, _ scenario: Int) -> (prices: [Asset: Double], marks: [Double]) {
    func move(_ factor: RiskFactor) -> Double {
      set.factors.index(of: factor).map { set.moves[$0, scenario] } ?? 0
    }
    var moved: [Asset: Double] = [:]
    for (asset, price) in prices { moved[asset] = price * (1 + move(.spot(asset))) }
    let movedMarks = zip(account.positions, marks).map { position, mark in
      let pair = position.contract.underlying
      let basis = move(.basis(pair.base, position.contract.style))
      switch position.contract.style {
      case .linear:
        // The basis move is the relative USD move of the contract's price less that of its base asset.
        let quote = pair.quote == .usd ? 0 : move(.spot(pair.quote))
        return mark * (1 + move(.spot(pair.base)) + basis) / (1 + quote)
      case .inverse:
        // The basis move is the relative change of spot over mark.
        return mark * (1 + move(.spot(pair.base))) / (1 + basis)
      }
    }
    return (moved, movedMarks)
  }

  /// USD values of the rows after one scenario of a set.
  func values(after set: ScenarioSet, _ scenario: Int) -> [Double] {
    let (prices, marks) = moved(by: set, scenario)
    return coins(prices, marks: marks).map { $0.quantity * $0.price }
  }

  /// The same account as it stands after one scenario, its marks written down, and its market.
  func restated(after set: ScenarioSet, _ scenario: Int) throws -> CoinRevaluation {
    let (prices, marks) = moved(by: set, scenario)
    let positions = try zip(account.positions, marks).map { position, mark in
      try Position(
        contract: position.contract, quantity: position.quantity, multiplier: position.multiplier,
        entryPrice: position.entryPrice, markPrice: mark, leverage: position.leverage,
        isolatedMargin: position.isolatedMargin)
    }
    return CoinRevaluation(
      study: study, prices: prices,
      account: Account(id: account.id, balances: account.balances, positions: positions))
  }
}
