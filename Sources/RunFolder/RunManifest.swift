public import Foundation
public import Reports

/// How the numbers were computed: results are the same bits for the same kernels on the same BLAS.
public struct NumericMode: Hashable, Sendable {
  /// The class of the vectorised kernels, such as `x86-64-v3`.
  public let kernelClass: String
  /// The processor family whose kernels the BLAS library chose, such as `Haswell`.
  public let blasCore: String
  /// What is to be known of threads, such as `2 blocks at work at once; BLAS on one thread`.
  public let threads: String

  /// Describes a mode.
  ///
  /// - Parameters:
  ///   - kernelClass: the class of the vectorised kernels.
  ///   - blasCore: the processor family whose kernels the BLAS library chose.
  ///   - threads: what is to be known of threads.
  public init(kernelClass: String, blasCore: String, threads: String) {
    self.kernelClass = kernelClass
    self.blasCore = blasCore
    self.threads = threads
  }
}

/// What `run.json` says of a run: everything it takes to make the same files again, and when they were made.
///
/// Times stand here and in no result file.
public struct RunManifest: Hashable, Sendable {
  /// The version of the form of `run.json`.
  public static let schema = "plimsoll.run/1"

  /// The version of the program.
  public var toolVersion: String
  /// The arguments of the command line, the program's name first.
  public var arguments: [String]
  /// The configuration after all defaults and settings, as text or as an object.
  public var configuration: JSONValue
  /// Every file that was read.
  public var inputs: [FileDigest]
  /// The seed of every random draw.
  public var seed: UInt64
  /// The generator of the random draws, such as `Philox4x32-10`.
  public var generator: String
  /// How the numbers were computed.
  public var numericMode: NumericMode
  /// How much of what was computed, such as `scenarios` and `regimes`; no key twice.
  public var counts: [JSONMember]
  /// When the run began.
  public var started: Date
  /// When its results were complete.
  public var finished: Date
  /// What the user was warned of.
  public var warnings: [String]

  /// Gathers what is known of a run.
  ///
  /// - Parameters:
  ///   - toolVersion: the version of the program.
  ///   - arguments: the arguments of the command line, the program's name first.
  ///   - configuration: the configuration after all defaults and settings, as text or as an object.
  ///   - inputs: every file that was read.
  ///   - seed: the seed of every random draw.
  ///   - generator: the generator of the random draws.
  ///   - numericMode: how the numbers were computed.
  ///   - counts: how much of what was computed; no key twice.
  ///   - started: when the run began.
  ///   - finished: when its results were complete.
  ///   - warnings: what the user was warned of.
  public init(
    toolVersion: String, arguments: [String], configuration: JSONValue, inputs: [FileDigest], seed: UInt64,
    generator: String, numericMode: NumericMode, counts: [JSONMember] = [], started: Date, finished: Date,
    warnings: [String] = []
  ) {
    self.toolVersion = toolVersion
    self.arguments = arguments
    self.configuration = configuration
    self.inputs = inputs
    self.seed = seed
    self.generator = generator
    self.numericMode = numericMode
    self.counts = counts
    self.started = started
    self.finished = finished
    self.warnings = warnings
  }

  /// The manifest as a document.
  ///
  /// - Parameter outputs: the result files beside it.
  /// - Returns: an object whose keys stand in a fixed order.
  public func json(outputs: [FileDigest]) -> JSONValue {
    [
      "schema": .string(Self.schema),
      "tool": ["name": .string("plimsoll"), "version": .string(toolVersion)],
      "arguments": .strings(arguments),
      "started": .string(started.formatted(.iso8601)),
      "finished": .string(finished.formatted(.iso8601)),
      "seconds": .number(((finished.timeIntervalSince(started)) * 1_000).rounded() / 1_000),
      "seed": .unsigned(seed),
      "generator": .string(generator),
      "numeric_mode": [
        "kernel_class": .string(numericMode.kernelClass), "blas_core": .string(numericMode.blasCore),
        "threads": .string(numericMode.threads),
      ],
      "counts": .object(counts),
      "inputs": .array(inputs.map(\.json)),
      "outputs": .array(outputs.map(\.json)),
      "warnings": .strings(warnings),
      "configuration": configuration,
    ]
  }
}
