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
    case .scalar(let text, isQuoted: true): "the text \"\(shortened(text))\""
    case .scalar(let text, isQuoted: false): "'\(shortened(text))'"
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
    return value(at: step)?.position(of: path.dropFirst()) ?? position
  }

  /// The value at the end of a path.
  ///
  /// - Parameter path: steps from this value on.
  /// - Returns: the value, or `nil` where the path breaks off.
  package func value(at path: ArraySlice<PathStep>) -> SourceNode? {
    guard let step = path.first else { return self }
    return value(at: step)?.value(at: path.dropFirst())
  }

  private func value(at step: PathStep) -> SourceNode? {
    switch (step, content) {
    case (.key(let name), .mapping(let entries)): entries.first { $0.name == name }?.value
    case (.index(let index), .list(let items)): items.indices.contains(index) ? items[index] : nil
    default: nil
    }
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
      var position = value.position
      if case .mapping(let existing) = content { (entries, position) = (existing, self.position) }
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
      var position = value.position
      if case .list(let existing) = content { (items, position) = (existing, self.position) }
      if items.indices.contains(index) {
        items[index] = items[index].replacing(rest, with: value)
      } else {
        items.append(nothing.replacing(rest, with: value))
      }
      return SourceNode(position: position, content: .list(items))
    }
  }
}

extension SourceNode {
  /// The path of the list that a path enters by a key instead of an index; a number for a key means the same.
  func listEntered(by path: [PathStep]) -> [PathStep]? {
    for (depth, step) in path.enumerated() {
      guard case .key(let name) = step else { continue }
      let before = path.prefix(depth)
      let isNumber = depth > 0 && name.utf8.allSatisfy { (48...57).contains($0) }
      if isNumber { return Array(before) }
      if case .list = value(at: before)?.content { return Array(before) }
    }
    return nil
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
    case .key(let name): text += (text.isEmpty ? "" : ".") + shortened(name)
    case .index(let index): text += "[\(index)]"
    }
  }
  return text
}

/// Text as a message quotes it: on one line, and no more of it than tells what it is.
///
/// - Parameter text: the text.
/// - Returns: at most 60 characters.
package func shortened(_ text: String) -> String {
  let isPlain = text.utf8.count <= 60 && !text.utf8.contains { $0 < 32 || $0 == 127 }
  if isPlain { return text }
  let start = text.unicodeScalars.prefix(61).map { scalar in
    scalar.value < 32 || scalar.value == 127 ? " " : String(scalar)
  }
  return start.count <= 60 ? start.joined() : start.prefix(59).joined() + "…"
}
