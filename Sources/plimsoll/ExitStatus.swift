import ArgumentParser

/// What the program's exit code says.
enum ExitStatus {
  /// Some regimes could not be computed, or a `--fail-on` rule hit.
  static let findings = ExitCode(1)
  /// Bad input; nothing was written.
  static let badInput = ExitCode(2)
}
