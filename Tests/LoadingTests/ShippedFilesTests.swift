import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Scenarios
import Studies
import Testing

struct ShippedFilesTests {
  private static let regimes = [
    "segregated", "cross-collateral", "allocated", "value-at-risk-historical", "value-at-risk-gaussian",
    "expected-shortfall-student-t", "scenario-grid", "clearing-houses/shortfall-dependence-concentration",
    "clearing-houses/historical-stress-liquidity", "clearing-houses/filtered-correlation-break",
    "clearing-houses/filtered-diversification-cap", "clearing-houses/anti-procyclical-buffer",
    "clearing-houses/anti-procyclical-stress-weight", "clearing-houses/anti-procyclical-long-floor",
    "clearing-houses/liquidity-horizon-cascade", "clearing-houses/parametric-gap-charge",
  ]
  private static let accounts = [
    "cash-and-carry", "wrong-way-risk", "eth-btc-relative-value", "market-neutral", "linear-inverse-mix",
    "luna-collateral", "usdc-collateral", "borrowed-balance", "venue-tour",
  ]

  private func regime(_ name: String) throws -> MarginRegime {
    try Loaded<MarginRegime>(regimeFile: "\(repository)/scenarios/regimes/\(name).yaml").value
  }

  private func account(_ name: String) throws -> Account {
    try Loaded<Account>(accountFile: "\(repository)/scenarios/accounts/\(name).yaml").value
  }

  @Test(arguments: regimes)
  func everyRegimeSaysWhereItComesFromAndWhatItAssumes(_ name: String) throws {
    let regime = try regime(name)
    #expect(regime.id == name.split(separator: "/").last.map(String.init))
    #expect(!regime.summary.isEmpty && !regime.source.isEmpty && !regime.assumptions.isEmpty)
  }

  private static var venueFiles: [String] {
    let folder = "\(repository)/scenarios/regimes/venues"
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      $0.hasSuffix(".yaml")
    }
    .sorted()
  }

  @Test func everyVenueSaysWhereItsRulesComeFromSinceWhenAndWhatTheyAssume() throws {
    #expect(Self.venueFiles.count >= 20)
    for file in Self.venueFiles {
      let regime = try Loaded<MarginRegime>(
        regimeFile: "\(repository)/scenarios/regimes/venues/\(file)"
      ).value
      let name = String(file.prefix { $0 != "." })
      #expect(regime.id == name, "\(file)")
      #expect(!regime.source.isEmpty && !regime.assumptions.isEmpty, "\(file)")
      #expect(
        regime.effectiveFrom != nil || regime.assumptions.contains { $0.contains("no date") }, "\(file)")
    }
  }

  @Test func theVersionInForceIsChosen() throws {
    let versions = try RegimeVersions(
      besides: "\(repository)/scenarios/regimes/venues/okx-portfolio-margin.yaml")
    func start(_ moment: String?) throws -> String? {
      try versions.version(at: moment.map { try Timestamp($0) }).value.effectiveFrom?.description
    }
    #expect(try start("2025-01-06") == "2025-01-06")
    #expect(try start("2025-01-05") == "2024-06-01")
    #expect(try start("2022-11-07") == "2024-06-01")
    #expect(try start(nil) == "2025-01-06")
  }

  @Test func everyFamilyIsShipped() throws {
    #expect(Set(try Self.regimes.map { try regime($0).family }) == Set(RegimeFamily.allCases))
  }

  @Test func regimesThatHaircutAgreeOnHaircutsAndBrackets() throws {
    let cross = try regime("cross-collateral")
    for name in ["allocated", "scenario-grid"] { #expect(try regime(name).collateral == cross.collateral) }
    for name in ["allocated", "segregated"] { #expect(try regime(name).terms == cross.terms) }
  }

  /// MM of a notional as the venue prints it: notional · rate − cum, with the `cum` of its table (Binance, 2024-10-24).
  @Test(arguments: [
    ("BTC", 500_000.0, 0.005, 50.0), ("BTC", 50_000_000, 0.02, 131_450),
    ("BTC", 1_500_000_000, 0.5, 421_481_450),
    ("ETH", 60_000_000, 0.025, 381_450), ("ETH", 1_000_000_000, 0.5, 280_506_450),
    ("SOL", 500_000, 0.01, 380),
    ("SOL", 300_000_000, 0.5, 66_728_380),
  ])
  func bracketsReproduceTheVenuesCumulativeAmounts(
    _ symbol: String, _ notional: Double, _ rate: Double, _ cumulative: Double
  ) throws {
    guard case .rateSum(let term) = try regime("cross-collateral").terms[0].term,
      case .brackets(let schedule) = term.law(of: try Asset(symbol))
    else {
      Issue.record("the first term is no sum of brackets")
      return
    }
    let maintenance = schedule.maintenance(of: notional)
    #expect(abs(maintenance - (notional * rate - cumulative)) <= 1e-12 * notional)
  }

  @Test(arguments: accounts)
  func everyAccountSaysWhatItShowsAndStandsNearTheMarket(_ name: String) throws {
    let account = try account(name)
    #expect(account.id == name)
    #expect(!account.purpose.isEmpty)
    let asOf = try #require(account.asOf)
    let history = try LoadedMarket(contentsOf: "\(repository)/notebooks-data/market").history
    let market = try MarketSnapshot(of: history, at: asOf)
    for position in account.positions {
      let underlying = position.contract.underlying
      let base = try #require(market.price(of: underlying.base))
      let spot = base / (try #require(market.price(of: underlying.quote)))
      #expect(abs((position.markPrice ?? spot) / spot - 1) < 0.005, "\(position.contract.name)")
      #expect(abs(position.entryPrice / spot - 1) < 0.12, "\(position.contract.name)")
    }
  }

  @Test(arguments: accounts)
  func everyAccountCanBeComparedUnderEveryRegime(_ name: String) throws {
    let overrides = StudyOverrides(
      account: "\(repository)/scenarios/accounts/\(name).yaml",
      regimes: Self.regimes.compactMap { $0.split(separator: "/").last.map(String.init) },
      market: "\(repository)/notebooks-data/market")
    let loaded = try LoadedStudy(
      contentsOf: "\(repository)/scenarios/studies/demo.yaml", overrides: overrides)
    #expect(loaded.study.account.id == name)
    #expect(loaded.study.faults().isEmpty)
  }

  @Test func theDemoIsReadAsItStands() throws {
    let path = "\(repository)/scenarios/studies/demo.yaml"
    let loaded = try LoadedStudy(
      contentsOf: path, overrides: StudyOverrides(market: "\(repository)/notebooks-data/market"))
    #expect(loaded.study.name == "demo")
    #expect(loaded.study.regimes.map(\.family).contains(.valueAtRisk))
    #expect(loaded.files.contains(path))
  }
}
