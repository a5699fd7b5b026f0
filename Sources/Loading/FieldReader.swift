/// Reads the keys of one mapping; a key nobody asked for is unknown.
package struct FieldReader: Sendable {
  private let node: SourceNode
  private let path: [PathStep]
  private let entries: [SourceNode.Entry]
  private let known: Int
  private var reader: NodeReader
  private var asked: [String] = []

  private static let assumedKey = "assumed"

  fileprivate init(
    _ node: SourceNode, _ path: [PathStep], _ entries: [SourceNode.Entry], _ reader: NodeReader
  ) {
    self.node = node
    self.path = path
    self.entries = entries
    self.reader = reader
    known = reader.problems.count
  }

  /// Whether nothing was wrong in this mapping so far.
  package var isSound: Bool { reader.problems.count == known }

  /// Reads a key that must be there.
  ///
  /// - Parameters:
  ///   - key: the key.
  ///   - form: how its value is read.
  /// - Returns: the value, or `nil` when a problem was reported.
  package mutating func required<Value>(_ key: String, as form: Form<Value>) -> Value? {
    guard let entry = entry(key) else {
      reader.report(.missingKey(key), at: node.position, path: path)
      return nil
    }
    return form.read(entry.value, path + [.key(key)], &reader)
  }

  /// Reads a key that may be left out.
  ///
  /// - Parameters:
  ///   - key: the key.
  ///   - form: how its value is read.
  /// - Returns: the value; `nil` when it is left out, or when a problem was reported.
  package mutating func optional<Value>(_ key: String, as form: Form<Value>) -> Value? {
    entry(key).flatMap { form.read($0.value, path + [.key(key)], &reader) }
  }

  /// Reads exactly one of several keys.
  ///
  /// - Parameter cases: the keys and how the value of each is read.
  /// - Returns: the value, or `nil` when a problem was reported.
  package mutating func oneOf<Value>(_ cases: [(key: String, form: Form<Value>)]) -> Value? {
    let found = cases.map(\.key).filter { has($0) }
    let values = cases.compactMap { optional($0.key, as: $0.form) }
    guard found.count == 1 else {
      report(
        .expected(
          "one of the keys \(cases.map(\.key).joined(separator: ", "))",
          found: found.isEmpty ? "none" : found.joined(separator: " and ")),
        at: found.dropFirst().first)
      return nil
    }
    return values.first
  }

  /// Whether a key stands in the mapping; asking does not make it known.
  ///
  /// - Parameter key: the key.
  /// - Returns: whether it is there.
  package func has(_ key: String) -> Bool { entries.contains { $0.name == key } }

  /// Keeps a problem with the value of a key, or with the mapping where the key is left out.
  ///
  /// - Parameters:
  ///   - fault: what is wrong.
  ///   - key: the key; `nil` for the mapping as a whole.
  package mutating func report(_ fault: LoadFault, at key: String? = nil) {
    let entry = key.flatMap { key in entries.last { $0.name == key } }
    let steps = entry.map { path + [.key($0.name)] } ?? path
    reader.report(fault, at: entry?.value.position ?? node.position, path: steps)
  }

  /// Keeps a problem with a value read before.
  ///
  /// - Parameters:
  ///   - fault: what is wrong.
  ///   - position: where.
  ///   - path: which value.
  package mutating func report(_ fault: LoadFault, at position: SourcePosition, path: [PathStep]) {
    reader.report(fault, at: position, path: path)
  }

  /// The document, for the places of characters.
  package var document: SourceDocument { reader.document }

  private mutating func entry(_ key: String) -> SourceNode.Entry? {
    asked.append(key)
    return entries.last { $0.name == key }
  }

  /// Allows every mapping from here on to say `assumed`, with the reason why its numbers have no source.
  package mutating func allowAssumptions() { reader.allowsAssumptions = true }

  /// What the `assumed` keys of mappings read so far say, each with its place.
  package var assumptions: [String] { reader.assumptions }

  fileprivate consuming func finished() -> NodeReader {
    if reader.allowsAssumptions, let reason = optional(Self.assumedKey, as: Form<String>.words) {
      reader.assume(reason, path: path)
    }
    for entry in entries where !asked.contains(entry.name) {
      reader.report(.unknownKey(entry.name, allowed: asked), at: entry.key.position, path: path)
    }
    return reader
  }
}

extension NodeReader {
  /// Reports keys that stand twice.
  fileprivate mutating func reportDuplicates(among entries: [SourceNode.Entry], path: [PathStep]) {
    var lines: [String: Int] = [:]
    for entry in entries {
      if let first = lines[entry.name] {
        report(.duplicateKey(entry.name, firstLine: first), at: entry.key.position, path: path)
      } else {
        lines[entry.name] = entry.key.position.line
      }
    }
  }
}

extension Form {
  /// A mapping of known keys.
  ///
  /// - Parameter body: asks for every key it knows, whatever is wrong with another, and makes the value where all are sound.
  /// - Returns: the form.
  package static func mapping(_ body: @escaping @Sendable (inout FieldReader) -> Value?) -> Form {
    Form { node, path, reader in
      guard let entries = node.entries(path, &reader) else { return nil }
      let document = reader.document
      // The reader moves through the fields: a copy would cost as much as all problems so far.
      var taken = NodeReader(document)
      swap(&taken, &reader)
      let before = taken.problems.count
      taken.reportDuplicates(among: entries, path: path)
      var fields = FieldReader(node, path, entries, taken)
      let value = body(&fields)
      reader = fields.finished()
      return reader.problems.count == before ? value : nil
    }
  }

  /// A mapping of free keys.
  ///
  /// - Parameters:
  ///   - keys: how a key is read.
  ///   - values: how its value is read.
  /// - Returns: a form whose value has the pairs in the order of the file.
  package static func table<Key, Item>(keys: Form<Key>, values: Form<Item>) -> Form
  where Value == [Pair<Key, Item>] {
    Form { node, path, reader in
      guard let entries = node.entries(path, &reader) else { return nil }
      let before = reader.problems.count
      reader.reportDuplicates(among: entries, path: path)
      let pairs = entries.compactMap { entry -> Pair<Key, Item>? in
        let steps = path + [.key(entry.name)]
        let key = keys.read(entry.key, steps, &reader)
        let value = values.read(entry.value, steps, &reader)
        guard let key, let value else { return nil }
        return Pair(key: key, value: value)
      }
      return reader.problems.count == before ? pairs : nil
    }
  }

  /// A mapping of exactly one of several keys, which says what its value is.
  ///
  /// - Parameter cases: the keys and how the value of each is read.
  /// - Returns: the form.
  package static func oneKey(_ cases: KeyValuePairs<String, Form<Value>>) -> Form {
    let cases = cases.map { Pair(key: $0.key, value: $0.value) }
    let names = cases.map(\.key)
    return Form(keys: names) { node, path, reader in
      guard let entries = node.entries(path, &reader) else { return nil }
      var isSound = entries.count == 1
      if !isSound {
        reader.report(
          .expected("one key of \(names.joined(separator: ", "))", found: "\(entries.count) keys"),
          at: node.position, path: path)
      }
      var value: Value?
      for entry in entries {
        guard let form = cases.first(where: { $0.key == entry.name })?.value else {
          reader.report(.unknownKey(entry.name, allowed: names), at: entry.key.position, path: path)
          isSound = false
          continue
        }
        value = form.read(entry.value, path + [.key(entry.name)], &reader)
      }
      return isSound ? value : nil
    }
  }
}

/// A key and its value.
package struct Pair<Key: Sendable, Value: Sendable>: Sendable {
  /// The key.
  package let key: Key
  /// The value.
  package let value: Value
}

extension SourceNode {
  /// The entries of a mapping; anything else is reported.
  fileprivate func entries(_ path: [PathStep], _ reader: inout NodeReader) -> [Entry]? {
    guard case .mapping(let entries) = content else {
      reader.report(.expected("a mapping of keys", found: found), at: position, path: path)
      return nil
    }
    return entries
  }
}
