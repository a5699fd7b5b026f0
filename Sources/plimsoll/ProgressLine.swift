import Foundation
import Studies

/// Says on standard error what a command is busy with, once it has taken longer than two seconds.
final class ProgressLine {
  private let isSilent: Bool
  private let start = Date()
  private var isShown = false
  private var lastLine = Date.distantPast

  init(isSilent: Bool) {
    self.isSilent = isSilent
  }

  func enter(_ step: ComparisonStep) {
    let number = (ComparisonStep.allCases.firstIndex(of: step) ?? 0) + 1
    enter("step \(number) of \(ComparisonStep.allCases.count): \(step.rawValue)")
  }

  /// Replaces the last line of a terminal, or adds one to a file.
  func enter(_ words: String) {
    let elapsed = Date().timeIntervalSince(start)
    let pause = StandardStreams.showsProgress ? Self.terminalPause : Self.filePause
    guard !isSilent, elapsed > 2, Date().timeIntervalSince(lastLine) >= pause else { return }
    lastLine = Date()
    let line = "\(words) (\(Int(elapsed)) s)"
    write(StandardStreams.showsProgress ? Self.overwriting + line : line + "\n")
    isShown = StandardStreams.showsProgress
  }

  /// Leaves no trace of an overwritten line.
  func finish() {
    if isShown { write(Self.overwriting) }
    isShown = false
  }

  private func write(_ text: String) {
    // Nobody is left to be told when this fails.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Seconds between two lines: of a terminal, where one replaces the other, and of a file.
  private static let terminalPause = 0.1
  private static let filePause = 10.0

  private static let overwriting = "\r\u{1B}[2K"
}
