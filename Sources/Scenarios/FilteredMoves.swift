import LinearAlgebra
import MarketData
import Parallel
import Statistics

/// The moves of single steps after a filter.
struct FilteredMoves: Sendable {
  /// Factor × step; zero where a factor has no move.
  let moves: Matrix
  /// The steps in which each factor has no filtered move, ascending.
  let missing: [[Int]]
  let report: FilterReport
  /// The numbers the filter was fitted with.
  let fits: [FittedParameter]

  /// Filters a sample.
  ///
  /// A factor with gaps keeps them. Its volatility stands still over a gap; where there is too little of it for a filter,
  /// and under one that needs whole vectors of moves, it is missing throughout. Correlations in the report leave it out.
  init(
    _ steps: HistoricalSample, by filter: HistoricalFilter, factors: FactorSpace, parallelism: Parallelism
  ) throws(ScenarioError) {
    switch filter {
    case .volatility(let dynamics, let floorShare):
      let volatilities = try FactorVolatilities(
        steps, dynamics: dynamics, floorShare: floorShare, factors: factors, parallelism: parallelism)
      moves = volatilities.rescaledMoves
      missing = volatilities.missing
      fits = volatilities.fits
      report = try volatilities.report
    case .covariance(let volatilityDecay, let correlationDecay):
      let moving = steps.coverage.indices.filter { row in
        steps.coverage[row].isComplete && steps.moves.row(row).contains { $0 != 0 }
      }
      let filter = try CovarianceFilter(
        steps.moves.selecting(rows: moving), volatilityDecay: volatilityDecay,
        correlationDecay: correlationDecay)
      var moves = Matrix(rows: factors.count, columns: steps.panel.count, repeating: 0)
      var ratios = [Double](repeating: 1, count: factors.count)
      for (place, row) in moving.enumerated() {
        for step in 0..<moves.columns { moves[row, step] = filter.moves[place, step] }
        ratios[row] = filter.volatilityRatios[place]
      }
      self.moves = moves
      missing = steps.coverage.map { $0.isComplete ? [] : Array(0..<steps.panel.count) }
      fits = []
      report = try FilterReport(
        steps, after: moves, volatilityRatios: ratios,
        flooredDates: [Int](repeating: 0, count: factors.count),
        effectiveObservations: filter.volatilityEffectiveObservations)
    }
  }
}

extension FilterReport {
  /// What was done to the moves of a sample of single steps.
  ///
  /// - Throws: ``ScenarioError/covariance(_:)``.
  init(
    _ steps: HistoricalSample, after: Matrix, volatilityRatios: [Double], flooredDates: [Int],
    effectiveObservations: Double
  ) throws(ScenarioError) {
    let gappy = Set(steps.coverage.indices.filter { !steps.coverage[$0].isComplete })
    self.init(
      before: try steps.moves.correlations(leavingOut: gappy),
      after: try after.correlations(leavingOut: gappy),
      volatilityRatios: volatilityRatios, flooredDates: flooredDates,
      effectiveObservations: min(effectiveObservations, Double(steps.panel.count)))
  }
}

extension Matrix {
  /// The correlations between the rows; zero with those left out and with those that do not move.
  fileprivate func correlations(leavingOut left: Set<Int>) throws(ScenarioError) -> Matrix {
    let kept = Matrix(rows: columns, columns: rows) { left.contains($1) ? 0 : self[$1, $0] }
    do throws(CovarianceError) {
      return try CovarianceEstimator.sample.estimate(kept).correlation.matrix
    } catch {
      throw .covariance(error)
    }
  }
}
