// swift-tools-version: 6.3
import PackageDescription

/// One suite a floor, over the public API of the engine alone.
func suite(_ name: String) -> Target {
  .executableTarget(
    name: "\(name)Benchmarks",
    dependencies: [
      .product(name: "Benchmark", package: "benchmark"),
      .product(name: "PlimsollEngine", package: "plimsoll"),
    ],
    path: "\(name)Benchmarks",
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "plimsoll-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without its traits the tool needs no jemalloc, and measures no allocations.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    .package(name: "plimsoll", path: "../"),
  ],
  targets: ["Sampling", "LinearAlgebra", "Statistics", "Studies"].map(suite),
  swiftLanguageModes: [.v6]
)
