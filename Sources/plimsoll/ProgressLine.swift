import Foundation
import Studies

/// Says on standard error what a command is busy with, once it has taken longer than two seconds.
final class ProgressLine {
  private let isSilent: Bool
  private let start = Date()
  private var isShown = false

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
    guard !isSilent, elapsed > 2 else { return }
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

  private static let overwriting = "\r\u{1B}[2K"
}
