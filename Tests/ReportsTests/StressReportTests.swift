import CSV
import Instruments
import LinearAlgebra
import Margin
import MarketData
import Reports
import Scenarios
import Statistics
import Studies
import Testing

@Suite("sweep.csv, correlation.csv, breaks.csv, crossings.csv, distribution.csv, reverse.csv and their page")
struct StressReportTests {
  private static func event(_ count: Int) -> EventProbability {
    let share = Double(count) / 1_000
    return EventProbability(count: count, scenarios: 1_000, lower: 0.5 * share, upper: min(1, 2 * share))
  }

  private static func requirement(
    _ regime: String, _ mode: StressMode, initial: Double, beyond: Int, isReference: Bool
  ) -> StressedRequirement {
    StressedRequirement(
      regime: regime, mode: mode, equity: 10_000, initial: Estimate(value: initial, simulationError: 12.5),
      maintenance: Estimate(value: 0.5 * initial), change: Estimate(value: initial - 4_000),
      differenceToReference: isReference ? nil : Estimate(value: initial - 5_000, simulationError: 12.5),
      utilisation: initial / 20_000, status: .healthy,
      safety: StressSafety(
        lossBeyondMargin: event(beyond), marginCall: event(0), liquidation: event(0), bankruptcy: event(0),
        uncoveredLoss: Estimate(value: 0.25, simulationError: 0.125)))
  }

  private static func point(_ strength: Double, _ amount: Double) -> StressPoint {
    StressPoint(
      strengths: [strength], draw: 0,
      requirements: StressMode.allCases.flatMap { mode in
        [
          requirement("cross", mode, initial: 5_000, beyond: 3, isReference: true),
          requirement(
            "var", mode, initial: mode == .unaware ? 4_000 : amount, beyond: Int(20 * strength),
            isReference: false),
        ]
      },
      refusals: [])
  }

  private static func result() throws -> StressResult {
    let base = try Sample.comparison()
    let bitcoin = RiskFactor.spot(try Asset("BTC"))
    let ether = RiskFactor.spot(try Asset("ETH"))
    let input = try CorrelationMatrix(Matrix(rows: [[1, 0.8], [0.8, 1]]))
    let answer = ReverseAnswer(
      method: .projection, iterations: 7, hasConverged: true,
      correlation: try CorrelationMatrix(Matrix(rows: [[1, 0.25], [0.25, 1]])), today: input, moves: nil,
      factors: [bitcoin, ether], distance: 0.778, probability: 0.002, equity: 10_000, initial: 20_000,
      maintenance: 10_000, status: .liquidation, statusBefore: .restricted)
    let move = ReverseAnswer(
      method: .piecewiseClosedForm, iterations: 1, hasConverged: true, correlation: nil, today: nil,
      moves: [-0.25, 0.125], factors: [bitcoin, ether], distance: 4.5, probability: 1e-6, equity: 2_000,
      initial: 4_000, maintenance: 2_000, status: .liquidation, statusBefore: .restricted)
    return StressResult(
      study: "pair", account: base.account, settings: base.settings,
      plan: StressPlan(
        axes: [
          StressAxis(
            shock: try Shock(
              name: "to-zero", purpose: "All correlations go to zero.",
              steps: [.blend(CorrelationBlend(target: .identity))]), strengths: [0, 0.5, 1])
        ], isReversed: true),
      regimes: [
        try Sample.regime("cross", .crossCollateral, rate: 0.1),
        try Sample.regime("var", .valueAtRisk, rate: 0.1),
      ],
      refusals: [], points: [point(0, 4_000), point(0.5, 5_000), point(1, 6_000)],
      sensitivities: [
        StressSensitivity(regime: "cross", insensitive: "brackets know no correlation", largestChange: 0),
        StressSensitivity(regime: "var", insensitive: nil, largestChange: 2_000),
      ],
      crossings: [
        StressCrossing(
          above: "var", below: "cross", mode: .recalibrated, strength: 0.5, standardError: 0.00625,
          initial: 5_000)
      ],
      breaks: [
        StressBreak(
          regime: "var", mode: .unaware, event: .lossBeyondMargin, strength: 0.5, lower: 0.25, upper: 1),
        StressBreak(
          regime: "cross", mode: .unaware, event: .lossBeyondMargin, strength: nil,
          reason: "stays at 0.3 %, below 1 %"),
      ],
      distributions: [
        StressDistribution(
          strengths: [1], regime: "var", mean: Estimate(value: 5_500, simulationError: 40),
          standardDeviation: 400, quantiles: [4_500, 4_800, 5_200, 5_500, 5_800, 6_200, 7_000],
          broken: event(30))
      ],
      correlations: [
        StressedCorrelation(
          strengths: [1], draw: 0, usedBy: ["var", "judge"], scenarios: "gaussian 1 d",
          factors: ["spot:BTC", "spot:ETH"], moving: [0, 1],
          record: CorrelationRecord(
            input: input.matrix, asked: Matrix(rows: [[1, 0], [0, 1]]), used: .identity(2),
            repairDistance: 0, distance: 1.13137, plausibility: nil), effectiveScenarios: nil)
      ],
      reverse: [
        ReverseStress(regime: "var", event: .marginCall, question: .correlation, outcome: .found(answer)),
        ReverseStress(
          regime: "cross", event: .marginCall, question: .correlation,
          outcome: .unreachable(reason: "it reads no correlation")),
        ReverseStress(regime: "var", event: .liquidation, question: .marketMove, outcome: .found(move)),
        ReverseStress(regime: "cross", event: .liquidation, question: .marketMove, outcome: .already),
      ],
      notes: ["grids stay as they are"])
  }

  private func lines(_ file: ReportFile, holding text: String) -> [String] {
    String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init).filter {
      $0.contains(text)
    }
  }

  @Test("sweep.csv: one row a metric, with errors where there are any")
  func sweep() throws {
    let file = try SweepCSV.file(of: try Self.result())
    #expect(file.name == "sweep.csv")
    #expect(
      lines(file, holding: "pair,carry,to-zero,0.5,,,0,var,recalibrated,") == [
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,equity,10000.0,,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,initial_margin,5000.0,12.5,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,maintenance_margin,2500.0,,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,initial_margin_change,1000.0,,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,initial_margin_difference,0.0,12.5,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,utilisation,0.25,,,,,,ratio",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,status,0.0,,,,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,uncovered_loss,0.25,0.125,,,,,USD",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,loss_beyond_margin,0.01,,0.005,0.02,10,1000,probability",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,margin_call,0.0,,0.0,0.0,0,1000,probability",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,liquidation,0.0,,0.0,0.0,0,1000,probability",
        "pair,carry,to-zero,0.5,,,0,var,recalibrated,bankruptcy,0.0,,0.0,0.0,0,1000,probability",
      ])
  }

  @Test("every file has its header and as many rows as there are keys, none twice")
  func keys() throws {
    for file in try StressFiles.files(of: try Self.result()) {
      let table = try CSVTable(file.bytes)
      let values: Set = ["value", "se_simulation", "lower", "upper", "strength", "initial_margin", "reason"]
      let isPoint = table.columns.contains("draw")
      let keys = table.rows.map { row in
        zip(table.columns, row).filter { !values.contains($0.0) || (isPoint && $0.0 == "strength") }
          .map(\.1).joined(separator: "|")
      }
      #expect(!keys.isEmpty && Set(keys).count == keys.count, "\(file.name)")
    }
    #expect(try StressFiles.files(of: try Self.result()).map(\.name) == StressFiles.names)
  }

  @Test("correlation.csv: each pair once, before, as asked for, as used")
  func correlation() throws {
    let file = try StressCorrelationCSV.file(of: try Self.result())
    let key = "pair,carry,to-zero,1.0,,,0,gaussian 1 d,var;judge,"
    #expect(
      lines(file, holding: "spot:") == [
        key + "input,spot:BTC,spot:ETH,0.8", key + "shocked,spot:BTC,spot:ETH,0.0",
        key + "repaired,spot:BTC,spot:ETH,0.0",
      ])
    #expect(lines(file, holding: "mahalanobis") == [key + "mahalanobis,,,"])
  }

  @Test("breaks, crossings, distributions and reverse answers")
  func findings() throws {
    let result = try Self.result()
    #expect(
      lines(try BreaksCSV.file(of: result), holding: ",cross,") == [
        "pair,carry,to-zero,,cross,unaware,lossBeyondMargin,0.01,,,,\"stays at 0.3 %, below 1 %\""
      ])
    #expect(
      lines(try CrossingsCSV.file(of: result), holding: "var") == [
        "pair,carry,to-zero,,recalibrated,var,cross,0.5,0.00625,5000.0,USD"
      ])
    #expect(
      lines(try DistributionCSV.file(of: result), holding: "quantile_95") == [
        "pair,carry,to-zero,1.0,,,0,var,quantile_95,6200.0,,,,USD"
      ])
    let reverse = try ReverseCSV.file(of: result)
    #expect(
      lines(reverse, holding: "unreachable") == [
        "pair,carry,cross,marginCall,correlation,unreachable,,status,,,,,it reads no correlation"
      ])
    #expect(
      lines(reverse, holding: ",move,") == [
        "pair,carry,var,liquidation,marketMove,found,piecewiseClosedForm,move,spot:BTC,,-0.25,relative,",
        "pair,carry,var,liquidation,marketMove,found,piecewiseClosedForm,move,spot:ETH,,0.125,relative,",
      ])
  }

  @Test("the page tells the curve, what breaks, where regimes cross and what is unreachable")
  func page() throws {
    let text = StressTable(try Self.result()).text
    for line in text.split(separator: "\n") { #expect(line.count <= 120) }
    for words in [
      "shock    to-zero: All correlations go to zero.", "above 50.0 % (± 0.6 %) var demands more than cross",
      "50.0 % [25.0, 100.0]", "unreachable: it reads no correlation", "already today",
      "4.50 standard deviations", "BTC/ETH 0.80 → 0.25", "BTC -25.0 %, ETH +12.5 %",
      "not following the shock: cross; brackets know no correlation", "grids stay as they are",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test("a curve of blocks: zero is its floor, the largest value its top, gaps are blank")
  func sparkline() {
    let line = Sparkline(for: [0, 8])
    #expect(line.text([0, 1, 2, 3, 4, 5, 6, 7, 8], width: 9) == "▁▂▃▄▅▆▇██")
    #expect(line.text([0, nil, 8], width: 9) == "▁ █")
    #expect(line.text((0...100).map { Double($0) * 0.08 }, width: 3) == "▁▅█")
    #expect(Sparkline(for: [3, 3]).text([3, 3], width: 2) == "██")
    #expect(Sparkline(for: [0, 0]).text([0, 0], width: 2) == "▁▁")
  }
}
