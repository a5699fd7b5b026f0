import LinearAlgebra
import MarketData
import Parallel
import Statistics

/// The volatility of each factor of a sample, followed by its own recursion from one step to the next.
struct FactorVolatilities: Sendable {
  /// One a factor; `nil` for a factor that does not move or is missing throughout.
  let filters: [VolatilityFilter?]
  /// The steps in which each factor has no filtered move, ascending.
  let missing: [[Int]]
  /// Constant, reaction and decay of every fitted recursion.
  let fits: [FittedParameter]
  private let steps: HistoricalSample

  /// Follows the volatilities of a sample of single steps, around a mean of zero.
  ///
  /// The variance before the first step is the mean square of the sample. Over a gap a volatility stands still.
  ///
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)`` for a decay or a floor, or
  ///   ``ScenarioError/estimation(_:factor:)`` for a factor without gaps.
  init(
    _ steps: HistoricalSample, dynamics: VolatilityDynamics, floorShare: Double, factors: FactorSpace,
    parallelism: Parallelism
  ) throws(ScenarioError) {
    guard (0...1).contains(floorShare) else {
      throw .outOfDomain(field: "floorShare", value: floorShare, allowed: "a number from 0 to 1")
    }
    if case .exponentiallyWeighted(let decay) = dynamics, !(decay > 0 && decay < 1) {
      throw .outOfDomain(field: "decay", value: decay, allowed: "a number between 0 and 1")
    }
    let followed = try mapBlocks(of: factors.count, size: 1, parallelism: parallelism) {
      (row, _) throws(ScenarioError) in
      let gaps = Set(steps.coverage[row].missing)
      let moves = (0..<steps.panel.count).filter { !gaps.contains($0) }.map { steps.moves[row, $0] }
      guard moves.contains(where: { $0 != 0 }) else { return Followed.still }
      do throws(EstimationError) {
        return .moving(try FactorVolatility(moves, dynamics: dynamics, floorShare: floorShare))
      } catch {
        guard gaps.isEmpty else { return .unknown }
        throw .estimation(error, factor: factors.factors[row].description)
      }
    }
    self.steps = steps
    filters = followed.map { $0.volatility?.filter }
    missing = zip(steps.coverage, followed).map { coverage, one in
      if case .unknown = one { return Array(0..<steps.panel.count) }
      return coverage.missing
    }
    fits = zip(factors.factors, followed).flatMap { factor, one in
      one.volatility?.fit?.parameters(of: factor.description) ?? []
    }
  }

  /// The standardised moves x_t/σ_t, factor × step; zero where there is none.
  var residuals: Matrix { spread { $0.residuals } }

  /// Every move at the volatility of now: x_t·σ_T/σ_t, factor × step.
  var rescaledMoves: Matrix { spread { $0.rescaledReturns() } }

  /// What the filter did; correlations after it are those of the residuals.
  var report: FilterReport {
    get throws(ScenarioError) {
      try FilterReport(
        steps, after: residuals,
        volatilityRatios: filters.map { $0.map { $0.nextVolatility / $0.longRunVolatility } ?? 1 },
        flooredDates: filters.map { $0?.flooredDates ?? 0 },
        effectiveObservations: filters.compactMap { $0?.recursion.effectiveObservations }.min() ?? .infinity)
    }
  }

  /// Numbers of the filters in the columns of the steps they belong to.
  private func spread(_ numbers: (VolatilityFilter) -> [Double]) -> Matrix {
    var matrix = Matrix(rows: filters.count, columns: steps.panel.count, repeating: 0)
    for (row, filter) in filters.enumerated() {
      guard let filter else { continue }
      var present = numbers(filter).makeIterator()
      let gaps = Set(missing[row])
      for step in 0..<matrix.columns where !gaps.contains(step) { matrix[row, step] = present.next() ?? 0 }
    }
    return matrix
  }
}

/// What became of the volatility of one factor.
private enum Followed: Sendable {
  /// The factor never moves.
  case still
  /// The factor has gaps, and too little between them.
  case unknown
  case moving(FactorVolatility)

  var volatility: FactorVolatility? {
    guard case .moving(let volatility) = self else { return nil }
    return volatility
  }
}

/// The volatility of one factor.
private struct FactorVolatility: Sendable {
  let filter: VolatilityFilter
  let fit: GARCHFit?

  init(_ moves: [Double], dynamics: VolatilityDynamics, floorShare: Double) throws(EstimationError) {
    switch dynamics {
    case .exponentiallyWeighted(let decay):
      fit = nil
      filter = try VolatilityFilter(
        moves, recursion: .exponentiallyWeighted(decay: decay), floorShare: floorShare)
    case .garch:
      let fit = try GARCHFit(moves)
      self.fit = fit
      filter = try fit.filter(moves, floorShare: floorShare)
    }
  }
}

extension GARCHFit {
  fileprivate func parameters(of factor: String) -> [FittedParameter] {
    let errors = robustStandardErrors
    return [
      FittedParameter(
        factor: factor, name: "constant", value: recursion.constant, standardError: errors?.constant),
      FittedParameter(
        factor: factor, name: "reaction", value: recursion.reaction, standardError: errors?.reaction),
      FittedParameter(factor: factor, name: "decay", value: recursion.decay, standardError: errors?.decay),
    ]
  }
}
