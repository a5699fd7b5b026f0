public import LinearAlgebra

/// A covariance matrix of series with gaps: each correlation from the dates its two assets share.
///
/// The volatility of an asset is that of all its observations (divisor n − 1, own mean). The correlation of two
/// assets is that of their common dates, with the means and variances of those dates. Such correlations need not fit
/// together: where their matrix has a negative eigenvalue it is replaced by the nearest correlation matrix, and how
/// far that is away is reported.
public struct PairwiseCovariance: Hashable, Sendable {
  /// The estimate after repair; its effective observations are the fewest dates two assets share.
  public let covariance: CovarianceEstimate
  /// The correlations as estimated pair by pair, asset × asset, perhaps indefinite.
  public let pairwiseCorrelation: Matrix
  /// The smallest eigenvalue of the pairwise correlations.
  public let pairwiseSmallestEigenvalue: Double
  /// The Frobenius norm of what the repair changed; 0 where none was needed.
  public let repairDistance: Double
  /// Whether the repair settled within its tolerance; `true` where none was needed.
  public let repairHasConverged: Bool
  /// The number of dates two assets share, asset × asset; on the diagonal the observations of the asset.
  public let commonObservations: Matrix

  /// Estimates a covariance matrix.
  ///
  /// - Parameters:
  ///   - series: one series an asset, all of the same length and over the same dates; `nil` is a gap.
  ///   - minimumCommonObservations: the fewest dates two assets must share; at least 2.
  /// - Throws: `CovarianceError.tooFewObservations` where two assets share fewer dates, `.notFinite` (row: date,
  ///   column: asset), `.overflow` or `.decomposition`.
  public init(
    _ series: [[Double?]], minimumCommonObservations: Int = 2
  ) throws(CovarianceError) {
    precondition(minimumCommonObservations >= 2, "a correlation needs two observations")
    let dates = series.first?.count ?? 0
    precondition(series.allSatisfy { $0.count == dates }, "the series must have the same length")
    let sums = try PairSums(series, dates: dates)
    if let fewest = sums.counts.elements.min(), fewest < Double(minimumCommonObservations) {
      throw .tooFewObservations(count: Int(fewest), needed: minimumCommonObservations)
    }
    let pairwise = sums.correlations
    guard pairwise.isFinite else { throw .overflow }
    let repaired = try NearestCorrelation(to: pairwise)
    pairwiseCorrelation = pairwise
    pairwiseSmallestEigenvalue = try pairwise.eigenvalues().first ?? 0
    repairDistance = repaired.frobeniusDistance
    repairHasConverged = repaired.hasConverged
    commonObservations = sums.counts
    covariance = try CovarianceEstimate(
      correlation: repaired.correlation, volatilities: sums.volatilities,
      effectiveObservations: sums.counts.elements.min() ?? 0)
  }
}

/// The sums over common dates that the correlations are made of, as matrix products with gaps as zeros.
private struct PairSums {
  /// The dates that assets i and j share.
  let counts: Matrix
  /// The volatilities over each asset's own dates.
  let volatilities: [Double]
  /// Σ xᵢ over the dates of j.
  private let sums: Matrix
  /// Σ xᵢ² over the dates of j.
  private let squares: Matrix
  /// Σ xᵢ·xⱼ.
  private let products: Matrix

  init(_ series: [[Double?]], dates: Int) throws(CovarianceError) {
    for (asset, column) in series.enumerated() {
      if let date = column.firstIndex(where: { $0.map { !$0.isFinite } ?? false }) {
        throw .notFinite(row: date, column: asset)
      }
    }
    // Around each asset's own mean and over its own size: the sums then lose no digits to a common level, and cannot
    // overflow.
    let own = series.map(OwnScale.init)
    let present = Matrix(rows: dates, columns: series.count) { series[$1][$0] == nil ? 0 : 1 }
    let values = Matrix(rows: dates, columns: series.count) { date, asset in
      series[asset][date].map(own[asset].scaled) ?? 0
    }
    let ownSquares = values.map { $0 * $0 }
    counts = symmetricProduct(columnsOf: present)
    sums = multiply(transposed: values, present)
    squares = multiply(transposed: ownSquares, present)
    products = symmetricProduct(columnsOf: values)
    volatilities = own.map(\.volatility)
    guard volatilities.allSatisfy(\.isFinite) else { throw .overflow }
  }

  /// The correlations of all pairs; 0 where one of the two did not move on the common dates.
  var correlations: Matrix {
    Matrix(rows: counts.rows, columns: counts.rows) { row, column in
      if row == column { return 1 }
      // The lower triangle's order on both sides, for exact symmetry.
      let (i, j) = (max(row, column), min(row, column))
      let count = counts[i, j]
      let first = spread(i, j, count)
      let second = spread(j, i, count)
      guard first > 0, second > 0 else { return 0 }
      let joint = products[i, j] - sums[i, j] * sums[j, i] / count
      return min(max(joint / (first.squareRoot() * second.squareRoot()), -1), 1)
    }
  }

  /// Σ of the squared deviations of asset i from its mean over the dates it shares with j; 0 within rounding of it.
  private func spread(_ i: Int, _ j: Int, _ count: Double) -> Double {
    let value = squares[i, j] - sums[i, j] * sums[i, j] / count
    return value > 4 * count * .ulpOfOne * squares[i, j] ? value : 0
  }
}

/// The mean, the volatility and the size of one series, over its own dates.
private struct OwnScale {
  let mean: Double
  let size: Double
  let volatility: Double

  init(_ series: [Double?]) {
    let values = series.compactMap { $0 }
    guard values.count >= 2 else {
      (mean, size, volatility) = (0, 1, 0)
      return
    }
    let moments = SampleMoments(values)
    mean = moments.mean
    volatility = moments.standardDeviation
    size = volatility > 0 ? volatility.binade : 1
  }

  func scaled(_ value: Double) -> Double { (value - mean) / size }
}
