import Foundation
import Instruments
import Loading
import MarketData
import Scenarios
import Statistics
import Studies
import Testing

/// The menu of shocks and the studies that use it, as they are shipped.
struct ShippedShocksTests {
  private static let folder = "\(repository)/scenarios/shocks"

  private static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

  private static func assets(_ symbols: String) throws -> [RiskFactor] {
    try symbols.split(separator: " ").map { .spot(try Asset(String($0))) }
  }

  private static func amounts(_ pairs: KeyValuePairs<String, Double>) throws -> [FactorAmount] {
    try pairs.map { FactorAmount(factor: .spot(try Asset($0.key)), amount: $0.value) }
  }

  /// What every file says, written a second time.
  private static func expected() throws -> [String: [ShockStep]] {
    let coins = try assets("BTC ETH BNB ADA XRP DOGE LINK MATIC ALGO")
    let altcoins = try assets("BNB ADA XRP DOGE LINK MATIC ALGO")
    let (bitcoin, ether) = (try Asset("BTC"), try Asset("ETH"))
    let large = try assets("BTC ETH")
    let tether = try assets("USDT")[0]
    let circle = try assets("USDC")
    return [
      "correlations-to-one": [.blend(CorrelationBlend(target: .allOne, among: coins))],
      "correlations-to-zero": [.blend(CorrelationBlend(target: .identity))],
      "equicorrelation": [.blend(CorrelationBlend(target: .equal(0.7), among: coins))],
      "crisis-2022-11": [
        .blend(
          CorrelationBlend(
            target: .window(
              .period(from: try Timestamp("2022-11-01"), to: try Timestamp("2022-11-30")))))
      ],
      "altcoin-block": [
        .entries(EntryShock(between: large, and: altcoins, change: .to(0.3), repair: .nearestKeeping))
      ],
      "btc-eth-pair": [
        .entries(
          EntryShock(between: [large[0]], and: [large[1]], change: .to(0), repair: .nearestKeeping))
      ],
      "first-eigenvalue": [.eigenvalue(component: 1, multiple: 2)],
      "market-loadings": [.loadings(LoadingShock(components: 1, of: altcoins, multiple: 0.6))],
      "frtb-high": [.regulatory(.high, repair: .nearest)],
      "frtb-low": [.regulatory(.low, repair: .nearest)],
      "btc-minus-30": [.conditional(given: try amounts(["BTC": -0.3]))],
      "hedge-decoupling": [.decoupling(of: [large[1]], share: 0.9)],
      "basis-decoupling": [bitcoin, ether].flatMap { asset in
        [SettlementStyle.linear, .inverse].map { style in
          .basisDecoupling(factor: .basis(asset, style), correlation: 0)
        }
      },
      "stablecoin-de-peg": [
        .dePeg(
          tether, probability: 0.05, fall: -0.1, dailyVolatility: 0.05, correlation: 0.6, with: large)
      ],
      "usdc-de-peg": [
        .mixture(
          probability: 0.05,
          stressed: [
            .drift(try amounts(["USDC": -0.03])), .dailyVolatility(0.02, of: circle),
            .entries(EntryShock(between: circle, and: large, change: .to(-0.3), repair: .nearest)),
          ])
      ],
      "lkj-cloud": [.randomCorrelation(shape: 1, share: 0.5)],
      "perturbation-cloud": [.perturbation(deviation: 0.1)],
      "calm-and-stressed": [
        .mixture(
          probability: 0.1,
          stressed: [
            .blend(CorrelationBlend(target: .allOne, share: 0.8, among: coins)),
            .volatility(multiple: 2.5, of: coins),
          ])
      ],
      "bearish-views": [
        .views([
          .mean(large[0], .atMost, -0.005), .volatility(large[0], .atLeast, 0.045),
          .probability(large[0], ofAtMost: -0.1, .atLeast, 0.03),
          .correlation(large[0], large[1], .atLeast, 0.9),
        ])
      ],
      "volatility-doubles": [.volatility(multiple: 2, of: [])],
      "crash": [
        .spot(
          try amounts([
            "BTC": -0.14, "ETH": -0.27, "BNB": -0.33, "ADA": -0.26, "XRP": -0.33, "DOGE": -0.3,
            "LINK": -0.37, "MATIC": -0.32, "ALGO": -0.31,
          ])),
        .volatility(multiple: 2, of: coins),
        .blend(CorrelationBlend(target: .allOne, share: 0.7, among: coins)),
      ],
    ]
  }

  @Test func everyFileMeansWhatItSays() throws {
    let expected = try Self.expected()
    #expect(Self.names == expected.keys.sorted())
    for name in Self.names {
      let shock = try Loaded<Shock>(shockFile: "\(Self.folder)/\(name).yaml").value
      #expect(shock.name == name)
      #expect(!shock.purpose.isEmpty, "\(name)")
      #expect(shock.steps == expected[name], "\(name)")
      let isCloud = name.hasSuffix("cloud")
      #expect(shock.isRandom == isCloud, "\(name)")
    }
  }

  @Test(arguments: names)
  func everyShockFitsTheMarketAndTheStudiesModels(_ name: String) throws {
    let loaded = try LoadedStudy(
      contentsOf: "\(repository)/scenarios/studies/stress-market-neutral.yaml",
      overrides: StudyOverrides(market: "\(repository)/notebooks-data/market", shocks: [name]))
    let plan = try loaded.requiredStress()
    #expect(plan.axes.map(\.shock.name) == [name])
    #expect(plan.draws == (name.hasSuffix("cloud") ? 200 : 1))
    #expect(loaded.files.contains { $0.hasSuffix("shocks/\(name).yaml") })
  }

  @Test(arguments: [
    ("stress-cash-and-carry", "basis-decoupling", false), ("stress-pair-trade", "btc-eth-pair", false),
    ("stress-market-neutral", "correlations-to-zero", true),
  ])
  func everyStressStudyIsSound(_ name: String, _ shock: String, _ isReversed: Bool) throws {
    let loaded = try LoadedStudy(
      contentsOf: "\(repository)/scenarios/studies/\(name).yaml",
      overrides: StudyOverrides(market: "\(repository)/notebooks-data/market"))
    let plan = try #require(loaded.stress)
    #expect(loaded.study.name == name)
    #expect(loaded.study.regimes.count == 5)
    #expect(loaded.study.settings.scenarioCount == 20_000)
    #expect(plan.axes.map(\.shock.name) == [shock])
    #expect(plan.axes[0].strengths.count == 101)
    #expect(plan.axes[0].strengths.first == 0)
    #expect(plan.axes[0].strengths.last == 1)
    #expect(plan.draws == 1)
    #expect(plan.target == 0.01)
    #expect(plan.isReversed == isReversed)
  }

  /// Lines dropped, doubled, swapped or changed at random: a file gives a shock or problems with their place, never a trap.
  @Test(arguments: names)
  func brokenLinesNeverTrap(_ name: String) throws {
    let text = try String(contentsOfFile: "\(Self.folder)/\(name).yaml", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var generator = Mutations(state: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    var refused = 0
    for _ in 0..<200 {
      let broken = generator.broken(lines)
      do throws(LoadError) {
        let shock = try Loaded<Shock>(shockText: broken, file: "s.yaml").value
        #expect(!shock.steps.isEmpty)
      } catch {
        refused += 1
        let last = broken.split(separator: "\n", omittingEmptySubsequences: false).count + 1
        #expect(
          error.problems.allSatisfy {
            $0.file == "s.yaml" && (1...last).contains($0.line) && $0.column >= 1 && !$0.message.isEmpty
          }, "\(error)\n\(broken)")
      }
    }
    #expect(refused > 50)
  }
}

/// Changes to lines, from SplitMix64 (Steele, Lea, Flood, 2014).
private struct Mutations: RandomNumberGenerator {
  var state: UInt64

  private static let values = [
    "-1", "0", "2", "1e999", ".nan", "~", "[]", "{}", "BTC", "btc", "\"x\"", "[BTC, BTC]", "{to: 1}", "é",
  ]

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func broken(_ lines: [String]) -> String {
    var lines = lines
    for _ in 0..<Int.random(in: 1...3, using: &self) {
      let place = Int.random(in: 0..<lines.count, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0 where lines.count > 1: lines.remove(at: place)
      case 1: lines.insert(lines[place], at: place)
      case 2: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &self))
      case 3: lines[place] = "  " + lines[place]
      case 4: lines[place] = String(lines[place].dropLast(Int.random(in: 1...6, using: &self)))
      default:
        let value = Self.values[Int.random(in: 0..<Self.values.count, using: &self)]
        let key = lines[place].split(separator: ":", maxSplits: 1).first.map(String.init) ?? "x"
        lines[place] = "\(key): \(value)"
      }
    }
    return lines.joined(separator: "\n")
  }
}
