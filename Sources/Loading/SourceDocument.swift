import Foundation
import Yams

/// The text of a YAML or JSON file and the values in it.
package struct SourceDocument: Hashable, Sendable {
  /// The file as its user named it.
  package let file: String
  /// The outermost value.
  package let root: SourceNode
  private let text: String

  /// Parses a text; JSON is YAML.
  ///
  /// - Parameters:
  ///   - text: the whole file.
  ///   - file: the file as its user named it.
  /// - Throws: ``LoadError`` for text that is neither YAML nor JSON; keys that stand twice are kept.
  package init(text: String, file: String) throws(LoadError) {
    try self.init(text: text, file: file, origin: nil)
  }

  private init(text: String, file: String, origin: String?) throws(LoadError) {
    var parser = DuplicateTolerantParser(text: text, file: file, origin: origin)
    root = try parser.parse()
    self.file = file
    self.text = text
  }

  private init(_ other: SourceDocument, root: SourceNode) {
    file = other.file
    text = other.text
    self.root = root
  }

  /// The document with values given on the command line in the place of its own.
  ///
  /// - Parameters:
  ///   - settings: each `path=value`, where the path is such as `judge.lookBack` or `levels[0]` and the value is YAML.
  ///   - option: the option that gave them, such as `--set`.
  /// - Throws: ``LoadError`` with every setting that cannot be read.
  /// - Returns: the changed document; problems with a given value name the option.
  package func setting(_ settings: [String], option: String) throws(LoadError) -> SourceDocument {
    var changed = root
    var collector = LoadCollector()
    for setting in settings {
      let origin = "\(option) \(setting)"
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let path = PathStep.path(parts[0]) else {
        let fault = LoadFault.expected(
          "path=value, such as judge.lookBack=250", found: "'\(shortened(setting))'")
        collector.add([LoadProblem(file: origin, fault: fault)])
        continue
      }
      let value = collector.collect { () throws(LoadError) in
        try SourceDocument(text: String(parts[1]), file: origin, origin: origin).root
      }
      guard let value else { continue }
      if let list = changed.listEntered(by: path) {
        let fault = LoadFault.rule(
          "list elements cannot be addressed by name; give the whole list, such as \(printed(list))=[…]")
        collector.add([LoadProblem(file: origin, path: printed(path), fault: fault)])
        continue
      }
      changed = changed.replacing(path[...], with: value)
    }
    try collector.finish()
    return SourceDocument(self, root: changed)
  }

  /// The document with another value of one of its outermost keys.
  ///
  /// - Parameters:
  ///   - key: the key.
  ///   - value: what shall stand there.
  /// - Returns: the changed document.
  package func replacing(_ key: String, with value: SourceNode) -> SourceDocument {
    SourceDocument(self, root: root.replacing([.key(key)], with: value))
  }

  /// A problem with the value at the end of a path.
  ///
  /// - Parameters:
  ///   - path: steps from the outermost value.
  ///   - fault: what is wrong.
  /// - Returns: the problem with its place.
  package func problem(at path: [PathStep], _ fault: LoadFault) -> LoadProblem {
    LoadProblem(file: file, position: root.position(of: path[...]), path: printed(path), fault: fault)
  }

  /// Where a character of a scalar stands in the file, whatever its quotes and line breaks.
  ///
  /// - Parameters:
  ///   - offset: the character, from zero; one past the end is allowed.
  ///   - node: the scalar.
  /// - Returns: its place, or that of the scalar where escapes hide it.
  package func position(ofCharacter offset: Int, in node: SourceNode) -> SourcePosition {
    // What the command line gave does not stand in this text.
    guard node.position.origin == nil else { return node.position }
    let characters = Array(node.text ?? "")
    var wanted = characters.prefix(offset + 1).filter { !$0.isWhitespace }[...]
    var (line, column) = (node.position.line, node.position.column)
    var found = node.position
    var rest = text.unicodeScalars[text.unicodeScalars.index(atLine: line, column: column)...]
    switch rest.first {
    case ">", "|":
      rest = rest.drop { $0 != "\n" }
    case "\"", "'":
      rest = rest.dropFirst()
      column += 1
    default: break
    }
    for scalar in rest {
      guard let next = wanted.first else { break }
      if Character(scalar) == next {
        found = SourcePosition(line: line, column: column)
        wanted = wanted.dropFirst()
      } else if !scalar.properties.isWhitespace {
        return node.position
      }
      line += scalar == "\n" ? 1 : 0
      column = scalar == "\n" ? 1 : column + 1
    }
    let isBehind = !characters.isEmpty && (offset >= characters.count || characters[offset].isWhitespace)
    return isBehind ? SourcePosition(line: found.line, column: found.column + 1) : found
  }
}

extension String.UnicodeScalarView {
  /// The index of a place; the end where the text has no such place.
  fileprivate func index(atLine line: Int, column: Int) -> Index {
    var place = startIndex
    for _ in 1..<line {
      guard let lineBreak = self[place...].firstIndex(of: "\n") else { return endIndex }
      place = index(after: lineBreak)
    }
    return index(place, offsetBy: column - 1, limitedBy: endIndex) ?? endIndex
  }
}

/// A parse that survives keys that stand twice: Yams stops at the first of them, and a reader shall find them all.
///
/// Each time the first of two equal keys is overwritten with as many characters that no key has, and the text is parsed
/// again; places stay what they were, and the names are put back into the tree.
private struct DuplicateTolerantParser {
  private let file: String
  private var text: String
  private let origin: String?
  private var hidden: [SourcePosition: String] = [:]

  init(text: String, file: String, origin: String?) {
    self.text = text
    self.file = file
    self.origin = origin
  }

  mutating func parse() throws(LoadError) -> SourceNode {
    while true {
      do {
        guard let node = try Yams.compose(yaml: text) else {
          var position = SourcePosition.start
          position.origin = origin
          return SourceNode(position: position, content: .nothing)
        }
        var count = 0
        try bound(node, depth: 0, &count)
        return try convert(node, in: [])
      } catch let error as YamlError {
        guard case .duplicatedKeysInMapping(let names, let context) = error else {
          throw LoadError([self.problem(error)])
        }
        let name = names.first ?? ""
        let position = SourcePosition(context.mark)
        guard hidden[position] == nil, hide(name, at: position) else {
          let fault = LoadFault.duplicateKey(name, firstLine: position.line)
          throw LoadError([LoadProblem(file: file, position: position, fault: fault)])
        }
      } catch let error as LoadError {
        throw error
      } catch {
        throw LoadError([LoadProblem(file: file, fault: .syntax("\(error)"))])
      }
    }
  }

  /// Overwrites a key; whether it was found where it should be.
  private mutating func hide(_ name: String, at position: SourcePosition) -> Bool {
    var scalars = Array(text.unicodeScalars)
    var place = text.unicodeScalars.distance(
      from: text.unicodeScalars.startIndex,
      to: text.unicodeScalars.index(atLine: position.line, column: position.column))
    if place < scalars.count, scalars[place] == "\"" || scalars[place] == "'" { place += 1 }
    let length = name.unicodeScalars.count
    guard length > 0, place + length <= scalars.count,
      Array(scalars[place..<place + length]) == Array(name.unicodeScalars),
      let first = Unicode.Scalar(0xE001 + UInt32(hidden.count)), let filler = Unicode.Scalar(0xE000 as UInt32)
    else { return false }
    scalars[place] = first
    for index in place + 1..<place + length { scalars[index] = filler }
    text = String(String.UnicodeScalarView(scalars))
    hidden[position] = name
    return true
  }

  /// Refuses what a few aliases of aliases expand to, before it is expanded, and nesting no stack is made for.
  private func bound(_ node: Node, depth: Int, _ count: inout Int) throws(LoadError) {
    count += 1
    guard count <= Self.mostValues, depth <= Self.greatestDepth else {
      var position = node.mark.map(SourcePosition.init) ?? .start
      position.origin = origin
      let fault = LoadFault.rule(
        count > Self.mostValues
          ? "the document expands to more than \(Self.mostValues) values"
          : "values are nested more than \(Self.greatestDepth) deep")
      throw LoadError([LoadProblem(file: file, position: position, fault: fault)])
    }
    switch node {
    case .scalar, .alias: break
    case .sequence(let items):
      for item in items { try bound(item, depth: depth + 1, &count) }
    case .mapping(let pairs):
      for (key, value) in pairs {
        try bound(key, depth: depth + 1, &count)
        try bound(value, depth: depth + 1, &count)
      }
    }
  }

  private static let mostValues = 1_000_000
  private static let greatestDepth = 200

  private func convert(_ node: Node, in path: [PathStep]) throws(LoadError) -> SourceNode {
    var position = node.mark.map(SourcePosition.init) ?? .start
    let name = hidden[position]
    position.origin = origin
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isNothing = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return SourceNode(
        position: position,
        content: isNothing ? .nothing : .scalar(name ?? scalar.string, isQuoted: isQuoted))
    case .sequence(let items):
      var converted: [SourceNode] = []
      for (index, item) in items.enumerated() {
        converted.append(try convert(item, in: path + [.index(index)]))
      }
      return SourceNode(position: position, content: .list(converted))
    case .mapping(let pairs):
      var entries: [SourceNode.Entry] = []
      for (key, value) in pairs {
        let name = try convert(key, in: path)
        guard let text = name.text else {
          throw LoadError([
            LoadProblem(
              file: file, position: name.position, path: printed(path),
              fault: .expected("a plain key", found: name.found))
          ])
        }
        entries.append(SourceNode.Entry(key: name, value: try convert(value, in: path + [.key(text)])))
      }
      return SourceNode(position: position, content: .mapping(entries))
    case .alias:
      throw LoadError([
        LoadProblem(
          file: file, position: position, path: printed(path),
          fault: .rule("an alias to something that does not stand above it"))
      ])
    }
  }

  private func problem(_ error: YamlError) -> LoadProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let words = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
      return LoadProblem(file: file, position: SourcePosition(mark), fault: .syntax(words))
    case .reader(let problem, let offset, _, _):
      return LoadProblem(file: file, position: position(ofCharacter: offset ?? 0), fault: .syntax(problem))
    default:
      return LoadProblem(file: file, fault: .syntax("\(error)"))
    }
  }

  private func position(ofCharacter offset: Int) -> SourcePosition {
    let before = text.prefix(offset)
    let line = before.count { $0.isNewline } + 1
    let column = before.reversed().prefix { !$0.isNewline }.count + 1
    return SourcePosition(line: line, column: column)
  }
}

extension SourcePosition {
  fileprivate init(_ mark: Mark) {
    self.init(line: mark.line, column: mark.column)
  }
}
