import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct StressFindingTests {
  private let asOf = day(299)
  private let confidence = Confidence.ninetyNinePercent

  private var law: ScenarioRequest {
    .law(MonteCarloRequest(law: .gaussian, sample: sample(250), estimator: .sample))
  }

  /// A million of one coin against a debt of half a million in another.
  private func pair(
    _ regimes: [MarginRegime], scenarios: Int = 2_000, judge: MoveLaw = .gaussian
  ) throws -> ComparisonStudy {
    let market = try syntheticHistory(seed: 5, days: 300)
    let history = try PriceHistory(
      times: market.times,
      series: [try #require(market.series(of: btc)), try #require(market.series(of: eth))])
    var settings = settings(asOf: asOf, scenarios: scenarios, reference: regimes[0].id)
    settings.judge = JudgeModel(law: judge, sample: sample(250), estimator: .sample)
    return ComparisonStudy(
      name: "pair",
      account: Account(
        id: "pair",
        balances: [
          try Balance(asset: btc, quantity: 1e6 / (try price(of: btc, in: history, at: asOf))),
          try Balance(asset: eth, quantity: -5e5 / (try price(of: eth, in: history, at: asOf))),
        ], positions: []),
      regimes: regimes, history: history, settings: settings)
  }

  private func tail(
    _ id: String, initial: String, maintenance: String = "0.1 * tail", _ request: ScenarioRequest? = nil
  ) throws -> MarginRegime {
    try regime(
      id,
      [
        NamedTerm(
          name: "tail",
          term: .tailRisk(
            TailRiskTerm(measure: .valueAtRisk, confidence: confidence, scenarios: request ?? law)))
      ], initial: initial, maintenance: maintenance, family: .valueAtRisk)
  }

  private func decoupling(points: Int) throws -> StressPlan {
    let shock = try Shock(name: "decoupling", steps: [.blend(CorrelationBlend(target: .identity))])
    return StressPlan(axes: [StressAxis(shock: shock, points: points)], target: 0.02)
  }

  /// The value at risk of the pair when its correlation has lost a share, in closed form, from the study's own moments.
  private func valueAtRisk(_ study: ComparisonStudy) throws -> (Double) -> Double {
    let source = try Bench(study.history, study.settings, []).source
    let moments = try #require(try source.stressable(law).subject).moments
    let first = try #require(moments.factors.index(of: .spot(btc)))
    let second = try #require(moments.factors.index(of: .spot(eth)))
    let deviations = (1e6 * moments.volatilities[first], -5e5 * moments.volatilities[second])
    let correlation = moments.correlation[first, second]
    let multiplier = EllipticalTail.normal.valueAtRisk(at: confidence)
    return { strength in
      let joint = 2 * (1 - strength) * correlation * deviations.0 * deviations.1
      return multiplier
        * (deviations.0 * deviations.0 + deviations.1 * deviations.1 + joint).squareRoot()
    }
  }

  @Test("EULER-2: a hedged pair's margin grows 1.89 times as its correlation goes from 0.8 to 0")
  func eulerPair() throws {
    let calm = try Shock(
      name: "calm",
      steps: [
        .dailyVolatility(0.04, of: [.spot(btc)]), .dailyVolatility(0.05, of: [.spot(eth)]),
        .entries(
          EntryShock(between: [.spot(btc)], and: [.spot(eth)], change: .to(0.8), repair: .nearestKeeping)),
      ])
    func margin(_ target: CorrelationTarget, _ strength: Double) throws -> Double {
      let shock = try Shock(
        name: "target",
        steps: [.blend(CorrelationBlend(target: target, among: [.spot(btc), .spot(eth)]))])
      let plan = StressPlan(axes: [
        StressAxis(shock: calm, strengths: [1]), StressAxis(shock: shock, strengths: [strength]),
      ])
      let result = try StressStudy(try pair([try tail("law", initial: "tail")]), plan: plan).stress()
      return try #require(result.points[0].requirements.last).initial.value
    }
    #expect(isClose(try margin(.identity, 0), 58_158.69685102, relative: 1e-9))
    #expect(isClose(try margin(.identity, 1), 109_733.60975, relative: 1e-9))
    #expect(isClose(try margin(.allOne, 1), 34_895.21811, relative: 1e-9))
    #expect(isClose(try margin(.equal(-1), 1), 151_212.61181, relative: 1e-9))
  }

  @Test("the margin of a hedged pair rises with every step of its decoupling, as in closed form")
  func monotone() throws {
    let study = try pair([try tail("law", initial: "tail")])
    let result = try StressStudy(study, plan: try decoupling(points: 21)).stress()
    let expected = try valueAtRisk(study)
    let margins = result.points.flatMap(\.requirements).filter { $0.mode == .recalibrated }
      .map(\.initial.value)
    #expect(margins.count == 21)
    #expect(zip(margins, margins.dropFirst()).allSatisfy(<))
    for (point, margin) in zip(result.points, margins) {
      #expect(isClose(margin, expected(point.strengths[0]), relative: 1e-10))
    }
  }

  @Test("regimes cross where algebra says so; of drawn margins the strength has an error")
  func crossings() throws {
    let expected = try valueAtRisk(try pair([try tail("law", initial: "tail")]))
    let amount = expected(0.5)
    let regimes = [
      try tail("fixed", initial: "0 * tail + \(amount)"), try tail("law", initial: "tail"),
      try tail("drawn", initial: "tail", monteCarlo(.gaussian)),
    ]
    let study = try pair(regimes, scenarios: 8_192)
    let result = try StressStudy(study, plan: try decoupling(points: 21)).stress()
    let crossings = result.crossings.filter { $0.below == "fixed" }
    try #require(crossings.map(\.above) == ["law", "drawn"])
    #expect(crossings.allSatisfy { $0.mode == .recalibrated })
    #expect(abs(crossings[0].strength - 0.5) < 1e-3)
    #expect(crossings[0].standardError == nil)
    #expect(isClose(crossings[0].initial, amount, relative: 1e-12))
    // 17 errors of eight sections: Student's t with 7 degrees of freedom lies beyond with a probability below 1e-6.
    let error = try #require(crossings[1].standardError)
    #expect(error > 0.001 && error < 0.1)
    #expect(abs(crossings[1].strength - 0.5) < 17 * error)
  }

  @Test("margins that are equal along a stretch cross at its end, and a touch is no crossing")
  func stretches() throws {
    let study = try pair([try tail("law", initial: "tail")])
    let expected = try valueAtRisk(study)
    let (low, high) = (expected(0.3), expected(0.7))
    let regimes = [
      try tail("law", initial: "tail"),
      try tail("clamped", initial: "min(max(tail, \(low)), \(high))"),
      try tail("floored", initial: "max(tail, \(low))"),
    ]
    var wider = study
    wider.regimes = regimes
    let result = try StressStudy(wider, plan: try decoupling(points: 101)).stress()
    let crossing = try #require(
      result.crossings.first { $0.above == "law" && $0.below == "clamped" })
    #expect(result.crossings.count == 1)
    #expect(abs(crossing.strength - 0.7) < 0.0101)
  }

  @Test("a regime breaks where the probability of a larger loss, or its own demand, says so")
  func breaks() throws {
    let draft = try pair([try tail("law", initial: "tail")])
    let expected = try valueAtRisk(draft)
    // Half a million of equity: the call comes when ten times the tail is that much.
    let multiple = 5e5 / expected(0.6)
    let regimes = [
      try tail("law", initial: "tail"),
      try tail("strict", initial: "\(multiple) * tail", maintenance: "\(multiple) * tail"),
      try tail("ample", initial: "400000 + 0 * tail", maintenance: "0 * tail + 1"),
    ]
    let scenarios = 20_000
    var study = try pair(regimes, scenarios: scenarios)
    study.settings.closeOutCost = 0
    let result = try StressStudy(study, plan: try decoupling(points: 41)).stress()
    func found(_ regime: String, _ mode: StressMode, _ event: StressEvent) throws -> StressBreak {
      try #require(result.breaks.first { $0.regime == regime && $0.mode == mode && $0.event == event })
    }
    // P(loss > z·σ₀) = Q(z·σ₀/σ) at every strength; 41 counts, each within 5.8 of its deviations: false alarms below 1e-6.
    var before = 0.0
    var exact: Double?
    for point in result.points {
      let unaware = try #require(
        point.requirements.first { $0.regime == "law" && $0.mode == .unaware })
      let argument =
        EllipticalTail.normal.valueAtRisk(at: confidence) * expected(0)
        / expected(point.strengths[0])
      let probability = 0.5 * .erfc(argument / Double.sqrt(2))
      let deviation = (probability * (1 - probability) / Double(scenarios)).squareRoot()
      #expect(abs(unaware.safety.lossBeyondMargin.probability - probability) < 5.8 * deviation)
      if exact == nil, probability > 0.02 { exact = (point.strengths[0] + before) / 2 }
      before = point.strengths[0]
    }
    let broken = try found("law", .unaware, .lossBeyondMargin)
    let strength = try #require(broken.strength)
    #expect(abs(strength - (try #require(exact))) < 0.15)
    #expect(try #require(broken.lower) < strength && strength < (try #require(broken.upper)))
    // Recalibrated, the loss stays at one in a hundred.
    let recalibrated = try found("law", .recalibrated, .lossBeyondMargin)
    #expect(recalibrated.strength == nil)
    #expect(try #require(recalibrated.reason).hasPrefix("up to full strength the probability stays at "))
    for event in [StressEvent.callToday, .liquidationToday] {
      #expect(abs(try #require(try found("strict", .recalibrated, event).strength) - 0.6) < 1e-3)
      #expect(try found("ample", .recalibrated, event).strength == nil)
    }
    #expect(try found("ample", .recalibrated, .callToday).reason?.isEmpty == false)
    // Prices have not moved: unaware, nothing is told of today.
    #expect(!result.breaks.contains { $0.mode == .unaware && $0.event == .callToday })
  }

  @Test("what breaks already without a shock breaks at strength 0")
  func already() throws {
    let regimes = [try tail("poor", initial: "0.2 * tail", maintenance: "600000 + 0 * tail")]
    let result = try StressStudy(try pair(regimes), plan: try decoupling(points: 3)).stress()
    for found in result.breaks { #expect(found.strength == 0, "\(found)") }
    #expect(result.breaks.count == 6)
  }
}
