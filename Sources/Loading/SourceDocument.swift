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
    var parser = DuplicateTolerantParser(text: text, file: file)
    root = try parser.parse()
    self.file = file
    self.text = text
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
    let characters = Array(node.text ?? "")
    var line = node.position.line
    var column = node.position.column
    var wanted = characters.prefix(offset + 1).filter { !$0.isWhitespace }[...]
    let isPastEnd = offset >= characters.count || characters[offset].isWhitespace
    var found = node.position
    let start = text.unicodeScalars.index(atLine: line, column: column)
    for scalar in text[start...].unicodeScalars {
      guard let next = wanted.first else { break }
      let isOpening = wanted.startIndex == 0 && (scalar == "\"" || scalar == "'" || scalar == ">" || scalar == "|")
      if Character(scalar) == next {
        found = SourcePosition(line: line, column: column)
        wanted = wanted.dropFirst()
      } else if !isOpening, !scalar.properties.isWhitespace {
        return node.position
      }
      column += 1
      if scalar == "\n" {
        line += 1
        column = 1
      }
    }
    return isPastEnd && !characters.isEmpty ? SourcePosition(line: found.line, column: found.column + 1) : found
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
  private var hidden: [SourcePosition: String] = [:]

  init(text: String, file: String) {
    self.text = text
    self.file = file
  }

  mutating func parse() throws(LoadError) -> SourceNode {
    while true {
      let problem: LoadProblem
      do {
        guard let node = try Yams.compose(yaml: text) else {
          return SourceNode(position: .start, content: .nothing)
        }
        return try convert(node, in: [])
      } catch let error as YamlError {
        guard case .duplicatedKeysInMapping(let names, let context) = error else {
          throw LoadError([self.problem(error)])
        }
        let name = names.first ?? ""
        let position = SourcePosition(context.mark)
        guard hidden[position] == nil, hide(name, at: position) else {
          problem = LoadProblem(
            file: file, position: position, fault: .duplicateKey(name, firstLine: position.line))
          throw LoadError([problem])
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

  private func convert(_ node: Node, in path: [PathStep]) throws(LoadError) -> SourceNode {
    let position = node.mark.map(SourcePosition.init) ?? .start
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isNothing = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return SourceNode(
        position: position,
        content: isNothing ? .nothing : .scalar(hidden[position] ?? scalar.string, isQuoted: isQuoted))
    case .sequence(let items):
      var converted: [SourceNode] = []
      for (index, item) in items.enumerated() { converted.append(try convert(item, in: path + [.index(index)])) }
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
