internal import NumericalMethods

/// The worst losses of a weighted sample, deep enough for a tail of a given probability.
struct WeightedTail {
  /// The losses, worst first.
  private(set) var losses: [Double] = []

  /// The scenario of each loss.
  private(set) var scenarios: [Int] = []

  /// The probability of each loss.
  private(set) var weights: [Double] = []

  /// The probability of each loss and all that are worse.
  private(set) var cumulative: [Double] = []

  /// Cumulative weights this close to a level are taken to meet it, as ranks are in `TailPosition`.
  private static let rounding = 1e-12

  /// - Parameters:
  ///   - sample: one loss a scenario.
  ///   - sampleWeights: the probability of each.
  ///   - mass: the least probability the selection must exceed, where the sample has it.
  /// - Throws: `EstimationError.weightCount`, or `.notFinite` naming the first bad loss.
  init(_ sample: [Double], _ sampleWeights: SampleWeights, mass: Double) throws(EstimationError) {
    guard sample.count == sampleWeights.count else {
      throw .weightCount(count: sampleWeights.count, observations: sample.count)
    }
    try sample.requireFinite()
    // A plain sample's tail and some more; where the weights sit elsewhere, twice as many until they are found.
    var count = min(sample.count, Int(2 * mass * Double(sample.count)) + 32)
    while true {
      select(count, of: sample, sampleWeights)
      if count == sample.count || cumulative[count - 1] > mass + Self.rounding { return }
      count = min(sample.count, 2 * count)
    }
  }

  private mutating func select(_ count: Int, of sample: [Double], _ sampleWeights: SampleWeights) {
    do throws(StatisticsError) {
      let worst = try WorstLosses(count, of: sample)
      losses = worst.losses
      scenarios = worst.scenarios
    } catch {
      preconditionFailure("a checked sample has worst losses")
    }
    weights = scenarios.map { sampleWeights.values[$0] }
    var total = CompensatedSum()
    cumulative = weights.map { weight in
      total += weight
      return total.value
    }
  }

  /// The position of the first loss whose cumulative weight exceeds a mass.
  func lowerPosition(_ mass: Double) -> Int {
    firstPosition { $0 > mass + Self.rounding }
  }

  /// The position of the first loss whose cumulative weight reaches a mass.
  func upperPosition(_ mass: Double) -> Int {
    firstPosition { $0 >= mass - Self.rounding }
  }

  /// The quantile exceeded with probability `mass`.
  func quantile(_ mass: Double, _ rule: WeightedQuantileRule) -> Double {
    switch rule {
    case .lowerQuantile: return losses[lowerPosition(mass)]
    case .upperQuantile: return losses[upperPosition(mass)]
    case .interpolated:
      let position = upperPosition(mass)
      guard position > 0 else { return losses[0] }
      let share = (mass - cumulative[position - 1]) / weights[position]
      return losses[position - 1] + min(1, share) * (losses[position] - losses[position - 1])
    }
  }

  /// The weighted mean of the losses no better than a quantile.
  func meanBeyond(_ quantile: Double) -> Double {
    var excess = 0.0
    var mass = 0.0
    for position in losses.indices.reversed() where losses[position] >= quantile {
      excess += weights[position] * (losses[position] - quantile)
      mass += weights[position]
    }
    return mass > 0 ? quantile + excess / mass : quantile
  }

  /// The last weighted position where rounding leaves the total below the mass.
  private func firstPosition(where condition: (Double) -> Bool) -> Int {
    let position = smallestIndex(in: cumulative.indices) { condition(cumulative[$0]) }
    if position < losses.count { return position }
    return weights.lastIndex { $0 > 0 } ?? losses.count - 1
  }
}
