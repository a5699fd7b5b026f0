import Instruments
import Statistics

extension Form {
  /// A word or quoted text that a rule turns into a value.
  ///
  /// - Parameters:
  ///   - expected: what is allowed, in words.
  ///   - make: the value of a text, or `nil` where it is not allowed.
  /// - Returns: the form.
  package static func text(_ expected: String, _ make: @escaping @Sendable (String) -> Value?) -> Form {
    Form { node, path, reader in
      if let value = node.text.flatMap(make) { return value }
      reader.report(.expected(expected, found: node.found), at: node.position, path: path)
      return nil
    }
  }

  /// One of several words.
  ///
  /// - Parameters:
  ///   - kind: what the word names.
  ///   - words: the words and what they stand for.
  ///   - other: reads a mapping or a list instead, if one may stand here.
  /// - Returns: the form.
  package static func word(
    _ kind: String, _ words: KeyValuePairs<String, Value>, orElse other: Form? = nil
  ) -> Form {
    let words = words.map { Pair(key: $0.key, value: $0.value) }
    let known = words.map(\.key)
    return Form { node, path, reader in
      if let text = node.text {
        if let value = words.first(where: { $0.key == text })?.value { return value }
        let keyed = other?.keys.map { "{\($0): …}" } ?? []
        reader.report(.unknownName(kind: kind, text, known: known + keyed), at: node.position, path: path)
        return nil
      }
      if let other, node.content != .nothing { return other.read(node, path, &reader) }
      let more = other == nil ? "" : ", or keys"
      reader.report(
        .expected("\(kind): \(known.joined(separator: ", "))\(more)", found: node.found), at: node.position,
        path: path)
      return nil
    }
  }

  /// One of the cases of an enumeration.
  ///
  /// - Parameter kind: what the word names.
  /// - Returns: the form.
  package static func choice(_ kind: String) -> Form
  where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    Form { node, path, reader in
      let known = Value.allCases.map(\.rawValue)
      if let text = node.text {
        if let value = Value(rawValue: text) { return value }
        reader.report(.unknownName(kind: kind, text, known: known), at: node.position, path: path)
      } else {
        reader.report(
          .expected("\(kind): \(known.joined(separator: ", "))", found: node.found), at: node.position,
          path: path)
      }
      return nil
    }
  }

  /// The value of another form, changed.
  ///
  /// - Parameter change: what to make of it.
  /// - Returns: the form of the changed value.
  package func map<Other: Sendable>(_ change: @escaping @Sendable (Value) -> Other) -> Form<Other> {
    let read = read
    return Form<Other> { node, path, reader in read(node, path, &reader).map(change) }
  }

  /// The value together with its place.
  package var located: Form<Located<Value>> {
    let read = read
    return Form<Located<Value>> { node, path, reader in
      read(node, path, &reader).map { Located(value: $0, node: node, path: path) }
    }
  }
}

extension Form where Value == String {
  /// Text with at least one character.
  package static var words: Form { text("text") { $0.isEmpty ? nil : $0 } }

  /// A name for tables and files: letters, digits, `.`, `-`, `_`.
  package static var identifier: Form {
    text("a name of letters, digits, '.', '-' and '_'") { text in
      let isPlain = text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || [45, 46, 95].contains(byte)
      }
      return isPlain && !text.isEmpty && text.first != "." ? text : nil
    }
  }
}

extension Form where Value == Bool {
  /// `true` or `false`.
  package static var truth: Form { word("truth value", ["true": true, "false": false]) }
}

extension Form where Value == Double {
  /// A number of a domain.
  ///
  /// - Parameters:
  ///   - expected: what is allowed, in words.
  ///   - isAllowed: whether a finite number is.
  /// - Returns: the form.
  package static func number(
    _ expected: String, where isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Form {
    Form { node, path, reader in
      if case .scalar(let text, isQuoted: false) = node.content, let value = decimal(text), isAllowed(value) {
        return value
      }
      reader.report(.expected(expected, found: node.found), at: node.position, path: path)
      return nil
    }
  }

  /// Any finite number.
  package static var finite: Form { number("a finite number") { _ in true } }

  /// A finite number above zero.
  package static var positive: Form { number("a positive finite number") { $0 > 0 } }

  /// A finite number of at least zero.
  package static var notNegative: Form { number("a finite number that is not negative") { $0 >= 0 } }

  /// A price or another positive amount, within the bounds of the domain types.
  package static var price: Form {
    number("a number from 1e-18 to 1e18") { representableAmounts.contains($0) }
  }

  /// A relative move of a price: down to nothing, up at most a thousandfold.
  package static var spotMove: Form {
    number("a number above -1 and at most 1000") { $0 > -1 && $0 <= 1_000 }
  }

  /// A finite number other than zero.
  package static var notZero: Form { number("a finite number other than zero") { $0 != 0 } }

  /// A number in a closed range.
  ///
  /// - Parameter range: the range.
  /// - Returns: the form.
  package static func within(_ range: ClosedRange<Double>) -> Form {
    number("a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))") { range.contains($0) }
  }

  /// A number of at least a bound.
  ///
  /// - Parameter bound: the least number allowed.
  /// - Returns: the form.
  package static func atLeast(_ bound: Double) -> Form {
    number("a finite number of at least \(plain(bound))") { $0 >= bound }
  }

  /// A number above a bound.
  ///
  /// - Parameter bound: the bound, not itself allowed.
  /// - Returns: the form.
  package static func above(_ bound: Double) -> Form {
    number("a finite number above \(plain(bound))") { $0 > bound }
  }
}

extension Form where Value == Int {
  /// A whole number of at least a bound.
  ///
  /// - Parameters:
  ///   - bound: the least number allowed.
  ///   - most: the greatest number allowed.
  /// - Returns: the form.
  package static func whole(atLeast bound: Int, atMost most: Int = .max) -> Form {
    let expected =
      most == .max ? "a whole number of at least \(bound)" : "a whole number from \(bound) to \(most)"
    return Form { node, path, reader in
      if case .scalar(let text, isQuoted: false) = node.content,
        let value = Int(text.filter { $0 != "_" }), value >= bound, value <= most
      {
        return value
      }
      reader.report(
        .expected(expected, found: node.found), at: node.position, path: path)
      return nil
    }
  }
}

extension Form where Value == Confidence {
  /// A confidence level.
  static var confidence: Form {
    Form { node, path, reader in
      let expected = "a confidence above 0.5 and below 1, such as 0.99"
      let number = Form<Double>.number(expected) { $0 > 0.5 && $0 < 1 }
      return number.read(node, path, &reader).flatMap { try? Confidence($0) }
    }
  }
}

extension Form where Value == Timestamp {
  /// A date or a time in UTC.
  static var moment: Form { instrument("a date YYYY-MM-DD", Timestamp.init) }
}

extension Form where Value == Asset {
  /// The symbol of an asset.
  static var asset: Form { instrument("an asset symbol such as BTC", Asset.init) }
}

extension Form where Value == Contract {
  /// A unified contract name.
  static var contract: Form { instrument("a contract such as BTC/USDT:USDT", Contract.init(name:)) }
}

extension Form {
  /// A text that a domain type reads itself.
  private static func instrument(
    _ expected: String, _ make: @escaping @Sendable (String) throws(InstrumentError) -> Value
  ) -> Form {
    Form { node, path, reader in
      guard let text = node.text else {
        reader.report(.expected(expected, found: node.found), at: node.position, path: path)
        return nil
      }
      do throws(InstrumentError) {
        return try make(text)
      } catch {
        reader.report(LoadFault(error), at: node.position, path: path)
        return nil
      }
    }
  }
}

/// Reads a decimal number as YAML writes it, underscores between digits included; never NaN, infinity or hexadecimal.
private func decimal(_ text: String) -> Double? {
  let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || "+-._eE".utf8.contains($0) }
  guard isDecimal, let value = Double(text.filter { $0 != "_" }), value.isFinite else { return nil }
  return value
}

/// A number without a needless fraction.
func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
}
