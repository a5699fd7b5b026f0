import Benchmark
import Studies

let benchmarks: @Sendable () -> Void = {
  let whole = Benchmark.Configuration(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: .seconds(20), maxIterations: 10)

  Benchmark("comparison, 100,000 scenarios", configuration: whole) { benchmark in
    let study = try SyntheticStudy.comparison(scenarios: 100_000)
    benchmark.startMeasurement()
    blackHole(try study.compare())
  }

  let steps = ComparisonStep.allCases.map { BenchmarkMetric.custom("µs: \($0.rawValue)") }
  let stepwise = Benchmark.Configuration(metrics: steps, maxDuration: .seconds(20), maxIterations: 10)

  Benchmark("comparison, 100,000 scenarios, by step", configuration: stepwise) { benchmark in
    let study = try SyntheticStudy.comparison(scenarios: 100_000)
    let clock = ContinuousClock()
    var entered: [(step: ComparisonStep, at: ContinuousClock.Instant)] = []
    blackHole(try study.compare { entered.append(($0, clock.now)) })
    let ends = entered.dropFirst().map(\.at) + [clock.now]
    for (start, end) in zip(entered, ends) {
      let microseconds = Int((end - start.at) / .microseconds(1))
      benchmark.measurement(.custom("µs: \(start.step.rawValue)"), microseconds)
    }
  }
}
