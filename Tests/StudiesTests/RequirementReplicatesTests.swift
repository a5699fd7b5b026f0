import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct RequirementReplicatesTests {
  private let asOf = day(299)

  #if DEBUG
    /// Too few for a band: the short run looks for traps alone.
    private static let runs = 3
  #else
    private static let runs = 60
  #endif

  /// Whether a ratio of deviations lies in its band, where there are enough runs to tell.
  private func isInBand(_ ratio: Double, _ band: ClosedRange<Double>) -> Bool {
    Self.runs < 60 ? ratio.isFinite : band.contains(ratio)
  }

  private func deviation(_ numbers: [Double]) -> Double {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    return (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)).squareRoot()
  }

  private func meanSquareRoot(_ numbers: [Double]) -> Double {
    (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
  }

  private func regimes() throws -> [MarginRegime] {
    [
      try tailRegime("gaussian", monteCarlo(.gaussian)),
      try tailRegime("student", monteCarlo(.studentT(degreesOfFreedom: 6)), .expectedShortfall),
      try tailRegime("historical", .historical(sample(250)), at: .ninetyFivePercent),
    ]
  }

  private func comparison(
    of regimes: [MarginRegime], _ history: PriceHistory, seed: UInt64, scenarios: Int,
    bootstrap: CalibrationBootstrap
  ) throws -> RegimeComparison {
    try ComparisonStudy(
      name: "errors", account: mixedAccount(history, at: asOf), regimes: regimes, history: history,
      settings: settings(
        asOf: asOf, seed: seed, scenarios: scenarios, bootstrap: bootstrap, reference: "gaussian")
    ).compare()
  }

  @Test("the printed simulation error is that of sections of at least a thousand draws, at most 64")
  func sections() throws {
    let history = try syntheticHistory(seed: 1, days: 300)
    for (scenarios, count) in [(2_000, 8), (16_384, 16), (70_000, 64)] {
      let set = settings(asOf: asOf, scenarios: scenarios, reference: "gaussian")
      let regimes = try Array(regimes().prefix(1))
      let account = try mixedAccount(history, at: asOf)
      let comparison = try ComparisonStudy(
        name: "sections", account: account, regimes: regimes, history: history, settings: set
      ).compare()
      let bench = try Bench(history, set, regimes)
      let state = try bench.state(of: account)
      let replicates = try bench.evidence.sections(count).map {
        try requirement(of: regimes[0], for: state, given: $0).initial
      }
      let printed = try comparison.result("gaussian").initial
      let expected = try ReplicatedEstimate(value: printed.value, replicates: replicates, kind: .sections)
      #expect(printed.simulationError == expected.standardError)
      #expect(printed.value == (try requirement(of: regimes[0], for: state, given: bench.evidence)).initial)
    }
  }

  // Sixty independent simulations give a deviation with a relative error of 9 %; sixteen sections understate theirs by
  // 2 %. The band is five such errors on either side.
  @Test("the simulation error is the spread over other seeds, for levels and for differences")
  func simulationError() throws {
    let history = try syntheticHistory(seed: 1, days: 300)
    let runs = try (0..<Self.runs).map { seed in
      try comparison(
        of: Array(regimes().prefix(2)), history, seed: UInt64(seed), scenarios: 16_384,
        bootstrap: CalibrationBootstrap(replicates: 2))
    }
    func check(_ id: String, _ estimate: (RegimeResult) -> Estimate?) throws {
      let estimates = try runs.map { try #require(estimate(try $0.result(id))) }
      let errors = try estimates.map { try #require($0.simulationError) }
      let ratio = deviation(estimates.map(\.value)) / meanSquareRoot(errors)
      #expect(isInBand(ratio, 0.6...1.5), "\(id): \(ratio)")
    }
    try check("gaussian", \.initial)
    try check("gaussian", \.maintenance)
    try check("student", \.initial)
    try check("student", \.differenceToReference)
    #expect(try runs.allSatisfy { try $0.result("gaussian").differenceToReference == nil })
    // Common random numbers: the difference is known better than its parts taken apart.
    let student = try runs[0].result("student")
    let parts = try [student, runs[0].result("gaussian")].map { try #require($0.initial.simulationError) }
    let together = try #require(student.differenceToReference?.simulationError)
    #expect(together < (parts[0] * parts[0] + parts[1] * parts[1]).squareRoot())
  }

  // Sixty independent histories give a deviation with a relative error of 9 %. A block bootstrap of 250 days in blocks of
  // five is close to unbiased for a covariance and rougher for an order statistic, whose band is wider.
  @Test("the calibration error is the spread over other histories of the same market")
  func calibrationError() throws {
    let runs = try (0..<Self.runs).map { number in
      try comparison(
        of: [regimes()[0], regimes()[2]], try syntheticHistory(seed: 1_000 + UInt64(number), days: 300),
        seed: 1, scenarios: 4_096,
        bootstrap: CalibrationBootstrap(replicates: 60, blockLength: 5))
    }
    for (id, band) in [("gaussian", 0.6...1.5), ("historical", 0.5...1.8)] {
      let estimates = try runs.map { run in
        // Histories end at other prices, and so does the book's size: relative to its notional.
        let initial = try run.result(id).initial
        return (
          value: initial.value / run.grossNotional,
          error: try #require(initial.calibrationError) / run.grossNotional,
          noise: (initial.simulationError ?? 0) / run.grossNotional
        )
      }
      let expected =
        (estimates.reduce(0) { $0 + $1.error * $1.error + $1.noise * $1.noise } / Double(runs.count))
        .squareRoot()
      let ratio = deviation(estimates.map(\.value)) / expected
      #expect(isInBand(ratio, band), "\(id): \(ratio)")
    }
    #expect(try runs.allSatisfy { try $0.result("historical").initial.simulationError == nil })
  }

  @Test("a regime without draws or history has neither error, and its difference has the other's")
  func withoutErrors() throws {
    let history = try syntheticHistory(seed: 2, days: 300)
    let regimes = try [crossRegime(), gridRegime(), tailRegime("gaussian", monteCarlo(.gaussian))]
    let comparison = try ComparisonStudy(
      name: "errors", account: mixedAccount(history, at: asOf), regimes: regimes, history: history,
      settings: settings(asOf: asOf)
    ).compare()
    for id in ["cross", "grid"] {
      #expect(try comparison.result(id).initial.simulationError == nil)
      #expect(try comparison.result(id).initial.calibrationError == nil)
    }
    let gaussian = try comparison.result("gaussian")
    #expect(gaussian.differenceToReference?.simulationError == gaussian.initial.simulationError)
    #expect(gaussian.differenceToReference?.calibrationError == gaussian.initial.calibrationError)
    #expect(
      gaussian.differenceToReference?.value == gaussian.initial.value
        - (try comparison.result("cross")).initial.value)
  }
}
