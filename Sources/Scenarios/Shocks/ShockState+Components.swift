import LinearAlgebra
import MarketData
import Statistics

// Both steps are linear maps of the spot prices, scaled back to unit variance: other factors keep their moves, so that the
// result needs no repair.

extension ShockState {
  /// λ_k becomes λ_k·(1 + s·(multiple − 1)) among the spot prices that move, scaled back to unit diagonal.
  ///
  /// The moves along the component are multiplied by the root of that.
  mutating func multiplyEigenvalue(
    _ component: Int, by multiple: Double, strength: Double
  ) throws(ShockError) {
    let spots = movingSpots
    try ShockError.require("multiple", multiple, multiple >= 0, "a number of at least 0")
    try requireComponent(component, of: spots)
    let spectrum = try spectrum(of: spots)
    let vector = spectrum.vectors.column(spots.count - component)
    let gain = strength * (multiple - 1)
    let added = gain * spectrum.values[spots.count - component]
    let stretch = (1 + gain).squareRoot() - 1

    let variances = vector.map { 1 + added * $0 * $0 }
    let least = variances.min() ?? 1
    try ShockError.require(
      "multiple", multiple, least > 1e-12, "above 0 where a factor has no moves beside the component")
    let scales = variances.map { 1 / $0.squareRoot() }
    var asked = correlations
    for (row, place) in spots.enumerated() {
      for (column, other) in spots[..<row].enumerated() {
        let product = correlations[place, other] + added * vector[row] * vector[column]
        asked.setCorrelation(place, other, product * scales[row] * scales[column])
      }
    }
    for other in 0..<asked.rows where !spots.contains(other) {
      let along = zip(vector, spots).reduce(0) { $0 + $1.0 * correlations[$1.1, other] }
      for (row, place) in spots.enumerated() {
        asked.setCorrelation(
          place, other, (correlations[place, other] + stretch * vector[row] * along) * scales[row])
      }
    }
    try take(asked)
  }

  /// Multiplies loadings on the first principal components of the spot prices that move.
  ///
  /// With R = B·Bᵀ + E the rows b of the named factors become b' = b·(1 + s·(multiple − 1)), cut to length 1, and the
  /// correlation of two factors bᵢ'·bⱼ' + Eᵢⱼ·√((1 − |bᵢ'|²)/(1 − |bᵢ|²))·√((1 − |bⱼ'|²)/(1 − |bⱼ|²)): what is a
  /// factor's own fills its variance up. A factor without a part of its own gets an independent one.
  ///
  /// After Packham, Woebbeking: Correlation stress testing of portfolios (2021).
  mutating func apply(_ shock: LoadingShock, strength: Double) throws(ShockError) {
    try ShockError.require("multiple", shock.multiple, shock.multiple >= 0, "a number of at least 0")
    let spots = movingSpots
    try requireComponent(shock.components, of: spots)
    let named = Set(try spotPlaces(of: shock.of))
    let model = LoadingModel(try spectrum(of: spots), components: shock.components)
    let multiple = 1 + strength * (shock.multiple - 1)
    let changed = spots.enumerated().map { row, place in
      model.row(row, multipliedBy: named.contains(place) ? multiple : 1)
    }
    var asked = correlations
    for (row, place) in spots.enumerated() {
      for (column, other) in spots[..<row].enumerated() where changed[row].isNew || changed[column].isNew {
        asked.setCorrelation(place, other, dot(changed[row].loadings, changed[column].loadings))
      }
    }
    for other in 0..<asked.rows where !spots.contains(other) {
      let scores = model.scores(spots.map { correlations[$0, other] })
      for (row, place) in spots.enumerated() where changed[row].isNew {
        asked.setCorrelation(place, other, dot(changed[row].loadings, scores))
      }
    }
    try take(asked)
  }

  private func requireComponent(_ component: Int, of spots: [Int]) throws(ShockError) {
    try ShockError.require(
      "component", Double(component), component >= 1 && component <= spots.count,
      "between 1 and the number of spot prices that move, \(spots.count)")
  }

  private func spectrum(of places: [Int]) throws(ShockError) -> SymmetricEigen {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen(correlations.principal(places))
    } catch {
      throw .covariance(.decomposition(error))
    }
  }
}

/// Correlations by principal components of unit variance, of which the first are common factors and the rest make up what
/// is a variable's own.
private struct LoadingModel {
  /// What becomes of one variable.
  struct Row {
    /// On all components, the common ones first.
    let loadings: [Double]
    /// Whether anything changes.
    let isNew: Bool
  }

  /// One row a variable, one number a component, the largest component first.
  private let loadings: [[Double]]
  private let common: Int
  private let vectors: [[Double]]
  private let roots: [Double]

  init(_ spectrum: SymmetricEigen, components: Int) {
    let vectors = spectrum.values.indices.reversed().map { spectrum.vectors.column($0) }
    let roots = spectrum.values.reversed().map { max(0, $0).squareRoot() }
    loadings = spectrum.values.indices.map { row in zip(vectors, roots).map { $0[row] * $1 } }
    self.vectors = vectors
    self.roots = roots
    common = components
  }

  /// The covariances of the components with a variable whose correlations with all others are given.
  func scores(_ correlations: [Double]) -> [Double] {
    zip(vectors, roots).map { vector, root in root > 1e-6 ? dot(vector, correlations) / root : 0 }
  }

  /// A variable whose loadings on the common factors are multiplied and whose own part fills its variance up.
  func row(_ row: Int, multipliedBy multiple: Double) -> Row {
    guard multiple != 1 else { return Row(loadings: loadings[row], isNew: false) }
    let (shared, own) = (Array(loadings[row][..<common]), Array(loadings[row][common...]))
    let (sharedVariance, ownVariance) = (dot(shared, shared), dot(own, own))
    let multipliedVariance = sharedVariance * multiple * multiple
    let factor = multipliedVariance < 1 ? multiple : 1 / sharedVariance.squareRoot()
    let left = max(0, 1 - multipliedVariance)
    let ownFactor = ownVariance > 1e-14 ? (left / ownVariance).squareRoot() : 0
    return Row(loadings: shared.map { $0 * factor } + own.map { $0 * ownFactor }, isNew: true)
  }
}

private func dot(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
}
