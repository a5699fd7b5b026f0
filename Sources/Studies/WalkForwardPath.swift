import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Valuation

/// The numbers of a walk, row by row of the history: what every regime demanded, and what was lost.
struct WalkForwardPath: Sendable {
  typealias Demand = Result<WalkForwardDemand, StudyError>

  let study: ComparisonStudy
  let walk: WalkForwardSettings
  let state: BookState
  let draws: Int
  private(set) var members: [WalkForwardMember] = []
  /// Regimes that have no rules for the book.
  private(set) var refusals: [RegimeRefusal] = []
  /// Member × estimate; one entry alone for a regime that does not depend on the day.
  private(set) var demands: [[Demand]] = []
  /// One entry a move of the horizon, moves following each other, one amount a row of the book; `nil` without prices.
  private(set) var losses: [Horizon: [[Double]?]] = [:]

  var history: PriceHistory { study.history }
  /// Every row from which some move follows.
  var rows: Range<Int> { 0..<history.times.count - 1 }

  init(
    _ study: ComparisonStudy, _ walk: WalkForwardSettings, progress: (_ days: Int, _ of: Int) -> Void
  ) throws(StudyError) {
    self.study = study
    self.walk = walk
    draws = min(walk.draws, study.settings.scenarioCount)
    let market: MarketSnapshot
    do throws(MarketDataError) {
      market = try MarketSnapshot(of: study.history, at: study.settings.asOf)
    } catch {
      throw .marketData(error)
    }
    state = try ComparisonContext.valued(study.account, in: market)
    for regime in study.regimes {
      do throws(MarginError) {
        members.append(try WalkForwardMember(regime, for: state))
      } catch {
        refusals.append(RegimeRefusal(regime: regime, reason: .margin(error)))
      }
    }
    try walkBack()
    try estimate(progress)
  }

  /// The rows between a move's ends; `nil` where the history has no such step.
  func steps(in horizon: Horizon) -> Int? {
    let (count, rest) = (horizon.hours * 3_600).quotientAndRemainder(dividingBy: history.stepSeconds)
    return rest == 0 ? count : nil
  }

  /// What a member demanded on a row.
  func demand(of member: Int, at row: Int) -> Demand {
    let own = demands[member]
    return own[min(own.count - 1, row / walk.recalibratedEvery)]
  }

  func source(at row: Int) throws(StudyError) -> ScenarioSource {
    do throws(ScenarioError) {
      return try ScenarioSource(
        history: history, asOf: history.times[row], models: study.settings.models, seed: study.settings.seed,
        count: draws, parallelism: .sequential)
    } catch {
      throw .scenarios(error)
    }
  }
}

extension WalkForwardPath {
  /// What the book lost by every move.
  private mutating func walkBack() throws(StudyError) {
    let own = study.settings.judge.sample.horizon
    guard steps(in: own) != nil else {
      throw .marketData(.horizonNotAMultiple(hours: own.hours, stepSeconds: history.stepSeconds))
    }
    let horizons = Set([own] + members.flatMap { $0.probes.map(\.horizon) })
    for horizon in horizons {
      // The estimate at such a horizon fails by itself.
      guard let steps = steps(in: horizon) else { continue }
      let count = (history.times.count - 1) / steps
      guard count >= 1 else { throw .marketData(.tooShort(rows: history.times.count)) }
      losses[horizon] = try mapBlocks(
        of: count, size: 16, parallelism: study.settings.parallelism
      ) { [self] (_, moves) throws(StudyError) in
        var losses: [[Double]?] = []
        for move in moves { losses.append(try lost(from: move * steps, over: horizon)) }
        return losses
      }.flatMap(\.self)
    }
  }

  /// What each row of the book lost by the move that starts in a row of the history; `nil` where a price is missing.
  private func lost(from row: Int, over horizon: Horizon) throws(StudyError) -> [Double]? {
    let source = try source(at: row)
    let set: ScenarioSet
    do throws(ScenarioError) {
      set = try source.scenarios(for: .realised(RealisedRequest(horizon: horizon, observations: 1)))
    } catch .marketData(.unevenSpacing) {
      return nil
    } catch {
      throw .scenarios(error)
    }
    do throws(ValuationError) {
      let gains = try state.profitAndLoss(
        under: set, of: state.rows.indices.map { [$0] }, parallelism: .sequential)
      return gains.elements.map { 0 - $0 }
    } catch .factorNotCovered {
      return nil
    } catch {
      throw .valuation(error)
    }
  }

  /// What every regime demands, estimate by estimate; progress is told between groups of days.
  private mutating func estimate(_ progress: (_ days: Int, _ of: Int) -> Void) throws(StudyError) {
    demands = [[Demand]](repeating: [], count: members.count)
    let last = try WalkForwardDay(source(at: rows.upperBound), members: members, last: nil)
    for index in members.indices {
      if members[index].usesLaws, case .failure(.margin(.noClosedForm)) = answer(of: index, on: last) {
        members[index].usesLaws = false
      }
      if !members[index].isEstimated { demands[index] = [answer(of: index, on: last)] }
    }
    let daily = members.indices.filter { members[$0].isEstimated }
    let days = Array(stride(from: rows.lowerBound, to: rows.upperBound, by: walk.recalibratedEvery))
    for first in stride(from: 0, to: days.count, by: Self.daysBetweenReports) {
      progress(first, days.count)
      let group = days[first..<min(first + Self.daysBetweenReports, days.count)]
      let answers = try mapBlocks(
        of: group.count, size: 1, parallelism: study.settings.parallelism
      ) { [self] (place, _) throws(StudyError) in
        let day = try WalkForwardDay(
          source(at: group[group.startIndex + place]), members: daily.map { members[$0] }, last: last)
        return daily.map { answer(of: $0, on: day) }
      }
      for day in answers {
        for (place, member) in daily.enumerated() { demands[member].append(day[place]) }
      }
    }
    progress(days.count, days.count)
  }

  private func answer(of member: Int, on day: WalkForwardDay) -> Demand {
    do throws(StudyError) {
      return .success(try members[member].demand(on: day, of: state))
    } catch {
      return .failure(error)
    }
  }

  private static let daysBetweenReports = 32
}
