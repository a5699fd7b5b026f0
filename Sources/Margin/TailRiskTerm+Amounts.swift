import LinearAlgebra
import Parallel
import Scenarios
import Statistics
import Valuation

extension TailRiskTerm {
  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    if let bound = batch.evidence.tailBounds?.bound(of: self, over: batch.pool.rows) {
      return TermAmounts(try bound.values(of: self, in: batch))
    }
    switch try batch.evidence.item(scenarios, for: name) {
    case .law(let law, let set):
      let parts = try parts(of: set, isLaw: true, in: batch, name)
      return combined(try closedForm(law, set, parts, batch, name), parts, batch)
    case .thinned(let set, of: _):
      guard !batch.states.hasOptions else { throw .noClosedForm(term: name) }
      return try amounts(under: set, batch, name)
    case .sampled(let set): return try amounts(under: set, batch, name)
    }
  }

  private func amounts(
    under set: ScenarioSet, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> TermAmounts {
    // A law asked for without draws, which has no closed form.
    if case .law = scenarios { throw .noClosedForm(term: name) }
    let parts = try parts(of: set, isLaw: false, in: batch, name)
    let isRevalued = batch.states.count == 1 || batch.states.hasOptions
    let tails =
      try isRevalued ? revalued(under: set, parts, batch, name) : product(with: set, parts, batch, name)
    return combined(tails, parts, batch)
  }

  private func combined(_ tails: PartTails, _ parts: TailParts, _ batch: PoolBatch) -> TermAmounts {
    var amounts: [Double] = []
    for state in 0..<batch.states.count {
      amounts.append(reading.combined(tails.values.map { $0[state] }, horizons: parts.horizons))
    }
    let binding = reading.binding(tails.values.map { $0[0] }, parts, tails.texts)
    return TermAmounts(amounts, binding: binding)
  }

  /// One P&L a state, kept whole, so that the binding scenario can be named.
  ///
  /// Parts of one sample share its P&L; parts of the moves have each their own.
  private func revalued(
    under set: ScenarioSet, _ parts: TailParts, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> PartTails {
    var tails = PartTails(parts: parts.parts.count, states: batch.states.count)
    guard parts.parts.contains(where: { $0.isMoved != nil }) else {
      let readers = try readers(of: parts, in: set, name)
      for index in 0..<batch.states.count {
        let whole = try losses(of: batch.states.state(at: index), under: set, batch)
        for (place, part) in parts.parts.enumerated() {
          let sample = part.scenarios.map { Array(whole[$0]) } ?? whole
          tails.note(try readers[place].tail(of: sample), ofPart: place, part, index, set)
        }
      }
      return tails
    }
    for (place, part) in parts.parts.enumerated() {
      let alone = part.isMoved.map(set.moving) ?? set
      let reader = try reader(of: part, in: set, name)
      for index in 0..<batch.states.count {
        let sample = try losses(of: batch.states.state(at: index), under: alone, batch)
        tails.note(try reader.tail(of: sample), ofPart: place, part, index, set)
      }
    }
    return tails
  }

  /// The losses of a pool in every scenario.
  func losses(
    of state: BookState, under set: ScenarioSet, _ batch: PoolBatch
  ) throws(MarginError) -> [Double] {
    let gains = try valuation { () throws(ValuationError) in
      try state.profitAndLoss(under: set, of: [batch.pool.rows], parallelism: batch.evidence.parallelism)
    }
    // Subtracting from zero, not negating: a profit of 0 is a loss of 0, never of −0.
    return gains.elements.map { 0 - $0 }
  }

  private func readers(
    of parts: TailParts, in set: ScenarioSet, _ name: String
  ) throws(MarginError) -> [LossReader] {
    var readers: [LossReader] = []
    for part in parts.parts { readers.append(try reader(of: part, in: set, name)) }
    return readers
  }

  private func reader(of part: TailPart, in set: ScenarioSet, _ name: String) throws(MarginError)
    -> LossReader
  {
    var weights = set.weights
    if let range = part.scenarios { weights = try weights?.part(range) }
    return try LossReader(
      self, sampleSize: part.scenarios?.count ?? set.count, weights: weights, name)
  }

  /// Exposures · moves for many states of a linear book, in blocks of states.
  private func product(
    with set: ScenarioSet, _ parts: TailParts, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> PartTails {
    let exposures = try exposures(to: set, batch)
    // Factors the pool does not depend on would only lengthen the product.
    let touched = (0..<exposures.rows).filter { factor in
      exposures.withRow(factor) { row in row.indices.contains { row[$0] != 0 } }
    }
    var tails = PartTails(parts: parts.parts.count, states: batch.states.count)
    for (place, part) in parts.parts.enumerated() {
      let moving = touched.filter { part.isMoved?[$0] ?? true }
      guard !moving.isEmpty else { continue }
      let moves = Matrix(
        rows: moving.map { factor in
          part.scenarios.map { Array(set.moves.row(factor)[$0]) } ?? set.moves.row(factor)
        })
      var reader = try reader(of: part, in: set, name)
      tails.values[place] = try Self.tails(of: exposures, moving, times: moves, &reader)
    }
    return tails
  }

  private static func tails(
    of exposures: Matrix, _ factors: [Int], times moves: Matrix, _ reader: inout LossReader
  ) throws(MarginError) -> [Double] {
    var tails = [Double](repeating: 0, count: exposures.columns)
    var block = Matrix(rows: statesPerBlock, columns: factors.count, repeating: 0)
    var losses = Matrix(rows: statesPerBlock, columns: moves.columns, repeating: 0)
    for first in stride(from: 0, to: tails.count, by: statesPerBlock) {
      let states = first..<min(first + statesPerBlock, tails.count)
      for (place, factor) in factors.enumerated() {
        exposures.withRow(factor) { source in
          for state in states { block[state - first, place] = -source[state] }
        }
      }
      multiply(block, moves, into: &losses)
      for state in states {
        tails[state] = try losses.withRow(state - first) { row throws(MarginError) in
          try reader.read(row)
        }
      }
    }
    return tails
  }

  /// What each state of the pool's linear rows gains for a relative move of one in each factor, factor × state.
  func exposures(to set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> Matrix {
    try requireCoverage(by: set, batch)
    return try valuation { () throws(ValuationError) in
      try batch.states.exposures(to: set.factors, of: batch.pool.rows)
    }
  }

  /// Stops where the set does not cover what the pool depends on.
  func requireCoverage(by set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) {
    try valuation { () throws(ValuationError) in
      try FactorBinding(batch.pool.rows.map { batch.states.rows[$0] }, in: set.factors)
        .requireCoverage(by: set)
    }
  }

  /// Small enough for a block's P&L to stay in cache for windows of a few hundred moves.
  private static let statesPerBlock = 64
}

/// The tails of the parts of a reading.
struct PartTails: Sendable {
  /// One a state, part by part.
  var values: [[Double]]
  /// The scenario behind each part's tail in the first state; empty where none is.
  var texts: [String]

  init(parts: Int, states: Int) {
    values = [[Double]](repeating: [Double](repeating: 0, count: states), count: parts)
    texts = [String](repeating: "", count: parts)
  }

  /// Notes the tail of a part in one state, and in the first state its scenario.
  mutating func note(
    _ tail: (value: Double, scenario: Int), ofPart place: Int, _ part: TailPart, _ state: Int,
    _ set: ScenarioSet
  ) {
    values[place][state] = tail.value
    if state == 0 { texts[place] = set.labels.text((part.scenarios?.lowerBound ?? 0) + tail.scenario) }
  }
}
