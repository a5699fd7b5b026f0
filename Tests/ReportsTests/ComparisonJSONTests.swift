import Foundation
import Reports
import Testing

@Suite("Comparison JSON")
struct ComparisonJSONTests {
  @Test("the document is JSON, the same every time, with every part of the comparison")
  func parses() throws {
    let bytes = try JSONValue(try Sample.comparison()).bytes()
    #expect(try JSONValue(try Sample.comparison()).bytes() == bytes)
    let parsed = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(parsed["schema"] as? String == "plimsoll.comparison/1")
    let regimes = try #require(parsed["regimes"] as? [[String: Any]])
    #expect(
      regimes.compactMap { $0["regime"] as? String } == ["cross", "segregated", "gaussian-99", "student-99"])
    let margin = try #require(regimes[2]["initial_margin"] as? [String: Any])
    #expect(margin["value"] as? Double == 1_200)
    #expect(margin["se_simulation"] as? Double == 12.34)
    #expect(margin["se_calibration"] as? Double == 98.7)
    #expect((regimes[0]["safety"] as? [[String: Any]])?.count == 4)
    #expect(regimes[0]["initial_margin_difference"] is NSNull)
    #expect((parsed["refusals"] as? [[String: Any]])?.count == 1)
    let changes = try #require(parsed["changes"] as? [[String: Any]])
    #expect(changes.count == 3)
    #expect(changes[0]["equity_difference"] as? Double == -12.5)
    #expect(changes[1]["equity_difference"] is NSNull)
    #expect(regimes[0]["assumptions"] as? [String] == ["one haircut for all sizes"])
    #expect((parsed["coverage"] as? [[String: Any]])?.count == 3)
    let covariances = try #require(parsed["covariances"] as? [[String: Any]])
    #expect(
      covariances[0]["covariance"] as? [[Double]] == [
        [0.0025, 0.00125, 0], [0.00125, 0.0025, 0], [0, 0, 0],
      ])
    let tails = try #require(parsed["tails"] as? [[String: Any]])
    #expect((tails[0]["value_at_risk"] as? [String: Any])?["closed_form"] as? Double == 31.5)
  }
}
