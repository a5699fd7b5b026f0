import Foundation
import Reports
import Testing

@Suite("JSON value")
struct JSONValueTests {
  @Test("members keep their order; short lists stand on one line, long ones do not")
  func layout() throws {
    let value: JSONValue = [
      "z": .integer(-3), "a": .array([.number(0.1), .number(-0.0), .number(1e-7)]), "empty": .array([]),
      "inner": ["flag": .bool(true), "none": .null, "seed": .unsigned(.max)],
      "long": .strings((0..<6).map { "a text of some length, number \($0)" }),
    ]
    let expected = """
      {
        "z": -3,
        "a": [0.1, 0, 1e-07],
        "empty": [],
        "inner": {"flag": true, "none": null, "seed": 18446744073709551615},
        "long": [
          "a text of some length, number 0",
          "a text of some length, number 1",
          "a text of some length, number 2",
          "a text of some length, number 3",
          "a text of some length, number 4",
          "a text of some length, number 5"
        ]
      }

      """
    #expect(String(decoding: try value.bytes(), as: UTF8.self) == expected)
  }

  @Test("every text comes back", arguments: ["", "a\"b\\c", "\n\t\r\u{0}\u{1F}", "é → 🙂\u{7F}", "\u{2028}"])
  func texts(text: String) throws {
    let data = Data(try JSONValue.strings([text]).bytes())
    #expect(try JSONDecoder().decode([String].self, from: data) == [text])
  }

  @Test(
    "numbers come back to the last bit",
    arguments: [0.1, 1e300, -Double.leastNonzeroMagnitude, 123_456_789.123_456_78, 1e16])
  func numbers(number: Double) throws {
    let data = Data(try JSONValue.array([.number(number)]).bytes())
    #expect(try JSONDecoder().decode([Double].self, from: data) == [number])
  }

  @Test("a number that is not finite is named by its key", arguments: [Double.nan, .infinity])
  func notFinite(number: Double) {
    let value: JSONValue = ["outer": ["inner": .array([.number(1), .number(number)])]]
    #expect(throws: ReportError.notFinite(key: "inner")) { try value.bytes() }
  }

  @Test("missing values are null")
  func missing() throws {
    let value = JSONValue.array([JSONValue(Double?.none), JSONValue(Int?.none), JSONValue(String?.none)])
    #expect(String(decoding: try value.bytes(), as: UTF8.self) == "[null, null, null]\n")
  }
}
