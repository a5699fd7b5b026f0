import Statistics

/// Reads the measure of a term off samples of losses of one size, by the term's convention.
struct LossReader: Sendable {
  private enum Convention: Sendable {
    case plain(TailReader)
    case type7
    case harrellDavis
    case weighted(WeightedQuantileRule, SampleWeights)
  }

  private let measure: TailRiskTerm.Measure
  private let confidence: Confidence
  private var convention: Convention

  /// A reader of samples for a term of some name; weights are `nil` where all losses count the same.
  init(
    _ term: TailRiskTerm, sampleSize: Int, weights: SampleWeights?, _ name: String
  ) throws(MarginError) {
    guard sampleSize > 0 else { throw .statistics(.sampleTooSmall(count: 0, needed: 1)) }
    measure = term.measure
    confidence = term.confidence
    let unequal = weights.flatMap { $0.isEqual ? nil : $0 }
    let rule: TailQuantile = term.measure == .valueAtRisk ? term.quantile : .lowerQuantile
    func weighted(_ rule: WeightedQuantileRule) -> Convention {
      .weighted(rule, unequal ?? .equal(count: sampleSize))
    }
    switch rule {
    case .lowerQuantile:
      convention =
        unequal == nil
        ? .plain(TailReader(sampleSize: sampleSize, at: term.confidence)) : weighted(.lowerQuantile)
    case .upperQuantile: convention = weighted(.upperQuantile)
    case .interpolated: convention = weighted(.interpolated)
    case .type7, .harrellDavis:
      guard unequal == nil else { throw .quantileNeedsEqualWeights(rule, term: name) }
      convention = rule == .type7 ? .type7 : .harrellDavis
    }
  }

  /// The measure of one sample, losses positive.
  mutating func read(_ losses: Span<Double>) throws(MarginError) -> Double {
    switch convention {
    case .plain(var reader):
      let tail = try statistics { () throws(StatisticsError) in try reader.read(losses) }
      convention = .plain(reader)
      return measure == .valueAtRisk ? tail.valueAtRisk : tail.expectedShortfall
    case .type7:
      return try statistics { () throws(StatisticsError) in
        try TailRisk(ofLosses: losses, at: confidence, rule: .type7).valueAtRisk
      }
    case .harrellDavis: return try smoothed(losses.array)
    case .weighted: return try tail(of: losses.array).value
    }
  }

  /// The measure of one sample, and the scenario at its lower quantile.
  func tail(of losses: [Double]) throws(MarginError) -> (value: Double, scenario: Int) {
    switch convention {
    case .weighted(let rule, let weights):
      let tail = try estimation { () throws(EstimationError) in
        try WeightedTailRisk(ofLosses: losses, weights: weights, at: confidence, rule: rule)
      }
      return (measure == .valueAtRisk ? tail.valueAtRisk : tail.expectedShortfall, tail.bindingScenario)
    case .plain, .type7, .harrellDavis:
      let rule: QuantileRule = if case .type7 = convention { .type7 } else { .orderStatistic }
      let tail = try statistics { () throws(StatisticsError) in
        try TailRisk(ofLosses: losses, at: confidence, rule: rule)
      }
      if case .harrellDavis = convention { return (try smoothed(losses), tail.bindingScenario) }
      return (measure == .valueAtRisk ? tail.valueAtRisk : tail.expectedShortfall, tail.bindingScenario)
    }
  }

  private func smoothed(_ losses: [Double]) throws(MarginError) -> Double {
    try statistics { () throws(StatisticsError) in
      try HarrellDavisEstimate(ofLosses: losses, at: confidence).valueAtRisk
    }
  }
}

extension SampleWeights {
  /// Whether all observations count the same.
  var isEqual: Bool { values.allSatisfy { $0 == values[0] } }

  /// The weights of a part of the sample.
  func part(_ range: Range<Int>) throws(MarginError) -> SampleWeights {
    try estimation { () throws(EstimationError) in try SampleWeights(Array(values[range])) }
  }
}

extension Span<Double> {
  /// The elements as an array.
  fileprivate var array: [Double] {
    indices.map { self[$0] }
  }
}

/// Runs an estimate and passes on what stopped it.
func statistics<Value>(_ body: () throws(StatisticsError) -> Value) throws(MarginError) -> Value {
  do throws(StatisticsError) {
    return try body()
  } catch {
    throw .statistics(error)
  }
}

/// Runs an estimate over a weighted sample and passes on what stopped it.
func estimation<Value>(_ body: () throws(EstimationError) -> Value) throws(MarginError) -> Value {
  do throws(EstimationError) {
    return try body()
  } catch {
    throw .estimation(error)
  }
}
