import LinearAlgebra
import MarketData
import RealModule
import Scenarios
import Statistics
import Valuation

extension TailRiskTerm {
  /// The term in the first state, taken apart by row and by factor.
  ///
  /// Of a sample: the rows' mean losses over the scenarios that make the tail, those around the quantile for a value at risk.
  /// Under a law: Euler's shares. The tails of the parts of a reading count by the derivative of the reading.
  func shares(in batch: PoolBatch, _ name: String) throws(MarginError) -> Shares {
    let item = try batch.evidence.item(scenarios, for: name)
    let own: [Shares]
    let parts: TailParts
    switch item {
    case .law(let law, let set):
      parts = try self.parts(of: set, isLaw: true, in: batch, name)
      let tails = try closedForm(law, set, parts, batch, name).values
      own = try shares(of: parts) { part, place throws(MarginError) in
        try lawShares(of: tails[place][0], under: law, set, part, batch, name)
      }
    case .sampled(let set), .thinned(let set, of: _):
      if case .law = scenarios { throw .noClosedForm(term: name) }
      parts = try self.parts(of: set, isLaw: false, in: batch, name)
      own = try shares(of: parts) { part, _ throws(MarginError) in
        try sampleShares(under: set, part, batch, name)
      }
    }
    var shares = Shares(rows: batch.states.rows.count)
    let weights = reading.shares(own.map(\.total), horizons: parts.horizons)
    for (part, weight) in zip(own, weights) where weight != 0 { shares.add(part, times: weight) }
    return shares
  }

  private func shares(
    of parts: TailParts, _ one: (TailPart, Int) throws(MarginError) -> Shares
  ) throws(MarginError) -> [Shares] {
    var shares: [Shares] = []
    for (place, part) in parts.parts.enumerated() { shares.append(try one(part, place)) }
    return shares
  }

  /// The losses of rows and factors over the weighted scenarios of a tail.
  private func sampleShares(
    under set: ScenarioSet, _ part: TailPart, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> Shares {
    let state = batch.states.state(at: 0)
    var sample = part.isMoved.map(set.moving) ?? set
    if let range = part.scenarios { sample = sample.selecting(Array(range)) }
    let losses = try losses(of: state, under: sample, batch)
    let reader = try LossReader(self, sampleSize: sample.count, weights: sample.weights, name)
    let value = try reader.tail(of: losses).value
    let tail = try TailScenarios(of: losses, sample.weights, self, value: value)
    let chosen = sample.selecting(tail.scenarios)
    let gains = try valuation { () throws(ValuationError) in
      try state.profitAndLoss(
        under: chosen, of: batch.pool.rows.map { [$0] }, parallelism: batch.evidence.parallelism)
    }
    var shares = Shares(rows: batch.states.rows.count)
    for (place, row) in batch.pool.rows.enumerated() {
      shares.rows[row] = 0 - gains.withRow(place) { tail.mean(of: $0) }
    }
    shares = shares.completed(to: value, name)
    let delta = try profit(of: state, under: sample, batch).delta
    var linear = 0.0
    for factor in delta.indices where delta[factor] != 0 {
      let amount = 0 - delta[factor] * chosen.moves.withRow(factor) { tail.mean(of: $0) }
      shares.factors[sample.factors.factors[factor]] = amount
      linear += amount
    }
    shares.splitRest(of: value, linear: linear, holdsOptions: batch.holdsOptions)
    return shares
  }

  /// Euler's shares of a tail under a law.
  private func lawShares(
    of value: Double, under law: EllipticalLaw, _ set: ScenarioSet, _ part: TailPart, _ batch: PoolBatch,
    _ name: String
  ) throws(MarginError) -> Shares {
    let state = batch.states.state(at: 0)
    var profits: [QuadraticProfit] = []
    for row in batch.pool.rows {
      profits.append(
        try valuation { () throws(ValuationError) in
          try state.quadraticProfit(of: [row], in: set.factors, volatility: set.volatility)
        }.keeping(part.isMoved))
    }
    let whole = try profit(of: state, under: set, batch).keeping(part.isMoved)
    if batch.holdsOptions {
      let tail = try quadraticTail(under: law, name)
      return try shares(of: value, whole, profits, under: tail, set, batch, name)
    }
    let weighted = multiply(law.covariance, whole.delta)
    let variance = zip(whole.delta, weighted).reduce(0) { $0 + $1.0 * $1.1 }
    var shares = Shares(rows: batch.states.rows.count)
    guard variance > 0 else { return shares }
    let scale = multiplier(of: law.tail) / variance.squareRoot()
    for (row, profit) in zip(batch.pool.rows, profits) {
      shares.rows[row] = scale * zip(profit.delta, weighted).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for factor in whole.delta.indices where whole.delta[factor] != 0 {
      shares.factors[set.factors.factors[factor]] = scale * whole.delta[factor] * weighted[factor]
    }
    return shares
  }

  /// The derivative of the tail by the size of each row, and by the first order of each factor, by central differences.
  private func shares(
    of value: Double, _ whole: QuadraticProfit, _ profits: [QuadraticProfit], under tail: QuadraticTail,
    _ set: ScenarioSet, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> Shares {
    func derivative(along profit: QuadraticProfit) throws(MarginError) -> Double {
      let up = try tail.value(of: whole.adding(profit, times: Self.step))
      let down = try tail.value(of: whole.adding(profit, times: -Self.step))
      return (up - down) / (2 * Self.step)
    }
    var shares = Shares(rows: batch.states.rows.count)
    for (row, profit) in zip(batch.pool.rows, profits) where !profit.isZero {
      shares.rows[row] = try derivative(along: profit)
    }
    shares = shares.scaled(to: value).completed(to: value, name)
    var linear = 0.0
    let none = Matrix(rows: whole.gamma.rows, columns: whole.gamma.columns, repeating: 0)
    for factor in whole.delta.indices where whole.delta[factor] != 0 {
      var delta = [Double](repeating: 0, count: whole.delta.count)
      delta[factor] = whole.delta[factor]
      let amount = try derivative(along: QuadraticProfit(delta: delta, gamma: none))
      shares.factors[set.factors.factors[factor]] = amount
      linear += amount
    }
    shares.splitRest(of: value, linear: linear, holdsOptions: true)
    return shares
  }

  /// Relative: the error of a difference is about its square, and what rounding leaves is divided by it.
  private static let step = 3e-4
}

extension Shares {
  /// Puts what the factors' first order does not explain where it belongs.
  fileprivate mutating func splitRest(of value: Double, linear: Double, holdsOptions: Bool) {
    if holdsOptions {
      nonLinear = value - linear
    } else {
      // A quantile rule between scenarios leaves a rest that no row owns either.
      otherTerms = account.isEmpty ? 0 : value - linear
    }
  }

  /// Rows scaled to an amount they nearly add up to.
  fileprivate func scaled(to amount: Double) -> Shares {
    let scale = amount / total
    guard (0.5...2).contains(scale) else { return self }
    var scaled = self
    for row in rows.indices { scaled.rows[row] *= scale }
    return scaled
  }
}

extension QuadraticProfit {
  fileprivate var isZero: Bool { isLinear && delta.allSatisfy { $0 == 0 } }

  fileprivate func adding(_ other: QuadraticProfit, times factor: Double) -> QuadraticProfit {
    QuadraticProfit(
      delta: zip(delta, other.delta).map { $0 + factor * $1 },
      gamma: Matrix(
        rows: gamma.rows, columns: gamma.columns,
        elements: zip(gamma.elements, other.gamma.elements).map { $0 + factor * $1 }))
  }
}

/// The scenarios that make a tail, with weights under which the mean loss is the tail.
struct TailScenarios: Sendable {
  let scenarios: [Int]
  let weights: [Double]

  /// The scenarios behind the measure of a sample.
  ///
  /// Of an expected shortfall those of the tail. Of a value at risk those around the quantile, weighted as Harrell and Davis
  /// weight order statistics and scaled to it: one scenario alone would make shares that jump from sample to sample.
  /// Epperlein, Smillie: Cracking VaR with kernels (2006); Harrell, Davis: A new distribution-free quantile estimator (1982).
  init(
    of losses: [Double], _ sampleWeights: SampleWeights?, _ term: TailRiskTerm, value: Double
  ) throws(MarginError) {
    let weights = sampleWeights ?? .equal(count: losses.count)
    let tail = try estimation { () throws(EstimationError) in
      try WeightedTailRisk(ofLosses: losses, weights: weights, at: term.confidence)
    }
    guard term.measure == .valueAtRisk else {
      (scenarios, self.weights) = (tail.members, tail.weights)
      return
    }
    let smooth = Self.aroundQuantile(of: losses, weights, at: term.confidence)
    let scale = value / smooth.reduce(0) { $0 + $1.weight * losses[$1.scenario] }
    guard (0.5...2).contains(scale) else {
      (scenarios, self.weights) = ([tail.bindingScenario], [1])
      return
    }
    scenarios = smooth.map(\.scenario)
    self.weights = smooth.map { $0.weight * scale }
  }

  /// The weighted sum of one number a scenario.
  func mean(of numbers: Span<Double>) -> Double {
    var sum = 0.0
    for place in weights.indices { sum += weights[place] * numbers[place] }
    return sum
  }

  /// The weights of Harrell and Davis by the midpoint rule: the density of Beta((n + 1)c, (n + 1)(1 − c)) in the middle of
  /// each loss's probability, with n the effective size of the sample.
  private static func aroundQuantile(
    of losses: [Double], _ weights: SampleWeights, at confidence: Confidence
  ) -> [(scenario: Int, weight: Double)] {
    let order = losses.indices.sorted { losses[$0] < losses[$1] || (losses[$0] == losses[$1] && $0 < $1) }
    let size = weights.effectiveSampleSize + 1
    let below = size * confidence.value - 1
    let above = size * confidence.tailProbability - 1
    var passed = 0.0
    var logarithms: [Double] = []
    for scenario in order {
      let middle = passed + weights.values[scenario] / 2
      passed += weights.values[scenario]
      let rest = max(weights.values[scenario] / 2, 1 - middle)
      let isCounted = weights.values[scenario] > 0
      logarithms.append(isCounted ? below * .log(middle) + above * .log(rest) : -.infinity)
    }
    let highest = logarithms.max() ?? 0
    let chosen = zip(order, logarithms).filter { $0.1 > highest - negligible }
    let shares = chosen.map { weights.values[$0.0] * Double.exp($0.1 - highest) }
    let sum = shares.reduce(0, +)
    return zip(chosen, shares).map { ($0.0, $1 / sum) }
  }

  /// In logarithms: what is left out is below a millionth of a millionth.
  private static let negligible = 28.0
}
