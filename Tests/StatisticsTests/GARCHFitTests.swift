import NumericalMethods
import RealModule
import Statistics
import TestSupport
import Testing

/// A GARCH(1,1) series of the given standardised residuals, started at its long-run variance.
private func simulated(_ recursion: VolatilityRecursion, _ residuals: [Double]) -> [Double] {
  recursion.path(shocks: residuals, from: recursion.longRunVariance ?? 1)
}

@Suite struct GARCHFitTests {
  /// ω 0.05, α 0.08, β 0.88 with residuals by exact arithmetic, so that every program sees the same 1,500 returns.
  private func portableSeries() throws -> [Double] {
    var generator = SeededGenerator(seed: 11)
    let recursion = try VolatilityRecursion(constant: 0.05, reaction: 0.08, decay: 0.88)
    return simulated(recursion, (0..<1_500).map { _ in twelveUniforms(&generator) })
  }

  @Test("arch 8.0.0 (Sheppard) on the same series: estimates, errors, likelihood, volatilities") func arch()
    throws
  {
    let returns = try portableSeries()
    #expect(isClose(returns[0], -1.07930879, absolute: 5e-9))
    #expect(isClose(returns[1_499], 0.5067857693339676, relative: 1e-9))
    let fit = try GARCHFit(returns)
    #expect(fit.logLikelihood >= -2_124.635086807991 - 1e-9)
    #expect(isClose(fit.logLikelihood, -2_124.635086807991, absolute: 1e-6))
    #expect(isClose(fit.recursion.constant, 0.0742428, relative: 1e-4))
    #expect(isClose(fit.recursion.reaction, 0.0757978, relative: 1e-4))
    #expect(isClose(fit.recursion.decay, 0.8520155, relative: 1e-4))
    let errors = try #require(fit.standardErrors)
    #expect(isClose(errors.constant, 0.0287407, relative: 1e-3))
    #expect(isClose(errors.reaction, 0.0186125, relative: 1e-3))
    #expect(isClose(errors.decay, 0.0396510, relative: 1e-3))
    let robust = try #require(fit.robustStandardErrors)
    #expect(isClose(robust.constant, 0.0239506, relative: 1e-3))
    #expect(isClose(robust.reaction, 0.0158039, relative: 1e-3))
    #expect(isClose(robust.decay, 0.0319525, relative: 1e-3))
    let filter = try fit.filter(returns)
    for (date, expected) in [(0, 1.01369143), (1, 1.01884544), (2, 1.20963183), (1_499, 1.61623366)] {
      #expect(isClose(filter.volatilities[date], expected, relative: 1e-5))
    }
  }

  @Test("another unit, another power of two: the same fit") func equivariance() throws {
    let returns = try portableSeries()
    for mean in GARCHMean.allCases {
      let fit = try GARCHFit(returns, mean: mean)
      let small = try GARCHFit(returns.map { $0 / 64 }, mean: mean)
      #expect(small.recursion.reaction == fit.recursion.reaction)
      #expect(small.recursion.decay == fit.recursion.decay)
      #expect(small.recursion.constant == fit.recursion.constant / 4_096)
      #expect(small.mean == fit.mean / 64)
      let turned = try GARCHFit(returns.map { -$0 }, mean: mean)
      #expect(isClose(turned.recursion.decay, fit.recursion.decay, relative: 1e-6))
      #expect(isClose(turned.mean, -fit.mean, absolute: 1e-7))
    }
  }

  @Test("no neighbour has a larger likelihood, and the model with more freedom a larger one") func maximum()
    throws
  {
    var generator = SeededGenerator(seed: 51)
    for _ in 0..<6 {
      let recursion = try VolatilityRecursion(
        constant: 0.1, reaction: 0.05 + 0.2 * generator.uniform(), decay: 0.5 + 0.2 * generator.uniform())
      let returns = simulated(recursion, (0..<800).map { _ in twelveUniforms(&generator) })
      let fit = try GARCHFit(returns)
      #expect(isClose(fit.logLikelihood, try likelihood(returns, fit.recursion), relative: 1e-12))
      for factors in [(1.01, 1, 1), (0.99, 1, 1), (1, 1.01, 1), (1, 0.99, 1), (1, 1, 1.01), (1, 1, 0.99)] {
        let neighbour = try VolatilityRecursion(
          constant: fit.recursion.constant * factors.0, reaction: fit.recursion.reaction * factors.1,
          decay: min(fit.recursion.decay * factors.2, 1 - fit.recursion.reaction * factors.1))
        #expect(try likelihood(returns, neighbour) <= fit.logLikelihood)
      }
      #expect(try GARCHFit(returns, mean: .estimated).logLikelihood >= fit.logLikelihood - 1e-9)
    }
  }

  /// The plain twin of the likelihood, mean zero.
  private func likelihood(_ returns: [Double], _ recursion: VolatilityRecursion) throws -> Double {
    let filter = try VolatilityFilter(returns, recursion: recursion)
    return zip(filter.volatilities, filter.residuals).reduce(0) { sum, pair in
      sum + .log(NormalDistribution(standardDeviation: pair.0).density(pair.1 * pair.0))
    }
  }

  // Twenty series of 2,000 dates. The mean of a parameter's standardised error (estimate less truth, over its own
  // standard error) has a standard deviation of about 1/√20; the bands allow for 5.2 of them, together less than one
  // false alarm in 10⁶, and 0.3 for the estimator's bias at this length.
  @Test(
    "GARCH recovers its parameters, with normal and with heavy-tailed residuals", arguments: [false, true])
  func recovery(heavy: Bool) throws {
    let replications = 20
    let truth = try VolatilityRecursion(constant: 0.05, reaction: 0.1, decay: 0.85)
    var generator = SeededGenerator(seed: heavy ? 53 : 52)
    var sums = [0.0, 0.0, 0.0]
    var withinTwo = 0
    for _ in 0..<replications {
      let residuals = (0..<2_000).map { _ in
        // One shock in ten is twice as wide, the others narrower by as much variance.
        let width = !heavy ? 1 : generator.uniform() < 0.1 ? 2 : (0.6 / 0.9).squareRoot()
        return width * normalQuantile(generator.uniform())
      }
      let fit = try GARCHFit(simulated(truth, residuals))
      let errors = try #require(fit.robustStandardErrors)
      let standardised = [
        (fit.recursion.constant - truth.constant) / errors.constant,
        (fit.recursion.reaction - truth.reaction) / errors.reaction,
        (fit.recursion.decay - truth.decay) / errors.decay,
      ]
      for index in 0..<3 { sums[index] += standardised[index] / Double(replications) }
      withinTwo += standardised.count { abs($0) < 2 }
    }
    let band = 5.2 / Double(replications).squareRoot() + 0.3
    #expect(sums.allSatisfy { abs($0) < band }, "\(sums)")
    #expect(withinTwo > 40, "\(withinTwo) of 60")
  }

  @Test("returns without clusters of volatility are fitted at the edge, and say so or are uncertain")
  func independent() throws {
    var generator = SeededGenerator(seed: 54)
    for _ in 0..<5 {
      let returns = (0..<1_000).map { _ in 0.02 * twelveUniforms(&generator) }
      let fit = try GARCHFit(returns)
      let filter = try fit.filter(returns)
      // Whatever the parameters, the volatility hardly moves.
      for volatility in filter.volatilities { #expect(isClose(volatility, 0.02, relative: 0.35)) }
      #expect(fit.isAtEdge == (fit.standardErrors == nil))
    }
  }

  @Test func failures() {
    var generator = SeededGenerator(seed: 55)
    let returns = (0..<200).map { _ in generator.uniform() - 0.5 }
    #expect(throws: EstimationError.sampleTooSmall(count: 99, needed: 100)) {
      try GARCHFit(Array(returns.prefix(99)))
    }
    var bad = returns
    bad[7] = .nan
    #expect(throws: EstimationError.notFinite(index: 7)) { try GARCHFit(bad) }
    let constant = [Double](repeating: 0.01, count: 200)
    #expect(throws: EstimationError.noVariation(index: nil)) { try GARCHFit(constant, mean: .sample) }
    #expect(throws: EstimationError.noVariation(index: nil)) {
      try GARCHFit([Double](repeating: 0, count: 200))
    }
  }
}
