internal import NumericalMethods

/// The usual description of a series of numbers.
public struct DescriptiveStatistics: Hashable, Sendable {
  /// The number n of values.
  public let count: Int

  /// The arithmetic mean.
  public let mean: Double

  /// The variance with divisor n − 1.
  public let variance: Double

  /// The standard deviation with divisor n − 1.
  public let standardDeviation: Double

  /// The third standardised moment, with divisor n throughout; `nil` for a constant series.
  public let skewness: Double?

  /// The fourth standardised moment less 3, with divisor n throughout; `nil` for a constant series.
  public let excessKurtosis: Double?

  /// `Σ (x_i − mean)(x_{i+1} − mean) / Σ (x_i − mean)²`; `nil` for a constant series.
  public let lagOneAutocorrelation: Double?

  /// Describes a series.
  ///
  /// - Parameter values: at least two, in the order of time.
  /// - Throws: `StatisticsError.sampleTooSmall` with fewer than two values, `StatisticsError.notFinite` naming the first
  ///   that is NaN or infinite.
  public init(_ values: [Double]) throws(StatisticsError) {
    guard values.count >= 2 else { throw .sampleTooSmall(count: values.count, needed: 2) }
    if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
    let moments = SampleMoments(values)
    let size = Double(values.count)
    count = values.count
    mean = moments.mean
    variance = moments.squares / (size - 1)
    standardDeviation = moments.standardDeviation
    guard moments.squares > 0 else {
      skewness = nil
      excessKurtosis = nil
      lagOneAutocorrelation = nil
      return
    }
    let spread = moments.squares / size
    skewness = moments.cubes / size / (spread * spread.squareRoot())
    excessKurtosis = moments.fourths / size / (spread * spread) - 3
    var products = CompensatedSum()
    for (value, next) in zip(values, values.dropFirst()) {
      products += (value - moments.mean) * (next - moments.mean)
    }
    lagOneAutocorrelation = products.value / moments.squares
  }
}
