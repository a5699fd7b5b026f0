import CSV
import Margin
import Reports
import Scenarios
import Statistics
import Studies
import Testing

@Suite("estimates.csv, fits.csv, filters.csv and the table of estimates")
struct EstimatesReportTests {
  private func estimates(targetError: Double? = nil) -> TailEstimates {
    func row(
      _ estimator: String, _ family: EstimatorFamily, _ measure: TailRiskTerm.Measure, _ estimate: Estimate?,
      interval: ClosedRange<Double>? = nil, needs: Int? = nil, count: Int? = nil, effective: Double? = nil,
      deviation: Double? = nil, meetsTarget: Bool? = nil, reason: TailEstimationError? = nil
    ) -> TailEstimateRow {
      TailEstimateRow(
        estimator: estimator, family: family, scenarios: "gaussian 1 d, sample",
        confidence: .ninetyNinePercent,
        measure: measure, estimate: estimate, interval: interval, intervalNeeds: needs, scenarioCount: count,
        effectiveSampleSize: effective, deviation: deviation, meetsTarget: meetsTarget, reason: reason)
    }
    let refusal = TailEstimationError.quadratic(.expansionNotMonotone(normalQuantile: 2.5))
    return TailEstimates(
      study: "demo", account: "carry", asOf: "2022-11-07", targetError: targetError,
      rows: [
        row(
          "historical", .historical, .valueAtRisk, Estimate(value: 5_200, calibrationError: 410), needs: 368,
          count: 250, effective: 250),
        row(
          "historical", .historical, .expectedShortfall, Estimate(value: 6_100, calibrationError: 520),
          count: 250, effective: 250),
        row("delta-gamma-cornish-fisher", .parametric, .valueAtRisk, nil, reason: refusal),
        row("delta-gamma-cornish-fisher", .parametric, .expectedShortfall, nil, reason: refusal),
        row(
          "gaussian", .monteCarlo, .valueAtRisk,
          Estimate(value: 5_000, simulationError: 61.5, calibrationError: 300), interval: 4_900...5_130,
          count: 10_000, effective: 10_000, deviation: 0.0125, meetsTarget: false),
      ],
      fits: [
        TailFitReport(
          estimator: "hull-white-garch",
          parameter: FittedParameter(factor: "spot:BTC", name: "reaction", value: 0.07, standardError: 0.03)),
        TailFitReport(
          estimator: "peaks-over-threshold",
          parameter: FittedParameter(factor: nil, name: "tail threshold", value: 3_000)),
      ],
      filters: [
        TailFilterReport(
          estimator: "hull-white-ewma", first: "spot:BTC", second: "spot:ETH", before: 0.83, after: 0.79,
          effectiveObservations: 65.5)
      ],
      notes: ["jumps are an assumption"])
  }

  private func text(_ file: ReportFile) -> String { String(decoding: file.bytes, as: UTF8.self) }

  @Test("one row a figure; a refusal keeps its reason")
  func figures() throws {
    let expected = """
      study,account,estimator,family,scenarios,level,measure,value,se_simulation,se_calibration,lower,upper,interval_needs,scenario_count,effective_size,deviation,meets_target,reason,unit
      demo,carry,historical,historical,"gaussian 1 d, sample",0.99,value_at_risk,5200.0,,410.0,,,368,250,250.0,,,,USD
      demo,carry,historical,historical,"gaussian 1 d, sample",0.99,expected_shortfall,6100.0,,520.0,,,,250,250.0,,,,USD
      """
    let lines = text(try EstimatesCSV.file(of: estimates())).split(whereSeparator: \.isNewline)
    #expect(lines[..<3].joined(separator: "\n") == expected)
    #expect(lines.count == 6)
    #expect(lines[3].contains("Cornish–Fisher") && lines[3].hasSuffix(",USD"))
    #expect(
      lines[5]
        == "demo,carry,gaussian,monteCarlo,\"gaussian 1 d, sample\",0.99,value_at_risk,5000.0,61.5,300.0,4900.0,5130.0,,10000,10000.0,0.0125,false,,USD"
    )
  }

  @Test("fits and filters")
  func fitsAndFilters() throws {
    #expect(
      text(try FitsCSV.file(of: estimates())) == """
        study,account,estimator,factor,parameter,value,se
        demo,carry,hull-white-garch,spot:BTC,reaction,0.07,0.03
        demo,carry,peaks-over-threshold,,tail threshold,3000.0,

        """)
    #expect(
      text(try FiltersCSV.file(of: estimates())) == """
        study,account,estimator,factor_i,factor_j,before,after,effective_observations
        demo,carry,hull-white-ewma,spot:BTC,spot:ETH,0.83,0.79,65.5

        """)
    #expect(try EstimatesFiles.files(of: estimates()).map(\.name) == EstimatesFiles.names)
  }

  @Test("a line an estimator, with its flags, and reasons below")
  func table() {
    let page = EstimatesTable(estimates(targetError: 0.01)).text
    let lines = page.split(separator: "\n").map(String.init)
    #expect(page.contains("The loss at 99 % under every estimator (USD)"))
    #expect(
      lines.contains {
        $0.hasPrefix("historical ") && $0.contains("needs 368") && $0.hasSuffix("small sample")
      })
    #expect(
      lines.contains {
        $0.hasPrefix("gaussian ") && $0.contains("4,900 to 5,130") && $0.contains("1.25 %")
          && $0.hasSuffix("misses target")
      })
    #expect(lines.contains { $0.hasPrefix("delta-gamma-cornish-fisher ") && $0.hasSuffix("refused") })
    #expect(page.contains("Without a figure") && page.contains("draws are doubled"))
    #expect(
      EstimatesTable(TailEstimates(study: "s", account: "a", asOf: "", targetError: nil, notes: [])).text
        .contains("s: account a"))
  }

  @Test("a number that is not finite is refused")
  func notFinite() {
    let broken = TailEstimates(
      study: "demo", account: "carry", asOf: "2022-11-07", targetError: nil,
      fits: [TailFitReport(estimator: "x", parameter: FittedParameter(factor: nil, name: "y", value: .nan))],
      notes: [])
    #expect(throws: ReportError.self) { try FitsCSV.file(of: broken) }
  }
}
