// swift-tools-version: 6.3
import PackageDescription

// Warnings are errors only where the compiler is the one this code was checked with (CI, `make test`):
// a user on a newer compiler must not be stopped by a new warning.
let warningsAreErrors = Context.environment["PLIMSOLL_WARNINGS_AS_ERRORS"] == "1"

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .strictMemorySafety(),
  ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A floor of the house: a target may import exactly what stands in its row, and nothing else.
func floor(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

func tests(_ name: String, _ imports: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: ["TestSupport"] + imports, resources: resources, swiftSettings: strict
  )
}

let package = Package(
  name: "plimsoll",
  products: [
    .executable(name: "plimsoll", targets: ["plimsoll"]),
    .library(
      name: "PlimsollEngine",
      targets: [
        "Parallel", "LinearAlgebra", "NumericalMethods", "Sampling", "Statistics", "Instruments",
        "MarketData",
        "Pricing", "Scenarios", "Valuation", "Margin", "Studies",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // C: system libraries (pkg-config names what is linked) and the few hot loops.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .target(name: "CVectorKernels", linkerSettings: [.linkedLibrary("m")]),

    // Floor 0: mathematics; knows nothing of finance.
    floor("Parallel", []),
    floor("CSV", []),
    floor("LinearAlgebra", ["COpenBLAS", "CLAPACKE"]),
    floor("NumericalMethods", [real]),
    floor("Sampling", ["CVectorKernels", real]),
    floor("Statistics", ["LinearAlgebra", "NumericalMethods", "CVectorKernels", real]),

    // Floor 1: what is traded, and what the market says of it.
    floor("Instruments", []),
    floor("MarketData", ["Instruments"]),
    floor("Pricing", ["Instruments", "MarketData", "NumericalMethods", real]),

    // Floor 2: what may happen, and what it costs.
    floor(
      "Scenarios",
      [
        "Instruments", "MarketData", "Statistics", "LinearAlgebra", "NumericalMethods", "Sampling",
        "Parallel",
        real,
      ]),
    floor("Valuation", ["Instruments", "MarketData", "Pricing", "Scenarios", "LinearAlgebra", "Parallel"]),

    // Floor 3: what is demanded.
    floor(
      "Margin",
      [
        "Instruments", "MarketData", "Scenarios", "Valuation", "Statistics", "LinearAlgebra", "Parallel",
        "Pricing",
        real,
      ]),

    // Floor 4: the questions people ask.
    floor(
      "Studies",
      [
        "Instruments", "MarketData", "Scenarios", "Valuation", "Margin", "Statistics", "LinearAlgebra",
        "Parallel", "Sampling",
      ]),

    // Floor 5: files in, files out.
    floor(
      "Loading",
      [
        "Instruments", "MarketData", "Scenarios", "Valuation", "Margin", "Studies", "Statistics",
        "LinearAlgebra",
        "CSV", yams,
      ]),
    floor(
      "Reports",
      [
        "Instruments", "MarketData", "Scenarios", "Valuation", "Margin", "Studies", "Statistics",
        "LinearAlgebra",
        "CSV",
      ]),
    floor("RunFolder", ["Reports", crypto]),

    // Floor 6: the command line.
    .executableTarget(
      name: "plimsoll",
      dependencies: [
        "Loading", "Reports", "RunFolder", "Studies", "Margin", "Scenarios", "MarketData", "Instruments",
        "Sampling", "Statistics", "LinearAlgebra", "Parallel", arguments,
      ],
      swiftSettings: strict),

    // Tests: one folder a target.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Parallel", ["Parallel"]),
    tests("CSV", ["CSV"]),
    tests("LinearAlgebra", ["LinearAlgebra"]),
    tests("NumericalMethods", ["NumericalMethods", "LinearAlgebra"]),
    tests("Sampling", ["Sampling", "Parallel", "CVectorKernels"], resources: [.copy("Resources")]),
    tests("Statistics", ["Statistics", "Sampling", "LinearAlgebra", "NumericalMethods", "Parallel", real]),
    tests("Instruments", ["Instruments"]),
    tests("MarketData", ["MarketData", "Instruments"]),
    tests("Pricing", ["Pricing", "Instruments", "MarketData", real]),
    tests(
      "Scenarios",
      [
        "Scenarios", "Instruments", "MarketData", "Statistics", "LinearAlgebra", "NumericalMethods",
        "Sampling",
        "Parallel", real,
      ]),
    tests(
      "Valuation",
      ["Valuation", "Instruments", "MarketData", "Pricing", "Scenarios", "LinearAlgebra", "Parallel", real]),
    tests(
      "Margin",
      [
        "Margin", "Valuation", "Instruments", "MarketData", "Scenarios", "Statistics", "LinearAlgebra",
        "Parallel",
        real,
      ]),
    tests(
      "Studies",
      [
        "Studies", "Margin", "Valuation", "Instruments", "MarketData", "Scenarios", "Statistics",
        "LinearAlgebra",
        "Parallel", "Loading", real,
      ]),
    tests(
      "Loading",
      [
        "Loading", "Instruments", "MarketData", "Scenarios", "Margin", "Studies", "Statistics",
        "LinearAlgebra", "CSV",
      ]),
    tests(
      "Reports",
      [
        "Reports", "Instruments", "MarketData", "Scenarios", "Valuation", "Margin", "Studies", "Statistics",
        "LinearAlgebra", "Parallel", "CSV",
      ]),
    // The venues' own examples, through every floor from the file to the explanation.
    tests(
      "Case",
      ["Loading", "Margin", "Valuation", "Scenarios", "MarketData", "Instruments", "CSV"]),
    tests("RunFolder", ["RunFolder", "Reports"]),
    .testTarget(
      name: "CommandTests", dependencies: ["plimsoll", "TestSupport", "CSV"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// The debug run of the tests leaves out what needs swift-crypto: its build takes longer than all the rest.
if Context.environment["PLIMSOLL_ENGINE_ONLY"] == "1" {
  let left: Set<String> = ["RunFolder", "plimsoll", "RunFolderTests", "CommandTests"]
  package.targets.removeAll { left.contains($0.name) }
  package.products.removeAll { left.contains($0.name) }
}
