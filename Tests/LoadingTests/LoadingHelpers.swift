import Foundation
import Instruments
import Loading
import Margin

/// The lines a load prints, or none when it succeeds.
func lines<Value>(_ load: () throws(LoadError) -> Value) -> [String] {
  do throws(LoadError) {
    _ = try load()
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

func accountLines(_ text: String, file: String = "a.yaml") -> [String] {
  lines { () throws(LoadError) in try Loaded<Account>(accountText: text, file: file) }
}

func regimeLines(_ text: String) -> [String] {
  lines { () throws(LoadError) in try Loaded<MarginRegime>(regimeText: text, file: "r.yaml") }
}

/// The repository's folder, found from this file.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// A folder with files, gone when the test is over.
struct TemporaryFolder: ~Copyable {
  let path: String

  init(_ files: [String: String]) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("loading-\(UUID().uuidString)")
    path = url.path
    for (name, text) in files {
      let file = url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// A sound account and a sound regime, which tests break one key at a time.
enum Sound {
  static let account = """
    account: test
    asOf: 2022-11-07
    balances:
      - {asset: BTC, quantity: 2}
      - {asset: USDT, quantity: -5000, sleeve: core}
    positions:
      - contract: BTC/USDT:USDT
        quantity: -2
        entry: 20500
        leverage: 3
    """

  static let regime = """
    regime: test
    summary: A test.
    family: crossCollateral
    source: none
    pooling: single
    collateral:
      others: {ratio: 0.8}
      assets:
        BTC:
          unit: quantity
          tiers:
            - {upTo: 10, ratio: 0.98}
            - {ratio: 0.9}
    terms:
      positions:
        rateSum:
          initialRule: chosenLeverage
          others:
            - {upTo: 50_000, maintenanceRate: 0.004, maximumLeverage: 125}
            - {upTo: 600_000, maintenanceRate: 0.005, maximumLeverage: 100}
            - {maintenanceRate: 0.01, maximumLeverage: 50}
      risk:
        tailRisk:
          measure: valueAtRisk
          confidence: 0.99
          scenarios:
            historical: {lookBack: 500, horizon: 1 d}
      floor:
        charge: {base: grossNotional, rate: 0.01}
    initial: max(1.3 * risk, floor) + positions
    maintenance: max(risk, 0.5 * floor) + positions
    """

  /// The sound regime with one piece of text replaced.
  static func regime(_ text: String, _ other: String) -> String {
    precondition(regime.contains(text), "the sound regime holds no \(text)")
    return regime.replacingOccurrences(of: text, with: other)
  }

  /// The sound account with one piece of text replaced.
  static func account(_ text: String, _ other: String) -> String {
    precondition(account.contains(text), "the sound account holds no \(text)")
    return account.replacingOccurrences(of: text, with: other)
  }
}
