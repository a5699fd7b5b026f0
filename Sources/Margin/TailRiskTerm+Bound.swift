import LinearAlgebra
import MarketData
import Scenarios
import Statistics
package import Valuation

/// What the tails of a regime can at most come to after a move of a linear book, from its tails before the move.
///
/// A tail is monotone in losses and follows a sum that is added to all of them, so that exposures e + δ have at most the
/// tail of e and `Σ_f max_i(−δ_f·m_fi)` over the moves m of the sample; under an elliptical law, of which it is a
/// multiple k of the standard deviation, at most that of e and `k·Σ_f |δ_f|·σ_f`.
package struct TailBounds: Sendable {
  /// One tail a term and pool.
  fileprivate struct Place: Hashable {
    let term: TailRiskTerm
    let rows: [Int]
  }

  fileprivate var bounds: [Place: TailBound] = [:]

  func bound(of term: TailRiskTerm, over rows: [Int]) -> TailBound? {
    bounds[Place(term: term, rows: rows)]
  }
}

/// What the tail of one pool can at most come to.
struct TailBound: Sendable {
  private let set: ScenarioSet
  /// Today's exposures, one a factor, in USD.
  private let exposures: [Double]
  /// Today's tail with room for rounding, in USD.
  private let tail: Double
  /// The least and the largest move of each factor, with room for rounding.
  private let reach: [ClosedRange<Double>]

  /// A bound from today's tail, and what the tail of one USD exposed to each factor lies between.
  init(tail: Double, exposures: [Double], reach: [ClosedRange<Double>], of set: ScenarioSet) {
    let sizes = reach.map { max(abs($0.lowerBound), abs($0.upperBound)) }
    self.set = set
    self.exposures = exposures
    self.tail =
      tail + Self.rounding * zip(exposures, sizes).reduce(abs(tail)) { $0 + abs($1.0) * $1.1 }
    self.reach = zip(reach, sizes).map { range, size in
      (range.lowerBound - Self.rounding * size)...(range.upperBound + Self.rounding * size)
    }
  }

  /// Many times what the sums behind a tail are rounded by, as a share of the addends.
  private static let rounding = 1e-9

  /// The bound in every state of a batch, in USD.
  func values(of term: TailRiskTerm, in batch: PoolBatch) throws(MarginError) -> [Double] {
    let moved = try term.exposures(to: set, batch)
    var bounds = [Double](repeating: tail, count: moved.columns)
    for (factor, range) in reach.enumerated() where range != 0...0 {
      let (today, fall, rise) = (exposures[factor], 0 - range.lowerBound, 0 - range.upperBound)
      moved.withRow(factor) { row in
        for state in bounds.indices {
          let change = row[state] - today
          bounds[state] += max(change * fall, change * rise)
        }
      }
    }
    return bounds
  }
}

extension Evidence {
  /// What the tails of a regime can at most come to after any move of a book, so that both margins can be bounded.
  ///
  /// - Parameters:
  ///   - regime: the rules.
  ///   - state: the book before the move.
  /// - Returns: bounds for states of the same rows; `nil` where no term is a tail, where one has no bound (options, readings
  ///   of parts, tails within risk units, interpolation between unequal weights), where a margin may fall when a tail
  ///   rises, and where there is no requirement before the move.
  package func bounds(of regime: MarginRegime, from state: BookState) -> TailBounds? {
    let tails = regime.terms.filter { $0.term.holdsTail }
    guard !tails.isEmpty, !state.hasOptions, regime.rules.areNonDecreasing(in: Set(tails.map(\.name))) else {
      return nil
    }
    var all = TailBounds()
    for batch in regime.batches(of: BookStates(state), given: self) {
      for named in tails {
        guard case .tailRisk(let term) = named.term,
          let bound = try? term.bound(in: batch, name: named.name)
        else { return nil }
        all.bounds[TailBounds.Place(term: term, rows: batch.pool.rows)] = bound
      }
    }
    return all
  }
}

extension MarginTerm {
  /// Whether the tail of a P&L is read anywhere in the term.
  fileprivate var holdsTail: Bool {
    switch self {
    case .tailRisk: true
    case .riskUnits(let units):
      units.groups.contains { group in group.rules.terms.contains { $0.term.holdsTail } }
    case .rateSum, .optionRule, .loan, .haircut, .scenarioGrid, .charge, .rollCharge, .stated, .plugIn: false
    }
  }
}

extension TailRiskTerm {
  /// The bound from the one state of a batch; `nil` where the term has none.
  fileprivate func bound(in batch: PoolBatch, name: String) throws(MarginError) -> TailBound? {
    guard case .whole = reading else { return nil }
    let tail: Double
    let set: ScenarioSet
    let reach: (_ factor: Int) -> ClosedRange<Double>
    switch try batch.evidence.item(scenarios, for: name) {
    case .law(let law, let over):
      set = over
      tail = try amounts(in: batch, name: name).initial[0]
      let multiplier = abs(multiplier(of: law.tail))
      reach = { factor in
        let deviation = multiplier * max(0, law.covariance[factor, factor]).squareRoot()
        return -deviation...deviation
      }
    case .sampled(let sample), .thinned(let sample, of: _):
      guard let bounding = bounding(sample.weights) else { return nil }
      set = sample
      tail = try bounding.amounts(in: batch, name: name).initial[0]
      reach = { sample.moves.rangeOfRow($0) }
    }
    let needed = try valuation { () throws(ValuationError) in
      try FactorBinding(batch.pool.rows.map { batch.states.rows[$0] }, in: set.factors).needed
    }
    return TailBound(
      tail: tail, exposures: try exposures(to: set, batch).column(0),
      reach: (0..<set.factors.count).map { needed.contains($0) ? reach($0) : 0...0 }, of: set)
  }

  /// The term whose tail today bounds this one's after a move.
  ///
  /// With unequal weights it lies a little deeper: cumulative weights of another order may be rounded across the level.
  /// Interpolated between unequal weights, a quantile may fall when a loss rises past another of more weight.
  private func bounding(_ weights: SampleWeights?) -> TailRiskTerm? {
    guard let weights, !weights.isEqual else { return self }
    guard measure == .expectedShortfall || quantile != .interpolated,
      let deeper = try? Confidence(confidence.value + 1e-9 * confidence.tailProbability)
    else { return nil }
    return TailRiskTerm(
      measure: measure, confidence: deeper, scenarios: scenarios, quantile: quantile, reading: reading,
      method: method)
  }
}

extension Matrix {
  fileprivate func rangeOfRow(_ row: Int) -> ClosedRange<Double> {
    withRow(row) { numbers in
      var (least, largest) = (numbers[0], numbers[0])
      for place in numbers.indices {
        least = min(least, numbers[place])
        largest = max(largest, numbers[place])
      }
      return least...largest
    }
  }
}

/// What a regime demands in every one of many states of one book, exactly wherever a pool is not healthy.
///
/// The tails of states whose pools are healthy even at the bound are not computed: a status never gets worse when a margin
/// falls.
///
/// - Parameters:
///   - regime: the rules.
///   - states: the states, of the rows the bounds were made for.
///   - evidence: the scenario sets or laws the regime asked for.
///   - bounds: what its tails can at most come to; `nil` for exact amounts everywhere.
/// - Throws: ``MarginError``.
/// - Returns: equity, market value and status of every pool exactly; margins exactly, or bounds of them where all pools are
///   healthy.
package func requirements(
  of regime: MarginRegime, for states: BookStates, given evidence: Evidence,
  unlessHealthyAt bounds: TailBounds?
) throws(MarginError) -> RequirementBatch {
  guard let bounds else { return try requirements(of: regime, for: states, given: evidence) }
  let atMost = try requirements(of: regime, for: states, given: evidence.bounded(by: bounds))
  let open = atMost.unhealthyStates(under: regime.levels)
  guard !open.isEmpty else { return atMost }
  let exact = try requirements(of: regime, for: states.selecting(states: open), given: evidence)
  return atMost.replacing(marginsOf: open, by: exact)
}

extension RequirementBatch {
  /// The states in which any pool is not healthy, ascending.
  fileprivate func unhealthyStates(under levels: MarginLevels) -> [Int] {
    (0..<count).filter { state in
      pools.contains { pool in
        levels.status(
          equity: pool.equity[state], initial: pool.initial[state], maintenance: pool.maintenance[state])
          != .healthy
      }
    }
  }

  /// The batch with the margins of some states from a batch of these alone.
  fileprivate func replacing(marginsOf states: [Int], by other: RequirementBatch) -> RequirementBatch {
    func replaced(_ numbers: [Double], _ exact: [Double]) -> [Double] {
      var numbers = numbers
      for (place, state) in states.enumerated() { numbers[state] = exact[place] }
      return numbers
    }
    return RequirementBatch(
      pools: zip(pools, other.pools).map { pool, exact in
        RequirementBatch.Pool(
          name: pool.name, equity: pool.equity, marketValue: pool.marketValue,
          initial: replaced(pool.initial, exact.initial),
          maintenance: replaced(pool.maintenance, exact.maintenance))
      }, count: count)
  }
}
