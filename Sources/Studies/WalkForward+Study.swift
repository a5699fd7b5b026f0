import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

extension ComparisonStudy {
  /// Takes the account's book through the whole history under every regime.
  ///
  /// - Parameters:
  ///   - walk: how often requirements are estimated anew, and from how many draws.
  ///   - progress: told of the days that are done as the walk goes on.
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole; where no regime has a
  ///   requirement on any day, the reason of the first.
  /// - Returns: the walk; a function of the study and the settings alone, the parallelism aside.
  public func walkForward(
    _ walk: WalkForwardSettings = WalkForwardSettings(),
    progress: (_ days: Int, _ of: Int) -> Void = { _, _ in }
  ) throws(StudyError) -> WalkForward {
    let path = try WalkForwardPath(self, walk, progress: progress)
    let walked = path.members.indices.filter { path.hasDemand($0) }
    let refused = path.members.indices.filter { !path.hasDemand($0) }.compactMap { path.refusal(of: $0) }
    let refusals = path.refusals + refused
    if walked.isEmpty, let first = refusals.first { throw first.reason }
    let common = path.rows.map { row in walked.allSatisfy { path.demand(of: $0, at: row).isKnown } }
    let margins = try walked.map { member throws(StudyError) in try path.margin(of: member, on: common) }
    // An exact probability is a sum over every possible sequence of runs: worth sharing out.
    let tests = try mapBlocks(of: walked.count, size: 1, parallelism: settings.parallelism) {
      (place, _) throws(StudyError) in try path.tests(of: walked[place])
    }
    let results = walked.indices.map { place in
      WalkedRegime(
        regime: path.members[walked[place]].regime, tests: tests[place], margin: margins[place],
        failure: path.failure(of: walked[place]))
    }
    let order = Dictionary(uniqueKeysWithValues: regimes.enumerated().map { ($1.id, $0) })
    return WalkForward(
      study: name, account: account, settings: settings, walk: walk, first: history.times[0],
      last: history.times[history.times.count - 1], horizon: settings.judge.sample.horizon,
      commonDays: margins.compactMap { $0?.record.count }.first ?? 0, regimes: results,
      refusals: refusals.sorted { order[$0.regime.id, default: 0] < order[$1.regime.id, default: 0] },
      notes: path.notes(of: results))
  }
}

extension Result where Success == WalkForwardDemand, Failure == StudyError {
  fileprivate var isKnown: Bool { if case .success = self { true } else { false } }
}

extension WalkForwardDays {
  /// Counts a day that was not tested.
  fileprivate mutating func skip(because error: StudyError) {
    switch error {
    case .scenarios(.marketData(.lookBackTooLong)), .scenarios(.marketData(.periodOutside)):
      withoutLookBack += 1
    case .margin(.valuation(.factorNotCovered)), .scenarios(.marketData(.unevenSpacing)): withoutPrices += 1
    default: notComputed += 1
    }
  }
}

extension WalkForwardPath {
  fileprivate func hasDemand(_ member: Int) -> Bool { demands[member].contains(where: \.isKnown) }

  fileprivate func refusal(of member: Int) -> RegimeRefusal? {
    guard case .failure(let error) = demands[member].last else { return nil }
    return RegimeRefusal(regime: members[member].regime, reason: error)
  }

  /// The first day on which an estimate failed although there was history enough.
  fileprivate func failure(of member: Int) -> WalkForwardFailure? {
    for (place, demand) in demands[member].enumerated() {
      guard case .failure(let error) = demand else { continue }
      var day = WalkForwardDays()
      day.skip(because: error)
      guard day.notComputed == 1 else { continue }
      return WalkForwardFailure(day: history.times[place * walk.recalibratedEvery], reason: error)
    }
    return nil
  }

  /// One test a tail and pool.
  fileprivate func tests(of member: Int) throws(StudyError) -> [ValueAtRiskTest] {
    var tests: [ValueAtRiskTest] = []
    for probe in members[member].probes.indices {
      for pool in members[member].pools.indices {
        if let test = try test(of: member, probe: probe, pool: pool) { tests.append(test) }
      }
    }
    return tests
  }

  private func test(of member: Int, probe place: Int, pool number: Int) throws(StudyError) -> ValueAtRiskTest?
  {
    let probe = members[member].probes[place]
    let pool = members[member].pools[number]
    guard let steps = steps(in: probe.horizon), let losses = losses[probe.horizon] else { return nil }
    var days = WalkForwardDays()
    var record: [ValueAtRiskTest.Day] = []
    for (move, lost) in losses.enumerated() {
      days.total += 1
      switch demand(of: member, at: move * steps) {
      case .failure(let error): days.skip(because: error)
      case .success(let demand):
        guard let lost else {
          days.withoutPrices += 1
          continue
        }
        days.tested += 1
        record.append(
          ValueAtRiskTest.Day(
            asOf: history.times[move * steps], valueAtRisk: demand.valuesAtRisk[place][number],
            loss: pool.rows.reduce(0) { $0 + lost[$1] }))
      }
    }
    let exceeded = record.map(\.isExceeded)
    do throws(StatisticsError) {
      return ValueAtRiskTest(
        term: probe.term, pool: pool.name, measure: probe.measure, confidence: probe.confidence,
        horizon: probe.horizon, method: members[member].method(of: probe, draws: draws), days: days,
        record: record,
        sequence: record.count < 2 ? nil : try ChristoffersenTest(exceeded, at: probe.confidence),
        trafficLight: record.isEmpty
          ? nil
          : try TrafficLight(
            exceedances: exceeded.count { $0 }, observations: record.count, at: probe.confidence))
    } catch {
      throw .statistics(error)
    }
  }

  /// The initial margin on the days on which every regime has one.
  fileprivate func margin(of member: Int, on common: [Bool]) throws(StudyError) -> MarginRecord? {
    let horizon = study.settings.judge.sample.horizon
    guard let steps = steps(in: horizon), let losses = losses[horizon] else { return nil }
    let stakes = members[member].stakes
    var record: [MarginRecord.Day] = []
    var largestUse: Double?
    for (move, lost) in losses.enumerated() {
      let row = move * steps
      guard common[row], let lost, case .success(let demand) = demand(of: member, at: row) else { continue }
      var day = (cover: 0.0, loss: 0.0, shortfall: 0.0)
      for stake in stakes {
        let loss = members[member].pools[stake].rows.reduce(0) { $0 + lost[$1] }
        let cover = demand.cover[stake]
        day.cover += cover
        day.loss += loss
        day.shortfall += max(0, loss - cover)
        if cover > 0 { largestUse = max(largestUse ?? -.infinity, loss / cover) }
      }
      record.append(
        MarginRecord.Day(
          asOf: history.times[row], initial: demand.initial.reduce(0, +), cover: day.cover, loss: day.loss,
          shortfall: day.shortfall))
    }
    let path = rows.map { row -> Double? in
      guard common[row], case .success(let demand) = demand(of: member, at: row) else { return nil }
      return demand.initial.reduce(0, +)
    }
    guard !record.isEmpty else { return nil }
    do throws(StatisticsError) {
      return MarginRecord(
        record: record, largestUse: largestUse, procyclicality: try ProcyclicalityMeasures(path),
        spans: spans,
        interval: try ClopperPearsonInterval(
          events: record.count { $0.shortfall > 0 }, trials: record.count))
    } catch {
      throw .statistics(error)
    }
  }

  /// One day, a working week and a month, where the history has such steps.
  private var spans: [(days: Int, rows: Int)] {
    [1, 5, 30].compactMap { days in steps(in: .days(days)).map { (days, $0) } }.filter { $0.rows >= 1 }
  }

  fileprivate func notes(of results: [WalkedRegime]) -> [String] {
    var notes = [
      "the book of \(study.settings.asOf) is taken through the history as it stands, its exposures in USD the same on every "
        + "day" + (state.hasOptions ? "; options keep their time to expiry of that date" : "")
    ]
    if state.rows.contains(where: { $0.kind != .balance && $0.kind != .option }) {
      notes.append("the basis of contracts has no history: the moves that followed leave it as it is")
    }
    let tests = results.flatMap(\.tests)
    if tests.contains(where: { $0.measure == .expectedShortfall }) {
      notes.append(
        "an expected shortfall is tested by the value at risk at its level from the same scenarios")
    }
    let untested = results.flatMap(\.regime.terms).filter {
      if case .tailRisk(let tail) = $0.term { !tail.reading.isQuantileOfAccount } else { false }
    }.map(\.name)
    if !untested.isEmpty {
      notes.append(
        "\(Set(untested).sorted().joined(separator: ", ")): a dispersion, or the loss of single coins, is no value at risk of "
          + "the account and is not tested")
    }
    if walk.recalibratedEvery > 1 {
      notes.append(
        "requirements are estimated anew every \(walk.recalibratedEvery) days and stand in between: rises over fewer days are "
          + "those of one step")
    }
    let longest = Set(tests.map(\.horizon) + [study.settings.judge.sample.horizon]).filter {
      steps(in: $0) ?? 1 > 1
    }
    if !longest.isEmpty {
      let words = longest.sorted { $0.hours < $1.hours }.map(\.description).joined(separator: ", ")
      notes.append("moves of \(words) follow each other without overlap: days in between are not tested")
    }
    if tests.contains(where: { if case .draws = $0.method { true } else { false } }) {
      notes.append(
        "laws without a closed form for this book are drawn \(draws) times a day, fewer than in a comparison")
    }
    return notes
  }
}

extension MarginRecord {
  fileprivate init(
    record: [Day], largestUse: Double?, procyclicality: ProcyclicalityMeasures,
    spans: [(days: Int, rows: Int)], interval: ClopperPearsonInterval
  ) {
    let shortfalls = record.map(\.shortfall).filter { $0 > 0 }
    // Around the first: the mean of equal margins is that margin.
    let first = record[0].initial
    let meanInitial = first + record.reduce(0) { $0 + ($1.initial - first) } / Double(record.count)
    self.init(
      record: record,
      breaches: EventProbability(
        count: interval.events, scenarios: interval.trials, lower: interval.lower, upper: interval.upper),
      worstShortfall: shortfalls.max() ?? 0,
      meanShortfall: shortfalls.isEmpty ? nil : shortfalls.reduce(0, +) / Double(shortfalls.count),
      largestUse: largestUse, meanInitial: meanInitial,
      procyclicality: procyclicality, spans: spans)
  }
}
