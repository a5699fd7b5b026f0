import ArgumentParser
import Foundation

/// Results go to standard output, everything else to standard error.
enum StandardStreams {
  /// Writes results; a place that takes none ends the program with exit code 1, one line and no trace.
  static func print(_ bytes: [UInt8]) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      report("error: cannot write to standard output")
      throw ExitStatus.findings
    }
  }

  static func report(_ line: String) {
    // Nobody is left to be told when this fails.
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Whether standard output is a terminal that wants colours.
  static var wantsColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Whether standard error is a terminal, on which a line may be overwritten.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }
}
