import Instruments
import Loading
import Margin
import Scenarios
import Testing

/// Every recorded answer, account or not.
@Suite(.enabled(if: VenueSamples.areHere, "\(VenueSamples.absence)"))
struct VenueSampleTests {
  static let accounts = [
    "api_samples/bybit_docs/position.json", "api_samples/bybit_docs/wallet-balance.json",
    "api_samples/deribit_openapi/PrivateAccountResponse.json",
    "api_samples/deribit_openapi/PrivateAccountSummariesResponse.json",
    "api_samples/deribit_openapi/PrivateGetPositionsResponse.json",
    "api_samples/deribit_openapi/PrivateSimulatePortfolioResponse.json",
    "api_samples/nautilus/binance_account_info_v2.json", "api_samples/nautilus/binance_position_risk.json",
    "api_samples/nautilus/bybit_http_get_positions.json",
    "api_samples/nautilus/bybit_http_get_wallet_balance.json",
    "api_samples/nautilus/bybit_http_get_wallet_balance_spot_short.json",
    "api_samples/nautilus/deribit_http_get_account_summaries.json",
    "api_samples/nautilus/deribit_http_get_account_summaries_cross_margin.json",
    "api_samples/nautilus/deribit_ws_portfolio.json",
    "api_samples/nautilus/okx_http_get_account_balance.json",
    "api_samples/nautilus/okx_http_get_positions.json", "api_samples/nautilus/okx_ws_account.json",
    "gold/bybit_portfolio_margin_2026-03.json", "gold/deribit_pme_simulate_btc_2024-06-17.json",
    "gold/okx_position_builder_2025-01-15.json",
  ]

  static let others = [
    "api_samples/bybit_docs/collateral-info.json", "api_samples/bybit_docs/history-fund-rate.json",
    "api_samples/bybit_docs/instrument_1.json", "api_samples/bybit_docs/risk-limit.json",
    "api_samples/bybit_docs/tickers.json", "api_samples/bybit_docs/tier-collateral-ratio.json",
    "api_samples/deribit_openapi/PrivateGetMarginsResponse.json",
    "api_samples/deribit_openapi/PublicGetBookSummaryResponse.json",
    "api_samples/deribit_openapi/PublicGetFundingRateHistoryResponse.json",
    "api_samples/deribit_openapi/PublicGetInstrumentsResponse.json",
    "api_samples/deribit_openapi/PublicGetVolatilityIndexDataResponse.json",
    "api_samples/deribit_openapi/PublicTickerResponse.json",
    "api_samples/nautilus/bybit_http_get_instruments_linear.json",
    "api_samples/nautilus/deribit_http_get_instruments.json",
    "api_samples/nautilus/okx_http_get_instruments_swap.json",
    "api_samples/nautilus/okx_http_get_option_summary.json",
    "api_samples/nautilus/okx_http_get_position_tiers.json", "gold/binance_pm_faq_example_inputs_only.json",
  ]

  @Test(arguments: accounts) func answersOfAccountsAreRead(_ name: String) throws {
    let imported = try ImportedAccount(contentsOf: [VenueSamples.path(name)])
    #expect(!imported.formats.isEmpty)
    #expect(!imported.answer.isEmpty)
    #expect(imported.answer.allSatisfy { $0.value.isFinite })
    #expect(!imported.unmapped.contains { $0.value.contains("@") || $0.description.contains("user@") })
    let text = AccountText.yaml(imported.account)
    #expect(text.hasPrefix("account: "))
  }

  @Test(arguments: others) func otherAnswersAreRefusedWithAReason(_ name: String) throws {
    let path = VenueSamples.path(name)
    let found = lines { () throws(LoadError) in try ImportedAccount(contentsOf: [path]) }
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(path + ":") == true)
  }

  /// DB-PM-1.
  @Test func deribitSimulation() throws {
    let path = VenueSamples.path("gold/deribit_pme_simulate_btc_2024-06-17.json")
    let imported = try ImportedAccount(contentsOf: [path])
    #expect(imported.account.asOf == (try Timestamp("2024-06-17T10:22:20Z")))
    #expect(imported.account.prices == [try Asset("BTC"): 65666.19])
    let perpetual = try #require(imported.account.positions.first)
    #expect(perpetual.quantity == 0.314538364 * 65910.57)
    #expect(perpetual.markPrice == 65910.57)
    #expect(imported.account.stated["mmpMargin.BTC"] == 0.06 * 65666.19)
    #expect(imported.figures("initial_margin").map(\.value) == [0.122861343])
    #expect(imported.figures("worst_case").first?.scope == .currency(try Asset("BTC")))
    let row = try #require(imported.recorded.rows["BTC/USD:BTC"])
    #expect(row.count == 35)
    #expect(row[GridMove(spot: -0.12, volatility: .down)] == -0.04289159509090909)
    #expect(row[GridMove(spot: 0.12, volatility: .unchanged)] == 0.033700538999999995)
    #expect(row[GridMove(spot: 0.04, volatility: .up)] == 0.012097629384615385)
    #expect(row[GridMove(spot: -0.66, volatility: .up)] == -0.05991206933333334)
    #expect(row[GridMove(spot: 5, volatility: .up)] == 0.04338460193103449)
  }

  /// OK-PM-1.
  @Test func okxPositionBuilder() throws {
    let path = VenueSamples.path("gold/okx_position_builder_2025-01-15.json")
    let imported = try ImportedAccount(contentsOf: [path])
    let tether = try Asset("USDT")
    #expect(imported.account.balances == [try Balance(asset: tether, quantity: 100)])
    #expect(imported.account.positions.map(\.quantity) == [-10, 10])
    #expect(imported.account.positions.map(\.multiplier) == [0.01, 1])
    #expect(imported.account.prices[tether] == 0.99954)
    #expect(imported.figures("mr1").map(\.value) == [1164.4109244719994, 183.50672805719995])
    #expect(imported.figures("totalMmr").map(\.value) == [2946.5480841048])
    let unit = try #require(imported.recorded.units[try Asset("LTC")])
    #expect(unit[GridMove(spot: -0.18, volatility: .up)] == -183.50672805719995)
    #expect(unit[GridMove(spot: -0.36)] == -367.0134561144)
    #expect(unit.count == 22)
  }

  /// BB-PM-1.
  @Test func bybitPortfolioMargin() throws {
    let path = VenueSamples.path("gold/bybit_portfolio_margin_2026-03.json")
    let imported = try ImportedAccount(contentsOf: [path])
    let option = try #require(imported.recorded.rows["BTC/USDT:USDT-260925-80000-C"])
    #expect(option[GridMove(spot: -0.1, volatility: .up)] == -24.06747339)
    #expect(option[GridMove(spot: -0.1, volatility: .down)] == -39.65273684)
    let hedge = try #require(imported.recorded.rows["BTC"])
    let price = try #require(imported.account.prices[try Asset("BTC")])
    #expect(abs((hedge[GridMove(spot: -0.1, volatility: .down)] ?? 0) * price - 7.05047869) < 1e-12)
    #expect(imported.figures("assetMM").map(\.value) == [1062.3492095114727])
    #expect(imported.account.balances.map(\.quantity) == [45_391.74423708, -7e-8])
  }
}
