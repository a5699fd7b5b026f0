import Statistics
import TestSupport
import Testing

@Suite struct GeneralisedParetoTailTests {
  @Test("GPD-HULL: the quantiles and the tail of the textbook's parameters") func hull() throws {
    // Hull: Risk management and financial institutions, extreme value theory; thousand dollars.
    let tail = GeneralisedParetoTail(
      threshold: 160, tailShare: 22.0 / 500, distribution: try .init(shape: 0.436, scale: 32.532))
    #expect(isClose(try tail.valueAtRisk(at: .ninetyNinePercent), 227.7393, absolute: 5e-5))
    #expect(isClose(try tail.expectedShortfall(at: .ninetyNinePercent), 337.7860, absolute: 5e-5))
    #expect(isClose(try tail.valueAtRisk(at: Confidence(0.999)), 473.8662, absolute: 5e-5))
    #expect(isClose(tail.exceedanceProbability(of: 300), 0.0039001, absolute: 5e-8))
    // As printed, from parameters that were not rounded.
    #expect(isClose(try tail.valueAtRisk(at: .ninetyNinePercent), 227.8, absolute: 0.1))
    #expect(isClose(try tail.expectedShortfall(at: .ninetyNinePercent), 337.9, absolute: 0.15))
  }

  @Test("GPD-DANISH: from the paper's rounded parameters") func danish() throws {
    let tail = GeneralisedParetoTail(
      threshold: 10, tailShare: 109.0 / 2_156, distribution: try .init(shape: 0.5, scale: 7))
    #expect(isClose(try tail.valueAtRisk(at: .ninetyNinePercent), 27.479, absolute: 5e-4))
    #expect(isClose(try tail.expectedShortfall(at: .ninetyNinePercent), 58.957, absolute: 1e-3))
  }

  @Test("quantiles and probabilities undo each other") func inverse() throws {
    let tail = GeneralisedParetoTail(
      threshold: 2, tailShare: 0.1, distribution: try .init(shape: 0.2, scale: 1))
    for probability in [0.1, 0.05, 0.01, 1e-5] {
      let loss = tail.loss(exceededWith: probability)
      #expect(isClose(tail.exceedanceProbability(of: loss), probability, relative: 1e-12))
    }
    #expect(tail.loss(exceededWith: 0.1) == 2)
  }

  @Test func failures() throws {
    let tail = GeneralisedParetoTail(
      threshold: 2, tailShare: 0.04, distribution: try .init(shape: 1, scale: 1))
    #expect(throws: EstimationError.infiniteMean(shape: 1)) {
      try tail.expectedShortfall(at: .ninetyNinePercent)
    }
    #expect {
      try tail.valueAtRisk(at: .ninetyFivePercent)
    } throws: { error in
      guard case .levelBelowThreshold(_, 0.04)? = error as? EstimationError else { return false }
      return true
    }
  }
}

@Suite struct PeaksOverThresholdTests {
  /// All 2,167 claims; those below the threshold count, but their sizes do not matter.
  private static var danish: [Double] {
    DanishFire.claimsAboveTen + [Double](repeating: 1, count: 2_167 - 109)
  }

  @Test("GPD-DANISH: McNeil prints 27.3 and 58.2") func mcNeil() throws {
    let peaks = try PeaksOverThreshold(ofLosses: Self.danish, threshold: 10)
    let valueAtRisk = try peaks.valueAtRisk(at: .ninetyNinePercent)
    let shortfall = try peaks.expectedShortfall(at: .ninetyNinePercent)
    #expect(isClose(valueAtRisk.value, 27.3, absolute: 0.05))
    #expect(isClose(shortfall.value, 58.2, absolute: 0.05))
    // The zero of the likelihood's derivative in 80-bit arithmetic (NumPy).
    #expect(isClose(valueAtRisk.value, 27.28998740049, relative: 1e-11))
    #expect(isClose(shortfall.value, 58.24010050359, relative: 1e-10))
    #expect(isClose(try peaks.valueAtRisk(at: Confidence(0.999)).value, 94.33935205707, relative: 1e-10))
  }

  @Test("profile intervals of the Danish claims, as SciPy's profiles give them") func profiles() throws {
    let peaks = try PeaksOverThreshold(ofLosses: Self.danish, threshold: 10)
    let valueAtRisk = try #require(try peaks.valueAtRiskInterval(at: .ninetyNinePercent))
    #expect(isClose(valueAtRisk.lowerBound, 23.277306, absolute: 1e-5))
    #expect(isClose(valueAtRisk.upperBound, 33.210354, absolute: 1e-5))
    let shortfall = try #require(try peaks.expectedShortfallInterval(at: .ninetyNinePercent))
    #expect(isClose(shortfall.lowerBound, 41.083130, absolute: 1e-5))
    #expect(isClose(shortfall.upperBound, 154.981932, absolute: 1e-4))
    let shape = try #require(peaks.shapeInterval())
    #expect(isClose(shape.lowerBound, 0.27452829, absolute: 1e-6))
    #expect(isClose(shape.upperBound, 0.81888743, absolute: 1e-6))
  }

  @Test("delta errors are the differences a shift of the parameters makes") func deltaErrors() throws {
    let peaks = try PeaksOverThreshold(ofLosses: Self.danish, threshold: 10)
    let law = peaks.fit.distribution
    func tail(_ shape: Double, _ scale: Double, _ share: Double) throws -> GeneralisedParetoTail {
      GeneralisedParetoTail(
        threshold: 10, tailShare: share, distribution: try .init(shape: shape, scale: scale))
    }
    func slopes(_ read: (GeneralisedParetoTail) throws -> Double) throws -> [Double] {
      let share = peaks.tailShare
      let (a, b) = (law.shape, law.scale)
      return [
        try (read(tail(a + 1e-5, b, share)) - read(tail(a - 1e-5, b, share))) / 2e-5,
        try (read(tail(a, b + 1e-5, share)) - read(tail(a, b - 1e-5, share))) / 2e-5,
        try (read(tail(a, b, share + 1e-7)) - read(tail(a, b, share - 1e-7))) / 2e-7,
      ]
    }
    let (n, one) = (Double(peaks.fit.count), 1 + law.shape)
    func error(_ slopes: [Double]) -> Double {
      let share = peaks.tailShare * (1 - peaks.tailShare) / 2_167
      let variance =
        slopes[0] * slopes[0] * one * one / n + slopes[1] * slopes[1] * 2 * law.scale * law.scale * one / n
        - 2 * slopes[0] * slopes[1] * law.scale * one / n + slopes[2] * slopes[2] * share
      return variance.squareRoot()
    }
    for level in [0.96, 0.99, 0.999] {
      let confidence = try Confidence(level)
      #expect(
        isClose(
          try peaks.valueAtRisk(at: confidence).standardError,
          error(try slopes { try $0.valueAtRisk(at: confidence) }), relative: 1e-5))
      #expect(
        isClose(
          try peaks.expectedShortfall(at: confidence).standardError,
          error(try slopes { try $0.expectedShortfall(at: confidence) }), relative: 1e-5))
    }
  }

  @Test("a share of the sample: the threshold is the largest loss outside it") func share() throws {
    var generator = SeededGenerator(seed: 71)
    let losses = (0..<1_000).map { _ in 1 / generator.uniform() }
    let peaks = try PeaksOverThreshold(ofLosses: losses, tailShare: 0.1)
    #expect(peaks.fit.count == 100)
    #expect(peaks.threshold == losses.sorted()[899])
    #expect(peaks.tailShare == 0.1)
    #expect(try peaks == PeaksOverThreshold(ofLosses: losses, threshold: peaks.threshold))
    #expect(try peaks.valueAtRisk(at: Confidence(0.9)).value >= peaks.threshold)
  }

  // 300 samples of 2,000 Student losses with four degrees of freedom, the tail a tenth: the 99.9 % quantile is 7.173. The
  // share of intervals of two standard errors that cover is at least 85 % in truth; fewer than 75 % in 300 has a
  // probability below 1e-6. The mean of the estimates has a deviation of about 1.3 %; a band of 10 % holds the bias too.
  @Test("it reads a quantile the sample hardly reaches") func recovery() throws {
    let replications = 300
    let truth = 7.173_182
    // Student's t with four degrees of freedom has a quantile in closed form.
    func student(_ probability: Double) -> Double {
      let tail = 4 * probability * (1 - probability)
      let q = cosineOfThird(tail.squareRoot()) / tail.squareRoot()
      return (probability < 0.5 ? -2 : 2) * max(0, q - 1).squareRoot()
    }
    var generator = SeededGenerator(seed: 72)
    var mean = 0.0
    var covered = 0
    for _ in 0..<replications {
      let losses = (0..<2_000).map { _ in student(generator.uniform()) }
      let estimate = try PeaksOverThreshold(ofLosses: losses, tailShare: 0.1)
        .valueAtRisk(at: Confidence(0.999))
      mean += estimate.value / Double(replications)
      if abs(estimate.value - truth) < 2 * estimate.standardError { covered += 1 }
    }
    #expect(isClose(mean, truth, relative: 0.1), "\(mean)")
    #expect(covered >= 225, "\(covered)")
  }

  /// cos(arccos(x)/3), the largest root of 4c³ − 3c = x.
  private func cosineOfThird(_ x: Double) -> Double {
    var c = 1.0
    for _ in 0..<50 { c -= (4 * c * c * c - 3 * c - x) / (12 * c * c - 3) }
    return c
  }

  @Test func failures() {
    let losses = (1...100).map { 1 / Double($0) }
    #expect(throws: EstimationError.notFinite(index: 2)) {
      try PeaksOverThreshold(ofLosses: [1, 2, .nan], threshold: 0)
    }
    #expect(throws: EstimationError.sampleTooSmall(count: 4, needed: 20)) {
      try PeaksOverThreshold(ofLosses: losses, threshold: 0.2)
    }
    #expect(throws: EstimationError.sampleTooSmall(count: 10, needed: 20)) {
      try PeaksOverThreshold(ofLosses: losses, tailShare: 0.1)
    }
    #expect(throws: EstimationError.self) { try PeaksOverThreshold(ofLosses: losses, threshold: .nan) }
    for share in [0, 0.6, -0.1, Double.nan] {
      #expect(throws: EstimationError.self) { try PeaksOverThreshold(ofLosses: losses, tailShare: share) }
    }
  }
}
