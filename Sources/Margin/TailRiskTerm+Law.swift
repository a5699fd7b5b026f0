import LinearAlgebra
import Parallel
import Scenarios
import Statistics
import Valuation

extension TailRiskTerm {
  /// The tails of the parts under a law.
  ///
  /// A linear pool has the tail of an elliptical law. One with options has that of a quadratic function of normal moves, where
  /// the term asks for a law and not for draws from it.
  func closedForm(
    _ law: EllipticalLaw, _ set: ScenarioSet, _ parts: TailParts, _ batch: PoolBatch, _ name: String
  ) throws(MarginError) -> PartTails {
    var tails = PartTails(parts: parts.parts.count, states: batch.states.count)
    guard batch.holdsOptions else {
      let exposures = try exposures(to: set, batch)
      let multiplier = multiplier(of: law.tail)
      for (place, part) in parts.parts.enumerated() {
        tails.values[place] = law.standardDeviations(of: exposures.keeping(rows: part.isMoved))
          .map { $0 * multiplier }
      }
      return tails
    }
    let quadratic = try quadraticTail(under: law, name)
    try requireCoverage(by: set, batch)
    let states = try mapBlocks(of: batch.states.count, size: 1, parallelism: batch.evidence.parallelism) {
      (index, _) throws(MarginError) in
      let profit = try profit(of: batch.states.state(at: index), under: set, batch)
      var values: [Double] = []
      for part in parts.parts { values.append(try quadratic.value(of: profit.keeping(part.isMoved))) }
      return values
    }
    for place in parts.parts.indices { tails.values[place] = states.map { $0[place] } }
    return tails
  }

  /// What the pool gains to second order.
  func profit(
    of state: BookState, under set: ScenarioSet, _ batch: PoolBatch
  ) throws(MarginError) -> QuadraticProfit {
    try valuation { () throws(ValuationError) in
      try state.quadraticProfit(of: batch.pool.rows, in: set.factors, volatility: set.volatility)
    }
  }

  /// The tails of quadratic profits under a law; refused unless the law is normal and asked for without draws.
  func quadraticTail(under law: EllipticalLaw, _ name: String) throws(MarginError) -> QuadraticTail {
    guard case .law = scenarios, law.tail == .normal else { throw .noClosedForm(term: name) }
    return QuadraticTail(term: self, covariance: law.covariance, name: name)
  }

  /// The measure of a unit-variance variable of the law.
  func multiplier(of tail: EllipticalTail) -> Double {
    measure == .valueAtRisk ? tail.valueAtRisk(at: confidence) : tail.expectedShortfall(at: confidence)
  }
}

/// The tail of profits that are quadratic in normal moves, by the method of a term.
struct QuadraticTail: Sendable {
  let term: TailRiskTerm
  let covariance: Matrix
  let name: String

  /// The measure of the tail, a loss in USD.
  func value(of profit: QuadraticProfit) throws(MarginError) -> Double {
    let factors = profit.touchedFactors
    let delta = factors.map { profit.delta[$0] }
    let part = covariance.keeping(factors)
    if term.method == .deltaNormal || profit.isLinear {
      let weighted = multiply(part, delta)
      let variance = zip(delta, weighted).reduce(0) { $0 + $1.0 * $1.1 }
      return term.multiplier(of: .normal) * max(0, variance).squareRoot()
    }
    do throws(QuadraticGaussianError) {
      let gain = try QuadraticGaussian(delta: delta, gamma: profit.gamma.keeping(factors), covariance: part)
      return try value(ofLoss: gain.negated)
    } catch .noVariance {
      return 0
    } catch {
      throw .quadraticLaw(error, term: name)
    }
  }

  private func value(ofLoss law: QuadraticGaussian) throws(QuadraticGaussianError) -> Double {
    let confidence = term.confidence
    switch (term.method, term.measure) {
    case (.exact, .valueAtRisk):
      return try CharacteristicFunctionInversion(law).valueAtRisk(at: confidence).value
    case (.exact, .expectedShortfall):
      return try CharacteristicFunctionInversion(law).expectedShortfall(at: confidence).value
    case (.deltaNormal, _), (.deltaGammaNormal, _):
      return law.mean + law.standardDeviation * term.multiplier(of: .normal)
    case (.cornishFisher, .valueAtRisk): return try CornishFisher(law).valueAtRisk(at: confidence)
    case (.cornishFisher, .expectedShortfall): return try CornishFisher(law).expectedShortfall(at: confidence)
    case (.saddlepoint, .valueAtRisk): return try SaddlepointTail(law).valueAtRisk(at: confidence)
    case (.saddlepoint, .expectedShortfall): return try law.saddlepointShortfall(at: confidence)
    }
  }
}

extension QuadraticGaussian {
  /// The mean of the saddlepoint's value at risk over the levels beyond one: ∫₀¹ VaR(1 − (1 − c)·t³)·3t² dt by Simpson's rule.
  fileprivate func saddlepointShortfall(at confidence: Confidence) throws(QuadraticGaussianError) -> Double {
    let tail = SaddlepointTail(self)
    let intervals = 32
    var sum = 0.0
    for point in 1...intervals {
      let t = Double(point) / Double(intervals)
      // Rounding cannot bring a level in the tail of another to one or one half.
      guard let level = try? Confidence(1 - confidence.tailProbability * t * t * t) else { continue }
      let weight = point == intervals ? 1.0 : point % 2 == 1 ? 4 : 2
      sum += weight * 3 * t * t * (try tail.valueAtRisk(at: level))
    }
    return sum / Double(3 * intervals)
  }
}

extension QuadraticProfit {
  /// The factors it depends on, ascending.
  var touchedFactors: [Int] {
    delta.indices.filter { factor in
      delta[factor] != 0 || gamma.withRow(factor) { row in row.indices.contains { row[$0] != 0 } }
    }
  }

  /// The profit of moves of some factors alone; `nil` for all.
  func keeping(_ isMoved: [Bool]?) -> QuadraticProfit {
    guard let isMoved else { return self }
    return QuadraticProfit(
      delta: delta.indices.map { isMoved[$0] ? delta[$0] : 0 },
      gamma: Matrix(rows: gamma.rows, columns: gamma.columns) { row, column in
        isMoved[row] && isMoved[column] ? gamma[row, column] : 0
      })
  }
}

extension Matrix {
  /// The rows and columns of some numbers alone.
  func keeping(_ places: [Int]) -> Matrix {
    Matrix(rows: places.count, columns: places.count) { self[places[$0], places[$1]] }
  }

  /// The matrix with zeros in rows that are not kept; `nil` keeps all.
  func keeping(rows isKept: [Bool]?) -> Matrix {
    guard let isKept else { return self }
    return Matrix(rows: rows, columns: columns) { row, column in isKept[row] ? self[row, column] : 0 }
  }
}

extension PoolBatch {
  /// Whether a row of the pool is an option.
  var holdsOptions: Bool { pool.rows.contains { states.rows[$0].kind == .option } }
}
