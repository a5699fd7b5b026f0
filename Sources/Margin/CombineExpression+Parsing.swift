extension CombineExpression {
  /// Reads an expression such as `max(1.2 * (base + addOn), floor)`.
  ///
  /// The grammar: numbers, term names (letters, digits, `_`), `+`, `number * expression`, `max(…)`, `min(…)`, `sum(…)` and
  /// parentheses.
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

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func expression() throws(MarginError) -> CombineExpression {
    var parts = [try product()]
    while take("+") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : .sum(parts)
  }

  mutating func requireEnd() throws(MarginError) {
    skipSpaces()
    guard position == characters.count else {
      throw fault("unexpected \"\(characters[position])\"; allowed are +, *, max, min, sum, numbers and term names")
    }
  }

  private mutating func product() throws(MarginError) -> CombineExpression {
    let left = try atom()
    guard take("*") else { return left }
    let right = try product()
    switch (left, right) {
    case (.amount(let factor), .amount(let other)): return .amount(factor * other)
    case (.amount(let factor), let expression), (let expression, .amount(let factor)):
      return .multiple(factor, expression)
    default: throw fault("one side of * must be a number")
    }
  }

  private mutating func atom() throws(MarginError) -> CombineExpression {
    skipSpaces()
    guard position < characters.count else { throw fault("the expression ends too early") }
    if take("(") {
      let inner = try expression()
      try require(")")
      return inner
    }
    if let number = number() { return .amount(number) }
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
    default: throw fault("there is no function \"\(name)\"; allowed are max, min and sum")
    }
  }

  private mutating func number() -> Double? {
    let start = position
    var end = position
    while end < characters.count, characters[end].isASCII, characters[end].isNumber || characters[end] == "." {
      end += 1
    }
    guard end > start, let value = Double(String(characters[start..<end])), value.isFinite else { return nil }
    position = end
    return value
  }

  private mutating func name() -> String? {
    let start = position
    while position < characters.count, characters[position].isLetter || characters[position].isNumber
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

  private func fault(_ problem: String) -> MarginError {
    .expression(text, offset: position, problem: problem)
  }
}
