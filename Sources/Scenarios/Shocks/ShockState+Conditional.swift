import LinearAlgebra
import MarketData
import Statistics

extension ShockState {
  /// Some factors B move by given amounts g, the others as they then do.
  ///
  /// Between, x_B' = s·g + (1 − s)·x_B and x' = x + β·(x_B' − x_B) with β = Σ_·B·Σ_BB⁻¹: the means become
  /// m + s·β·(g − m_B), the covariance Σ − (2s − s²)·Σ_·B·Σ_BB⁻¹·Σ_B·. In a Student-t law with ν degrees of freedom the
  /// scale of what is left depends on how unlikely the given moves are: its covariance is multiplied by
  /// (ν − 2 + d)/(ν + p − 2), with d = (g − m_B)ᵀ·Σ_BB⁻¹·(g − m_B) and p given moves, and ν gains p (both by the share s).
  /// For laws that are not elliptical this is the best linear prediction. Where Σ_BB is singular its pseudo-inverse and
  /// its rank take the places of Σ_BB⁻¹ and p.
  ///
  /// Kotz, Nadarajah: Multivariate t distributions and their applications (2004), section 1.11, with scale matrix
  /// S = Σ·(ν − 2)/ν: the conditional law has ν + p degrees of freedom and scale (S_AA − S_AB·S_BB⁻¹·S_BA)·(ν + δ)/(ν + p),
  /// δ = d·ν/(ν − 2).
  mutating func condition(on given: [FactorAmount], strength: Double) throws(ShockError) {
    guard !given.isEmpty else { return }
    var places: [Int] = []
    for amount in given {
      try ShockError.require("given move", amount.amount, amount.amount > -1, "above −1")
      places.append(try movingPlace(of: amount.factor))
    }
    try ShockError.require(
      "given moves", Double(given.count), Set(places).count == given.count, "of different factors")
    let prediction = try Prediction(from: places, given.map(\.amount), in: moments)
    let residualScale = residualScale(prediction, strength: strength)
    let before = correlations
    let left = (1 - strength) * (1 - strength)
    let covariance = Matrix(rows: before.rows, columns: before.rows) { row, column in
      let predicted = prediction.covariance[row, column]
      return residualScale * (before[row, column] - predicted) + left * predicted
    }
    degreesGained += strength * Double(prediction.rank)
    for row in moments.means.indices {
      moments.means[row] += strength * prediction.shifts[row] * moments.volatilities[row]
    }
    for (place, amount) in zip(places, given) {
      // Exactly what is given, whatever the rounding.
      moments.means[place] = blended(prediction.means[place], amount.amount, share: strength)
    }
    let scales = prediction.scales(covariance, strength: strength)
    var asked = before
    for row in 0..<before.rows {
      for column in 0..<row where !prediction.isGiven(row, column) {
        let scale = scales[row] * scales[column]
        asked.setCorrelation(row, column, scale > 0 ? covariance[row, column] / scale : 0)
      }
    }
    try take(asked)
    for row in scales.indices { moments.volatilities[row] *= scales[row] }
  }

  /// What the covariance of what is left is multiplied by; 1 in a law that is not Student's.
  private func residualScale(_ prediction: Prediction, strength: Double) -> Double {
    guard let present = subject.degreesOfFreedom else { return 1 }
    let degrees = present + degreesGained
    let exact = (degrees - 2 + prediction.distance) / (degrees - 2 + Double(prediction.rank))
    return 1 + strength * (exact - 1)
  }
}

/// What given moves of some factors say of all, in units of their volatilities.
private struct Prediction {
  let means: [Double]
  /// By how many volatilities each mean is shifted.
  let shifts: [Double]
  /// The part of the correlations that the given factors explain: R_·B·R_BB⁻¹·R_B·.
  let covariance: Matrix
  /// (g − m)ᵀ·Σ⁻¹·(g − m) of the given factors.
  let distance: Double
  /// How many independent moves are given.
  let rank: Int
  private let given: Set<Int>

  init(from places: [Int], _ amounts: [Double], in moments: FactorMoments) throws(ShockError) {
    let correlations = moments.correlation.matrix
    let standardised = zip(places, amounts).map { place, amount in
      (amount - moments.means[place]) / moments.volatilities[place]
    }
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(correlations.principal(places))
    } catch {
      throw .covariance(.decomposition(error))
    }
    let floor = 1e-10 * (spectrum.values.last ?? 1)
    let kept = spectrum.values.indices.filter { spectrum.values[$0] > floor }
    let coordinates = multiply(transposed: spectrum.vectors, standardised)
    for index in spectrum.values.indices where !kept.contains(index) {
      guard abs(coordinates[index]) <= 1e-6 else {
        throw .contradictoryMoves(places.map { moments.factors.factors[$0] })
      }
    }
    let joint = correlations.selecting(rows: places)
    // One row an independent given move of unit variance: its covariances with all factors.
    let scores = Matrix(rows: kept.count, columns: correlations.rows) { row, column in
      var sum = 0.0
      for place in places.indices { sum += spectrum.vectors[place, kept[row]] * joint[place, column] }
      return sum / spectrum.values[kept[row]].squareRoot()
    }
    let lengths = kept.map { coordinates[$0] / spectrum.values[$0].squareRoot() }
    var explained = symmetricProduct(columnsOf: scores)
    for place in places {
      for other in 0..<correlations.rows {
        explained[place, other] = correlations[place, other]
        explained[other, place] = correlations[place, other]
      }
    }
    means = moments.means
    shifts = multiply(transposed: scores, lengths)
    covariance = explained
    distance = lengths.reduce(0) { $0 + $1 * $1 }
    rank = kept.count
    given = Set(places)
  }

  /// Whether both factors are given: their correlation stays.
  func isGiven(_ row: Int, _ column: Int) -> Bool { given.contains(row) && given.contains(column) }

  /// What each volatility is multiplied by; exactly zero where nothing but rounding is left.
  func scales(_ covariance: Matrix, strength: Double) -> [Double] {
    covariance.diagonal.enumerated().map { place, variance in
      given.contains(place) ? 1 - strength : variance > 1e-12 ? variance.squareRoot() : 0
    }
  }
}
