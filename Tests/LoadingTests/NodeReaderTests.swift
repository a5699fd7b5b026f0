import Loading
import Testing

struct NodeReaderTests {
  private func number(_ text: String) -> Double? {
    try? Loaded<Double>(text: text, file: "f", as: .finite).value
  }

  // MARK: - Numbers

  @Test(arguments: [
    ("1", 1.0), ("-0.5", -0.5), ("1e5", 1e5), ("1.5E-3", 1.5e-3), ("50_000", 50_000), ("+3", 3), (".5", 0.5),
  ])
  func decimalNumbersAreRead(_ text: String, _ value: Double) {
    #expect(number(text) == value)
  }

  @Test(arguments: [
    ".nan", ".inf", "-.inf", "nan", "inf", "infinity", "1e999", "0x10", "1:30", "ten", "\"1\"", "1,5", "~",
    "[1]",
    "{a: 1}", "true", "1 2", "_", "--1", "1__e",
  ])
  func whatIsNoFiniteDecimalNumberIsRefused(_ text: String) {
    #expect(number(text) == nil)
  }

  @Test func domainsAreClosedAgainstNaNAndSaidInWords() {
    func line(_ text: String, _ form: Form<Double>) -> [String] {
      lines { () throws(LoadError) in try Loaded<Double>(text: text, file: "f", as: form) }
    }
    #expect(line("0", .positive) == ["f:1:1: expected a positive finite number, found '0'"])
    #expect(line("-1", .notNegative) == ["f:1:1: expected a finite number that is not negative, found '-1'"])
    #expect(line("0.0", .notZero) == ["f:1:1: expected a finite number other than zero, found '0.0'"])
    #expect(line("1.5", .within(0...1)) == ["f:1:1: expected a number from 0 to 1, found '1.5'"])
    #expect(line("0.5", .atLeast(1)) == ["f:1:1: expected a finite number of at least 1, found '0.5'"])
    #expect(line("2", .above(2)) == ["f:1:1: expected a finite number above 2, found '2'"])
    #expect(line(".nan", .positive) == ["f:1:1: expected a positive finite number, found '.nan'"])
  }

  @Test(arguments: [("500", 500), ("1_000", 1000)])
  func wholeNumbersAreRead(_ text: String, _ value: Int) {
    #expect((try? Loaded<Int>(text: text, file: "f", as: .whole(atLeast: 1)).value) == value)
  }

  @Test(arguments: ["0", "-1", "1.0", "1e3", "99999999999999999999", "many"])
  func otherWholeNumbersAreRefused(_ text: String) {
    #expect((try? Loaded<Int>(text: text, file: "f", as: .whole(atLeast: 1))) == nil)
  }

  @Test(arguments: ["", "a b", "../x", ".hidden", "ä", "[a]"])
  func identifiersFitIntoFileNames(_ text: String) {
    #expect((try? Loaded<String>(text: "\"\(text)\"", file: "f", as: .identifier)) == nil)
    #expect((try? Loaded<String>(text: "cash-and_carry.2", file: "f", as: .identifier)) != nil)
  }

  // MARK: - Mappings

  private struct Pair: Equatable {
    let left: Double
    let right: Double?
  }

  private var pair: Form<Pair> {
    .mapping { fields in
      let left = fields.required("left", as: .positive)
      let right = fields.optional("right", as: .positive)
      guard let left, fields.isSound else { return nil }
      return Pair(left: left, right: right)
    }
  }

  private func pairLines(_ text: String) -> [String] {
    lines { () throws(LoadError) in try Loaded<[Pair]>(text: text, file: "f", as: .list(of: pair)) }
  }

  @Test func everyProblemIsFoundAtOnce() {
    let text = """
      - {left: 1, right: 2}
      - {lfet: 1}
      - {left: 0, right: x, middle: 3}
      - 7
      - {left: 1, left: 2}
      """
    #expect(
      pairLines(text) == [
        "f:2:3: [1]: the key 'left' is missing",
        "f:2:4: [1]: unknown key 'lfet'; did you mean 'left'? allowed are left, right",
        "f:3:10: [2].left: expected a positive finite number, found '0'",
        "f:3:20: [2].right: expected a positive finite number, found 'x'",
        "f:3:23: [2]: unknown key 'middle'; allowed are left, right",
        "f:4:3: [3]: expected a mapping of keys, found '7'",
        "f:5:13: [4]: the key 'left' stands twice, first in line 5",
      ])
  }

  @Test func aSoundFileGivesItsValues() throws {
    let loaded = try Loaded<[Pair]>(text: "[{left: 1}, {right: 3, left: 2}]", file: "f", as: .list(of: pair))
    #expect(loaded.value == [Pair(left: 1, right: nil), Pair(left: 2, right: 3)])
  }

  @Test func anAliasIsReadLikeWhatItStandsFor() throws {
    let text = "- &one {left: 1}\n- *one\n"
    #expect(try Loaded<[Pair]>(text: text, file: "f", as: .list(of: pair)).value.count == 2)
  }

  @Test func manyEntriesTakeTimeInProportion() throws {
    let text = (0..<20_000).map { "- {left: \($0 + 1)}\n" }.joined()
    #expect(try Loaded<[Pair]>(text: text, file: "f", as: .list(of: pair)).value.count == 20_000)
  }
}
