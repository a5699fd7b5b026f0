/// Whether a table may use colour; whoever knows the terminal decides.
public enum TableStyle: Hashable, Sendable, CaseIterable {
  /// Text alone.
  case plain
  /// Colour (ANSI, ECMA-48) for what needs attention: a status, the least safe answer.
  case coloured
}

/// What a cell is to the reader.
package enum Emphasis: Hashable, Sendable {
  case none
  case good
  case attention
  case bad

  /// The sequence that selects the colour.
  var selection: String? {
    switch self {
    case .none: nil
    case .good: "\u{1B}[32m"
    case .attention: "\u{1B}[33m"
    case .bad: "\u{1B}[31m"
    }
  }

  func applied(to text: String, _ style: TableStyle) -> String {
    guard style == .coloured, let selection else { return text }
    return selection + text + "\u{1B}[0m"
  }
}
