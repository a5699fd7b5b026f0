import Benchmark
import LinearAlgebra

/// Numbers without pattern, the same in every run.
private func filled(rows: Int, columns: Int) -> Matrix {
  Matrix(rows: rows, columns: columns) { row, column in
    Double((row * 7_919 + column * 104_729) % 2_003) / 1_001.5 - 1
  }
}

private func covariance(_ size: Int) -> Matrix {
  let sample = filled(rows: size, columns: 3 * size)
  var matrix = symmetricProduct(rowsOf: sample, scale: 1 / Double(3 * size))
  for place in 0..<size { matrix[place, place] += 0.1 }
  return matrix
}

let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(3))

  Benchmark("colour a block, 18 × 18 · 18 × 4,096", configuration: configuration) { benchmark in
    let lower = filled(rows: 18, columns: 18)
    let draws = filled(rows: 18, columns: 4_096)
    var coloured = draws
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { multiply(lower, draws, into: &coloured) }
    blackHole(coloured)
  }

  Benchmark("history by states, 64 × 18 · 18 × 500", configuration: configuration) { benchmark in
    let exposures = filled(rows: 64, columns: 18)
    let moves = filled(rows: 18, columns: 500)
    var losses = Matrix(rows: 64, columns: 500, repeating: 0)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { multiply(exposures, moves, into: &losses) }
    blackHole(losses)
  }

  Benchmark("factor a covariance, 18 × 18", configuration: configuration) { benchmark in
    let matrix = covariance(18)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try CovarianceFactor(matrix)) }
  }

  Benchmark("covariance of 14 assets over 500 days", configuration: configuration) { benchmark in
    let moves = filled(rows: 14, columns: 500)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(symmetricProduct(rowsOf: moves, scale: 1 / 499)) }
  }
}
