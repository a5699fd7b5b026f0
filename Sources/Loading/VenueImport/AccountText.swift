public import Instruments

/// An account as the text of an account file.
public enum AccountText {
  /// Writes an account as YAML; numbers have the fewest digits that read back as the same number.
  ///
  /// - Parameters:
  ///   - account: the account.
  ///   - remarks: lines that stand above it as comments; line breaks in them are spaces.
  /// - Returns: the text, with a line break at its end.
  public static func yaml(_ account: Account, remarks: [String] = []) -> String {
    var lines = remarks.map { remark in
      "# " + String(remark.map { $0.isNewline ? " " : $0 })
    }
    lines.append("account: \(word(account.id))")
    if !account.purpose.isEmpty { lines.append("purpose: \(quoted(account.purpose))") }
    if let asOf = account.asOf { lines.append("asOf: \(asOf)") }
    lines += list("balances", account.balances.map(fields), isRequired: true)
    lines += list("positions", account.positions.map(fields))
    lines += list("orders", account.orders.map(fields))
    let prices = account.prices.sorted { $0.key < $1.key }.map { (word($0.key.symbol), number($0.value)) }
    let stated = account.stated.sorted { $0.key < $1.key }.map { (word($0.key), number($0.value)) }
    for (name, pairs) in [("prices", prices), ("stated", stated)] where !pairs.isEmpty {
      lines.append("\(name):")
      lines += pairs.map { "  \($0.0): \($0.1)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private typealias Fields = [(key: String, value: String?)]

  private static func list(_ name: String, _ entries: [Fields], isRequired: Bool = false) -> [String] {
    guard !entries.isEmpty else { return isRequired ? ["\(name): []"] : [] }
    return ["\(name):"]
      + entries.map { fields in
        let pairs = fields.compactMap { field in field.value.map { "\(field.key): \($0)" } }
        return "  - {\(pairs.joined(separator: ", "))}"
      }
  }

  private static func fields(_ balance: Balance) -> Fields {
    [
      ("asset", word(balance.asset.symbol)), ("quantity", number(balance.quantity)),
      ("borrowed", balance.borrowed.map(number)), ("sleeve", balance.sleeve.map(quoted)),
    ]
  }

  private static func fields(_ position: Position) -> Fields {
    [
      ("contract", position.contract.name), ("quantity", number(position.quantity)),
      ("multiplier", number(position.multiplier, unless: 1)), ("entry", number(position.entryPrice)),
      ("mark", position.markPrice.map(number)), ("leverage", number(position.leverage, unless: 1)),
      ("isolatedMargin", position.isolatedMargin.map(number)),
      ("impliedVolatility", position.impliedVolatility.map(number)),
      ("optionPrice", position.optionPrice.map(number)),
      ("discountFactor", number(position.discountFactor, unless: 1)),
      ("confidence", number(position.confidence, unless: 1)), ("sleeve", position.sleeve.map(quoted)),
    ]
  }

  private static func fields(_ order: Order) -> Fields {
    [
      ("contract", order.contract.name), ("quantity", number(order.quantity)),
      ("multiplier", number(order.multiplier, unless: 1)), ("price", order.price.map(number)),
      ("leverage", number(order.leverage, unless: 1)),
    ]
  }

  private static func number(_ value: Double, unless usual: Double) -> String? {
    value == usual ? nil : number(value)
  }

  /// The shortest digits that read back as the same number.
  private static func number(_ value: Double) -> String {
    value == 0 && value.sign == .minus ? "-0.0" : plain(value)
  }

  /// A name, in quotes where YAML would read it otherwise.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || [45, 46, 95].contains(byte)
    }
    let startsPlain = text.utf8.first.map { (65...90).contains($0 & 0xDF) || (48...57).contains($0) } ?? false
    return isPlain && startsPlain && text.lowercased() != "null" ? text : quoted(text)
  }

  /// Text in double quotes, with the escapes YAML and JSON share.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _
      where scalar.value < 32 || scalar.value == 127 || (128..<160).contains(scalar.value)
        || scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0xFEFF:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
