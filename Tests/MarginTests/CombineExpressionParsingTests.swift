import Margin
import Testing

@Suite struct CombineExpressionParsingTests {
  @Test(
    "what may be written",
    arguments: [
      ("a", CombineExpression.term("a")), ("  a  ", .term("a")), ("1.5", .amount(1.5)), (".5", .amount(0.5)),
      ("5.", .amount(5)), ("a + b+c", .sum([.term("a"), .term("b"), .term("c")])),
      ("2 * a", .multiple(2, .term("a"))), ("a*2", .multiple(2, .term("a"))), ("2*3", .amount(6)),
      ("2 * 3 * a", .multiple(6, .term("a"))), ("2 * a * 3", .multiple(3, .multiple(2, .term("a")))),
      ("1 + 2 * a", .sum([.amount(1), .multiple(2, .term("a"))])),
      ("2 * (a + b)", .multiple(2, .sum([.term("a"), .term("b")]))),
      ("(a + b) * 2", .multiple(2, .sum([.term("a"), .term("b")]))), ("((a))", .term("a")),
      ("max(a, b)", .maximum([.term("a"), .term("b")])),
      ("max ( a , 0.5*b )", .maximum([.term("a"), .multiple(0.5, .term("b"))])),
      ("min(a)", .minimum([.term("a")])), ("sum(a, b)", .sum([.term("a"), .term("b")])),
      (
        "max(min(a, b), c + 1)",
        .maximum([.minimum([.term("a"), .term("b")]), .sum([.term("c"), .amount(1)])])
      ),
      ("base_2\n+\taddOn", .sum([.term("base_2"), .term("addOn")])), ("maximum", .term("maximum")),
      ("a - b", .sum([.term("a"), .multiple(-1, .term("b"))])), ("-a", .multiple(-1, .term("a"))),
      ("a - 2 * b", .sum([.term("a"), .multiple(-2, .term("b"))])), ("-3", .amount(-3)),
      ("a - 3 + b", .sum([.term("a"), .amount(-3), .term("b")])), ("--a", .term("a")),
      ("-2 * a", .multiple(-2, .term("a"))), ("a * -2", .multiple(-2, .term("a"))),
      ("a - (b - c)", .sum([.term("a"), .multiple(-1, .sum([.term("b"), .multiple(-1, .term("c"))]))])),
      ("a - -b", .sum([.term("a"), .term("b")])),
      ("max(-a, 0)", .maximum([.multiple(-1, .term("a")), .amount(0)])),
    ])
  func accepted(text: String, expected: CombineExpression) throws {
    #expect(try CombineExpression(parsing: text) == expected)
  }

  @Test(
    "what may not, and where it goes wrong",
    arguments: [
      ("", 0), ("   ", 3), ("a +", 3), ("+ a", 0), ("a + + b", 4), ("-", 1), ("a -", 3), ("a - * b", 4),
      ("a / b", 2),
      ("a b", 2),
      ("2 3", 2), ("2 a", 2), ("a, b", 1), ("(a", 2), ("a)", 1), ("()", 1), ("(a + b", 6), ("a * b", 2),
      ("(a + b) * (c + d)", 8), ("a *", 3), ("2 * a * b", 6), ("max()", 4), ("max(a, )", 7), ("max(a b)", 6),
      ("max(a", 5),
      ("avg(a)", 0), ("1 + avg(a, b)", 4), ("1.2.3", 0), ("a + .", 4), ("1e3", 1), ("a + 1e400", 5),
      ("a ? b", 2), ("€", 0),
    ])
  func refused(text: String, offset: Int) {
    #expect {
      try CombineExpression(parsing: text)
    } throws: { error in
      guard case .expression(text, offset: offset, let problem)? = error as? MarginError else { return false }
      return !problem.isEmpty
    }
  }

  @Test("numbers too long and nests too deep are refused where they begin, not by the stack")
  func extremes() throws {
    let digits = String(repeating: "9", count: 400)
    #expect(throws: MarginError.expression(digits, offset: 0, problem: "\"\(digits)\" is not a number")) {
      try CombineExpression(parsing: digits)
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    }
    #expect(try CombineExpression(parsing: nested(63)) == .term("a"))
    for depth in [64, 100_000] {
      #expect(throws: MarginError.expression(nested(depth), offset: 64, problem: "nested more than 64 deep"))
      {
        try CombineExpression(parsing: nested(depth))
      }
    }
    #expect(
      try CombineExpression(parsing: String(repeating: "-", count: 100_001) + "a")
        == .multiple(-1, .term("a")))
    let products = Array(repeating: "1", count: 20_000).joined(separator: " * ")
    #expect(try CombineExpression(parsing: products + " * a") == .multiple(1, .term("a")))
  }

  @Test(
    "differences are written as they are read",
    arguments: [
      "a - b", "-a", "a - 2.0 * b", "-2.0 * a", "a - (b - c)", "-(a + b)", "a - 3.0", "a - max(b, -c)",
      "a - b + c",
    ])
  func differences(text: String) throws {
    #expect(try CombineExpression(parsing: text).description == text)
  }

  @Test("an expression reads back from its own text with the same value")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let expression = CombineExpression.random(&generator, depth: 4)
      let again = try CombineExpression(parsing: expression.description)
      let amounts = (0..<4).map { _ in 1_000 * generator.normal() }
      func amount(_ name: String) -> Double { amounts[CombineExpression.testTerms.firstIndex(of: name) ?? 0] }
      let value = expression.value(amount)
      #expect(abs(again.value(amount) - value) <= 1e-12 * (1 + expression.gross(amount)), "\(expression)")
      #expect(again.termNames == expression.termNames)
    }
  }
}
