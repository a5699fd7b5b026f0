public import Instruments
public import LinearAlgebra
public import MarketData
public import Statistics

/// Where the moves of one factor come from.
public enum FactorSource: Hashable, Sendable, CustomStringConvertible {
  /// The asset's own history.
  case history
  /// The history of another asset, times a beta.
  case proxy(Asset, beta: Double)
  /// A response model of the study.
  case model(String)
  /// A stress grid.
  case grid
  /// Nothing moves the factor: the study names no model for it.
  case constant

  /// `history`, `proxy ETH × 1.2`, `model …`, `grid` or `constant`.
  public var description: String {
    switch self {
    case .history: "history"
    case .proxy(let asset, let beta): "proxy \(asset) × \(beta)"
    case .model(let name): "model \(name)"
    case .grid: "grid"
    case .constant: "constant"
    }
  }
}

/// How far a scenario set covers one factor.
public struct FactorCoverage: Hashable, Sendable {
  /// Where the moves come from.
  public let source: FactorSource
  /// The scenarios (of a historical set) or observations (of a drawn one) in which the factor has no move, ascending.
  public let missing: [Int]
  /// What the history held for the factor's asset; `nil` where no history is used.
  public let history: AssetCoverage?

  /// Whether the factor has a move everywhere, so that a book exposed to it can be valued.
  public var isComplete: Bool { missing.isEmpty }

  /// Makes a coverage.
  ///
  /// - Parameters:
  ///   - source: where the moves come from.
  ///   - missing: where the factor has no move, ascending.
  ///   - history: what the history held for the factor's asset.
  public init(source: FactorSource, missing: [Int] = [], history: AssetCoverage? = nil) {
    self.source = source
    self.missing = missing
    self.history = history
  }
}

/// What each scenario of a set stands for.
public enum ScenarioLabels: Hashable, Sendable {
  /// The start and end of each historical move.
  case moves(starts: [Timestamp], ends: [Timestamp])
  /// The absolute numbers of the draws.
  case draws([Int])
  /// The points of a grid.
  case grid([GridPoint])

  /// A short text for one scenario.
  ///
  /// - Parameter scenario: the scenario's index in its set.
  /// - Returns: such as `2022-11-08 → 2022-11-09`, `draw 17` or `spot -15 %, volatility +40 %`.
  public func text(_ scenario: Int) -> String {
    switch self {
    case .moves(let starts, let ends): return "\(starts[scenario]) → \(ends[scenario])"
    case .draws(let numbers): return "draw \(numbers[scenario])"
    case .grid(let points): return points[scenario].move.description
    }
  }
}

/// What may happen: the joint moves of every factor in every scenario.
public struct ScenarioSet: Sendable {
  /// The factors, in the study's order.
  public let factors: FactorSpace
  /// Simple relative moves, factor × scenario; none below −1; zero where a factor has none.
  public let moves: Matrix
  /// What each scenario stands for.
  public let labels: ScenarioLabels
  /// How far each factor is covered, in the order of ``factors``.
  public let coverage: [FactorCoverage]
  /// How the implied volatility of an option answers.
  public let volatility: VolatilityAnswer
  /// The calibration behind a drawn set; `nil` for others.
  public let calibration: Calibration?
  /// What each scenario counts; `nil` where all count the same.
  public let weights: SampleWeights?
  /// How many independent replicates the draws are made of, one after the other; `nil` where every draw is independent.
  public let replicates: Int?
  /// What a filter did to the moves; `nil` where they are as they were.
  public let filtering: FilterReport?
  /// How many moves were below −1 and set to it.
  public let clippedMoves: Int

  /// How many scenarios there are.
  public var count: Int { moves.columns }

  /// Makes a set.
  ///
  /// - Parameters:
  ///   - factors: the factors.
  ///   - moves: factor × scenario, finite; moves below −1 are set to −1 and counted.
  ///   - labels: what each scenario stands for.
  ///   - coverage: one entry a factor.
  ///   - volatility: how the implied volatility of an option answers.
  ///   - calibration: the calibration behind a drawn set.
  ///   - weights: what each scenario counts.
  ///   - replicates: how many independent replicates the draws are made of.
  ///   - filtering: what a filter did to the moves.
  public init(
    factors: FactorSpace, moves: Matrix, labels: ScenarioLabels, coverage: [FactorCoverage],
    volatility: VolatilityAnswer = .factors([:]), calibration: Calibration? = nil,
    weights: SampleWeights? = nil, replicates: Int? = nil, filtering: FilterReport? = nil
  ) {
    precondition(weights.map { $0.count == moves.columns } ?? true, "one weight a scenario")
    precondition(
      moves.rows == factors.count && coverage.count == factors.count, "one row and one coverage a factor")
    // Both counts in one pass without branches.
    var clipped = 0
    var wild = 0
    for move in moves.elements {
      clipped &+= move < -1 ? 1 : 0
      wild &+= abs(move) <= .greatestFiniteMagnitude ? 0 : 1
    }
    precondition(wild == 0, "a move that is not a finite number")
    self.init(
      factors: factors, checkedMoves: clipped == 0 ? moves : moves.map { max(-1, $0) }, labels: labels,
      coverage: coverage, volatility: volatility, calibration: calibration, clippedMoves: clipped,
      weights: weights, replicates: replicates, filtering: filtering)
  }

  private init(
    factors: FactorSpace, checkedMoves: Matrix, labels: ScenarioLabels, coverage: [FactorCoverage],
    volatility: VolatilityAnswer, calibration: Calibration?, clippedMoves: Int, weights: SampleWeights?,
    replicates: Int?, filtering: FilterReport?
  ) {
    self.factors = factors
    moves = checkedMoves
    self.labels = labels
    self.coverage = coverage
    self.volatility = volatility
    self.calibration = calibration
    self.clippedMoves = clippedMoves
    self.weights = weights
    self.replicates = replicates
    self.filtering = filtering
  }

  /// The set with some of its scenarios only, in the order given; a scenario may be given twice and keeps its weight.
  ///
  /// - Parameter scenarios: indices into the set; some of them of a weight above zero.
  /// - Returns: a set with one column for each index.
  public func selecting(_ scenarios: [Int]) -> ScenarioSet {
    chosen(
      scenarios, weights: weights.flatMap { own in try? SampleWeights(scenarios.map { own.values[$0] }) })
  }

  /// The set as it would have been had history been another sample: as many scenarios, in the order given.
  ///
  /// A weight belongs to a place in the sample, as an age does, and stays there.
  ///
  /// - Parameter scenarios: as many indices as the set has scenarios.
  /// - Returns: a set with one column for each index.
  public func resampled(_ scenarios: [Int]) -> ScenarioSet {
    precondition(scenarios.count == count, "a resample is as large as the sample")
    return chosen(scenarios, weights: weights)
  }

  private func chosen(_ scenarios: [Int], weights: SampleWeights?) -> ScenarioSet {
    let chosen = Matrix(rows: moves.rows, columns: scenarios.count, elements: elements(of: scenarios))
    // A move of exactly −1 is a clipped one: no price that is positive moves by that much.
    let clipped = clippedMoves == 0 ? 0 : chosen.elements.reduce(0) { $1 == -1 ? $0 + 1 : $0 }
    return ScenarioSet(
      factors: factors, checkedMoves: chosen, labels: labels.selecting(scenarios),
      coverage: coverage(selecting: scenarios), volatility: volatility.selecting(scenarios),
      calibration: calibration, clippedMoves: clipped, weights: weights, replicates: replicates,
      filtering: filtering)
  }

  /// The moves in some scenarios, row after row; neighbours, as in a section of the draws, are copied as one piece.
  private func elements(of scenarios: [Int]) -> [Double] {
    var elements: [Double] = []
    elements.reserveCapacity(moves.rows * scenarios.count)
    let first = scenarios.first ?? 0
    let areNeighbours = scenarios.indices.allSatisfy { scenarios[$0] == first + $0 }
    for row in 0..<moves.rows {
      let start = row * moves.columns
      if areNeighbours {
        elements += moves.elements[(start + first)..<(start + first + scenarios.count)]
      } else {
        for scenario in scenarios { elements.append(moves.elements[start + scenario]) }
      }
    }
    return elements
  }

  /// What is missing from a drawn set are observations behind its calibration: choosing among draws mends nothing.
  private func coverage(selecting scenarios: [Int]) -> [FactorCoverage] {
    guard calibration == nil else { return coverage }
    let places = Dictionary(grouping: scenarios.indices, by: { scenarios[$0] })
    return coverage.map { one in
      FactorCoverage(
        source: one.source, missing: one.missing.flatMap { places[$0] ?? [] }.sorted(), history: one.history)
    }
  }

  /// The set without the scenarios in which one of some factors has no move.
  ///
  /// - Parameter needed: indices of factors.
  /// - Returns: a set that covers those factors completely; a drawn set as it is, since every draw lacks what its
  ///   calibration lacks.
  public func restricted(toCover needed: [Int]) -> ScenarioSet {
    guard calibration == nil else { return self }
    let missing = Set(needed.flatMap { coverage[$0].missing })
    return missing.isEmpty ? self : selecting((0..<count).filter { !missing.contains($0) })
  }
}

extension ScenarioLabels {
  fileprivate func selecting(_ scenarios: [Int]) -> ScenarioLabels {
    switch self {
    case .moves(let starts, let ends):
      .moves(starts: scenarios.map { starts[$0] }, ends: scenarios.map { ends[$0] })
    case .grid(let points): .grid(scenarios.map { points[$0] })
    case .draws(let numbers): .draws(scenarios.map { numbers[$0] })
    }
  }
}
