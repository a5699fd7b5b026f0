extension JSONValue {
  /// The document as UTF-8, indented by two blanks, with a line feed at its end (RFC 8259).
  ///
  /// An object or array without objects or arrays inside stands on one line where it fits. The same value gives the same
  /// bytes everywhere.
  ///
  /// - Throws: ``ReportError/notFinite(key:)``.
  /// - Returns: the bytes.
  public func bytes() throws(ReportError) -> [UInt8] {
    var writer = JSONWriter()
    try writer.write(self, key: "", depth: 0)
    return Array((writer.text + "\n").utf8)
  }
}

private struct JSONWriter {
  private(set) var text = ""

  private static let lineWidth = 100

  mutating func write(_ value: JSONValue, key: String, depth: Int) throws(ReportError) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += "\(number)"
    case .unsigned(let number): text += "\(number)"
    case .number(let number):
      guard number.isFinite else { throw .notFinite(key: key) }
      text += number == 0 ? "0" : "\(number)"
    case .string(let string): writeString(string)
    case .array(let elements):
      try writeList(elements.map { JSONMember(key, $0) }, brackets: ("[", "]"), keys: false, depth: depth)
    case .object(let members):
      precondition(Set(members.map(\.key)).count == members.count, "a key stands twice in one object")
      try writeList(members, brackets: ("{", "}"), keys: true, depth: depth)
    }
  }

  private mutating func writeList(
    _ members: [JSONMember], brackets: (String, String), keys: Bool, depth: Int
  ) throws(ReportError) {
    var line = JSONWriter()
    if members.allSatisfy(\.value.isScalar) {
      line.text = brackets.0
      for (index, member) in members.enumerated() {
        if index > 0 { line.text += ", " }
        try line.write(member, keys: keys, depth: depth)
      }
      line.text += brackets.1
      if line.text.utf8.count + 2 * depth <= Self.lineWidth {
        text += line.text
        return
      }
    }
    let indent = String(repeating: "  ", count: depth)
    text += brackets.0
    for (index, member) in members.enumerated() {
      text += (index > 0 ? ",\n" : "\n") + indent + "  "
      try write(member, keys: keys, depth: depth + 1)
    }
    text += "\n" + indent + brackets.1
  }

  private mutating func write(_ member: JSONMember, keys: Bool, depth: Int) throws(ReportError) {
    if keys {
      writeString(member.key)
      text += ": "
    }
    try write(member.value, key: member.key, depth: depth)
  }

  private mutating func writeString(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue {
  fileprivate var isScalar: Bool {
    switch self {
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }
}
