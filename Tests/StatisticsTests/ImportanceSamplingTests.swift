import LinearAlgebra
import NumericalMethods
import RealModule
import Sampling
import Statistics
import TestSupport
import Testing

/// Glasserman, Heidelberger, Shahabuddin (2000), as a method: their tables are not at hand, so that estimates are judged by
/// exact inversion, and variances by those of plain draws, p(1 − p)/n.
@Suite struct ImportanceSamplingTests {
  private static let replicates = 400
  private static let draws = 1_000

  /// A linear book.
  private static func linear() throws -> QuadraticGaussian {
    try QuadraticGaussian(constant: 3, linear: [40, -25, 10, 5], quadratic: [0, 0, 0, 0])
  }

  /// The loss of a short straddle book: squares that open upwards and some slope.
  private static func shortGamma() throws -> QuadraticGaussian {
    try QuadraticGaussian(
      constant: -8, linear: [6, -4, 2, 1, 0], quadratic: [5, 3, 1.5, 0.5, 0.1])
  }

  private static func normals(_ law: QuadraticGaussian, replicate: Int, draws: Int = draws) -> Matrix {
    Matrix(
      rows: law.linear.count, columns: draws,
      elements: Sampling.normals(
        stream: DrawStream(seed: 20_000 + UInt64(replicate)),
        factors: law.linear.indices.map { stableIdentifier(of: "z\($0)") }, scenarios: 0..<draws))
  }

  /// Over replicates: the factor by which the variance falls, the distance of the mean from the truth in its own errors,
  /// and the share of replicates within three printed errors.
  private struct Quality {
    let factor: Double
    let bias: Double
    let within: Double
    let printedOverTrue: Double
  }

  private static func quality(_ law: QuadraticGaussian, _ confidence: Confidence) throws -> Quality {
    let inversion = CharacteristicFunctionInversion(law)
    let threshold = try inversion.valueAtRisk(at: confidence).value
    let truth = try inversion.exceedanceProbability(of: threshold).value
    let sampling = try ImportanceSampling(law, threshold: threshold)
    let estimates = try (0..<replicates).map { replicate in
      let sample = sampling.sample(normals: normals(law, replicate: replicate))
      return try ImportanceProbability(
        ofLossesAbove: threshold, losses: sample.losses, likelihoodRatios: sample.likelihoodRatios)
    }
    return quality(
      estimates.map(\.value), estimates.map(\.standardError), truth: truth,
      plain: truth * (1 - truth) / Double(draws))
  }

  private static func quality(
    _ values: [Double], _ errors: [Double], truth: Double, plain: Double
  ) -> Quality {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let inside = zip(values, errors).filter { abs($0 - truth) <= 3 * $1 }.count
    let printed = errors.reduce(0) { $0 + $1 * $1 } / count
    return Quality(
      factor: plain / variance, bias: abs(mean - truth) / (variance / count).squareRoot(),
      within: Double(inside) / count, printedOverTrue: (printed / variance).squareRoot())
  }

  /// The expected factors of a normal loss are `p(1−p)/(exp(θ²)·Φ(−2θ) − p²)`: 36.5 and 285.
  ///
  /// With 399 degrees of freedom a variance ratio errs by 7 %: 25 and 150 lie 5.7 and 9 deviations below, 35 % either way 5.
  /// Five standard errors of the mean are a false alarm of 6e-7 each.
  @Test func theVarianceOfALinearBookFallsByTheFactorsAsked() throws {
    for (confidence, needed, expected) in [(0.99, 25.0, 36.5), (0.999, 150, 285)] {
      let quality = try Self.quality(Self.linear(), Confidence(confidence))
      #expect(quality.factor >= needed, "\(confidence): \(quality)")
      #expect(isClose(quality.factor, expected, relative: 0.35), "\(confidence): \(quality)")
      #expect(quality.bias < 5 && quality.within >= 0.97, "\(confidence): \(quality)")
      #expect(isClose(quality.printedOverTrue, 1, absolute: 0.2), "\(confidence): \(quality)")
    }
  }

  @Test func theVarianceOfAShortGammaBookFallsTenfold() throws {
    for confidence in [0.99, 0.999] {
      let quality = try Self.quality(Self.shortGamma(), Confidence(confidence))
      #expect(quality.factor >= 10, "\(confidence): \(quality)")
      #expect(quality.bias < 5 && quality.within >= 0.97, "\(confidence): \(quality)")
      #expect(isClose(quality.printedOverTrue, 1, absolute: 0.25), "\(confidence): \(quality)")
    }
  }

  @Test func valueAtRiskAndShortfallFindTheTruth() throws {
    for law in [try Self.linear(), try Self.shortGamma()] {
      let inversion = CharacteristicFunctionInversion(law)
      let confidence = Confidence.ninetyNinePercent
      let sampling = try ImportanceSampling(law, at: confidence)
      let truth = try inversion.valueAtRisk(at: confidence).value
      let estimates = try (0..<200).map { replicate in
        let sample = sampling.sample(normals: Self.normals(law, replicate: replicate, draws: 2_000))
        return try ImportanceTailEstimate(
          ofLosses: sample.losses, likelihoodRatios: sample.likelihoodRatios, at: confidence)
      }
      let quantile = Self.quality(
        estimates.map(\.valueAtRisk), estimates.compactMap(\.valueAtRiskStandardError),
        truth: truth, plain: 1)
      let shortfall = Self.quality(
        estimates.map(\.expectedShortfall), estimates.compactMap(\.expectedShortfallStandardError),
        truth: try inversion.expectedShortfall(at: confidence).value, plain: 1)
      for quality in [quantile, shortfall] {
        #expect(quality.within >= 0.97, "\(quality)")
        #expect(isClose(quality.printedOverTrue, 1, absolute: 0.2), "\(quality)")
        // The bias of a quantile is of order 1/n, and adds to the error of the mean of 200.
        #expect(quality.bias < 6, "\(quality)")
      }
      for estimate in estimates {
        #expect(estimate.expectedShortfall >= estimate.valueAtRisk)
        #expect(try #require(estimate.valueAtRiskInterval).contains(estimate.valueAtRisk))
        #expect(try #require(estimate.equivalentPlainDraws) > 10_000)
        #expect(estimate.effectiveTailSize > 100 && estimate.effectiveTailSize < 2_000)
      }
      let covered = estimates.filter { $0.valueAtRiskInterval?.contains(truth) ?? false }.count
      // Binomial(200, 0.95): below 172 with probability 1e-7.
      #expect(covered >= 172, "\(covered)")
    }
  }

  /// ψ′(θ) = x by central differences of ψ, and ψ(0) = 0: both in the definition's own terms.
  @Test func theTwistPutsTheMeanAtTheThreshold() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<50 {
      let count = Int.random(in: 1...6, using: &generator)
      let law = try QuadraticGaussian(
        constant: generator.uniform(), linear: (0..<count).map { _ in 1e4 * (generator.uniform() - 0.5) },
        quadratic: (0..<count).map { _ in 3e3 * (generator.uniform() - 0.5) })
      let threshold = try CharacteristicFunctionInversion(law).valueAtRisk(at: .ninetyNinePercent).value
      let sampling = try ImportanceSampling(law, threshold: threshold)
      let t = sampling.twist
      var mean = law.constant
      for (b, lambda) in zip(law.linear, law.quadratic) {
        let rest = 1 - 2 * lambda * t
        #expect(rest > 0)
        mean += (b * b * t * (1 - lambda * t) / rest + lambda) / rest
      }
      #expect(isClose(mean, threshold, relative: 1e-9))
    }
  }

  /// The ratio is the quotient of the two densities of Z, written out.
  @Test func theRatioIsThatOfTheDensities() throws {
    let law = try Self.shortGamma()
    let sampling = try ImportanceSampling(law, at: .ninetyNinePercent)
    let sample = sampling.sample(normals: Self.normals(law, replicate: 0, draws: 50))
    for scenario in 0..<50 {
      var ratio = 1.0
      for (row, (b, lambda)) in zip(law.linear, law.quadratic).enumerated() {
        let z = sample.variables[row, scenario]
        let spread = (1 / (1 - 2 * sampling.twist * lambda)).squareRoot()
        let mean = sampling.twist * b * spread * spread
        ratio *= normalDensity(z) / (normalDensity((z - mean) / spread) / spread)
      }
      #expect(isClose(sample.likelihoodRatios[scenario], ratio, relative: 1e-10))
    }
  }

  /// Equal ratios are plain draws: the figures of `TailRisk`.
  @Test func withRatiosOfOneItIsThePlainEstimate() throws {
    var generator = SeededGenerator(seed: 9)
    let losses = (0..<1_003).map { _ in 100 * generator.uniform() }
    let plain = try TailRisk(ofLosses: losses, at: .ninetyNinePercent)
    let twisted = try ImportanceTailEstimate(
      ofLosses: losses, likelihoodRatios: losses.map { _ in 1 }, at: .ninetyNinePercent)
    #expect(twisted.valueAtRisk == plain.valueAtRisk)
    #expect(isClose(twisted.expectedShortfall, plain.expectedShortfall, relative: 1e-14))
    #expect(isClose(try #require(twisted.equivalentPlainDraws), 1_003, relative: 0.01))
  }

  @Test func theBasisTurnsDrawsIntoMoves() throws {
    var generator = SeededGenerator(seed: 12)
    let count = 4
    let noise = Matrix(rows: count, columns: count) { _, _ in generator.uniform() - 0.5 }
    let factor = try CovarianceFactor(symmetricProduct(rowsOf: noise))
    let gamma = noise + noise.transposed()
    let delta = (0..<count).map { _ in generator.uniform() }
    let basis = try QuadraticGaussianBasis(constant: 2, delta: delta, gamma: gamma, factor: factor)
    let law = try QuadraticGaussian(
      constant: 2, delta: delta, gamma: gamma, covariance: factor.reconstructed())
    #expect(isClose(basis.law.mean, law.mean, relative: 1e-12))
    #expect(isClose(basis.law.standardDeviation, law.standardDeviation, relative: 1e-12))
    #expect(isClose(basis.law.skewness, law.skewness, relative: 1e-10))
    let z = Matrix(rows: count, columns: 1, elements: (0..<count).map { _ in generator.uniform() })
    let x = multiply(basis.loadings, z)
    var byMoves = 2.0
    var byDraws = 2.0
    for row in 0..<count {
      byMoves += delta[row] * x[row, 0]
      for column in 0..<count { byMoves += 0.5 * gamma[row, column] * x[row, 0] * x[column, 0] }
      byDraws += z[row, 0] * (basis.law.linear[row] + basis.law.quadratic[row] * z[row, 0])
    }
    #expect(isClose(byMoves, byDraws, relative: 1e-12))
    #expect((symmetricProduct(rowsOf: basis.loadings) - factor.reconstructed()).frobeniusNorm < 1e-13)
  }

  @Test func whatCannotBeTwistedIsRefused() throws {
    let law = try Self.linear()
    #expect(throws: ImportanceSamplingError.thresholdNotAboveMean(threshold: 3, mean: 3)) {
      try ImportanceSampling(law, threshold: 3)
    }
    #expect(throws: ImportanceSamplingError.notFinite) { try ImportanceSampling(law, threshold: .nan) }
    // A long straddle cannot lose more than it cost.
    let bounded = try QuadraticGaussian(constant: 5, linear: [0], quadratic: [-2])
    #expect(throws: ImportanceSamplingError.thresholdBeyondSupport(threshold: 5, largest: 5)) {
      try ImportanceSampling(bounded, threshold: 5)
    }
    #expect(throws: ImportanceSamplingError.sampleTooSmall(count: 1, needed: 2)) {
      try ImportanceTailEstimate(ofLosses: [1], likelihoodRatios: [1], at: .ninetyNinePercent)
    }
    #expect(throws: ImportanceSamplingError.ratioCount(count: 1, losses: 2)) {
      try ImportanceTailEstimate(ofLosses: [1, 2], likelihoodRatios: [1], at: .ninetyNinePercent)
    }
    #expect(throws: ImportanceSamplingError.notFinite) {
      try ImportanceTailEstimate(ofLosses: [1, .nan], likelihoodRatios: [1, 1], at: .ninetyNinePercent)
    }
    #expect(throws: ImportanceSamplingError.notFinite) {
      try ImportanceProbability(ofLossesAbove: 0, losses: [1, 2], likelihoodRatios: [1, -1])
    }
    #expect(throws: ImportanceSamplingError.tailNotReached(tailProbability: 1 - 0.99, mass: 0.005)) {
      try ImportanceTailEstimate(ofLosses: [1, 2], likelihoodRatios: [0.005, 0.005], at: .ninetyNinePercent)
    }
  }

  @Test func theSameDrawsGiveTheSameBits() throws {
    let law = try Self.shortGamma()
    let sampling = try ImportanceSampling(law, at: .ninetyNinePercent)
    let normals = Self.normals(law, replicate: 3)
    #expect(sampling.sample(normals: normals) == sampling.sample(normals: normals))
    let parts = sampling.sample(normals: Self.normals(law, replicate: 3, draws: 300))
    let whole = sampling.sample(normals: normals)
    #expect(parts.likelihoodRatios == Array(whole.likelihoodRatios[..<300]))
  }
}
