import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct EulerAllocationTests {
  private static func hedgedPair(correlation: Double) throws -> EulerAllocation {
    let covariance = 0.04 * 0.05 * correlation
    return try EulerAllocation(
      exposures: [1e6, -5e5], covariance: [0.0016, covariance, covariance, 0.0025],
      multiplier: EllipticalTail.normal.valueAtRisk(at: .ninetyNinePercent))
  }

  @Test("EULER-2: a hedged pair") func pair() throws {
    let allocation = try Self.hedgedPair(correlation: 0.8)
    #expect(isClose(allocation.standardDeviation, 25_000, relative: 1e-14))
    #expect(isClose(allocation.total, 58_158.696_851_02, absolute: 0.5e-8))
    #expect(isClose(allocation.components[0], 74_443.131_969_31, absolute: 0.5e-8))
    #expect(isClose(allocation.components[1], -16_284.435_118_29, absolute: 0.5e-8))
    #expect(isClose(allocation.undiversified, 151_212.611_812_65, absolute: 0.5e-8))
  }

  @Test(
    "EULER-2: the same pair at other correlations",
    arguments: zip([1, 0, -1], [34_895.218_11, 109_733.609_75, 151_212.611_81]))
  func correlations(correlation: Double, total: Double) throws {
    #expect(isClose(try Self.hedgedPair(correlation: correlation).total, total, absolute: 0.6e-5))
  }

  /// ED-EWC: the Gaussian figure of thirteen hedge-fund indices, equally weighted, and the part of each as the R package
  /// PerformanceAnalytics gives them: the component less the weighted mean return.
  @Test(
    "ED-EWC: thirteen components at the printed digits",
    .enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func equallyWeightedComponents() throws {
    let expected = [
      0.00120512, 0.00064448, 0.00140152, 0.00281275, 0.00041160, 0.00160706, 0.00069761, 0.00103331,
      0.00166564,
      0.00064920, 0.00088283, -0.00162888, 0.00147522,
    ]
    let returns = try ReferenceTables.edhec().returns
    let weight = 1.0 / 13
    let allocation = try EulerAllocation(
      exposures: [Double](repeating: weight, count: 13),
      covariance: CovarianceEstimator.sample.estimate(returns).matrix.elements,
      multiplier: EllipticalTail.normal.valueAtRisk(at: .ninetyFivePercent))
    let components = allocation.components.enumerated().map { column, component in
      component - weight * returns.column(column).reduce(0, +) / 293
    }
    for (component, figure) in zip(components, expected) {
      #expect(isClose(component, figure, absolute: 5e-9))
    }
    #expect(isClose(components.reduce(0, +), 0.012857476934, absolute: 6e-13))
  }

  /// REYA: a margin of `√(EᵀAE)` is the parametric value at risk where `A = z²·h·Σ`, h the days of its horizon; the
  /// maintenance and the initial margin are multiples of it.
  @Test("REYA: the root of a quadratic form is a value at risk") func quadraticForm() throws {
    var generator = SeededGenerator(seed: 16)
    let estimate = try CovarianceEstimator.sample.estimate(
      correlatedObservations(dates: 60, assets: 6, seed: 17))
    let quantile = EllipticalTail.normal.valueAtRisk(at: .ninetyNinePercent)
    for days in [1.0, 2, 10] {
      let form = estimate.matrix.scaled(by: quantile * quantile * days)
      let exposures = (0..<6).map { _ in 1e5 * (generator.uniform() - 0.5) }
      let image = multiply(form, exposures)
      let margin = zip(exposures, image).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
      let allocation = try EulerAllocation(
        exposures: exposures, covariance: estimate.matrix.elements,
        multiplier: quantile * days.squareRoot())
      #expect(isClose(allocation.total, margin, relative: 1e-12))
    }
  }

  @Test("components add up to the total and are its slopes") func slopes() throws {
    var generator = SeededGenerator(seed: 15)
    for count in [1, 2, 5, 20] {
      let loadings = (0..<count * count).map { _ in generator.uniform() - 0.4 }
      let covariance = (0..<count * count).map { cell in
        let (row, column) = (cell / count * count, cell % count * count)
        return (0..<count).map { loadings[row + $0] * loadings[column + $0] }.reduce(0, +)
      }
      let exposures = (0..<count).map { _ in 1_000 * (generator.uniform() - 0.5) }
      let allocation = try EulerAllocation(exposures: exposures, covariance: covariance, multiplier: 2)
      let scale = allocation.components.reduce(0) { $0 + abs($1) }
      #expect(isClose(allocation.components.reduce(0, +), allocation.total, absolute: 1e-12 * scale))
      #expect(allocation.total <= allocation.undiversified * (1 + 1e-14))
      for index in 0..<count {
        func total(_ factor: Double) throws -> Double {
          var moved = exposures
          moved[index] *= factor
          return try EulerAllocation(exposures: moved, covariance: covariance, multiplier: 2).total
        }
        let slope = (try total(1 + 1e-5) - total(1 - 1e-5)) / 2e-5
        #expect(isClose(allocation.components[index], slope, absolute: 1e-6 * scale))
      }
    }
  }

  @Test func aPerfectHedgeHasNoRisk() throws {
    let allocation = try EulerAllocation(exposures: [3, -3], covariance: [1, 1, 1, 1], multiplier: 2)
    #expect(allocation.total == 0)
    #expect(allocation.components == [0, 0])
    #expect(allocation.undiversified == 12)
    #expect(try EulerAllocation(exposures: [], covariance: [], multiplier: 2).total == 0)
  }

  @Test func failures() {
    #expect(throws: StatisticsError.notFinite(index: 1)) {
      try EulerAllocation(exposures: [1, .nan], covariance: [1, 0, 0, 1], multiplier: 1)
    }
    #expect(throws: StatisticsError.notFinite(index: 1)) {
      try EulerAllocation(exposures: [1, 1], covariance: [1, 0, .infinity, 1], multiplier: 1)
    }
    #expect(throws: StatisticsError.negativeVariance(-2)) {
      try EulerAllocation(exposures: [1, -1], covariance: [1, 2, 2, 1], multiplier: 1)
    }
  }
}
