import CSV
import Instruments
import Margin
import MarketData
import Parallel
import Reports
import Scenarios
import Statistics
import Studies
import Testing

@Suite("Walk forward")
struct WalkForwardReportTests {
  /// A short perpetual through forty days whose price swings by two per cent, and once by fifty.
  private func walk() throws -> WalkForward {
    let bitcoin = try Asset("BTC")
    let tether = try Asset("USDT")
    let start = try Timestamp("2022-01-01")
    let prices = (0..<40).map { $0 == 35 ? 150.0 : 100 + 2 * Double($0 % 2) }
    let history = try PriceHistory(
      times: (0..<40).map { start.advanced(bySeconds: $0 * Timestamp.secondsPerDay) },
      series: [
        PriceSeries(asset: bitcoin, prices: prices),
        PriceSeries(asset: tether, prices: [Double?](repeating: 1, count: 40)),
      ])
    let sample = HistoricalRequest(lookBack: .observations(20), horizon: .days(1))
    let tail = TailRiskTerm(
      measure: .expectedShortfall, confidence: try Confidence(0.75), scenarios: .historical(sample))
    let late = TailRiskTerm(
      measure: .valueAtRisk, confidence: .ninetyNinePercent,
      scenarios: .historical(HistoricalRequest(lookBack: .observations(500), horizon: .days(1))))
    let asOf = try Timestamp("2022-01-31")
    return try ComparisonStudy(
      name: "demo",
      account: Account(
        id: "short", balances: [try Balance(asset: tether, quantity: 500)],
        positions: [
          try Position(contract: Contract(name: "BTC/USDT:USDT"), quantity: -10, entryPrice: 100)
        ]),
      regimes: [
        try Sample.regime("cross", .crossCollateral, rate: 0.1), try regime("tail-75", tail),
        try regime("late", late),
      ],
      history: history,
      settings: ComparisonSettings(
        asOf: asOf, seed: 1, scenarioCount: 100,
        judge: JudgeModel(law: .gaussian, sample: sample, estimator: .sample), reference: "cross",
        parallelism: .sequential)
    ).walkForward()
  }

  private func regime(_ id: String, _ tail: TailRiskTerm) throws -> MarginRegime {
    MarginRegime(
      id: id, summary: "", family: .valueAtRisk, source: "", pooling: .single, collateral: .marketValue,
      rules: try TermRules(
        terms: [NamedTerm(name: "risk", term: .tailRisk(tail))], initial: .term("risk"),
        maintenance: .term("risk")),
      levels: .classic)
  }

  @Test("walk_forward.csv has one fact a row, its key once, and a reader for every number")
  func facts() throws {
    let walk = try walk()
    let file = try WalkForwardCSV.file(of: walk)
    let table = try CSVTable(file.bytes)
    #expect(file.name == "walk_forward.csv" && table.columns == WalkForwardCSV.columns)
    #expect(Set(table.rows.map { Array($0.prefix(6)) }).count == table.rows.count)
    let tested = lines(file, "demo,short,tail-75,account,risk,")
    #expect(tested.contains("demo,short,tail-75,account,risk,days,39.0,,,days"))
    #expect(tested.contains("demo,short,tail-75,account,risk,days_tested,19.0,,,days"))
    #expect(tested.contains("demo,short,tail-75,account,risk,days_before_look_back,20.0,,,days"))
    #expect(tested.contains("demo,short,tail-75,account,risk,expected_exceedances,4.75,,,days"))
    // Rises of two per cent do not exceed a value at risk of two per cent; the one of fifty does.
    #expect(tested.contains("demo,short,tail-75,account,risk,exceedances,1.0,,,days"))
    #expect(tested.contains("demo,short,tail-75,account,risk,zone,0.0,,,zone"))
    let margins = lines(file, "demo,short,cross,,initial,")
    #expect(margins.contains("demo,short,cross,,initial,mean_initial,102.0,,,USD") || margins.count > 5)
    #expect(margins.contains("demo,short,cross,,initial,peak_to_trough,1.0,,,number"))
    #expect(margins.contains("demo,short,cross,,initial,breaches,1.0,,,days"))
    #expect(lines(file, "demo,short,late").count == 1)
  }

  @Test("walk_forward_days.csv adds up to walk_forward.csv")
  func days() throws {
    let walk = try walk()
    let table = try CSVTable(WalkForwardDaysCSV.file(of: walk).bytes)
    #expect(table.columns == WalkForwardDaysCSV.columns)
    let tails = table.rows.filter { $0[4] == "risk" }
    #expect(tails.count == 19 && tails.count { $0[10] == "1" } == 1)
    #expect(tails.allSatisfy { !$0[6].isEmpty && $0[7].isEmpty && $0[8].isEmpty })
    let margins = table.rows.filter { $0[4] == "initial" }
    #expect(margins.count == 2 * 19)
    #expect(margins.allSatisfy { $0[6].isEmpty && !$0[7].isEmpty && !$0[8].isEmpty })
    #expect(margins.first?[5] == "2022-01-21")
    #expect(try WalkForwardFiles.files(of: walk).map(\.name) == WalkForwardFiles.names)
  }

  @Test("the page says what was tested, what it found and who has no number, in lines of at most 120")
  func page() throws {
    let text = WalkForwardTable(try walk()).text
    for expected in [
      "Walk forward: account short through 2022-01-01 to 2022-02-09", "tail-75", "75 %", "green",
      "on the 19 days on which every regime has one", "Regimes without a number on some day", "late",
      "an expected shortfall is tested by the value at risk at its level",
    ] {
      #expect(text.contains(expected), "\(expected)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    #expect(text.hasSuffix("\n") && !text.contains("nan") && !text.contains("inf"))
    #expect(WalkForwardTable(try walk(), style: .coloured).text.contains("\u{1B}[32mgreen"))
  }
}
