import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Scenarios
import Statistics
import Testing

struct EstimatorFormsTests {
  private func term(_ scenarios: String, _ extra: String = "") throws -> TailRiskTerm? {
    let text = Sound.regime("historical: {lookBack: 500, horizon: 1 d}", scenarios)
      .replacingOccurrences(of: "confidence: 0.99", with: "confidence: 0.99\(extra)")
    let regime = try Loaded<MarginRegime>(regimeText: text, file: "r.yaml").value
    guard case .tailRisk(let term) = regime.terms[1].term else { return nil }
    return term
  }

  private func problem(_ scenarios: String, _ extra: String = "") -> String? {
    do throws(LoadError) {
      let text = Sound.regime("historical: {lookBack: 500, horizon: 1 d}", scenarios)
        .replacingOccurrences(of: "confidence: 0.99", with: "confidence: 0.99\(extra)")
      _ = try Loaded<MarginRegime>(regimeText: text, file: "r.yaml")
      return nil
    } catch {
      return error.problems.first.map { "\($0)" }
    }
  }

  private let window = HistoricalRequest(lookBack: .observations(500), horizon: .days(1))

  @Test func filtersAndWeightsOfHistory() throws {
    func filtered(_ filter: HistoricalFilter?, _ weighting: AgeWeighting = .equal) -> ScenarioRequest {
      .historical(
        HistoricalRequest(
          lookBack: .observations(500), horizon: .days(1), filter: filter, weighting: weighting))
    }
    let cases: [(String, ScenarioRequest)] = [
      (
        "filter: {volatility: {dynamics: {exponentiallyWeighted: 0.97}, floorShare: 0.5}}",
        filtered(.volatility(.exponentiallyWeighted(decay: 0.97), floorShare: 0.5))
      ),
      ("filter: {volatility: {dynamics: garch}}", filtered(.volatility(.garch, floorShare: 0))),
      (
        "filter: {covariance: {volatilityDecay: 0.94, correlationDecay: 0.99}}",
        filtered(.covariance(volatilityDecay: 0.94, correlationDecay: 0.99))
      ),
      ("weights: {decaying: 0.98}", filtered(nil, .decaying(0.98))), ("weights: equal", filtered(nil)),
    ]
    for (text, request) in cases {
      #expect(try term("historical: {lookBack: 500, horizon: 1 d, \(text)}")?.scenarios == request, "\(text)")
    }
    #expect(
      try term("historical: {lookBack: all, horizon: 1 d}")?.scenarios
        == .historical(HistoricalRequest(lookBack: .all, horizon: .days(1))))
  }

  @Test func pathsOfSteps() throws {
    #expect(
      try term(
        "filteredHistorical: {lookBack: 500, horizon: 10 d, dynamics: garch, floorShare: 0.2, blockLength: 3}"
      )?.scenarios
        == .bootstrap(
          BootstrapRequest(
            steps: window, horizon: .days(10), dynamics: .garch, floorShare: 0.2, blockLength: 3)))
    #expect(
      try term("blockBootstrap: {lookBack: 500, horizon: 12 h, step: 6 h, blockLength: 5}")?.scenarios
        == .bootstrap(
          BootstrapRequest(
            steps: HistoricalRequest(lookBack: .observations(500), horizon: Horizon(hours: 6)),
            horizon: Horizon(hours: 12), dynamics: nil, blockLength: 5)))
  }

  @Test func lawsDependenceAndSampling() throws {
    let jumps = try JumpModel(
      commonIntensity: 0.02, commonMean: -2, commonDeviation: 3, ownIntensity: 0.02, ownDeviation: 4)
    let laws: [(String, MoveLaw)] = [
      ("studentTCopula", .studentTCopula(CopulaModel())),
      (
        "{studentTCopula: {degreesOfFreedom: 4, tailShare: 0.05}}",
        .studentTCopula(CopulaModel(degreesOfFreedom: 4, tailShare: 0.05))
      ),
      (
        "{jumps: {commonIntensity: 0.02, commonMean: -2, commonDeviation: 3, ownIntensity: 0.02, ownDeviation: 4}}",
        .jumps(jumps)
      ),
    ]
    for (text, law) in laws {
      #expect(
        try term("monteCarlo: {law: \(text), lookBack: 500, horizon: 1 d, sampling: sobol}")?.scenarios
          == .monteCarlo(
            MonteCarloRequest(law: law, sample: window, estimator: .sample, sampling: .sobol)), "\(text)")
    }
    let closed = try term(
      "law: {law: {studentT: 4}, lookBack: 500, horizon: 1 d, dependence: comonotone}",
      "\n      method: cornishFisher")
    #expect(closed?.method == .cornishFisher)
    #expect(
      closed?.scenarios
        == .law(
          MonteCarloRequest(
            law: .studentT(degreesOfFreedom: 4), sample: window, estimator: .sample, dependence: .comonotone))
    )
  }

  @Test func covariances() throws {
    let cases: [(String, CovarianceEstimator)] = [
      (
        "{splitDecay: {volatility: 0.94, correlation: 0.99}}",
        .splitDecay(volatility: 0.94, correlation: 0.99)
      ),
      ("{shrunk: scaledIdentity}", .shrunk(.scaledIdentity)),
      ("{shrunk: constantCorrelation}", .shrunk(.constantCorrelation)),
      ("{shrunk: oracleApproximating}", .shrunk(.oracleApproximating)),
      ("eigenvalueClipping", .eigenvalueClipping),
      ("{pairwise: {leastCommon: 60}}", .pairwise(leastCommon: 60)),
    ]
    for (text, estimator) in cases {
      #expect(
        try term("monteCarlo: {law: gaussian, lookBack: 500, horizon: 1 d, covariance: \(text)}")?.scenarios
          == .monteCarlo(MonteCarloRequest(law: .gaussian, sample: window, estimator: estimator)), "\(text)")
    }
  }

  @Test func readingsAndQuantiles() throws {
    let plain = "historical: {lookBack: 500, horizon: 1 d}"
    #expect(try term(plain)?.quantile == .lowerQuantile)
    #expect(try term(plain)?.reading == .whole)
    #expect(try term(plain, "\n      quantile: type7")?.quantile == .type7)
    #expect(
      try term(plain, "\n      reading: {eachAsset: twoLargest}")?.reading == .eachAsset(.twoLargest))
    #expect(
      try term(plain, "\n      reading: {subsamples: {count: 4, statistic: standardDeviation}}")?.reading
        == .subsamples(count: 4, .standardDeviation))
    #expect(
      try term(
        plain, "\n      reading: {liquidityHorizons: [{assets: [BTC], horizon: 1 d}, {horizon: 5 d}]}")?
        .reading
        == .liquidityHorizons([
          LiquidityHorizon(assets: [try Asset("BTC")], horizon: .days(1)),
          LiquidityHorizon(assets: [], horizon: .days(5)),
        ]))
  }

  @Test(arguments: [
    (
      "historical: {lookBack: 500, horizon: 1 d, filter: {volatility: {dynamics: arch}}}", "",
      "unknown volatility dynamics 'arch'"
    ),
    ("historical: {lookBack: 500, horizon: 1 d, weights: {decaying: 1}}", "", "a decay above 0 and below 1"),
    (
      "filteredHistorical: {lookBack: 500, horizon: 7 h, step: 2 h, dynamics: garch}", "",
      "horizon: expected a whole multiple of the step of 2 h, found 7 h"
    ),
    ("blockBootstrap: {lookBack: 500, horizon: 2 d, blockLength: 0}", "", "from 1 to 10000, found '0'"),
    (
      "monteCarlo: {law: {studentTCopula: {tailShare: 0.5}}, lookBack: 500, horizon: 1 d}", "",
      "a share above 0 and at most 0.25, found '0.5'"
    ),
    (
      "monteCarlo: {law: {jumps: {commonIntensity: 1, commonMean: 1, commonDeviation: 0, ownIntensity: 0, "
        + "ownDeviation: 0}}, lookBack: 500, horizon: 1 d}", "", "a share of the daily variance below 1"
    ),
    ("law: {law: studentTCopula, lookBack: 500, horizon: 1 d}", "", "unknown law 'studentTCopula'"),
    ("law: {law: gaussian, lookBack: 500, horizon: 1 d, sampling: sobol}", "", "unknown key 'sampling'"),
    (
      "historical: {lookBack: 500, horizon: 1 d}", "\n      method: exact",
      "a method belongs to scenarios of the kind law"
    ),
    (
      "historical: {lookBack: 500, horizon: 1 d, weights: {decaying: 0.98}}",
      "\n      quantile: harrellDavis",
      "harrellDavis is for equal weights alone"
    ),
    (
      "historical: {lookBack: 500, horizon: 1 d}",
      "\n      reading: {liquidityHorizons: [{assets: [BTC], horizon: 1 d}]}",
      "one entry must leave out assets"
    ),
    (
      "historical: {lookBack: 500, horizon: 1 d}",
      "\n      reading: {liquidityHorizons: [{assets: [BTC], horizon: 1 d}, {assets: [BTC], horizon: 2 d}, {horizon: 3 d}]}",
      "BTC stands in two liquidity horizons"
    ),
    (
      "historical: {lookBack: 500, horizon: 1 d}",
      "\n      reading: {subsamples: {count: 1, statistic: mean}}",
      "from 2 to 1000, found '1'"
    ),
    (
      "historical: {lookBack: 365, horizon: 1 d}",
      "\n      reading: {subsamples: {count: 4, statistic: mean}}",
      "expected a look-back of at least 400 for 4 parts at 99 %, found 365"
    ),
    (
      "historical: {lookBack: 500, horizon: 2 d}",
      "\n      reading: {liquidityHorizons: [{assets: [BTC], horizon: 1 d}, {horizon: 3 d}]}",
      "expected liquidity horizons of at least the scenarios' 2 d, found 1 d"
    ),
    (
      "law: {law: gaussian, lookBack: 500, horizon: 1 d}", "\n      quantile: harrellDavis",
      "a quantile rule belongs to a sample"
    ),
  ])
  func whatIsWrongIsSaid(_ scenarios: String, _ extra: String, _ expected: String) throws {
    let found = try #require(problem(scenarios, extra))
    #expect(found.contains(expected), "\(found)")
    #expect(found.hasPrefix("r.yaml:"), "\(found)")
  }
}
