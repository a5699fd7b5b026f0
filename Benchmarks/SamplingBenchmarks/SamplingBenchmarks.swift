import Benchmark
import Sampling

/// A row of a scenario block, over and over: draws a second is the figure, so throughput counts rows of 4,096.
private let width = 4_096

let benchmarks: @Sendable () -> Void = {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(3))
  let stream = DrawStream(seed: 20_221_107, stream: 1)

  Benchmark("normals, rows of 4,096", configuration: configuration) { benchmark in
    var row = [Double](repeating: 0, count: width)
    for iteration in benchmark.scaledIterations {
      var span = row.mutableSpan
      fillNormals(stream: stream, factor: 1, firstScenario: iteration * width, into: &span)
    }
    blackHole(row)
  }

  Benchmark("uniforms, rows of 4,096", configuration: configuration) { benchmark in
    var row = [Double](repeating: 0, count: width)
    for iteration in benchmark.scaledIterations {
      var span = row.mutableSpan
      fillUniforms(stream: stream, factor: 1, firstScenario: iteration * width, into: &span)
    }
    blackHole(row)
  }

  Benchmark("Student-t(4) scales, rows of 4,096", configuration: configuration) { benchmark in
    var row = [Double](repeating: 0, count: width)
    for iteration in benchmark.scaledIterations {
      var span = row.mutableSpan
      fillStudentTScale(degreesOfFreedom: 4, stream: stream, firstScenario: iteration * width, into: &span)
    }
    blackHole(row)
  }
}
