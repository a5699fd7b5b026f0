import Foundation
import Studies

/// Says on standard error what a comparison is busy with, once it has taken longer than two seconds.
final class ProgressLine {
  private let isSilent: Bool
  private let start = Date()
  private var isShown = false

  init(isSilent: Bool) {
    self.isSilent = isSilent
  }

  func enter(_ step: ComparisonStep) {
    let elapsed = Date().timeIntervalSince(start)
    guard !isSilent, elapsed > 2 else { return }
    let number = (ComparisonStep.allCases.firstIndex(of: step) ?? 0) + 1
    let line = "step \(number) of \(ComparisonStep.allCases.count): \(step.rawValue) (\(Int(elapsed)) s)"
    try? FileHandle.standardError.write(
      contentsOf:
        Data((StandardStreams.showsProgress ? "\r\u{1B}[2K" + line : line + "\n").utf8))
    isShown = StandardStreams.showsProgress
  }

  /// Leaves no trace of an overwritten line.
  func finish() {
    if isShown { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[2K".utf8)) }
  }
}
