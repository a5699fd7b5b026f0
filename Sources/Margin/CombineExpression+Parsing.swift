extension CombineExpression {
  /// Reads an expression such as `max(1.2 * (base + addOn) - credit, floor)`.
  ///
  /// The grammar: numbers, term names (letters, digits, `_`), `+`, `-` between expressions or before one,
  /// `number * expression`, `max(…)`, `min(…)`, `sum(…)` and parentheses.
  ///
  /// - Parameter text: the text to read.
  /// - Throws: ``MarginError/expression(_:offset:problem:)``.
  public init(parsing text: String) throws(MarginError) {
    var parser = ExpressionParser(text)
    self = try parser.expression()
    try parser.requireEnd()
  }
}

private struct ExpressionParser {
  private let text: String
  private let characters: [Character]
  private var position = 0
  private var depth = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func expression() throws(MarginError) -> CombineExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.greatestDepth else { throw fault("nested more than \(Self.greatestDepth) deep") }
    var parts = [try product()]
    while true {
      if take("+") {
        parts.append(try product())
      } else if take("-") {
        parts.append(try product().negated)
      } else {
        break
      }
    }
    return parts.count == 1 ? parts[0] : .sum(parts)
  }

  mutating func requireEnd() throws(MarginError) {
    skipSpaces()
    guard position == characters.count else {
      throw fault(
        "unexpected \"\(characters[position])\"; allowed are +, -, *, max, min, sum, numbers and term names")
    }
  }

  private mutating func product() throws(MarginError) -> CombineExpression {
    var left = try signed()
    while take("*") {
      let operatorPosition = position - 1
      switch (left, try signed()) {
      case (.amount(let factor), .amount(let other)): left = .amount(factor * other)
      case (.amount(let factor), let expression), (let expression, .amount(let factor)):
        left = .multiple(factor, expression)
      default: throw fault("one side of * must be a number", at: operatorPosition)
      }
    }
    return left
  }

  /// An atom, or one less than nothing; a loop, so that no row of signs is too long for the stack.
  private mutating func signed() throws(MarginError) -> CombineExpression {
    var isNegative = false
    while take("-") { isNegative.toggle() }
    let atom = try atom()
    return isNegative ? atom.negated : atom
  }

  private mutating func atom() throws(MarginError) -> CombineExpression {
    skipSpaces()
    guard position < characters.count else { throw fault("the expression ends too early") }
    if take("(") {
      let inner = try expression()
      try require(")")
      return inner
    }
    if let number = try number() { return .amount(number) }
    let start = position
    guard let name = name() else {
      throw fault("unexpected \"\(characters[position])\"; allowed are numbers, term names, max, min and sum")
    }
    guard take("(") else { return .term(name) }
    var arguments = [try expression()]
    while take(",") { arguments.append(try expression()) }
    try require(")")
    switch name {
    case "max": return .maximum(arguments)
    case "min": return .minimum(arguments)
    case "sum": return .sum(arguments)
    default: throw fault("there is no function \"\(name)\"; allowed are max, min and sum", at: start)
    }
  }

  private mutating func number() throws(MarginError) -> Double? {
    let start = position
    var end = position
    while end < characters.count, characters[end].isASCII, characters[end].isNumber || characters[end] == "."
    {
      end += 1
    }
    guard end > start else { return nil }
    let digits = String(characters[start..<end])
    guard let value = Double(digits), value.isFinite else { throw fault("\"\(digits)\" is not a number") }
    position = end
    return value
  }

  private mutating func name() -> String? {
    let start = position
    while position < characters.count,
      characters[position].isLetter || characters[position].isNumber
        || characters[position] == "_"
    {
      position += 1
    }
    return position > start ? String(characters[start..<position]) : nil
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }

  private mutating func require(_ character: Character) throws(MarginError) {
    guard take(character) else { throw fault("\"\(character)\" is missing") }
  }

  private mutating func skipSpaces() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private func fault(_ problem: String, at offset: Int? = nil) -> MarginError {
    .expression(text, offset: offset ?? position, problem: problem)
  }

  /// Deeper than any rule, and shallow enough for any stack.
  private static let greatestDepth = 64
}
