import LinearAlgebra
import Parallel
public import Scenarios
public import Statistics
import Valuation

/// The tail of the P&L of all rows of a pool together, positions and collateral alike.
public struct TailRiskTerm: Hashable, Sendable {
  /// What is read off the tail.
  public enum Measure: String, Hashable, Sendable, CaseIterable {
    /// The loss exceeded with probability one minus the confidence.
    case valueAtRisk
    /// The mean of the losses beyond it.
    case expectedShortfall
  }

  /// What is read off the tail.
  public let measure: Measure
  /// The level.
  public let confidence: Confidence
  /// The scenarios: historical or drawn, or a law in closed form.
  public let scenarios: ScenarioRequest
  /// The convention of the value at risk.
  public let quantile: TailQuantile
  /// How the tails of parts make one number.
  public let reading: TailReading
  /// How the tail of a law is had without draws.
  public let method: ClosedFormMethod

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - measure: what is read off the tail.
  ///   - confidence: the level.
  ///   - scenarios: historical or drawn, or a law in closed form.
  ///   - quantile: the convention of the value at risk.
  ///   - reading: how the tails of parts make one number.
  ///   - method: how the tail of a law is had without draws.
  public init(
    measure: Measure, confidence: Confidence, scenarios: ScenarioRequest,
    quantile: TailQuantile = .lowerQuantile, reading: TailReading = .whole, method: ClosedFormMethod = .exact
  ) {
    self.measure = measure
    self.confidence = confidence
    self.scenarios = scenarios
    self.quantile = quantile
    self.reading = reading
    self.method = method
  }

  /// The measure of a tail.
  ///
  /// - Parameter tail: the tail at this term's confidence.
  /// - Returns: a loss in the unit of the tail; negative for a certain gain.
  public func value(of tail: TailRisk) -> Double {
    measure == .valueAtRisk ? tail.valueAtRisk : tail.expectedShortfall
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    switch try batch.evidence.item(scenarios, for: name) {
    case .law(let law, let set): try closedForm(law, set, batch, name)
    case .sampled(let set) where batch.states.count == 1 || batch.states.hasOptions:
      try revalued(under: set, batch)
    case .sampled(let set): try product(with: set, batch)
    }
  }

  /// One P&L a state, kept whole, so that the binding scenario can be named.
  private func revalued(under set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> TermAmounts {
    var amounts: [Double] = []
    var binding = ""
    for index in 0..<batch.states.count {
      let gains = try valuation { () throws(ValuationError) in
        try batch.states.state(at: index).profitAndLoss(
          under: set, of: [batch.pool.rows], parallelism: batch.evidence.parallelism)
      }
      let tail = try statistics { () throws(StatisticsError) in
        try TailRisk(ofProfitAndLoss: gains.elements, at: confidence)
      }
      amounts.append(value(of: tail))
      if index == 0 { binding = set.labels.text(tail.bindingScenario) }
    }
    return TermAmounts(amounts, binding: binding)
  }

  /// Exposures · moves for many states of a linear book, in blocks of states.
  private func product(with set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> TermAmounts {
    let exposures = try exposures(to: set, batch)
    // Factors the pool does not depend on would only lengthen the product.
    let touched = (0..<exposures.rows).filter { factor in
      exposures.withRow(factor) { row in row.indices.contains { row[$0] != 0 } }
    }
    var amounts = [Double](repeating: 0, count: batch.states.count)
    guard !touched.isEmpty else { return TermAmounts(amounts) }
    let moves = Matrix(rows: touched.map { set.moves.row($0) })
    var reader = TailReader(sampleSize: set.count, at: confidence)
    var block = Matrix(rows: Self.statesPerBlock, columns: touched.count, repeating: 0)
    var losses = Matrix(rows: Self.statesPerBlock, columns: set.count, repeating: 0)
    for first in stride(from: 0, to: amounts.count, by: Self.statesPerBlock) {
      let states = first..<min(first + Self.statesPerBlock, amounts.count)
      for (place, factor) in touched.enumerated() {
        exposures.withRow(factor) { source in
          for state in states { block[state - first, place] = -source[state] }
        }
      }
      multiply(block, moves, into: &losses)
      for state in states {
        let tail = try statistics { () throws(StatisticsError) in
          try losses.withRow(state - first) { row throws(StatisticsError) in try reader.read(row) }
        }
        amounts[state] = measure == .valueAtRisk ? tail.valueAtRisk : tail.expectedShortfall
      }
    }
    return TermAmounts(amounts)
  }

  private func closedForm(
    _ law: EllipticalLaw, _ set: ScenarioSet, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> TermAmounts {
    guard !batch.states.hasOptions else { throw .noClosedForm(term: name) }
    let multiplier = multiplier(of: law.tail)
    let exposures = try exposures(to: set, batch)
    return TermAmounts(law.standardDeviations(of: exposures).map { $0 * multiplier })
  }

  private func exposures(to set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> Matrix {
    try valuation { () throws(ValuationError) in
      try FactorBinding(batch.pool.rows.map { batch.states.rows[$0] }, in: set.factors).requireCoverage(
        by: set)
      return try batch.states.exposures(to: set.factors, of: batch.pool.rows)
    }
  }

  /// The measure of a unit-variance variable of the law.
  private func multiplier(of tail: EllipticalTail) -> Double {
    measure == .valueAtRisk ? tail.valueAtRisk(at: confidence) : tail.expectedShortfall(at: confidence)
  }

  /// Small enough for a block's P&L to stay in cache for windows of a few hundred moves.
  private static let statesPerBlock = 64
}

/// Runs an estimate and passes on what stopped it.
func statistics<Value>(_ body: () throws(StatisticsError) -> Value) throws(MarginError) -> Value {
  do throws(StatisticsError) {
    return try body()
  } catch {
    throw .statistics(error)
  }
}
