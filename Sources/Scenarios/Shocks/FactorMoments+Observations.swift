public import LinearAlgebra
public import MarketData
import NumericalMethods
public import Statistics

extension FactorMoments {
  /// The moments of observations, about their mean and with the divisor n.
  ///
  /// A factor whose observations are all the same, but for rounding, does not move and is uncorrelated.
  ///
  /// - Parameters:
  ///   - factors: the factors.
  ///   - observations: factor × observation.
  ///   - weights: what each observation counts, one a column; `nil` where all count the same.
  /// - Throws: ``ShockError/noObservations``, or ``ShockError/covariance(_:)`` for moves that are no finite numbers.
  public init(
    factors: FactorSpace, observations: Matrix, weights: SampleWeights?
  ) throws(ShockError) {
    precondition(observations.rows == factors.count, "one row of observations a factor")
    guard observations.columns > 0 else { throw .noObservations }
    let weights = weights ?? .equal(count: observations.columns)
    precondition(weights.count == observations.columns, "one weight an observation")
    if let place = observations.elements.firstIndex(where: { !$0.isFinite }) {
      throw .covariance(
        .notFinite(row: place % observations.columns, column: place / observations.columns))
    }
    var means: [Double] = []
    var volatilities: [Double] = []
    var standardised = Matrix(rows: factors.count, columns: observations.columns, repeating: 0)
    for row in 0..<factors.count {
      let series = WeightedSeries(observations.row(row), weights)
      means.append(series.mean)
      volatilities.append(series.deviation)
      guard series.deviation > 0 else { continue }
      standardised.withMutableRow(row) { span in
        for column in span.indices {
          span[column] = series.deviations[column] / series.deviation * weights.values[column].squareRoot()
        }
      }
    }
    let products = symmetricProduct(rowsOf: standardised)
    let correlation = products.withCorrelations { min(1, max(-1, $0)) }
    self.init(
      factors: factors, means: means, volatilities: volatilities,
      correlation: try CorrelationMatrix(asGood: correlation))
  }
}

extension CorrelationMatrix {
  /// A matrix that is a correlation matrix by construction; what rounding made of it is repaired.
  init(asGood matrix: Matrix) throws(ShockError) {
    if let correlation = try CorrelationMatrix(withinRounding: matrix) {
      self = correlation
      return
    }
    do throws(CovarianceError) {
      self = try NearestCorrelation(to: matrix).correlation
    } catch {
      throw .covariance(error)
    }
  }
}

/// A weighted series and its deviations from its mean.
struct WeightedSeries {
  let mean: Double
  /// Of every observation from the mean.
  let deviations: [Double]
  /// The root of their weighted mean square; exactly zero where only rounding moves the series.
  let deviation: Double

  init(_ values: [Double], _ weights: SampleWeights) {
    // The second pass removes the rounding of the first.
    let provisional = Self.mean(of: values, weights)
    let correction = Self.mean(of: values.map { $0 - provisional }, weights)
    let mean = provisional + correction
    let deviations = values.map { $0 - mean }
    let deviation = Self.mean(of: deviations.map { $0 * $0 }, weights).squareRoot()
    let size = zip(values, weights.values).reduce(0) { $1.1 > 0 ? max($0, abs($1.0)) : $0 }
    self.mean = mean
    self.deviations = deviations
    self.deviation = deviation > 1e-13 * size ? deviation : 0
  }

  private static func mean(of values: [Double], _ weights: SampleWeights) -> Double {
    var total = CompensatedSum()
    for (value, weight) in zip(values, weights.values) where weight > 0 { total += weight * value }
    return total.value
  }
}
