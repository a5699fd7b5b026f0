import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct ShrunkCovarianceTests {
  /// ED-LW, ED-LWCC, ED-OAS: the intensities on the EDHEC hedge-fund indices.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceEDLW() throws {
    let returns = try ReferenceTables.edhec().returns
    let identity = try ShrunkCovariance.ledoitWolf(returns, target: .scaledIdentity)
    #expect(isClose(identity.intensity, 0.041024217252, absolute: 6e-13))
    #expect(isClose(identity.target[0, 0], 0.000461070132352, absolute: 6e-16))
    let constant = try ShrunkCovariance.ledoitWolf(returns, target: .constantCorrelation)
    #expect(isClose(constant.intensity, 0.02578, absolute: 5e-6))
    let oracle = try ShrunkCovariance.oracleApproximating(returns)
    #expect(isClose(oracle.intensity, 0.012495458603, absolute: 6e-13))
    for estimate in [identity, oracle] {
      // Towards the identity every eigenvalue moves the same way to the mean.
      let (low, mean) = (estimate.sampleEigenvalues.lowerBound, identity.target[0, 0])
      let moved = low + estimate.intensity * (mean - low)
      #expect(isClose(estimate.covariance.smallestEigenvalue, moved, relative: 1e-9))
    }
  }

  /// The intensities by their definitions, element by element and date by date.
  @Test(arguments: [(5, 3), (40, 6), (12, 20), (2, 2)], MeanConvention.both)
  func intensitiesEqualThePlainLoops(shape: (dates: Int, assets: Int), mean: MeanConvention) throws {
    let data = correlatedObservations(dates: shape.dates, assets: shape.assets, seed: 11)
    let plain = PlainShrinkage(data, mean)
    let identity = try ShrunkCovariance.ledoitWolf(data, target: .scaledIdentity, mean: mean)
    let constant = try ShrunkCovariance.ledoitWolf(data, target: .constantCorrelation, mean: mean)
    let oracle = try ShrunkCovariance.oracleApproximating(data, mean: mean)
    #expect(isClose(identity.intensity, plain.identityIntensity, relative: 1e-9, absolute: 1e-12))
    #expect(isClose(constant.intensity, plain.constantIntensity, relative: 1e-8, absolute: 1e-10))
    #expect(isClose(oracle.intensity, plain.oracleIntensity, relative: 1e-9))
    for estimate in [identity, constant, oracle] {
      let mixture =
        plain.sample.scaled(by: 1 - estimate.intensity) + estimate.target.scaled(by: estimate.intensity)
      #expect(estimate.covariance.matrix.maximumAbsoluteDifference(from: mixture) <= 1e-16)
      #expect(estimate.covariance.smallestEigenvalue >= estimate.sampleEigenvalues.lowerBound - 1e-17)
      #expect(estimate.covariance.largestEigenvalue <= estimate.sampleEigenvalues.upperBound * (1 + 1e-12))
    }
  }

  /// The intensity has no unit, and fewer dates than assets leave a matrix with an inverse.
  @Test func unitsDoNotMatter() throws {
    let data = correlatedObservations(dates: 15, assets: 25, seed: 12)
    for target in [LedoitWolfTarget.scaledIdentity, .constantCorrelation] {
      let one = try ShrunkCovariance.ledoitWolf(data, target: target)
      for factor in [1e-90, 3, 1e70] {
        let other = try ShrunkCovariance.ledoitWolf(data.scaled(by: factor), target: target)
        #expect(isClose(other.intensity, one.intensity, relative: 1e-9))
      }
      #expect(one.covariance.smallestEigenvalue > 1e-3 * one.covariance.largestEigenvalue / 25)
      #expect(try Cholesky(one.covariance.matrix).lower.isFinite)
      #expect(try ShrunkCovariance.ledoitWolf(data, target: target) == one)
    }
  }

  @Test func assetsThatNeverMove() throws {
    let data = Matrix(rows: [[0.1, 0, 0.2], [-0.1, 0, 0.1], [0.3, 0, -0.2], [0.1, 0, 0]])
    let constant = try ShrunkCovariance.ledoitWolf(data, target: .constantCorrelation)
    #expect(constant.covariance.matrix.row(1) == [0, 0, 0])
    #expect(constant.intensity.isFinite)
    let still = Matrix(rows: 4, columns: 2, repeating: 0.25)
    for estimate in [
      try ShrunkCovariance.ledoitWolf(still, target: .scaledIdentity),
      try ShrunkCovariance.ledoitWolf(still, target: .constantCorrelation),
      try ShrunkCovariance.oracleApproximating(still),
    ] {
      #expect(estimate.covariance.matrix.maximumAbsoluteElement == 0 && estimate.intensity == 0)
    }
  }

  @Test func badInputsAreNamed() {
    for kind in 0..<3 {
      #expect(throws: CovarianceError.tooFewObservations(count: 1, needed: 2)) {
        try shrunk(kind, Matrix(rows: [[1, 2]]))
      }
      #expect(throws: CovarianceError.self) { try shrunk(kind, Matrix(rows: 5, columns: 0, repeating: 0)) }
      for bad in [Double.nan, .infinity, -.infinity] {
        #expect(throws: CovarianceError.notFinite(row: 1, column: 0)) {
          try shrunk(kind, Matrix(rows: [[1, 2], [bad, 1], [0, 1]]))
        }
      }
      #expect(throws: CovarianceError.overflow) {
        try shrunk(kind, Matrix(rows: [[1e200, 1], [-1e200, 2]]))
      }
    }
  }
}

/// One of the three estimates.
private func shrunk(_ kind: Int, _ data: Matrix) throws(CovarianceError) -> ShrunkCovariance {
  switch kind {
  case 0: try ShrunkCovariance.ledoitWolf(data, target: .scaledIdentity)
  case 1: try ShrunkCovariance.ledoitWolf(data, target: .constantCorrelation)
  default: try ShrunkCovariance.oracleApproximating(data)
  }
}

extension MeanConvention {
  static let both: [MeanConvention] = [.sample, .zero]
}

/// Shrinkage intensities without matrix products.
private struct PlainShrinkage {
  let sample: Matrix
  let identityIntensity: Double
  let constantIntensity: Double
  let oracleIntensity: Double

  init(_ data: Matrix, _ mean: MeanConvention) {
    let (n, p) = (data.rows, data.columns)
    let means = (0..<p).map { asset in
      mean == .zero ? 0 : (0..<n).reduce(0) { $0 + data[$1, asset] } / Double(n)
    }
    let y = Matrix(rows: n, columns: p) { data[$0, $1] - means[$1] }
    let s = Matrix(rows: p, columns: p) { i, j in (0..<n).reduce(0) { $0 + y[$1, i] * y[$1, j] } / Double(n) }
    // The asymptotic covariance of the elements (i, j) and (k, l) of √n·S.
    func joint(_ i: Int, _ j: Int, _ k: Int, _ l: Int) -> Double {
      (0..<n).reduce(0) { $0 + (y[$1, i] * y[$1, j] - s[i, j]) * (y[$1, k] * y[$1, l] - s[k, l]) } / Double(n)
    }
    var total = 0.0
    var average = 0.0
    for i in 0..<p {
      for j in 0..<p {
        total += joint(i, j, i, j)
        if i != j { average += s[i, j] / (s[i, i] * s[j, j]).squareRoot() / Double(p * (p - 1)) }
      }
    }
    var shared = 0.0
    for i in 0..<p {
      for j in 0..<p {
        let ratio = (s[j, j] / s[i, i]).squareRoot()
        shared +=
          i == j
          ? joint(i, i, i, i) : 0.5 * average * (ratio * joint(i, i, i, j) + joint(j, j, i, j) / ratio)
      }
    }
    func squaredDistance(_ target: (Int, Int) -> Double) -> Double {
      (0..<p * p).reduce(0) { sum, index in
        let difference = s[index / p, index % p] - target(index / p, index % p)
        return sum + difference * difference
      }
    }
    let trace = s.diagonal.reduce(0, +)
    let toIdentity = squaredDistance { $0 == $1 ? trace / Double(p) : 0 }
    let toConstant = squaredDistance { $0 == $1 ? s[$0, $0] : average * (s[$0, $0] * s[$1, $1]).squareRoot() }
    sample = s
    identityIntensity = min(max(total / Double(n) / toIdentity, 0), 1)
    constantIntensity =
      toConstant > 1e-20 ? min(max((total - shared) / Double(n) / toConstant, 0), 1) : 0
    let square = squaredDistance { _, _ in 0 }
    let inner = 2 / Double(p)
    oracleIntensity = min(
      1,
      ((1 - inner) * square + trace * trace)
        / ((Double(n) + 1 - inner) * (square - trace * trace / Double(p))))
  }
}
