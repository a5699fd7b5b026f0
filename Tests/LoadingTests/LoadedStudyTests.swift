import Foundation
import Instruments
import LinearAlgebra
import Loading
import Margin
import MarketData
import Scenarios
import Statistics
import Studies
import Testing

struct LoadedStudyTests {
  private static let study = """
    study: small
    account: ../accounts/test.yaml
    regimes:
      - test
      - ../regimes/other.yaml
    reference: test
    seed: 7
    scenarios: 1_000
    judge: {law: gaussian, lookBack: 5, horizon: 1 d, realised: 2}
    """

  /// Ten days from 2022-11-01 on; ETH starts on the fifth of them.
  private static let market =
    "date,BTC,USDT,ETH\n"
    + (1...10).map { day in
      "2022-11-\(day < 10 ? "0" : "")\(day),\(20_000 + 100 * (day % 3)),\(1 + 0.001 * Double(day % 2)),"
        + (day < 5 ? "" : "\(1_500 + 7 * day)") + "\n"
    }.joined()

  private static let regime = Sound.regime("lookBack: 500", "lookBack: 4")

  private func folder(_ changes: [String: String] = [:]) throws -> TemporaryFolder {
    let other = Self.regime.replacingOccurrences(of: "regime: test", with: "regime: other")
    let files = [
      "scenarios/studies/s.yaml": Self.study, "scenarios/accounts/test.yaml": Sound.account,
      "scenarios/regimes/test.yaml": Self.regime, "scenarios/regimes/other.yaml": other,
      "notebooks-data/market/daily-close.csv": Self.market,
    ]
    return try TemporaryFolder(files.merging(changes) { $1 })
  }

  private func load(
    _ folder: borrowing TemporaryFolder, _ overrides: StudyOverrides = StudyOverrides()
  ) throws(LoadError) -> LoadedStudy {
    var overrides = overrides
    // The variable of the process that runs the tests must not matter.
    overrides.market = overrides.market ?? "\(folder.path)/notebooks-data/market"
    return try LoadedStudy(contentsOf: "\(folder.path)/scenarios/studies/s.yaml", overrides: overrides)
  }

  private func problems(
    _ changes: [String: String], _ overrides: StudyOverrides = StudyOverrides()
  ) throws -> [String] {
    let folder = try folder(changes)
    let path = folder.path
    var found: [String] = []
    do throws(LoadError) {
      _ = try load(folder, overrides)
    } catch {
      found = error.problems.map { $0.description.replacingOccurrences(of: "\(path)/scenarios/", with: "") }
    }
    return found
  }

  // MARK: - What is read

  @Test func aStudyIsReadWithEverythingItNames() throws {
    let folder = try folder()
    let loaded = try load(folder)
    #expect(loaded.study.name == "small")
    #expect(loaded.study.account.id == "test")
    #expect(loaded.study.regimes.map(\.id) == ["test", "other"])
    #expect(loaded.study.settings.asOf == (try Timestamp("2022-11-07")))
    #expect(loaded.study.settings.seed == 7)
    #expect(loaded.study.settings.scenarioCount == 1_000)
    #expect(loaded.study.settings.realisedObservations == 2)
    #expect(loaded.study.settings.reference == "test")
    #expect(loaded.study.history.times.count == 10)
    #expect(
      loaded.files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") } == [
        "studies/s.yaml", "accounts/test.yaml", "regimes/test.yaml", "regimes/other.yaml",
        "market/daily-close.csv",
      ])
  }

  @Test func theCommandLineTakesPrecedence() throws {
    let folder = try folder(["mine.yaml": Sound.account("account: test", "account: mine")])
    let overrides = StudyOverrides(
      account: "\(folder.path)/mine.yaml", regimes: ["other"],
      settings: [
        "reference=other", "seed=18446744073709551615", "judge.law={studentT: 3}", "asOf=2022-11-08",
      ])
    let study = try load(folder, overrides).study
    #expect(study.account.id == "mine")
    #expect(study.regimes.map(\.id) == ["other"])
    #expect(study.settings.seed == .max)
    #expect(study.settings.judge.law == .studentT(degreesOfFreedom: 3))
    #expect(study.settings.asOf == (try Timestamp("2022-11-08")))
  }

  @Test func aStudyMayBeMadeOfFlagsAlone() throws {
    let folder = try folder()
    let scenarios = "\(folder.path)/scenarios"
    let overrides = StudyOverrides(
      account: "\(scenarios)/accounts/test.yaml", regimes: ["\(scenarios)/regimes/test.yaml"],
      market: "\(folder.path)/notebooks-data/market",
      settings: ["judge={law: gaussian, lookBack: 5, horizon: 1 d}"])
    let study = try LoadedStudy(contentsOf: nil, overrides: overrides).study
    #expect(study.name == "test")
    #expect(study.settings.reference == "test")
    #expect(study.settings.scenarioCount == 100_000)
  }

  @Test func modelsAndChangesAreRead() throws {
    let more = """

      models:
        dustFloor: 0.01
        basis: [{asset: BTC, style: inverse, dailyVolatility: 0.002}]
        volatility:
          - {asset: BTC, onFall: 1.5, onRise: -0.3, dailyVolatility: 0.03, tenor: {shortTermPower: 0.5, longTermPower: 0.4, floorDays: 2}}
          - {asset: ETH, onFall: 1, onRise: 0, tenor: {shortTermPower: 0.3, longTermPower: 0.1}}
          - {asset: USDT, onFall: 0, onRise: 0}
        proxies: [{asset: ETH, standIn: BTC, beta: 1.2}]
        correlation: {assets: [BTC, USDT], matrix: [[1, 0.1], [0.1, 1]], repair: nearest}
      levels: [0.9, 0.99]
      bootstrap: {replicates: 20, blockLength: 2}
      closeOutCost: 0.01
      changes:
        - trade: {contract: BTC/USDT:USDT, quantity: 1, entry: 20000}
        - swap: {from: BTC, quantity: 0.5, to: USDT}
      """
    let folder = try folder(["scenarios/studies/s.yaml": Self.study + more])
    let study = try load(folder).study
    let bitcoin = try Asset("BTC")
    let tether = try Asset("USDT")
    #expect(study.settings.models.dustFloor == 0.01)
    #expect(
      study.settings.models.basis == [BasisModel(asset: bitcoin, style: .inverse, dailyVolatility: 0.002)])
    #expect(
      study.settings.models.volatility == [
        VolatilityModel(
          asset: bitcoin, onFall: 1.5, onRise: -0.3, dailyVolatility: 0.03,
          tenor: try TenorScaling(shortTermPower: 0.5, longTermPower: 0.4, floorDays: 2)),
        VolatilityModel(
          asset: try Asset("ETH"), onFall: 1, onRise: 0,
          tenor: try TenorScaling(shortTermPower: 0.3, longTermPower: 0.1, floorDays: 1)),
        VolatilityModel(asset: tether, onFall: 0, onRise: 0),
      ])
    #expect(study.settings.models.proxies == [Proxy(asset: try Asset("ETH"), standIn: bitcoin, beta: 1.2)])
    let correlation = try #require(study.settings.models.correlation)
    #expect(correlation.matrix.elements == [1, 0.1, 0.1, 1])
    #expect(correlation.repair == .nearest)
    #expect(study.settings.levels.map(\.value) == [0.9, 0.99])
    #expect(study.settings.bootstrap == CalibrationBootstrap(replicates: 20, blockLength: 2))
    #expect(study.settings.closeOutCost == 0.01)
    #expect(study.changes.last == .swap(from: bitcoin, quantity: 0.5, to: tether))
  }

  // MARK: - Bad input, where its user wrote it

  @Test func theProblemsOfAllFilesStandTogether() throws {
    let found = try problems([
      "scenarios/studies/s.yaml": Self.study.replacingOccurrences(of: "seed: 7", with: "seed: -7")
        .replacingOccurrences(of: "study: small", with: "study: small\nsceanrios: 5"),
      "notebooks-data/market/daily-close.csv": "date,BTC\n2022-11-01,0\n",
    ])
    #expect(
      found.map { $0.split(separator: "/").last.map(String.init) ?? "" } == [
        "daily-close.csv:2:12: expected a positive finite price, found '0'",
        "s.yaml:2:1: unknown key 'sceanrios'; did you mean 'scenarios'? allowed are study, purpose, account, regimes, "
          + "reference, asOf, seed, scenarios, targetError, models, judge, closeOutCost, bootstrap, levels, changes, stress",
        "s.yaml:8:7: seed: expected a whole number from 0 to 18446744073709551615, found '-7'",
      ])
    let both = try problems([
      "scenarios/accounts/test.yaml": Sound.account("entry: 20500", "entry: 0"),
      "scenarios/regimes/test.yaml": Self.regime.replacingOccurrences(
        of: "summary: A test.", with: "summary: ''"),
    ])
    #expect(
      both == [
        "accounts/test.yaml:9:12: positions[0].entry: expected a positive finite number, found '0'",
        "regimes/test.yaml:2:10: summary: expected text, found the text \"\"",
      ])
  }

  @Test func namesThatLeadNowhereAreNamed() throws {
    #expect(
      try problems([
        "scenarios/studies/s.yaml": Self.study.replacingOccurrences(of: "- test", with: "- tset")
          .replacingOccurrences(of: "accounts/test", with: "accounts/none")
      ]).map { $0.split(separator: ";")[0] } == [
        "studies/s.yaml:2:10: account: expected a file, found nothing at accounts/none.yaml",
        "studies/s.yaml:4:5: regimes[0]: unknown regime 'tset'",
      ])
    #expect(
      try problems([:], StudyOverrides(regimes: ["otehr"])).first?.hasPrefix(
        "--regimes otehr:1:1: regimes[0]: unknown regime 'otehr'; did you mean 'other'?") == true)
  }

  @Test func anUnknownAssetIsNamedWhereverItStands() throws {
    let account = Sound.account("asset: BTC", "asset: BTK").replacingOccurrences(
      of: "BTC/USDT:USDT", with: "BTK/USDT:USDT")
    #expect(
      try problems(["scenarios/accounts/test.yaml": account]) == [
        "accounts/test.yaml:4:13: balances[0].asset: unknown asset 'BTK'; the market has BTC, USDT, ETH",
        "accounts/test.yaml:7:15: positions[0].contract: unknown asset 'BTK'; the market has BTC, USDT, ETH",
      ])
  }

  @Test func anAssetMissingInTheWindowIsNamed() throws {
    let found = try problems(["scenarios/accounts/test.yaml": Sound.account("asset: BTC", "asset: ETH")])
    #expect(
      found.first
        == "accounts/test.yaml:4:13: balances[0].asset: spot:ETH is missing in 2 of the 4 moves a regime or the judge "
        + "needs; name a proxy in the study, or take another window")
  }

  @Test func aLookBackLongerThanHistoryIsNamedInTheRegimeAndTheJudge() throws {
    #expect(
      try problems([
        "scenarios/regimes/test.yaml": Sound.regime,
        "scenarios/studies/s.yaml": Self.study.replacingOccurrences(of: "lookBack: 5", with: "lookBack: 50"),
      ]) == [
        "regimes/test.yaml:27:32: terms.risk.tailRisk.scenarios.historical.lookBack: a look-back of 500 is longer than "
          + "the 6 moves there are up to 2022-11-07",
        "studies/s.yaml:9:34: judge.lookBack: a look-back of 50 is longer than the 6 moves there are up to 2022-11-07",
      ])
  }

  @Test func aPeriodOutsideTheDataAndAHorizonBetweenRowsAreNamed() throws {
    let period = Self.regime.replacingOccurrences(
      of: "lookBack: 4", with: "lookBack: {from: 2022-11-01, to: 2022-11-20}")
    #expect(
      try problems(["scenarios/regimes/test.yaml": period]).first?.hasPrefix(
        "regimes/test.yaml:27:32: terms.risk.tailRisk.scenarios.historical.lookBack: the period 2022-11-01 to 2022-11-20 "
          + "is not wholly inside the data used") == true)
    let horizon = Self.regime.replacingOccurrences(of: "horizon: 1 d", with: "horizon: 6 h")
    #expect(
      try problems(["scenarios/regimes/test.yaml": horizon]) == [
        "regimes/test.yaml:27:44: terms.risk.tailRisk.scenarios.historical.horizon: a horizon of 6 h is no multiple of the "
          + "history's step of 86400 s"
      ])
  }

  @Test func aDateOutsideTheMarketIsNamedWhereItStands() throws {
    let message = "asOf: the market has no row at 2023-01-01; it runs from 2022-11-01 to 2022-11-10"
    let account = Sound.account("asOf: 2022-11-07", "asOf: 2023-01-01")
    #expect(try problems(["scenarios/accounts/test.yaml": account]) == ["accounts/test.yaml:2:7: \(message)"])
    let study = Self.study.replacingOccurrences(of: "seed: 7", with: "asOf: 2023-01-01")
    #expect(try problems(["scenarios/studies/s.yaml": study]) == ["studies/s.yaml:7:7: \(message)"])
    #expect(
      try problems([:], StudyOverrides(settings: ["asOf=2023-01-01"])) == [
        "--set asOf=2023-01-01:1:1: \(message)"
      ])
    #expect(
      try problems(["scenarios/accounts/test.yaml": Sound.account("asOf: 2022-11-07\n", "")]) == [
        "accounts/test.yaml:1:1: the key 'asOf' is missing", "studies/s.yaml:1:1: the key 'asOf' is missing",
      ])
  }

  @Test func anUnknownReferenceAndARepeatedRegimeAreNamed() throws {
    let study = Self.study.replacingOccurrences(of: "reference: test", with: "reference: tests")
    #expect(
      try problems(["scenarios/studies/s.yaml": study]) == [
        "studies/s.yaml:6:12: reference: unknown regime 'tests'; did you mean 'test'? allowed are test, other"
      ])
    #expect(
      try problems(["scenarios/regimes/other.yaml": Self.regime]) == [
        "studies/s.yaml:4:3: regimes: the regime 'test' stands twice"
      ])
  }

  @Test func aMatrixThatIsNoCorrelationMatrixIsNamed() throws {
    func study(_ correlation: String) -> [String: String] {
      ["scenarios/studies/s.yaml": Self.study + "\nmodels:\n  correlation: \(correlation)\n"]
    }
    let indefinite = "{assets: [BTC, USDT, ETH], matrix: [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]}"
    let found = try problems(study(indefinite))
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "studies/s.yaml:11:16: models.correlation: the correlation matrix is not positive semi-definite, its smallest "
          + "eigenvalue is -0.8") == true, "\(found)")
    let repaired = indefinite.replacingOccurrences(of: "]]}", with: "]], repair: nearest}")
    #expect(try problems(study(repaired)).isEmpty)
    #expect(
      try problems(study("{assets: [BTC, USDT], matrix: [[2, 0.1], [0.2, 1]]}")) == [
        "studies/s.yaml:11:48: models.correlation.matrix[0][0]: expected 1 on the diagonal, found 2.0",
        "studies/s.yaml:11:58: models.correlation.matrix[1][0]: expected 0.1, as above the diagonal for USDT and BTC, found "
          + "0.2",
      ])
    #expect(
      try problems(study("{assets: [BTC, USDT], matrix: [[1, 0.1]]}")) == [
        "studies/s.yaml:11:46: models.correlation.matrix: the matrix must have a row and a column for each of the 2 assets"
      ])
    #expect(
      try problems(study("{file: none.csv}")) == [
        "studies/s.yaml:11:16: models.correlation: expected a file, found nothing at studies/none.csv"
      ])
  }

  @Test func correlationsMayStandInAFile() throws {
    let study = Self.study + "\nmodels:\n  correlation: {file: c.csv}\n"
    let good = try folder([
      "scenarios/studies/s.yaml": study, "scenarios/studies/c.csv": "asset,BTC,USDT\nBTC,1,0.2\nUSDT,0.2,1\n",
    ])
    #expect(try load(good).study.settings.models.correlation?.matrix.elements == [1, 0.2, 0.2, 1])
    #expect(
      try problems([
        "scenarios/studies/s.yaml": study,
        "scenarios/studies/c.csv": "asset,BTC,USDT\nUSDT,1,nan\nUSDT,0.2,1\n",
      ]) == [
        "studies/c.csv:2:1: expected the row of BTC, in the order of the header, found 'USDT'",
        "studies/c.csv:2:8: expected a correlation from -1 to 1, found 'nan'",
      ])
    #expect(
      try problems([
        "scenarios/studies/s.yaml": study,
        "scenarios/studies/c.csv": "asset,BTC,USDT\nBTC,1,0.2\nUSDT,1.2,1\n",
      ]) == ["studies/c.csv:3:6: expected a correlation from -1 to 1, found 1.2"])
  }

  @Test func contractsThatCannotBeValuedAreNamed() throws {
    let account = Sound.account(
      "- contract: BTC/USDT:USDT",
      "- {contract: BTC/USDT:USDT-221230-30000-C, quantity: 1, entry: 1}\n  - contract: BTC/USDT:USDT-221104")
    #expect(
      try problems(["scenarios/accounts/test.yaml": account]) == [
        "accounts/test.yaml:7:16: positions[0].contract: BTC/USDT:USDT-221230-30000-C needs impliedVolatility "
          + "or optionPrice",
        "accounts/test.yaml:8:15: positions[1].contract: BTC/USDT:USDT-221104 expired at 2022-11-04T08:00:00Z, before the "
          + "as-of date 2022-11-07",
      ])
  }

  @Test func ordersAndOptionPricesAreNamedWhereTheyStand() throws {
    let account =
      Sound.account(
        "- contract: BTC/USDT:USDT",
        "- {contract: BTC/USDT:USDT-221230-15000-C, quantity: 1, entry: 100, mark: 20000, optionPrice: 100}\n"
          + "  - contract: BTC/USDT:USDT"
      )
      + "\norders:\n  - {contract: BTC/USDT:USDT-221104, quantity: 1}\n  - {contract: ZZZ/USDT:USDT, quantity: 1}\n"
    let found = try problems(["scenarios/accounts/test.yaml": account])
    #expect(found.count == 3)
    #expect(
      found.contains { $0.contains("positions[0].optionPrice") && $0.contains("above 5000 and below 20000") })
    #expect(found.contains { $0.contains("orders[0].contract") && $0.contains("expired") })
    #expect(found.contains { $0.contains("orders[1].contract") && $0.contains("ZZZ") })
  }

  // MARK: - All problems, bounds and the command line

  @Test func anUnsoundStudyHidesNoProblemOfTheFilesItNames() throws {
    let found = try problems(
      [
        "scenarios/accounts/test.yaml": Sound.account("entry: 20500", "entry: 0"),
        "scenarios/regimes/test.yaml": Self.regime.replacingOccurrences(
          of: "summary: A test.", with: "summary: ''"),
        "scenarios/studies/s.yaml": Self.study.replacingOccurrences(of: "seed: 7", with: "seed: x")
          + "\nmodels: {correlation: {file: none.csv}, dustFloor: -1}\n",
      ], StudyOverrides(settings: ["levels=[0.4]", "nonsense"]))
    let places = found.map { line in line.components(separatedBy: ": ")[0] }
    let expected = [
      "--set levels=[0.4]:1:2", "--set nonsense:1:1", "accounts/test.yaml:9:12", "regimes/test.yaml:2:10",
      "studies/s.yaml:7:7", "studies/s.yaml:10:23", "studies/s.yaml:10:52",
    ]
    #expect(places == expected, "\(found)")
  }

  @Test(arguments: [
    ("scenarios=10_000_001", "scenarios: expected a whole number from 100 to 10000000, found '10_000_001'"),
    (
      "bootstrap={replicates: 100_001, blockLength: 5}",
      "bootstrap.replicates: expected a whole number from 2 to 100000, found '100_001'"
    ),
    ("judge.lookBack=1", "judge.lookBack: expected a whole number of at least 2, found '1'"),
  ])
  func countsHaveBounds(setting: String, message: String) throws {
    let found = try problems([:], StudyOverrides(settings: [setting]))
    #expect(found.count == 1)
    #expect(found.first?.hasSuffix(message) == true, "\(found)")
  }

  @Test func aPeriodTooShortForACovarianceIsNamedInWords() throws {
    let found = try problems(
      [:], StudyOverrides(settings: ["judge.lookBack={from: 2022-11-07, to: 2022-11-07}"]))
    #expect(
      found == [
        "--set judge.lookBack={from: 2022-11-07, to: 2022-11-07}:1:1: judge.lookBack: expected at least 2 observations for "
          + "a covariance, found 1"
      ])
  }

  @Test func everyErrorOfAStatisticIsSaidInWords() {
    let errors: [StudyError] = [
      .statistics(.confidenceOutOfRange(2)), .statistics(.notFinite(index: 0)), .statistics(.resultNotFinite),
      .statistics(.sampleTooSmall(count: 1, needed: 2)), .statistics(.degreesOfFreedomOutOfRange(1)),
      .statistics(.countOutOfRange(0, allowed: 1...2)), .margin(.statistics(.negativeVariance(-1))),
      .scenarios(.covariance(.tooFewObservations(count: 1, needed: 2))),
      .scenarios(.covariance(.notSymmetric(row: 0, column: 1))),
      .margin(.scenarios(.covariance(.decomposition(.singular(row: 0))))),
      .margin(.missingEvidence(term: "risk")), .margin(.noClosedForm(term: "risk")),
      .margin(.optionsNotCovered(term: "risk", row: "row")),
    ]
    for error in errors {
      let words = "\(LoadFault(error, market: []))"
      #expect(
        !words.contains(": 1, needed") && !words.contains("row: ") && !words.contains("term: "), "\(words)")
      #expect(words.contains(" "))
    }
  }

  @Test func aReferenceTheCommandLineLeftOutGivesWayToItsFirstRegime() throws {
    let folder = try folder()
    let loaded = try load(folder, StudyOverrides(regimes: ["other"]))
    #expect(loaded.study.settings.reference == "other")
    #expect(
      loaded.notes == loaded.market.notes + [
        "The study's reference test is not among the regimes of the command line; other, the first of them, is the "
          + "reference instead."
      ])
    #expect(try load(folder).notes == loaded.market.notes)
    let found = try problems([:], StudyOverrides(regimes: ["other"], settings: ["reference=test"]))
    #expect(
      found == ["--set reference=test:1:1: reference: unknown regime 'test'; allowed are other"], "\(found)")
  }

  @Test func allowedNamesAreListedOnce() throws {
    let found = try problems([:], StudyOverrides(regimes: ["nowhere"]))
    #expect(found == ["--regimes nowhere:1:1: regimes[0]: unknown regime 'nowhere'; allowed are other, test"])
  }

  @Test func regimesAreFoundNearTheAccountOfTheCommandLine() throws {
    let folder = try folder()
    let overrides = StudyOverrides(
      account: "\(folder.path)/scenarios/accounts/test.yaml", regimes: ["other"],
      market: "\(folder.path)/notebooks-data/market",
      settings: ["judge={law: gaussian, lookBack: 5, horizon: 1 d}"])
    #expect(try LoadedStudy(contentsOf: nil, overrides: overrides).study.regimes.map(\.id) == ["other"])
  }

  @Test func aListElementAddressedByNameBlamesTheOption() throws {
    #expect(
      try problems([:], StudyOverrides(settings: ["levels.0=2"])) == [
        "--set levels.0=2:1:1: levels.0: list elements cannot be addressed by name; give the whole list, such as levels=[…]"
      ])
    #expect(
      try problems([:], StudyOverrides(settings: ["regimes.first=test"])).map { $0.prefix(29) } == [
        "--set regimes.first=test:1:1:"
      ])
    #expect(
      try problems([:], StudyOverrides(settings: ["seed.x=2"])) == [
        "--set seed.x=2:1:1: seed: expected a whole number from 0 to 18446744073709551615, found a mapping"
      ])
  }

  @Test func modelsOfOneThingStandOnce() throws {
    let basis =
      "[{asset: BTC, style: linear, dailyVolatility: 0.1}, {asset: BTC, style: linear, dailyVolatility: 0.2}]"
    let proxies = "[{asset: ETH, standIn: BTC}, {asset: ETH, standIn: USDT}]"
    let found = try problems([
      "scenarios/studies/s.yaml": Self.study + "\nmodels:\n  basis: \(basis)\n  proxies: \(proxies)\n"
    ])
    #expect(
      found == [
        "studies/s.yaml:11:62: models.basis[1]: the basis of linear BTC contracts stands twice, first in line 11",
        "studies/s.yaml:12:41: models.proxies[1]: the proxy of ETH stands twice, first in line 12",
      ])
    let volatility = "[{asset: BTC, onFall: 1, onRise: 0}, {asset: BTC, onFall: 2, onRise: 0}]"
    #expect(
      try problems(["scenarios/studies/s.yaml": Self.study + "\nmodels:\n  volatility: \(volatility)\n"])
        == [
          "studies/s.yaml:11:52: models.volatility[1]: the implied volatility of BTC stands twice, first in line 11"
        ])
    let styles =
      "[{asset: BTC, style: linear, dailyVolatility: 0.1}, {asset: BTC, style: inverse, dailyVolatility: 0.2}]"
    #expect(
      try problems(["scenarios/studies/s.yaml": Self.study + "\nmodels:\n  basis: \(styles)\n"]).isEmpty)
  }

  @Test func numbersOfAVolatilityModelHaveBounds() throws {
    let models = """
      [{asset: BTC, onFall: 101, onRise: -0.3}, {asset: ETH, onFall: 1}, {asset: USDT, onFall: 1, onRise: 0,
      dailyVolatility: -1, tenor: {shortTermPower: 11, longTermPower: -1, floorDays: 0}}, {asset: DOGE, onFall: 1, onRise: 1}]
      """
    let found = try problems(["scenarios/studies/s.yaml": Self.study + "\nmodels:\n  volatility: \(models)\n"]
    )
    #expect(
      found.map { $0.split(separator: ": ").dropFirst().joined(separator: ": ") } == [
        "models.volatility[0].onFall: expected a number from -100 to 100, found '101'",
        "models.volatility[1]: the key 'onRise' is missing",
        "models.volatility[2].dailyVolatility: expected a number from 0 to 100, found '-1'",
        "models.volatility[2].tenor.shortTermPower: expected a number from 0 to 10, found '11'",
        "models.volatility[2].tenor.longTermPower: expected a number from 0 to 10, found '-1'",
        "models.volatility[2].tenor.floorDays: expected a finite number of at least 0.001, found '0'",
      ], "\(found)")
    let unknown = "[{asset: DOGE, onFall: 1, onRise: 1}]"
    #expect(
      try problems(["scenarios/studies/s.yaml": Self.study + "\nmodels:\n  volatility: \(unknown)\n"])
        .first?.contains("DOGE") == true)
  }
}
