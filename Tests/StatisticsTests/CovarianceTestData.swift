import LinearAlgebra

/// Observations of correlated variables on uniform noise, date × asset, from a small seeded generator.
func correlatedObservations(dates: Int, assets: Int, seed: UInt64) -> Matrix {
  var state = seed
  func uniform() -> Double {
    // A 64-bit linear congruential step with Knuth's multiplier; its upper 53 bits.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53 - 0.5
  }
  var observations = Matrix(rows: dates, columns: assets, repeating: 0)
  for date in 0..<dates {
    let common = uniform()
    for asset in 0..<assets { observations[date, asset] = 0.04 * (common + 0.5 * uniform()) + 0.001 }
  }
  return observations
}

/// A random symmetric matrix of unit diagonal and elements in (−1, 1), as a rule indefinite.
func randomPseudoCorrelation(_ order: Int, seed: UInt64) -> Matrix {
  let noise = correlatedObservations(dates: order, assets: order, seed: seed)
  return Matrix(rows: order, columns: order) { row, column in
    row == column ? 1 : 30 * (noise[max(row, column), min(row, column)] - 0.001)
  }.map { min(max($0, -1), 1) }
}
