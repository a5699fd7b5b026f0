import Foundation
import Instruments
import TestSupport
import Testing

/// Whole vectors, with every scenario, which lie beside the repository and are not part of it.
private struct SharedVectors {
  /// The nearest `shared` folder above this file; `nil` where there is none.
  static let folder: URL? = {
    var place = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
      let folder = place.appendingPathComponent("shared/data/reference")
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }()

  private static func json(_ name: String) throws -> Any {
    let folder = try #require(folder)
    return try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// The six vectors of options alone.
  static func options() throws -> [DeriveCase] {
    let cases = try #require(try json("derive_pmrm2_options_cases.json") as? [[String: Any]])
    return try cases.map { one in
      let expected = try #require(one["expected"] as? [String: Any])
      return try vector(
        one["case"] as? String ?? "", spot: number(one["spot"]), one["options"], feeds: one["forwards"],
        feedExpiry: "Expiry", expected, mark: "mtm", regular: "reg", tail: "tail", skew: nil)
    }
  }

  /// The complete file of one vector.
  static func test12() throws -> DeriveCase {
    let file = try #require(try json("derive_pmrm2_test_12.json") as? [String: Any])
    let scenario = try #require(file["Scenario"] as? [String: Any])
    let result = try #require(file["Result"] as? [String: Any])
    return try vector(
      "test_12", spot: number(scenario["SpotPrice"]), scenario["Options"], feeds: scenario["OptionFeeds"],
      feedExpiry: "FeedExpiry", result, mark: "PortfolioMTM", regular: "reg_losses", tail: "tail_losses",
      skew: "skew_losses")
  }

  /// A number, or the text of one.
  private static func number(_ value: Any?) throws -> Double {
    if let text = value as? String { return try #require(Double(text)) }
    return try #require(value as? NSNumber).doubleValue
  }

  private static func vector(
    _ id: String, spot: Double, _ options: Any?, feeds: Any?, feedExpiry: String, _ expected: [String: Any],
    mark: String, regular: String, tail: String, skew: String?
  ) throws -> DeriveCase {
    var forwards: [Int: Double] = [:]
    for feed in try #require(feeds as? [[String: Any]]) {
      forwards[Int(try number(feed[feedExpiry]))] = try number(feed["Forward"])
    }
    let held = try #require(options as? [[String: Any]]).map { option in
      let seconds = Int(try number(option["Expiry"]))
      return DeriveCase.Option(
        seconds: seconds, forward: try #require(forwards[seconds]), strike: try number(option["Strike"]),
        kind: try number(option["IsCall"]) == 1 ? .call : .put, units: try number(option["Amount"]),
        volatility: try number(option["MarkVol"]), discount: try number(option["MarkDiscount"]))
    }
    var profits: [String: Double] = [:]
    for key in [regular, tail] {
      for row in try #require(expected[key] as? [[Any]]) {
        profits[try scenarioName(spot: number(row[0]), direction: number(row[1]))] = try number(row[2])
      }
    }
    if let skew {
      for row in try #require(expected[skew] as? [[Any]]) {
        profits[row[0] as? String == "LINEAR" ? "linear skew" : "absolute skew"] = try number(row[1])
      }
    }
    return DeriveCase(
      id: id, spot: spot, options: held,
      expected: .init(
        initial: try number(expected["IM"]), maintenance: try number(expected["MM"]),
        equity: try number(expected[mark]), forwardContingency: try number(expected["ForwardContingency"]),
        profits: profits))
  }

  private static func scenarioName(spot: Double, direction: Double) -> String {
    let tenths = (spot * 1_000).rounded() / 10
    let text = tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    let volatility = direction == 0 ? "" : ", volatility \(direction > 0 ? "up" : "down")"
    return "spot \(spot > 0 ? "+" : "")\(text) %\(volatility)"
  }
}

@Suite(
  .enabled(if: SharedVectors.folder != nil, "no folder shared/data/reference beside the repository: skipped"))
struct DeriveSharedVectorTests {
  @Test("Six vectors of options: IM, MM, basis contingency and all 29 scenarios of each")
  func options() throws {
    let cases = try SharedVectors.options()
    #expect(cases.count == 6)
    for one in cases {
      #expect(one.expected.profits.count == 29)
      try checkDeriveCase(one)
    }
  }

  @Test("The whole file of vector 12, with both skews") func vector12() throws {
    let one = try SharedVectors.test12()
    #expect(one.expected.profits.count == 31)
    try checkDeriveCase(one)
  }
}
