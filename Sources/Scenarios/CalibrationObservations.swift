import LinearAlgebra
import MarketData
import Statistics

/// The moves a covariance is estimated from, and which factors they cover.
struct CalibrationObservations: Sendable {
  /// Factor × observation, oldest first; zero in gaps, and throughout for a factor that is not covered.
  let moves: Matrix
  /// The observations in which a covered factor has no move, one set a factor.
  let gaps: [Set<Int>]
  /// How far each factor is covered: the gaps of a factor that counts in spite of them are not missing.
  let coverage: [FactorCoverage]
  /// The fewest observations that every two factors share, where pairs are estimated.
  let leastCommon: Int

  /// Takes the moves of a sample that an estimator can use.
  ///
  /// A factor that is not there for the whole window must not enter the correlations of the others, unless each pair is
  /// estimated from the moves it shares. Then the factors that share too few with another leave one by one, the one with
  /// fewest moves first, of equals the last.
  init(_ sample: HistoricalSample, estimator: CovarianceEstimator) {
    let missing = sample.coverage.map { Set($0.missing) }
    let covered: Set<Int>
    if case .pairwise(let least) = estimator {
      covered = Self.factors(sharing: least, of: sample.panel.count, missing: missing)
      leastCommon = least
    } else {
      covered = Set(missing.indices.filter { missing[$0].isEmpty })
      leastCommon = 2
    }
    var moves = sample.moves
    for row in missing.indices where !covered.contains(row) {
      for column in 0..<moves.columns { moves[row, column] = 0 }
    }
    self.moves = moves
    gaps = missing.indices.map { covered.contains($0) ? missing[$0] : [] }
    coverage = sample.coverage.enumerated().map { row, coverage in
      covered.contains(row) ? FactorCoverage(source: coverage.source, history: coverage.history) : coverage
    }
  }

  private init(moves: Matrix, gaps: [Set<Int>], coverage: [FactorCoverage]) {
    self.moves = moves
    self.gaps = gaps
    self.coverage = coverage
    leastCommon = 2
  }

  /// The observations of other dates of the same sample; the same factors are covered, though two of them may by chance
  /// share fewer observations than were asked for.
  ///
  /// - Parameter chosen: indices of observations, in the order in which they stand; one may stand twice.
  /// - Returns: as many observations.
  func chosen(_ chosen: [Int]) -> CalibrationObservations {
    CalibrationObservations(
      moves: moves.selecting(columns: chosen),
      gaps: gaps.map { gaps in gaps.isEmpty ? [] : Set(chosen.indices.filter { gaps.contains(chosen[$0]) }) },
      coverage: coverage)
  }

  /// The moves of every factor with its gaps.
  var series: [[Double?]] {
    gaps.indices.map { row in
      var series = moves.row(row).map(Optional.some)
      for gap in gaps[row] { series[gap] = nil }
      return series
    }
  }

  /// The factors of which every two share enough observations.
  private static func factors(sharing least: Int, of count: Int, missing: [Set<Int>]) -> Set<Int> {
    var kept = missing.indices.filter { missing[$0].isEmpty || count - missing[$0].count >= least }
    while true {
      let lonely = kept.filter { row in
        kept.contains { other in
          !missing[row].isEmpty && !missing[other].isEmpty
            && count - missing[row].union(missing[other]).count < least
        }
      }
      guard let last = lonely.max(by: { (missing[$0].count, $0) < (missing[$1].count, $1) }) else {
        return Set(kept)
      }
      kept.removeAll { $0 == last }
    }
  }
}
