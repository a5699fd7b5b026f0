import LinearAlgebra
import NumericalMethods
import RealModule
import Sampling
import Statistics
import TestSupport
import Testing

/// Glasserman, Heidelberger, Shahabuddin (2002), as a method: their tables are not at hand.
///
/// Linear books are judged by the closed form, quadratic ones by a mixture of exact inversions and by plain draws; variances by those of plain draws,
/// p(1 − p)/n.
@Suite struct StudentTImportanceSamplingTests {
  private static let replicates = 400
  private static let draws = 1_000
  private static let freedom = 4.0

  /// A linear book; its standard deviation is √2,350.
  private static func linear() throws -> QuadraticGaussian {
    try QuadraticGaussian(constant: 3, linear: [40, -25, 10, 5], quadratic: [0, 0, 0, 0])
  }

  /// The loss of a short straddle book: squares that open upwards and some slope.
  private static func shortGamma() throws -> QuadraticGaussian {
    try QuadraticGaussian(
      constant: -8, linear: [6, -4, 2, 1, 0], quadratic: [5, 3, 1.5, 0.5, 0.1])
  }

  private static func normals(_ law: QuadraticGaussian, _ stream: DrawStream, _ draws: Int) -> Matrix {
    Matrix(
      rows: law.linear.count, columns: draws,
      elements: Sampling.normals(
        stream: stream, factors: law.linear.indices.map { stableIdentifier(of: "z\($0)") },
        scenarios: 0..<draws))
  }

  private static func mixing(_ freedom: Double, _ stream: DrawStream, _ draws: Int) -> [Double] {
    var values = [Double](repeating: 0, count: draws)
    var row = values.mutableSpan
    fillChiSquared(degreesOfFreedom: freedom, stream: stream, firstScenario: 0, into: &row)
    return values
  }

  private static func sample(
    _ sampling: StudentTImportanceSampling, replicate: Int, draws: Int = draws
  ) -> ImportanceSample {
    let stream = DrawStream(seed: 50_000 + UInt64(replicate))
    return sampling.sample(
      normals: normals(sampling.law, stream, draws),
      chiSquared: mixing(sampling.degreesOfFreedom, stream, draws))
  }

  /// P(Q > x) = ∫₀¹ P(Q > x | Y = F⁻¹(u)) du with u = t⁴, by Simpson's rule: given Y the loss is quadratic in normals.
  private static func exceedance(
    of threshold: Double, _ law: QuadraticGaussian, _ freedom: Double
  ) throws -> Double {
    let chiSquared = ChiSquaredDistribution(degreesOfFreedom: freedom)
    let intervals = 100
    var sum = 0.0
    for point in 1...intervals {
      let t = Double(point) / Double(intervals)
      let cube = t * t * t
      let mixing = point == intervals ? Double.infinity : chiSquared.quantile(t * cube)
      guard mixing.isFinite else { continue }
      let scale = (freedom - 2) / mixing
      let given = try QuadraticGaussian(
        constant: law.constant, linear: law.linear.map { $0 * scale.squareRoot() },
        quadratic: law.quadratic.map { $0 * scale })
      let probability = try CharacteristicFunctionInversion(given).exceedanceProbability(of: threshold).value
      sum += (point % 2 == 1 ? 4 : 2) * probability * 4 * cube
    }
    return sum / Double(3 * intervals)
  }

  /// Over replicates: the factor by which the variance falls, the distance of the mean from the truth in its own errors,
  /// the share of replicates within three printed errors, and printed errors over the true one.
  private struct Quality {
    let factor: Double
    let bias: Double
    let within: Double
    let printedOverTrue: Double

    init(_ values: [Double], _ errors: [Double], truth: Double, plain: Double) {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      let inside = zip(values, errors).filter { abs($0 - truth) <= 3 * $1 }.count
      factor = plain / variance
      bias = abs(mean - truth) / (variance / count).squareRoot()
      within = Double(inside) / count
      printedOverTrue = (errors.reduce(0) { $0 + $1 * $1 } / count / variance).squareRoot()
    }
  }

  private static func quality(
    _ law: QuadraticGaussian, threshold: Double, truth: Double, freedom: Double = freedom
  ) throws -> Quality {
    let sampling = try StudentTImportanceSampling(law, degreesOfFreedom: freedom, threshold: threshold)
    let estimates = try (0..<replicates).map { replicate in
      let sample = sample(sampling, replicate: replicate)
      return try ImportanceProbability(
        ofLossesAbove: threshold, losses: sample.losses, likelihoodRatios: sample.likelihoodRatios)
    }
    return Quality(
      estimates.map(\.value), estimates.map(\.standardError), truth: truth,
      plain: truth * (1 - truth) / Double(draws))
  }

  /// Measured: 47.7 and 454, and for the short-gamma book 37.2 and 397.
  ///
  /// A variance ratio with 399 degrees of freedom errs by
  /// 7 %: the floors lie five deviations below.
  /// Five standard errors of the mean are a false alarm of 6e-7 each.
  @Test func theVarianceOfALinearBookFalls() throws {
    let law = try Self.linear()
    let tail = try EllipticalTail.studentT(degreesOfFreedom: Self.freedom)
    for (level, needed) in [(0.99, 30.0), (0.999, 290)] {
      let confidence = try Confidence(level)
      let threshold = 3 + law.standardDeviation * tail.valueAtRisk(at: confidence)
      #expect(
        isClose(
          try Self.exceedance(of: threshold, law, Self.freedom), confidence.tailProbability, relative: 1e-4))
      let quality = try Self.quality(law, threshold: threshold, truth: confidence.tailProbability)
      #expect(quality.factor >= needed, "\(level): \(quality)")
      #expect(quality.bias < 5 && quality.within >= 0.97, "\(level): \(quality)")
      #expect(isClose(quality.printedOverTrue, 1, absolute: 0.2), "\(level): \(quality)")
    }
  }

  /// Thresholds near the levels 99 % and 99.9 %; the mixture of inversions is the truth, and plain draws agree with it.
  @Test func theVarianceOfAShortGammaBookFalls() throws {
    let law = try Self.shortGamma()
    for (level, needed) in [(0.99, 23.0), (0.999, 250)] {
      let threshold = try StudentTImportanceSampling(
        law, degreesOfFreedom: Self.freedom, at: Confidence(level)
      ).threshold
      let truth = try Self.exceedance(of: threshold, law, Self.freedom)
      // The saddlepoint puts the threshold near its level.
      #expect(isClose(truth, 1 - level, relative: 0.1), "\(truth)")
      let quality = try Self.quality(law, threshold: threshold, truth: truth)
      #expect(quality.factor >= needed, "\(level): \(quality)")
      #expect(quality.bias < 5 && quality.within >= 0.97, "\(level): \(quality)")
      #expect(isClose(quality.printedOverTrue, 1, absolute: 0.25), "\(level): \(quality)")

      let plain = 400_000
      let stream = DrawStream(seed: 91)
      let normals = Self.normals(law, stream, plain)
      let mixing = Self.mixing(Self.freedom, stream, plain)
      var beyond = 0
      for scenario in 0..<plain {
        let scale = ((Self.freedom - 2) / mixing[scenario]).squareRoot()
        var loss = law.constant
        for (row, (b, lambda)) in zip(law.linear, law.quadratic).enumerated() {
          let move = scale * normals[row, scenario]
          loss += move * (b + lambda * move)
        }
        if loss > threshold { beyond += 1 }
      }
      let error = (truth * (1 - truth) / Double(plain)).squareRoot()
      #expect(abs(Double(beyond) / Double(plain) - truth) < 5 * error, "\(level): \(beyond)")
    }
  }

  @Test func valueAtRiskAndShortfallFindTheTruth() throws {
    let law = try Self.linear()
    let tail = try EllipticalTail.studentT(degreesOfFreedom: Self.freedom)
    let confidence = Confidence.ninetyNinePercent
    let sampling = try StudentTImportanceSampling(law, degreesOfFreedom: Self.freedom, at: confidence)
    let truth = 3 + law.standardDeviation * tail.valueAtRisk(at: confidence)
    let mean = 3 + law.standardDeviation * tail.expectedShortfall(at: confidence)
    let estimates = try (0..<200).map { replicate in
      let sample = Self.sample(sampling, replicate: replicate, draws: 2_000)
      return try ImportanceTailEstimate(
        ofLosses: sample.losses, likelihoodRatios: sample.likelihoodRatios, at: confidence)
    }
    let plainQuantile =
      law.standardDeviation * tail.valueAtRiskStandardError(at: confidence, sampleSize: 2_000)
    let plainMean =
      law.standardDeviation * tail.expectedShortfallStandardError(at: confidence, sampleSize: 2_000)
    let quantile = Quality(
      estimates.map(\.valueAtRisk), estimates.compactMap(\.valueAtRiskStandardError), truth: truth,
      plain: plainQuantile * plainQuantile)
    let shortfall = Quality(
      estimates.map(\.expectedShortfall), estimates.compactMap(\.expectedShortfallStandardError), truth: mean,
      plain: plainMean * plainMean)
    for quality in [quantile, shortfall] {
      #expect(quality.within >= 0.97, "\(quality)")
      #expect(isClose(quality.printedOverTrue, 1, absolute: 0.2), "\(quality)")
      // The bias of a quantile is of order 1/n, and adds to the error of the mean of 200.
      #expect(quality.bias < 6, "\(quality)")
      #expect(quality.factor > 25, "\(quality)")
    }
    let covered = estimates.filter { $0.valueAtRiskInterval?.contains(truth) ?? false }.count
    // Binomial(200, 0.95): below 172 with probability 1e-7.
    #expect(covered >= 172, "\(covered)")
  }

  /// ψ′(θ) = 0 in the definition's own terms, inside the domain of ψ, for squares of either sign.
  @Test func theTwistCentresTheWeightedExcess() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      let count = Int.random(in: 1...6, using: &generator)
      let freedom = 2.5 + 10 * generator.uniform()
      let law = try QuadraticGaussian(
        constant: generator.uniform(), linear: (0..<count).map { _ in 1e4 * (generator.uniform() - 0.5) },
        quadratic: (0..<count).map { _ in 3e3 * (generator.uniform() - 0.5) })
      let sampling = try StudentTImportanceSampling(law, degreesOfFreedom: freedom, at: .ninetyNinePercent)
      let t = sampling.twist
      let distance = sampling.threshold - law.constant
      var alpha = 0 - t * distance
      var slope = 0 - distance
      var squares = 0.0
      var size = 0.0
      for (b, lambda) in zip(law.linear, law.quadratic) {
        let rest = 1 - 2 * lambda * t
        #expect(t > 0 && rest > 0)
        alpha += 0.5 * t * t * b * b / rest
        slope += b * b * t * (1 - lambda * t) / (rest * rest)
        squares += lambda / rest
        size += abs(lambda / rest)
      }
      let scale = 1 - 2 * alpha / (freedom - 2)
      #expect(scale > 0)
      let first = freedom / (freedom - 2) * slope / scale
      #expect(isClose(first + squares, 0, absolute: 1e-8 * (size + abs(distance))))
    }
  }

  /// The ratio is the quotient of the joint densities of Y and Z, written out.
  @Test func theRatioIsThatOfTheDensities() throws {
    let law = try Self.shortGamma()
    let sampling = try StudentTImportanceSampling(law, degreesOfFreedom: 5, at: .ninetyNinePercent)
    let stream = DrawStream(seed: 3)
    let base = Self.mixing(5, stream, 50)
    let normals = Self.normals(law, stream, 50)
    let sample = sampling.sample(normals: normals, chiSquared: base)
    let t = sampling.twist
    var alpha = 0 - t * (sampling.threshold - law.constant)
    for (b, lambda) in zip(law.linear, law.quadratic) { alpha += 0.5 * t * t * b * b / (1 - 2 * t * lambda) }
    let shrinking = 1 - 2 * alpha / 3
    let chiSquared = ChiSquaredDistribution(degreesOfFreedom: 5)
    for scenario in 0..<50 {
      let mixing = base[scenario] / shrinking
      var ratio = chiSquared.density(mixing) / (chiSquared.density(base[scenario]) * shrinking)
      for (row, (b, lambda)) in zip(law.linear, law.quadratic).enumerated() {
        let z = sample.variables[row, scenario] * (mixing / 3).squareRoot()
        let spread = (1 / (1 - 2 * t * lambda)).squareRoot()
        let mean = t * b * (mixing / 3).squareRoot() * spread * spread
        #expect(isClose((z - mean) / spread, normals[row, scenario], absolute: 1e-9))
        ratio *= normalDensity(z) / (normalDensity((z - mean) / spread) / spread)
      }
      #expect(isClose(sample.likelihoodRatios[scenario], ratio, relative: 1e-9))
    }
  }

  @Test func manyDegreesOfFreedomAreTheNormalTwist() throws {
    for law in [try Self.linear(), try Self.shortGamma()] {
      let normal = try ImportanceSampling(law, at: .ninetyNinePercent)
      let studentT = try StudentTImportanceSampling(
        law, degreesOfFreedom: 1e7, threshold: normal.threshold)
      #expect(isClose(studentT.twist, normal.twist, relative: 1e-5))
      let sample = Self.sample(studentT, replicate: 0, draws: 50)
      let twin = normal.sample(normals: Self.normals(law, DrawStream(seed: 50_000), 50))
      for scenario in 0..<50 {
        #expect(isClose(sample.losses[scenario], twin.losses[scenario], relative: 1e-2))
      }
    }
  }

  /// A law bounded above has draws about a threshold below its end.
  @Test func boundedLossesAreTwistedBelowTheirEnd() throws {
    let law = try QuadraticGaussian(constant: 0, linear: [1, 2], quadratic: [-1, -0.5])
    let sampling = try StudentTImportanceSampling(law, degreesOfFreedom: 4, at: .ninetyNinePercent)
    #expect(sampling.threshold < law.support.upper)
    let truth = try Self.exceedance(of: sampling.threshold, law, 4)
    let quality = try Self.quality(law, threshold: sampling.threshold, truth: truth)
    #expect(quality.bias < 5 && quality.factor > 45, "\(quality)")
  }

  @Test func whatCannotBeTwistedIsRefused() throws {
    let law = try Self.linear()
    #expect(throws: ImportanceSamplingError.thresholdNotAboveMean(threshold: 3, mean: 3)) {
      try StudentTImportanceSampling(law, degreesOfFreedom: 4, threshold: 3)
    }
    #expect(throws: ImportanceSamplingError.notFinite) {
      try StudentTImportanceSampling(law, degreesOfFreedom: 4, threshold: .nan)
    }
    for freedom in [2, 0, -1, Double.infinity] {
      #expect(throws: ImportanceSamplingError.degreesOfFreedomOutOfRange(freedom)) {
        try StudentTImportanceSampling(law, degreesOfFreedom: freedom, threshold: 100)
      }
      #expect(throws: ImportanceSamplingError.degreesOfFreedomOutOfRange(freedom)) {
        try StudentTImportanceSampling(law, degreesOfFreedom: freedom, at: .ninetyNinePercent)
      }
    }
    #expect(throws: ImportanceSamplingError.self) {
      try StudentTImportanceSampling(law, degreesOfFreedom: .nan, threshold: 100)
    }
    // A long straddle cannot lose more than it cost.
    let bounded = try QuadraticGaussian(constant: 5, linear: [0], quadratic: [-2])
    #expect(throws: ImportanceSamplingError.thresholdBeyondSupport(threshold: 5, largest: 5)) {
      try StudentTImportanceSampling(bounded, degreesOfFreedom: 4, threshold: 5)
    }
    let error = ImportanceSamplingError.degreesOfFreedomOutOfRange(1.5)
    #expect("\(error)" == "Student-t draws need a finite number of degrees of freedom above 2, not 1.5")
  }

  @Test func theSameDrawsGiveTheSameBits() throws {
    let sampling = try StudentTImportanceSampling(
      Self.shortGamma(), degreesOfFreedom: 4, at: .ninetyNinePercent)
    let whole = Self.sample(sampling, replicate: 3)
    #expect(whole == Self.sample(sampling, replicate: 3))
    let part = Self.sample(sampling, replicate: 3, draws: 300)
    #expect(part.likelihoodRatios == Array(whole.likelihoodRatios[..<300]))
    #expect(part.losses == Array(whole.losses[..<300]))
  }
}
