import Statistics
import TestSupport
import Testing

@Suite struct SaddlepointTailTests {
  /// N-VAR: for a normal law the formula is exact.
  @Test(arguments: [(0.95, 1.6448536269514727), (0.99, 2.3263478740408411), (0.999, 3.0902323061678135)])
  func referenceNVAR(level: Double, quantile: Double) throws {
    let tail = SaddlepointTail(try QuadraticGaussian(constant: 1, linear: [3, 4], quadratic: [0, 0]))
    #expect(isClose(try tail.valueAtRisk(at: Confidence(level)), 1 + 5 * quantile, relative: 1e-12))
    #expect(isClose(try tail.exceedanceProbability(of: 1 + 5 * quantile), 1 - level, relative: 1e-11))
    #expect(try tail.exceedanceProbability(of: 1) == 0.5)
  }

  /// Near the exact figure, and the nearer the more normals there are; CHI2 99 % of one degree of freedom within 3 %.
  @Test(arguments: [(1, 0.03), (2, 0.02), (10, 0.01), (100, 0.003)])
  func chiSquaredTails(degrees: Int, relative: Double) throws {
    let squares = [Double](repeating: 1, count: degrees)
    let law = try QuadraticGaussian(constant: 0, linear: squares.map { _ in 0 }, quadratic: squares)
    let exact = CharacteristicFunctionInversion(law)
    for level in [0.95, 0.99, 0.9999] {
      let quantile = try exact.valueAtRisk(at: Confidence(level)).value
      let near = try SaddlepointTail(law).exceedanceProbability(of: quantile)
      #expect(isClose(near, 1 - level, relative: 5 * relative))
      #expect(
        isClose(try SaddlepointTail(law).valueAtRisk(at: Confidence(level)), quantile, relative: relative))
    }
  }

  /// The probability falls with the loss, continuously through the mean, and the quantile inverts it.
  @Test(arguments: 60...66 as ClosedRange<UInt64>)
  func probabilitiesFall(seed: UInt64) throws {
    let law = try randomQuadraticGaussian(seed: seed, count: 8)
    let tail = SaddlepointTail(law)
    let exact = CharacteristicFunctionInversion(law)
    var last = 1.0
    for step in -40...60 {
      let loss = law.mean + 0.1 * Double(step) * law.standardDeviation
      let probability = try tail.exceedanceProbability(of: loss)
      #expect(probability <= last)
      last = probability
      if step % 10 == 0 {
        #expect(
          isClose(
            probability, try exact.exceedanceProbability(of: loss).value, relative: 0.15, absolute: 0.01))
      }
    }
    for offset in [1e-9, 1e-5, 9e-5, 1.1e-4] {
      let near = try tail.exceedanceProbability(of: law.mean + offset * law.standardDeviation)
      let at = try tail.exceedanceProbability(of: law.mean)
      #expect(isClose(near, at, absolute: 2 * offset + 1e-12))
    }
    for level in [0.51, 0.7, 0.99, 0.99999] {
      let quantile = try tail.valueAtRisk(at: Confidence(level))
      #expect(isClose(try tail.exceedanceProbability(of: quantile), 1 - level, relative: 1e-6))
    }
  }

  @Test func outsideTheSupportAndBadInputs() throws {
    let tail = SaddlepointTail(try QuadraticGaussian(constant: 1, linear: [0], quadratic: [2]))
    #expect(try tail.exceedanceProbability(of: 1) == 1)
    #expect(try tail.exceedanceProbability(of: -5) == 1)
    #expect(try SaddlepointTail(tail.law.negated).exceedanceProbability(of: 0) == 0)
    for bad in [Double.nan, .infinity] {
      #expect(throws: QuadraticGaussianError.notFinite) { try tail.exceedanceProbability(of: bad) }
    }
  }
}
