import Statistics
import TestSupport
import Testing

@Suite struct GeneralisedParetoFitTests {
  /// Draws from a law, by its quantiles.
  static func draws(
    _ count: Int, _ law: GeneralisedParetoDistribution, _ generator: inout SeededGenerator
  ) -> [Double] {
    (0..<count).map { _ in law.upperQuantile(generator.uniform()) }
  }

  @Test("GPD-DANISH: the claims above ten million; McNeil prints 0.50 and 7.0") func danish() throws {
    #expect(DanishFire.claimsAboveTen.count == 109)
    let fit = try GeneralisedParetoFit(excesses: DanishFire.claimsAboveTen.map { $0 - 10 })
    // The zero of the likelihood's derivative in 80-bit arithmetic (NumPy); SciPy's genpareto.fit gives 0.49698, 6.97545.
    #expect(isClose(fit.distribution.shape, 0.496985802367, absolute: 1e-11))
    #expect(isClose(fit.distribution.scale, 6.975468048075, absolute: 1e-10))
    #expect(isClose(fit.logLikelihood, -374.8929902323523, relative: 1e-13))
    #expect(isClose(fit.distribution.shape, 0.5, absolute: 0.005))
    #expect(isClose(fit.distribution.scale, 7, absolute: 0.05))
    // The expected information; the observed one gives 0.1363 and 1.1135.
    #expect(isClose(fit.shapeStandardError, 0.14338524, absolute: 5e-8))
    #expect(isClose(fit.scaleStandardError, 1.15606949, absolute: 5e-8))
  }

  @Test("the order does not matter; a power of two carries over exactly") func equivariance() throws {
    var generator = SeededGenerator(seed: 61)
    for shape in [-0.3, 0, 0.4, 1.2] {
      let law = try GeneralisedParetoDistribution(shape: shape, scale: 2)
      let excesses = Self.draws(150, law, &generator)
      let fit = try GeneralisedParetoFit(excesses: excesses)
      #expect(try GeneralisedParetoFit(excesses: excesses.shuffled(using: &generator)) == fit)
      let scaled = try GeneralisedParetoFit(excesses: excesses.map { 8 * $0 })
      #expect(scaled.distribution.shape == fit.distribution.shape)
      #expect(scaled.distribution.scale == 8 * fit.distribution.scale)
    }
  }

  @Test("no law of a fine net around the estimate has a larger likelihood") func maximum() throws {
    var generator = SeededGenerator(seed: 62)
    for shape in [-0.35, -0.1, 0, 0.3, 0.9, 2] {
      let law = try GeneralisedParetoDistribution(shape: shape, scale: 0.01)
      for count in [20, 60, 400] {
        guard let fit = try? GeneralisedParetoFit(excesses: Self.draws(count, law, &generator)) else {
          // Short samples of short tails may have no maximum inside the domain.
          #expect(shape < 0 || count == 20)
          continue
        }
        for change in [-0.3, -0.01, -1e-4, 1e-4, 0.01, 0.3] {
          for factor in [0.7, 0.99, 1, 1.01, 1.4] {
            let other = try GeneralisedParetoDistribution(
              shape: fit.distribution.shape + change, scale: fit.distribution.scale * factor)
            let likelihood = fit.excesses.reduce(0) { $0 + other.logDensity($1) }
            guard other.shape > -0.5 else { continue }
            #expect(likelihood <= fit.logLikelihood + 1e-9)
          }
        }
      }
    }
  }

  // 225 samples of 300 excesses. The mean of a standardised error has a deviation of about 1/15; the bands allow for 5.5
  // of them, a false alarm less than once in 10⁶ over all rows, and 0.15 for the bias of order 1/√n.
  @Test("it recovers the shape and the scale, with the errors it prints", arguments: [-0.2, 0, 0.25, 0.6])
  func recovery(shape: Double) throws {
    let replications = 225
    let law = try GeneralisedParetoDistribution(shape: shape, scale: 2)
    var generator = SeededGenerator(seed: 63)
    var shapes: [Double] = []
    var scales: [Double] = []
    for _ in 0..<replications {
      let fit = try GeneralisedParetoFit(excesses: Self.draws(300, law, &generator))
      shapes.append((fit.distribution.shape - shape) / fit.shapeStandardError)
      scales.append((fit.distribution.scale - 2) / fit.scaleStandardError)
    }
    for errors in [shapes, scales] {
      let statistics = try DescriptiveStatistics(errors)
      #expect(isClose(statistics.mean, 0, absolute: 5.5 / 15 + 0.15))
      #expect(isClose(statistics.standardDeviation, 1, absolute: 0.3))
    }
  }

  @Test func failures() throws {
    let excesses = (1...40).map { Double($0 * $0) }
    #expect(throws: EstimationError.sampleTooSmall(count: 19, needed: 20)) {
      try GeneralisedParetoFit(excesses: Array(excesses.prefix(19)))
    }
    for bad in [0, -1, Double.nan, .infinity] {
      var sample = excesses
      sample[5] = bad
      #expect(throws: EstimationError.notFinite(index: 5)) { try GeneralisedParetoFit(excesses: sample) }
    }
    #expect(throws: EstimationError.noVariation(index: nil)) {
      try GeneralisedParetoFit(excesses: [Double](repeating: 2, count: 30))
    }
    // Uniform excesses: ξ = −1, where the likelihood has no maximum.
    #expect(throws: EstimationError.noMaximum) {
      try GeneralisedParetoFit(excesses: (1...200).map { Double($0) })
    }
  }
}

@Suite struct GoodnessOfFitTests {
  @Test("the Danish claims: W² and A² as SciPy's arrays give them") func danish() throws {
    let fit = try GeneralisedParetoFit(excesses: DanishFire.claimsAboveTen.map { $0 - 10 })
    let goodness = try fit.goodnessOfFit(replicates: 39, seed: 1)
    #expect(isClose(goodness.cramerVonMises, 0.0331633224, absolute: 1e-8))
    #expect(isClose(goodness.andersonDarling, 0.2662917759, absolute: 1e-7))
    #expect(goodness.cramerVonMisesPValue > 0.2)
    #expect(goodness.andersonDarlingPValue > 0.2)
    #expect(try fit.goodnessOfFit(replicates: 39, seed: 1) == goodness)
    let pairs = fit.quantilePairs
    #expect(pairs.count == 109)
    for (pair, next) in zip(pairs, pairs.dropFirst()) { #expect(pair.fitted < next.fitted) }
  }

  @Test("excesses of another law are told apart") func wrongLaw() throws {
    // Two clusters, which no generalised Pareto law has.
    var generator = SeededGenerator(seed: 64)
    let excesses = (0..<200).map { ($0 < 100 ? 1 : 20) + generator.uniform() }
    let goodness = try GeneralisedParetoFit(excesses: excesses + [60]).goodnessOfFit(replicates: 39, seed: 2)
    #expect(goodness.cramerVonMisesPValue == 1 / Double(1 + goodness.replicates))
    #expect(goodness.andersonDarlingPValue == 1 / Double(1 + goodness.replicates))
  }

  @Test func failures() throws {
    let fit = try GeneralisedParetoFit(excesses: DanishFire.claimsAboveTen.map { $0 - 10 })
    #expect(throws: EstimationError.parameterOutOfRange(.replicates, 0)) {
      try fit.goodnessOfFit(replicates: 0, seed: 1)
    }
    #expect(throws: EstimationError.notFinite(index: 1)) { try meanExcess(ofLosses: [1, .nan], above: 0) }
    #expect(try meanExcess(ofLosses: [1, 2], above: 2) == nil)
    #expect(try meanExcess(ofLosses: [1, 2, 6, 9], above: 2) == 5.5)
  }
}
