import Benchmark
import LinearAlgebra
import Sampling
import Statistics

private func losses(_ count: Int) -> [Double] {
  normals(stream: DrawStream(seed: 7), factors: [1], scenarios: 0..<count)
}

/// A random symmetric matrix of unit diagonal and elements in (−1, 1): half its eigenvalues are negative.
private func indefinite(_ order: Int) -> Matrix {
  let uniform = losses(order * order).map { $0 / (1 + abs($0)) }
  return Matrix(rows: order, columns: order) { row, column in
    row == column ? 1 : uniform[max(row, column) * order + min(row, column)]
  }
}

let benchmarks: @Sendable () -> Void = {
  let single = Benchmark.Configuration(metrics: [.wallClock, .throughput], maxDuration: .seconds(3))
  let many = Benchmark.Configuration(
    metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(3))

  Benchmark("99 % tail of 100,000", configuration: single) { benchmark in
    let sample = losses(100_000)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try TailRisk(ofLosses: sample, at: .ninetyNinePercent)) }
  }

  Benchmark("99 % tail of 100,000 with its errors", configuration: single) { benchmark in
    let sample = losses(100_000)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      blackHole(try TailEstimate(ofLosses: sample, at: .ninetyNinePercent))
    }
  }

  Benchmark("99 % tail of 500", configuration: many) { benchmark in
    let sample = losses(500)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try TailRisk(ofLosses: sample, at: .ninetyNinePercent)) }
  }

  Benchmark("exponentially weighted covariance, 365 × 18", configuration: single) { benchmark in
    let elements = losses(365 * 18).map { 0.03 * $0 }
    let moves = Matrix(rows: 365, columns: 18, elements: elements)
    let estimator = CovarianceEstimator.exponentiallyWeighted(decay: 0.97, mean: .zero)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try estimator.estimate(moves)) }
  }

  // The repair takes at most 15 steps of Newton's method, each an eigendecomposition and a few products.
  Benchmark("nearest correlation matrix, 500 × 500", configuration: single) { benchmark in
    let matrix = indefinite(500)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      let repaired = try NearestCorrelation(to: matrix)
      precondition(repaired.hasConverged && repaired.iterations <= 15, "\(repaired.iterations) steps")
    }
  }

  Benchmark("10 eigendecompositions, 500 × 500", configuration: single) { benchmark in
    let matrix = indefinite(500)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      for _ in 0..<10 { blackHole(try SymmetricEigen(matrix)) }
    }
  }
}
