import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct CornishFisherTests {
  /// ED-PA95: modified value at risk and expected shortfall of thirteen hedge-fund indices as the R package
  /// PerformanceAnalytics prints them (as profits, four decimals).
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceEDPA95() throws {
    let expected: [(valueAtRisk: Double, shortfall: Double)] = [
      (-0.0257, -0.0894), (-0.0320, -0.0404), (-0.0280, -0.0673), (-0.0534, -0.1157), (-0.0110, -0.0367),
      (-0.0296, -0.0811), (-0.0177, -0.0531), (-0.0138, -0.0170), (-0.0295, -0.0486), (-0.0150, -0.0513),
      (-0.0174, -0.0475), (-0.0622, -0.0675), (-0.0231, -0.0459),
    ]
    let (names, returns) = try ReferenceTables.edhec()
    for (column, figures) in expected.enumerated() {
      let fisher = try CornishFisher(ofLosses: returns.column(column).map { -$0 })
      let valueAtRisk = try fisher.valueAtRisk(at: .ninetyFivePercent)
      let shortfall = try fisher.expectedShortfall(at: .ninetyFivePercent)
      #expect(isClose(-valueAtRisk, figures.valueAtRisk, absolute: 5e-5), "\(names[column])")
      #expect(isClose(-shortfall, figures.shortfall, absolute: 5e-5), "\(names[column])")
    }
  }

  /// ED-PA95: the same package's Gaussian figures, which need only mean and deviation.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceEDPA95Gaussian() throws {
    let expected: [(valueAtRisk: Double, shortfall: Double)] = [
      (-0.0217, -0.0287), (-0.0331, -0.0426), (-0.0230, -0.0305), (-0.0470, -0.0606), (-0.0091, -0.0126),
      (-0.0246, -0.0326), (-0.0144, -0.0192), (-0.0184, -0.0245), (-0.0276, -0.0363), (-0.0133, -0.0181),
      (-0.0138, -0.0187), (-0.0760, -0.0950), (-0.0219, -0.0286),
    ]
    let (names, returns) = try ReferenceTables.edhec()
    for (column, figures) in expected.enumerated() {
      let moments = try CornishFisher(ofLosses: returns.column(column).map { -$0 })
      let normal = try CornishFisher(
        mean: moments.mean, standardDeviation: moments.standardDeviation, skewness: 0, excessKurtosis: 0)
      let valueAtRisk = try normal.valueAtRisk(at: .ninetyFivePercent)
      let shortfall = try normal.expectedShortfall(at: .ninetyFivePercent)
      #expect(isClose(-valueAtRisk, figures.valueAtRisk, absolute: 5e-5), "\(names[column])")
      #expect(isClose(-shortfall, figures.shortfall, absolute: 5e-5), "\(names[column])")
    }
  }

  /// ED-MOM: the moments the expansion is made of, of five indices.
  @Test(
    .enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage),
    arguments: [
      (
        "Convertible Arbitrage",
        [0.00579215017064846, 0.000280012737014991, -2.597020157337, 18.601140079301]
      ),
      ("CTA Global", [0.00431740614334471, 0.000517527103169519, 0.162802910536, -0.007572888793]),
      ("Emerging Markets", [0.00673037542662116, 0.0010662707838181, -1.220479826886, 6.012584473505]),
      ("Global Macro", [0.00559795221843003, 0.00021315938147212, 0.882584750155, 2.486277065194]),
      ("Short Selling", [-0.00126040955631399, 0.00206338962713602, 0.773715220980, 3.628157596973]),
    ])
  func referenceEDMOM(index: String, moments: [Double]) throws {
    let fisher = try CornishFisher(ofLosses: ReferenceFolder.column(index, of: "pa_edhec_293.csv"))
    #expect(isClose(fisher.mean, moments[0], relative: 1e-13))
    #expect(isClose(fisher.standardDeviation, moments[1].squareRoot(), relative: 1e-13))
    #expect(isClose(fisher.skewness, moments[2], absolute: 6e-13))
    #expect(isClose(fisher.excessKurtosis, moments[3], absolute: 6e-12))
  }

  /// ED-EWC: the equally weighted portfolio's Gaussian figure, with the covariance of divisor n − 1.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceEDEWC() throws {
    let returns = try ReferenceTables.edhec().returns
    let covariance = try CovarianceEstimator.sample.estimate(returns).matrix
    let weights = [Double](repeating: 1.0 / 13, count: 13)
    let mean = (0..<293).reduce(0.0) { $0 + returns.row($1).reduce(0, +) } / (293 * 13)
    let law = try QuadraticGaussian(
      constant: -mean, delta: weights.map { -$0 }, gamma: Matrix(rows: 13, columns: 13, repeating: 0),
      covariance: covariance)
    let exact = try CharacteristicFunctionInversion(law).valueAtRisk(at: .ninetyFivePercent)
    #expect(isClose(exact.value, 0.012857476934, absolute: 6e-13))
    #expect(isClose(try CornishFisher(law).valueAtRisk(at: .ninetyFivePercent), exact.value, relative: 1e-12))
    #expect(
      isClose(try SaddlepointTail(law).valueAtRisk(at: .ninetyFivePercent), exact.value, relative: 1e-12))
  }

  /// Without skewness and kurtosis it is the normal law.
  @Test(arguments: [0.6, 0.95, 0.99, 0.9999])
  func normalMomentsGiveNormalFigures(level: Double) throws {
    let confidence = try Confidence(level)
    let fisher = try CornishFisher(mean: 2, standardDeviation: 3, skewness: 0, excessKurtosis: 0)
    #expect(
      isClose(
        try fisher.valueAtRisk(at: confidence), 2 + 3 * EllipticalTail.normal.valueAtRisk(at: confidence),
        relative: 1e-14))
    #expect(
      isClose(
        try fisher.expectedShortfall(at: confidence),
        2 + 3 * EllipticalTail.normal.expectedShortfall(at: confidence),
        relative: 1e-14))
  }

  /// Wherever it answers, more confidence is more loss, and the shortfall is beyond the quantile; it is equivariant.
  @Test func figuresRiseWithTheLevel() throws {
    var generator = SeededGenerator(seed: 51)
    var answered = 0
    for _ in 0..<500 {
      let skewness = 4 * generator.uniform() - 2
      let kurtosis = skewness * skewness - 2 + 8 * generator.uniform()
      let fisher = try CornishFisher(
        mean: 0, standardDeviation: 1, skewness: skewness, excessKurtosis: kurtosis)
      let moved = try CornishFisher(
        mean: -5, standardDeviation: 2, skewness: skewness, excessKurtosis: kurtosis)
      let levels = try [0.9, 0.95, 0.99, 0.999].map { try Confidence($0) }
      guard let first = try? fisher.valueAtRisk(at: levels[0]) else { continue }
      answered += 1
      var last = first
      for level in levels.dropFirst() {
        // In the domain at one level, in the domain beyond it (to the same end).
        guard let next = try? fisher.valueAtRisk(at: level) else { continue }
        #expect(next > last)
        last = next
        #expect(isClose(try moved.valueAtRisk(at: level), 2 * next - 5, absolute: 1e-12))
        if let shortfall = try? fisher.expectedShortfall(at: level) { #expect(shortfall >= next) }
      }
    }
    #expect(answered > 100 && answered < 500)
  }

  @Test func outsideTheDomainItIsRefused() throws {
    // dw/dz = 1 − 5/36·… turns negative: strong skewness without the kurtosis to carry it.
    let bent = try CornishFisher(mean: 0, standardDeviation: 1, skewness: -1.4, excessKurtosis: 0)
    #expect(throws: QuadraticGaussianError.self) { try bent.valueAtRisk(at: .ninetyNinePercent) }
    do {
      _ = try bent.valueAtRisk(at: .ninetyNinePercent)
    } catch .expansionNotMonotone(let turn) {
      #expect(turn >= 2.3263478 && turn < 6)
    }
    // Much kurtosis puts the quantile where the expansion of the density has little mass left.
    let incoherent = try CornishFisher(mean: 0, standardDeviation: 1, skewness: 0, excessKurtosis: 10)
    #expect(throws: QuadraticGaussianError.self) { try incoherent.expectedShortfall(at: .ninetyNinePercent) }
  }

  @Test func badInputsAreNamed() {
    #expect(throws: QuadraticGaussianError.tooFewLosses(count: 3, needed: 4)) {
      try CornishFisher(ofLosses: [1, 2, 3])
    }
    #expect(throws: QuadraticGaussianError.noVariance) { try CornishFisher(ofLosses: [1, 1, 1, 1, 1]) }
    for bad in [Double.nan, .infinity] {
      #expect(throws: QuadraticGaussianError.notFinite) { try CornishFisher(ofLosses: [1, 2, 3, 4, bad]) }
      #expect(throws: QuadraticGaussianError.notFinite) {
        try CornishFisher(mean: 0, standardDeviation: 1, skewness: bad, excessKurtosis: 0)
      }
    }
    #expect(throws: QuadraticGaussianError.noVariance) {
      try CornishFisher(mean: 0, standardDeviation: 0, skewness: 0, excessKurtosis: 0)
    }
    #expect(throws: QuadraticGaussianError.impossibleMoments(skewness: 3, excessKurtosis: 1)) {
      try CornishFisher(mean: 0, standardDeviation: 1, skewness: 3, excessKurtosis: 1)
    }
  }
}
