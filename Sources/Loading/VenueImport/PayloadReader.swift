import Instruments
import Margin

/// A value of a payload and where it stands.
struct PayloadNode {
  let node: SourceNode
  let path: [PathStep]

  /// The value of a key; `nil` where there is none, or nothing in it.
  subscript(key: String) -> PayloadNode? {
    guard case .mapping(let entries) = node.content, let entry = entries.last(where: { $0.name == key }),
      entry.value.content != .nothing
    else { return nil }
    return PayloadNode(node: entry.value, path: path + [.key(key)])
  }

  /// Whether a key stands in the mapping.
  func has(_ key: String) -> Bool {
    guard case .mapping(let entries) = node.content else { return false }
    return entries.contains { $0.name == key }
  }

  /// The entries of a list; none of anything else.
  var items: [PayloadNode] {
    guard case .list(let nodes) = node.content else { return [] }
    return nodes.enumerated().map { PayloadNode(node: $1, path: path + [.index($0)]) }
  }

  /// The keys and values of a mapping; none of anything else.
  var entries: [(name: String, node: PayloadNode)] {
    guard case .mapping(let entries) = node.content else { return [] }
    return entries.map { ($0.name, PayloadNode(node: $0.value, path: path + [.key($0.name)])) }
  }

  var text: String? { node.text }

  var isList: Bool { if case .list = node.content { true } else { false } }

  var isMapping: Bool { if case .mapping = node.content { true } else { false } }
}

/// Where a value of a payload stands, kept for what is found out later.
struct PayloadPlace {
  let file: String
  let position: SourcePosition
  let path: String

  func problem(_ fault: LoadFault) -> LoadProblem {
    LoadProblem(file: file, position: position, path: path, fault: fault)
  }
}

/// Reads one file of a venue: no problem stops it, and what it has not used it can tell.
struct PayloadReader {
  let document: SourceDocument
  var draft = AccountDraft()
  private(set) var problems: [LoadProblem] = []
  /// A scalar of a file is told by its place.
  private(set) var used: Set<SourcePosition> = []
  private(set) var covered: [SourcePosition: String] = [:]
  private(set) var zeroPositions: [String] = []

  init(_ document: SourceDocument) {
    self.document = document
    reportDuplicates(in: root)
  }

  var root: PayloadNode { PayloadNode(node: document.root, path: []) }

  func place(_ node: PayloadNode) -> PayloadPlace {
    PayloadPlace(file: document.file, position: node.node.position, path: printed(node.path))
  }

  mutating func report(_ fault: LoadFault, at node: PayloadNode) {
    problems.append(place(node).problem(fault))
  }

  mutating func assume(_ words: String, at node: PayloadNode) {
    draft.assumptions.append(
      ImportAssumption(file: document.file, path: printed(node.path), words: words))
  }

  private mutating func reportDuplicates(in node: PayloadNode) {
    var lines: [String: Int] = [:]
    if case .mapping(let entries) = node.node.content {
      for entry in entries {
        if let first = lines[entry.name] {
          let place = PayloadNode(node: entry.key, path: node.path)
          report(.duplicateKey(entry.name, firstLine: first), at: place)
        } else {
          lines[entry.name] = entry.key.position.line
        }
      }
    }
    for entry in node.entries { reportDuplicates(in: entry.node) }
    for item in node.items { reportDuplicates(in: item) }
  }
}

// MARK: - What is used

extension PayloadReader {
  /// Marks a value as read.
  mutating func use(_ key: String, of node: PayloadNode) {
    if let value = node[key] { used.insert(value.node.position) }
  }

  /// Notes a value as a whole, with all that stands in it.
  mutating func cover(_ node: PayloadNode?, _ reason: String) {
    if let node { covered[node.node.position] = reason }
  }

  /// Notes a position of zero.
  mutating func coverZeroPosition(_ node: PayloadNode, named name: String) {
    covered[node.node.position] = ""
    zeroPositions.append(shortened(name))
  }
}

// MARK: - Values

extension PayloadReader {
  /// What a number must be; a price, a size or a leverage of zero is a venue's way to say that there is none.
  enum Domain {
    case finite
    case notNegative
    /// Zero is none.
    case positive
    /// Zero is none.
    case leverage

    fileprivate var words: String {
      switch self {
      case .finite: "a finite number"
      case .notNegative, .positive: "a finite number that is not negative"
      case .leverage: "a leverage of at least one, or nothing"
      }
    }

    fileprivate func allows(_ value: Double) -> Bool {
      switch self {
      case .finite: true
      case .notNegative, .positive: value >= 0
      case .leverage: value == 0 || value >= 1
      }
    }

    fileprivate var zeroIsNone: Bool { self == .positive || self == .leverage }
  }

  /// The number of a key, written as a number or as text; nothing, `""` and, for some, zero are none.
  mutating func number(_ key: String, of node: PayloadNode, _ domain: Domain = .finite) -> Double? {
    node[key].flatMap { number($0, domain) }
  }

  /// The number of a key that must be there.
  mutating func needed(_ key: String, of node: PayloadNode, _ domain: Domain = .finite) -> Double? {
    guard let value = node[key], value.text != "" else {
      report(.missingKey(key), at: node)
      return nil
    }
    if domain.zeroIsNone, value.text.flatMap(venueDecimal) == 0 {
      report(.expected("a positive finite number", found: value.node.found), at: value)
      return nil
    }
    return number(value, domain)
  }

  /// The number in a value.
  mutating func number(_ value: PayloadNode, _ domain: Domain = .finite) -> Double? {
    used.insert(value.node.position)
    if value.text == "" { return nil }
    guard let text = value.text, let number = venueDecimal(text), domain.allows(number) else {
      report(.expected(domain.words, found: value.node.found), at: value)
      return nil
    }
    return number == 0 && domain.zeroIsNone ? nil : number
  }

  /// The text of a key; `""` is none.
  mutating func word(_ key: String, of node: PayloadNode) -> String? {
    guard let value = node[key] else { return nil }
    used.insert(value.node.position)
    guard let text = value.text else {
      report(.expected("text", found: value.node.found), at: value)
      return nil
    }
    return text.isEmpty ? nil : text
  }

  /// One of several words.
  mutating func word<Value>(
    _ key: String, of node: PayloadNode, _ kind: String, _ words: KeyValuePairs<String, Value>
  ) -> Value? {
    guard let text = word(key, of: node), let value = node[key] else { return nil }
    if let found = words.first(where: { $0.key.lowercased() == text.lowercased() }) { return found.value }
    report(.unknownName(kind: kind, text, known: words.map(\.key)), at: value)
    return nil
  }

  /// The entries of a list that must be one where it is there.
  mutating func list(_ key: String, of node: PayloadNode) -> [PayloadNode] {
    node[key].map { list($0) } ?? []
  }

  /// The mappings of a list.
  mutating func list(_ node: PayloadNode) -> [PayloadNode] {
    guard node.isList else {
      report(.expected("a list", found: node.node.found), at: node)
      return []
    }
    return node.items.filter { item in
      if item.isMapping { return true }
      report(.expected("a mapping of keys", found: item.node.found), at: item)
      return false
    }
  }

  /// The pairs of a mapping that must be one where it is there.
  mutating func table(_ key: String, of node: PayloadNode) -> [(name: String, node: PayloadNode)] {
    guard let value = node[key] else { return [] }
    guard value.isMapping else {
      report(.expected("a mapping of keys", found: value.node.found), at: value)
      return []
    }
    return value.entries
  }

  /// The asset of a key that must be there, in capitals.
  mutating func asset(_ key: String, of node: PayloadNode) -> Asset? {
    guard let text = word(key, of: node), let value = node[key] else {
      if node[key]?.text == "" || node[key] == nil { report(.missingKey(key), at: node) }
      return nil
    }
    return asset(text, at: value)
  }

  /// The asset of a name, in capitals.
  mutating func asset(_ text: String, at node: PayloadNode) -> Asset? {
    do throws(InstrumentError) {
      return try Asset(text.uppercased())
    } catch {
      report(LoadFault(error), at: node)
      return nil
    }
  }

  /// The contract a key names, which must be there.
  mutating func contract(_ key: String, of node: PayloadNode, on venue: Venue) -> Contract? {
    guard let text = word(key, of: node), let value = node[key] else {
      if node[key]?.text == "" || node[key] == nil { report(.missingKey(key), at: node) }
      return nil
    }
    return contract(text, at: value, on: venue)
  }

  /// The contract of a name.
  mutating func contract(_ name: String, at node: PayloadNode, on venue: Venue) -> Contract? {
    do throws(VenueInstrumentError) {
      return try VenueInstrument(symbol: name, on: venue).contract
    } catch {
      report(LoadFault(error), at: node)
      return nil
    }
  }

  /// Keeps the moment of a key, counted since 1970 in a unit told by its size; zero is none.
  mutating func moment(_ key: String, of node: PayloadNode, _ kind: AccountDraft.MomentKind) {
    guard let value = node[key], let number = number(value, .positive) else { return }
    let seconds =
      switch number {
      case 1e17...: number / 1e9
      case 1e14...: number / 1e6
      default: number / 1e3
      }
    guard seconds < 253_402_300_800 else {
      report(.expected("a moment in milliseconds since 1970", found: value.node.found), at: value)
      return
    }
    draft.moments.append(.init(kind: kind, moment: Timestamp(seconds: Int(seconds.rounded(.down)))))
  }

  /// Keeps the figures that stand under some keys.
  mutating func figures(_ keys: [String], of node: PayloadNode, _ scope: VenueScope, _ unit: VenueUnit) {
    for key in keys {
      if let value = number(key, of: node) {
        draft.figures.append(VenueFigure(scope: scope, name: key, value: value, unit: unit))
      }
    }
  }
}

/// A number as venues write it; never NaN, infinity or hexadecimal.
func venueDecimal(_ text: String) -> Double? {
  let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
  guard isDecimal, let value = Double(text), value.isFinite else { return nil }
  return value
}
