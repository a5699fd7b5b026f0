import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// One regime of a walk, with what is asked of it every day.
struct WalkForwardMember: Sendable {
  let regime: MarginRegime
  let pools: [MarginPool]
  let probes: [ValueAtRiskProbe]
  /// The numbers of the pools that may owe: those with a position, an order or a debt.
  let stakes: [Int]
  /// Whether laws stand in for their draws.
  var usesLaws: Bool

  init(_ regime: MarginRegime, for state: BookState) throws(MarginError) {
    let pools = regime.pooling.pools(of: state.rows)
    var probes: [ValueAtRiskProbe] = []
    for term in regime.terms {
      guard case .tailRisk(let tail) = term.term, tail.reading.isQuantileOfAccount,
        let horizon = tail.scenarios.horizon
      else { continue }
      probes.append(try ValueAtRiskProbe(tail, named: term.name, horizon: horizon, of: regime, pools))
    }
    self.regime = regime
    self.pools = pools
    self.probes = probes
    stakes = pools.indices.filter { pool in
      pools[pool].rows.contains { state.rows[$0].kind != .balance || state.values[$0] < 0 }
    }
    usesLaws = !state.hasOptions && regime.requests.contains(where: \.hasEllipticalLaw)
  }

  /// Whether the requirement depends on the day.
  var isEstimated: Bool { regime.requests.contains(where: \.isEstimated) }

  /// What is demanded on one day, and every value at risk.
  func demand(on day: WalkForwardDay, of state: BookState) throws(StudyError) -> WalkForwardDemand {
    let evidence = try day.evidence(for: regime.requests, usingLaws: usesLaws)
    let states = BookStates(state)
    do throws(MarginError) {
      let demanded = try requirements(of: regime, for: states, given: evidence).pools
      var valuesAtRisk: [[Double]] = []
      for probe in probes {
        let found = try requirements(of: probe.rules, for: states, given: evidence).pools
        valuesAtRisk.append(found.map { $0.initial[0] - $0.maintenance[0] })
      }
      return WalkForwardDemand(
        initial: demanded.map { $0.initial[0] },
        cover: demanded.map { $0.initial[0] + ($0.marketValue[0] - $0.equity[0]) },
        valuesAtRisk: valuesAtRisk)
    } catch {
      throw .margin(error)
    }
  }

  func method(of probe: ValueAtRiskProbe, draws: Int) -> WalkForwardMethod {
    switch probe.request {
    case .historical, .realised, .grid: .history
    case .law: .closedForm
    case .monteCarlo: usesLaws && probe.request.hasEllipticalLaw ? .closedForm : .draws(draws)
    case .bootstrap: .draws(draws)
    }
  }
}

/// What a regime demands on one day, in USD.
struct WalkForwardDemand: Hashable, Sendable {
  /// The initial margin, one a pool.
  let initial: [Double]
  /// The initial margin and what haircuts took off, one a pool.
  let cover: [Double]
  /// One a probe and pool.
  let valuesAtRisk: [[Double]]
}

/// Rules whose only answer is the value at risk of one term's scenarios, pool by pool.
struct ValueAtRiskProbe: Sendable {
  let term: String
  let measure: TailRiskTerm.Measure
  let confidence: Confidence
  let request: ScenarioRequest
  let horizon: Horizon
  /// The initial margin is the value at risk where it is a loss, the maintenance margin its opposite where it is a gain:
  /// requirements are never negative.
  let rules: MarginRegime

  init(
    _ tail: TailRiskTerm, named name: String, horizon: Horizon, of regime: MarginRegime, _ pools: [MarginPool]
  ) throws(MarginError) {
    let quantile = TailRiskTerm(
      measure: .valueAtRisk, confidence: tail.confidence, scenarios: tail.scenarios, quantile: tail.quantile,
      reading: tail.reading, method: tail.method)
    term = name
    measure = tail.measure
    confidence = tail.confidence
    request = tail.scenarios
    self.horizon = horizon
    rules = MarginRegime(
      id: regime.id, summary: regime.summary, family: regime.family, source: regime.source,
      pooling: .fixed(pools), collateral: .marketValue,
      rules: try TermRules(
        terms: [NamedTerm(name: name, term: .tailRisk(quantile))], initial: .term(name),
        maintenance: .multiple(-1, .term(name))),
      levels: .classic)
  }
}

extension TailReading {
  /// Whether the reading claims to be a loss of the whole account: a dispersion, or the loss of one coin, does not.
  var isQuantileOfAccount: Bool {
    switch self {
    case .whole, .eachAsset(.sum), .subsamples(_, .mean), .subsamples(_, .largest), .liquidityHorizons: true
    case .eachAsset(.largest), .eachAsset(.twoLargest), .subsamples(_, .standardDeviation): false
    }
  }
}

/// What is known on one day of a walk: scenarios from the data up to it, each request's made once.
///
/// A look-back that takes all there is has no length of its own: until it holds 250 observations, or as many as on the last
/// day, it counts as too short.
struct WalkForwardDay {
  private var made: [ScenarioRequest: Result<ScenarioSet, ScenarioError>] = [:]

  /// Makes every set.
  ///
  /// - Parameters:
  ///   - source: the history up to the day.
  ///   - members: the regimes.
  ///   - last: the last day of the walk, whose samples are the longest; `nil` for that day itself.
  init(_ source: ScenarioSource, members: [WalkForwardMember], last: WalkForwardDay?) {
    for member in members {
      for request in member.regime.requests {
        let asked = request.asked(usingLaws: member.usesLaws)
        guard made[asked] == nil else { continue }
        do throws(ScenarioError) {
          let set = try source.scenarios(for: asked)
          let needed = min(Self.leastObservations, last?.observations(behind: asked) ?? 0)
          guard set.observations >= needed else {
            throw .marketData(
              .lookBackTooLong(observations: needed, available: set.observations, asOf: source.asOf))
          }
          made[asked] = .success(set)
        } catch {
          made[asked] = .failure(error)
        }
      }
    }
  }

  /// How many observations of a growing look-back make a first estimate.
  private static let leastObservations = 250

  private func observations(behind request: ScenarioRequest) -> Int? {
    guard case .success(let set) = made[request] else { return nil }
    return set.observations
  }

  func evidence(for requests: [ScenarioRequest], usingLaws: Bool) throws(StudyError) -> Evidence {
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in requests {
      switch made[request.asked(usingLaws: usingLaws)] {
      case .success(let set): sets[request] = set
      case .failure(let error): throw .scenarios(error)
      case nil: continue
      }
    }
    let evidence = Evidence(sets: sets, parallelism: .sequential)
    return usingLaws ? evidence.inClosedForm() : evidence
  }
}

extension ScenarioSet {
  /// How many observations of history it rests on.
  fileprivate var observations: Int { calibration?.observations.columns ?? count }
}

extension ScenarioRequest {
  /// Whether the tail of a linear book under the request is known without a draw.
  var hasEllipticalLaw: Bool {
    guard case .monteCarlo(let request) = self else { return false }
    switch request.law {
    case .gaussian: return true
    case .studentT: return request.dependence != .independent
    case .studentTCopula, .jumps: return false
    }
  }

  /// What is asked for in its place where a law may stand in for its draws.
  fileprivate func asked(usingLaws: Bool) -> ScenarioRequest {
    guard usingLaws, hasEllipticalLaw, case .monteCarlo(let request) = self else { return self }
    return .law(request)
  }
}
