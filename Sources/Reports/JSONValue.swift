/// A JSON document; the members of an object stand in the order in which they were given.
public indirect enum JSONValue: Hashable, Sendable {
  /// `null`: a missing value.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A whole number that may be beyond the largest `Int`, such as a seed.
  case unsigned(UInt64)
  /// A finite number, written with the fewest digits that read back as the same `Double`.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members by key, no key twice.
  case object([JSONMember])

  /// A number, or `null` for `nil`.
  ///
  /// - Parameter value: the number, if there is one.
  public init(_ value: Double?) {
    self = value.map(JSONValue.number) ?? .null
  }

  /// A whole number, or `null` for `nil`.
  ///
  /// - Parameter value: the number, if there is one.
  public init(_ value: Int?) {
    self = value.map(JSONValue.integer) ?? .null
  }

  /// A text, or `null` for `nil`.
  ///
  /// - Parameter value: the text, if there is one.
  public init(_ value: String?) {
    self = value.map(JSONValue.string) ?? .null
  }

  /// A list of texts.
  ///
  /// - Parameter texts: the texts.
  /// - Returns: an array of strings.
  public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}

/// One member of a JSON object.
public struct JSONMember: Hashable, Sendable {
  /// The key.
  public let key: String
  /// The value.
  public let value: JSONValue

  /// Makes a member.
  ///
  /// - Parameters:
  ///   - key: the key.
  ///   - value: the value.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  /// An object, its members in the order of the literal.
  ///
  /// - Parameter elements: keys and values; no key twice.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember($0.0, $0.1) })
  }
}
