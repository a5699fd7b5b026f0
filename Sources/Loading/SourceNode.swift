/// One step from a value to a value inside it.
package enum PathStep: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  /// The value of a key.
  case key(String)
  /// An entry of a list, from zero.
  case index(Int)

  package init(stringLiteral key: String) { self = .key(key) }

  package init(integerLiteral index: Int) { self = .index(index) }

  /// Reads a path such as `levels[0]` or `judge.lookBack`.
  ///
  /// - Parameter text: the path as it is printed.
  /// - Returns: its steps, or `nil` where it is no path.
  package static func path(_ text: Substring) -> [PathStep]? {
    var steps: [PathStep] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard !pieces[0].isEmpty else { return nil }
      steps.append(.key(String(pieces[0])))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    return steps
  }
}

/// A value of a YAML or JSON file with the place where it stands.
package struct SourceNode: Hashable, Sendable {
  /// A key of a mapping and its value.
  package struct Entry: Hashable, Sendable {
    /// The key, a scalar.
    package let key: SourceNode
    /// The value.
    package let value: SourceNode

    /// The key's text.
    package var name: String { key.text ?? "" }
  }

  /// What a value is.
  package enum Content: Hashable, Sendable {
    /// Nothing at all, `~` or `null`.
    case nothing
    /// A word, a number or quoted text.
    case scalar(String, isQuoted: Bool)
    /// A list.
    case list([SourceNode])
    /// A mapping in the order of the file; a key may stand twice.
    case mapping([Entry])
  }

  /// Where the value begins.
  package let position: SourcePosition
  /// What it is.
  package let content: Content

  /// The text of a scalar, or `nil`.
  package var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// What the value is, for a message about it.
  package var found: String {
    switch content {
    case .nothing: "nothing"
    case .scalar(let text, isQuoted: true): "the text \"\(text)\""
    case .scalar(let text, isQuoted: false): "'\(text)'"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Where the value at the end of a path stands; where the path breaks off, the last value on it.
  ///
  /// - Parameter path: steps from this value on.
  /// - Returns: the place.
  package func position(of path: ArraySlice<PathStep>) -> SourcePosition {
    guard let step = path.first else { return position }
    let next: SourceNode? =
      switch (step, content) {
      case (.key(let name), .mapping(let entries)): entries.first { $0.name == name }?.value
      case (.index(let index), .list(let items)): items.indices.contains(index) ? items[index] : nil
      default: nil
      }
    return next?.position(of: path.dropFirst()) ?? position
  }
}

extension SourceNode {
  /// The value with another one at the end of a path; keys that are not there are added, and so is an entry behind a list.
  ///
  /// - Parameters:
  ///   - path: steps from this value on.
  ///   - value: what shall stand there.
  /// - Returns: the changed value.
  package func replacing(_ path: ArraySlice<PathStep>, with value: SourceNode) -> SourceNode {
    guard let step = path.first else { return value }
    let rest = path.dropFirst()
    let nothing = SourceNode(position: value.position, content: .nothing)
    switch step {
    case .key(let name):
      var entries: [Entry] = []
      if case .mapping(let existing) = content { entries = existing }
      if let index = entries.firstIndex(where: { $0.name == name }) {
        entries[index] = Entry(
          key: entries[index].key, value: entries[index].value.replacing(rest, with: value))
      } else {
        let key = SourceNode(position: value.position, content: .scalar(name, isQuoted: false))
        entries.append(Entry(key: key, value: nothing.replacing(rest, with: value)))
      }
      return SourceNode(position: position, content: .mapping(entries))
    case .index(let index):
      var items: [SourceNode] = []
      if case .list(let existing) = content { items = existing }
      if items.indices.contains(index) {
        items[index] = items[index].replacing(rest, with: value)
      } else {
        items.append(nothing.replacing(rest, with: value))
      }
      return SourceNode(position: position, content: .list(items))
    }
  }
}

/// A path as it is printed: `positions[2].quantity`.
///
/// - Parameter path: the steps.
/// - Returns: the text.
package func printed(_ path: [PathStep]) -> String {
  var text = ""
  for step in path {
    switch step {
    case .key(let name): text += text.isEmpty ? name : ".\(name)"
    case .index(let index): text += "[\(index)]"
    }
  }
  return text
}
