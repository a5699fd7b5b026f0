import Foundation

/// Results go to standard output, everything else to standard error.
enum StandardStreams {
  static func print(_ bytes: [UInt8]) {
    FileHandle.standardOutput.write(Data(bytes))
  }

  static func report(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
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
