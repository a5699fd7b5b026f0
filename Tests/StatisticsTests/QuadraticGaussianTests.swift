import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct QuadraticGaussianTests {
  /// The cumulants of a chi-squared variable of n degrees of freedom: `2^(r−1)·(r−1)!·n`.
  @Test func chiSquaredCumulants() throws {
    let law = try QuadraticGaussian(constant: 0, linear: [0, 0, 0], quadratic: [1, 1, 1])
    #expect(law.mean == 3)
    #expect(isClose(law.standardDeviation, 6.0.squareRoot(), relative: 1e-15))
    #expect(isClose(law.skewness, (8.0 / 3).squareRoot(), relative: 1e-14))
    #expect(isClose(law.excessKurtosis, 4, relative: 1e-14))
    #expect(law.support == (0, .infinity))
    #expect(law.negated.support == (-.infinity, 0))
  }

  /// The moments of `(Z + δ)²·λ`, by its expansion, agree with those of the noncentral law: `2^(r−1)·(r−1)!·(1 +
  /// r·δ²)`.
  @Test(arguments: [-2, 0.3, 5])
  func noncentralCumulants(shift: Double) throws {
    let law = try QuadraticGaussian(constant: shift * shift, linear: [2 * shift], quadratic: [1])
    let square = shift * shift
    let variance = 2 * (1 + 2 * square)
    #expect(isClose(law.mean, 1 + square, relative: 1e-15))
    #expect(isClose(law.standardDeviation, variance.squareRoot(), relative: 1e-15))
    #expect(isClose(law.skewness, 8 * (1 + 3 * square) / (variance * variance.squareRoot()), relative: 1e-14))
    #expect(isClose(law.excessKurtosis, 48 * (1 + 4 * square) / (variance * variance), relative: 1e-14))
    #expect(isClose(law.support.lower, 0, absolute: 1e-14))
  }

  /// With correlated factors: `κ₁ = θ + ½tr(ΓC)`, `κ₂ = δᵀCδ + ½tr(ΓC)²`, `κ₃ = 3δᵀCΓCδ + tr(ΓC)³`.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func deltaGammaCumulants(seed: UInt64) throws {
    let count = 5
    // With fewer dates than factors the covariance is singular.
    let data = correlatedObservations(dates: seed % 2 == 0 ? 4 : 60, assets: count, seed: seed)
    let covariance = try CovarianceEstimator.sample.estimate(data).matrix
    var generator = SeededGenerator(seed: seed)
    let delta = (0..<count).map { _ in 1e3 * (generator.uniform() - 0.5) }
    let noise = Matrix(rows: count, columns: count) { _, _ in 1e5 * (generator.uniform() - 0.5) }
    let gamma = noise + noise.transposed()
    let law = try QuadraticGaussian(constant: 7, delta: delta, gamma: gamma, covariance: covariance)
    func trace(_ matrix: Matrix) -> Double { matrix.diagonal.reduce(0, +) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let product = multiply(gamma, covariance)
    let square = multiply(product, product)
    let spread = multiply(covariance, delta)
    #expect(isClose(law.mean, 7 + 0.5 * trace(product), relative: 1e-11))
    let variance = dot(delta, spread) + 0.5 * trace(square)
    #expect(isClose(law.standardDeviation, variance.squareRoot(), relative: 1e-11))
    let third = 3 * dot(spread, multiply(gamma, spread)) + trace(multiply(square, product))
    #expect(isClose(law.skewness, third / (variance * variance.squareRoot()), relative: 1e-9, absolute: 1e-9))
  }

  /// A factor in units a billion times smaller, with exposures as many times larger, is the same factor.
  @Test func unitsOfFactorsDoNotMatter() throws {
    let scale = [1, 1e9, 1e-9]
    let covariance = Matrix(rows: [[4, 1, -1], [1, 2, 0.5], [-1, 0.5, 1]])
    let gamma = Matrix(rows: [[1, 2, 0], [2, -1, 3], [0, 3, 0.5]])
    let one = try QuadraticGaussian(delta: [3, -1, 2], gamma: gamma, covariance: covariance)
    let inverse = scale.map { 1 / $0 }
    let other = try QuadraticGaussian(
      delta: [3, -1e9, 2e-9], gamma: gamma.scaled(rows: scale, columns: scale),
      covariance: covariance.scaled(rows: inverse, columns: inverse))
    #expect(isClose(other.standardDeviation, one.standardDeviation, relative: 1e-13))
    #expect(isClose(other.skewness, one.skewness, relative: 1e-12))
    #expect(isClose(other.excessKurtosis, one.excessKurtosis, relative: 1e-12))
  }

  /// ORE-DGN: the delta-gamma-normal figures of all portfolios and risk classes of an example of the Open Source Risk
  /// Engine (Examples/MarketRisk, ParametricVar), which has its own inverse of the normal distribution.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceOREDGN() throws {
    let example = try ParametricExample()
    let rows = try ReferenceTables.cells("ore_ParametricVar_var.csv")
    #expect(rows.count == 28)
    for row in rows {
      let law = try example.law(portfolio: row[0], riskClass: row[1], riskType: row[2])
      for (probability, cell) in zip([0.01, 0.05, 0.95, 0.99], row[3...]) {
        let expected = try #require(Double(cell))
        let quantile = try law.normalApproximation(quantile: probability)
        #expect(
          isClose(quantile, expected, relative: 1e-8, absolute: 1e-4), "\(row[0...2]) at \(probability)")
      }
    }
  }

  @Test func badInputsAreNamed() {
    for bad in [Double.nan, .infinity] {
      #expect(throws: QuadraticGaussianError.notFinite) {
        try QuadraticGaussian(constant: bad, linear: [1], quadratic: [1])
      }
      #expect(throws: QuadraticGaussianError.notFinite) {
        try QuadraticGaussian(constant: 0, linear: [bad], quadratic: [1])
      }
      #expect(throws: QuadraticGaussianError.notFinite) {
        try QuadraticGaussian(delta: [1], gamma: Matrix(rows: [[bad]]), covariance: .identity(1))
      }
    }
    #expect(throws: QuadraticGaussianError.noVariance) {
      try QuadraticGaussian(constant: 1, linear: [0], quadratic: [0])
    }
    #expect(throws: QuadraticGaussianError.noVariance) {
      try QuadraticGaussian(constant: 1, linear: [], quadratic: [])
    }
    #expect(throws: QuadraticGaussianError.overflow) {
      try QuadraticGaussian(constant: 0, linear: [1e308, 1e308], quadratic: [1e308, 1e308])
    }
    #expect(throws: QuadraticGaussianError.self) {
      try QuadraticGaussian(
        delta: [1, 1], gamma: .identity(2), covariance: Matrix(rows: [[1, 2], [2, 1]]))
    }
    #expect(throws: QuadraticGaussianError.decomposition(.notSymmetric(asymmetry: 1))) {
      try QuadraticGaussian(
        delta: [1, 1], gamma: Matrix(rows: [[1, 1], [0, 1]]), covariance: .identity(2))
    }
    #expect(throws: QuadraticGaussianError.decomposition(.negativeVariance(row: 1))) {
      try QuadraticGaussian(delta: [1, 1], gamma: .identity(2), covariance: .diagonal([1, -1]))
    }
  }
}

/// Sensitivities and variances of the example, whose factors are matched on type, name and index.
private struct ParametricExample {
  private let variances: [String: Double]
  private var deltas: [String: [String: Double]] = [:]
  private var gammas: [String: [[String]: Double]] = [:]

  private static let portfolios: [String: Set<String>] = [
    "PF1": [
      "CC_SWAP_EUR_USD", "CC_SWAP_EUR_USD_RESET", "CDS", "CPI_Swap", "FXFWD_EURUSD_10Y", "SWAP_EUR",
      "YearOnYear_Swap",
    ],
    "PF2": ["CAP_EUR", "CAP_USD", "FLOOR_EUR", "FLOOR_USD", "FX_CALL_OPTION", "FX_PUT_OPTION"],
  ]

  init() throws {
    var variances: [String: Double] = [:]
    for row in try ReferenceTables.cells("ore_covariance.csv", separator: "\t") {
      let variance: Double = try #require(Double(row[2]))
      variances[Self.factor(row[0])] = variance
    }
    self.variances = variances
    for row in try ReferenceTables.cells("ore_ParametricVar_sensitivity.csv") {
      let first = Self.factor(row[2])
      let gamma = try #require(Double(row[9]))
      if row[4].isEmpty {
        deltas[row[0], default: [:]][first, default: 0] += try #require(Double(row[8]))
        gammas[row[0], default: [:]][[first, first], default: 0] += gamma
      } else {
        let second = Self.factor(row[4])
        gammas[row[0], default: [:]][[first, second], default: 0] += gamma
        gammas[row[0], default: [:]][[second, first], default: 0] += gamma
      }
    }
  }

  func law(portfolio: String, riskClass: String, riskType: String) throws -> QuadraticGaussian {
    let trades = Self.portfolios.filter { portfolio == "All" || $0.key == portfolio }.values.flatMap { $0 }
      .sorted()
    let factors = variances.keys.sorted().filter { name in
      let kind = String(name.prefix { $0 != "/" })
      let isVolatility = kind.hasSuffix("Volatility")
      return (riskClass == "All" || riskClass == Self.riskClass(kind))
        && (riskType == "All" || (riskType == "Vega") == isVolatility)
    }
    let delta = factors.map { factor in trades.reduce(0) { $0 + (deltas[$1]?[factor] ?? 0) } }
    let gamma = Matrix(rows: factors.count, columns: factors.count) { row, column in
      trades.reduce(0) { $0 + (gammas[$1]?[[factors[row], factors[column]]] ?? 0) }
    }
    return try QuadraticGaussian(
      delta: delta, gamma: gamma, covariance: .diagonal(factors.map { variances[$0] ?? 0 }))
  }

  private static func factor(_ name: String) -> String {
    name.split(separator: "/").prefix(3).joined(separator: "/")
  }

  private static func riskClass(_ kind: String) -> String {
    if kind.hasPrefix("FX") { return "FX" }
    return kind.contains("Inflation") ? "Inflation" : "InterestRate"
  }
}
