import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Valuation

/// What a comparison works with: the account in its market, and every set of scenarios made once.
struct ComparisonContext: Sendable {
  let study: ComparisonStudy
  let market: MarketSnapshot
  let state: BookState
  let source: ScenarioSource
  /// Every request of the study, in the order in which it was first made.
  let requests: [ScenarioRequest]
  let sets: [ScenarioRequest: ScenarioSet]
  /// Why a request has no set.
  let failures: [ScenarioRequest: ScenarioError]
  let evidence: Evidence
  /// What the regimes asked for: the evidence without the sets they are judged on.
  let estimationEvidence: Evidence
  /// The evidence with laws in the place of their draws, for requirements in many states.
  let closedForm: Evidence
  /// The first of the draws alone, for a book whose requirement a law does not have in closed form; `nil` for others.
  let fewDraws: Evidence?

  var settings: ComparisonSettings { study.settings }

  /// Values the account and makes every set.
  ///
  /// - Parameters:
  ///   - study: the study.
  ///   - make: makes the set of one request; called once for each.
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole; a set that cannot be made is among
  ///   ``failures``.
  init(
    _ study: ComparisonStudy,
    making make: (ScenarioSource, ScenarioRequest) throws(ScenarioError) -> ScenarioSet = {
      (source, request) throws(ScenarioError) in try source.scenarios(for: request)
    }
  ) throws(StudyError) {
    let settings = study.settings
    guard study.regimes.contains(where: { $0.id == settings.reference }) else {
      throw .unknownReference(settings.reference, known: study.regimes.map(\.id))
    }
    let market = try Self.market(of: study)
    let state = try Self.valued(study.account, in: market)
    let source = try Self.source(of: study)
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    var failures: [ScenarioRequest: ScenarioError] = [:]
    let realised =
      settings.realisedObservations > 0 ? [ScenarioRequest.realised(Self.realisedRequest(settings))] : []
    var seen: Set<ScenarioRequest> = []
    let requests = (study.regimes.flatMap(\.requests) + [settings.judge.request] + realised)
      .filter { seen.insert($0).inserted }
    for request in requests {
      do throws(ScenarioError) {
        sets[request] = try make(source, request)
      } catch {
        failures[request] = error
      }
    }
    self.init(
      study, market: market, state: state, source: source, requests: requests, sets: sets, failures: failures)
  }

  private init(
    _ study: ComparisonStudy, market: MarketSnapshot, state: BookState, source: ScenarioSource,
    requests: [ScenarioRequest], sets: [ScenarioRequest: ScenarioSet],
    failures: [ScenarioRequest: ScenarioError]
  ) {
    let settings = study.settings
    self.study = study
    self.market = market
    self.state = state
    self.source = source
    self.requests = requests
    self.sets = sets
    self.failures = failures
    evidence = Evidence(sets: sets, parallelism: settings.parallelism)
    let asked = Set(study.regimes.flatMap(\.requests))
    estimationEvidence = Evidence(
      sets: sets.filter { asked.contains($0.key) }, parallelism: settings.parallelism)
    closedForm = evidence.inClosedForm().at(.sequential)
    fewDraws =
      state.hasOptions
      ? estimationEvidence.at(.sequential)
        .sections(Self.sectionsOfFewDraws(of: settings.scenarioCount)).first : nil
  }

  /// The same study with the book in another state and other scenarios for its requests.
  ///
  /// - Parameters:
  ///   - state: a state of the same rows.
  ///   - sets: the sets, by request; one that is missing takes its requests out.
  ///   - failures: why a request has no set.
  /// - Returns: a context in which everything else is as it was.
  func replacing(
    state: BookState, sets: [ScenarioRequest: ScenarioSet], failures: [ScenarioRequest: ScenarioError]
  ) -> ComparisonContext {
    ComparisonContext(
      study, market: market, state: state, source: source, requests: requests, sets: sets, failures: failures)
  }

  /// The regime's requirement, or why there is none.
  func assessment(of regime: MarginRegime, for state: BookState) throws(StudyError) -> MarginAssessment {
    for request in regime.requests {
      if let failure = failures[request] { throw .scenarios(failure) }
    }
    do throws(MarginError) {
      return try requirement(of: regime, for: state, given: evidence)
    } catch {
      throw .margin(error)
    }
  }

  static func realisedRequest(_ settings: ComparisonSettings) -> RealisedRequest {
    RealisedRequest(horizon: settings.judge.sample.horizon, observations: settings.realisedObservations)
  }

  static func valued(_ account: Account, in market: MarketSnapshot) throws(StudyError) -> BookState {
    do throws(ValuationError) {
      return try BookState(of: account, in: market)
    } catch {
      throw .valuation(error)
    }
  }

  static func market(of study: ComparisonStudy) throws(StudyError) -> MarketSnapshot {
    do throws(MarketDataError) {
      return try MarketSnapshot(of: study.history, at: study.settings.asOf)
    } catch {
      throw .marketData(error)
    }
  }

  static func source(of study: ComparisonStudy) throws(StudyError) -> ScenarioSource {
    let settings = study.settings
    do throws(ScenarioError) {
      return try ScenarioSource(
        history: study.history, asOf: settings.asOf, models: settings.models, seed: settings.seed,
        count: settings.scenarioCount, parallelism: settings.parallelism)
    } catch {
      throw .scenarios(error)
    }
  }
}
