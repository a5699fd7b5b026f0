import Foundation
import Instruments
import Loading
import MarketData
import Scenarios
import Statistics
import Testing

struct ShockFileTests {
  private static func spot(_ symbols: String...) throws -> [RiskFactor] {
    try symbols.map { .spot(try Asset($0)) }
  }

  private static func lines(_ steps: String) -> [String] {
    lines(file: "shock: test\nsteps:\n" + steps)
  }

  private static func lines(file text: String) -> [String] {
    LoadingTests.lines { () throws(LoadError) in try Loaded<Shock>(shockText: text, file: "s.yaml") }
  }

  private func steps(_ text: String) throws -> [ShockStep] {
    try Loaded<Shock>(shockText: "shock: test\nsteps:\n" + text, file: "s.yaml").value.steps
  }

  // MARK: - What is read

  @Test func namePurposeAndOrderAreKept() throws {
    let text = "shock: both\npurpose: Why.\nsteps:\n  - volatility: {multiple: 2}\n  - regulatory: low\n"
    let shock = try Loaded<Shock>(shockText: text, file: "s.yaml").value
    #expect(shock.name == "both")
    #expect(shock.purpose == "Why.")
    #expect(shock.steps == [.volatility(multiple: 2, of: []), .regulatory(.low, repair: .nearest)])
  }

  @Test func everyTargetOfABlend() throws {
    func target(_ text: String) throws -> CorrelationTarget? {
      guard case .blend(let blend) = try steps("  - blend: {to: \(text)}\n").first else { return nil }
      #expect(blend.share == 1)
      #expect(blend.among.isEmpty)
      #expect(blend.repair == .nearest)
      return blend.target
    }
    #expect(try target("allOne") == .allOne)
    #expect(try target("identity") == .identity)
    #expect(try target("{equal: -0.1}") == .equal(-0.1))
    #expect(
      try target("{blocks: {groups: [[BTC, ETH], [XRP]], inside: 0.9, between: 0.2}}")
        == .blocks([try Self.spot("BTC", "ETH"), try Self.spot("XRP")], inside: 0.9, between: 0.2))
    #expect(
      try target("{window: {from: 2022-11-01, to: 2022-11-30}}")
        == .window(.period(from: try Timestamp("2022-11-01"), to: try Timestamp("2022-11-30"))))
    #expect(try target("{window: 250}") == .window(.observations(250)))
    #expect(try target("{window: all}") == .window(.all))
    #expect(
      try steps("  - blend: {to: allOne, share: 0.25, among: [BTC, ETH], repair: shrink}\n") == [
        .blend(
          CorrelationBlend(
            target: .allOne, share: 0.25, among: try Self.spot("BTC", "ETH"), repair: .shrink))
      ])
  }

  @Test func everyChangeAndRepairOfCorrelations() throws {
    func entries(_ text: String) throws -> EntryShock? {
      guard case .entries(let shock) = try steps("  - \(text)\n").first else { return nil }
      return shock
    }
    let (bitcoin, ether) = (try Self.spot("BTC"), try Self.spot("ETH"))
    #expect(
      try entries("pair: {of: [BTC, ETH], to: 0.2}")
        == EntryShock(between: bitcoin, and: ether, change: .to(0.2), repair: .refuse))
    #expect(
      try entries("pair: {of: [BTC, ETH], add: -0.3, repair: nearestKeeping}")
        == EntryShock(between: bitcoin, and: ether, change: .add(-0.3), repair: .nearestKeeping))
    #expect(
      try entries("block: {between: [BTC], and: [ETH, XRP], scale: 0.5}")
        == EntryShock(
          between: bitcoin, and: try Self.spot("ETH", "XRP"), change: .scale(0.5), repair: .nearest))
    #expect(
      try entries("block: {between: [BTC, ETH], to: 1, repair: refuse}")
        == EntryShock(between: bitcoin + ether, change: .to(1), repair: .refuse))
  }

  @Test func everyOtherStep() throws {
    let (bitcoin, tether) = (RiskFactor.spot(try Asset("BTC")), RiskFactor.spot(try Asset("USDT")))
    let basis = RiskFactor.basis(try Asset("BTC"), .inverse)
    let cases: [(String, ShockStep)] = [
      ("eigenvalue: {component: 1, multiple: 1.5}", .eigenvalue(component: 1, multiple: 1.5)),
      (
        "loadings: {components: 2, multiple: 0.5}",
        .loadings(LoadingShock(components: 2, of: [], multiple: 0.5))
      ),
      (
        "loadings: {components: 1, of: [BTC], multiple: 1.3}",
        .loadings(LoadingShock(components: 1, of: [bitcoin], multiple: 1.3))
      ),
      ("regulatory: high", .regulatory(.high, repair: .nearest)),
      ("regulatory: {scenario: low, repair: shrink}", .regulatory(.low, repair: .shrink)),
      (
        "conditional: {given: {BTC: -0.3, USDT: 0.01}}",
        .conditional(given: [
          FactorAmount(factor: bitcoin, amount: -0.3), FactorAmount(factor: tether, amount: 0.01),
        ])
      ),
      ("decoupling: {of: [USDT]}", .decoupling(of: [tether], share: 1)),
      ("decoupling: {of: [USDT], share: 0.5}", .decoupling(of: [tether], share: 0.5)),
      (
        "basisDecoupling: {asset: BTC, style: inverse, correlation: 0.9}",
        .basisDecoupling(factor: basis, correlation: 0.9)
      ),
      ("randomCorrelation: {shape: 2}", .randomCorrelation(shape: 2, share: 1)),
      ("randomCorrelation: {shape: 1, share: 0.5}", .randomCorrelation(shape: 1, share: 0.5)),
      ("perturbation: {deviation: 0.1}", .perturbation(deviation: 0.1)),
      (
        "mixture: {probability: 0.1, stressed: [{volatility: {multiple: 3}}]}",
        .mixture(probability: 0.1, stressed: [.volatility(multiple: 3, of: [])])
      ),
      (
        "dePeg: {asset: USDT, probability: 0.05, fall: -0.1, dailyVolatility: 0.05}",
        .mixture(
          probability: 0.05,
          stressed: [
            .drift([FactorAmount(factor: tether, amount: -0.1)]), .dailyVolatility(0.05, of: [tether]),
          ])
      ),
      (
        "dePeg: {asset: USDT, probability: 1, fall: 0, dailyVolatility: 0.05, correlation: 0.7, with: [BTC]}",
        .dePeg(
          tether, probability: 1, fall: 0, dailyVolatility: 0.05, correlation: 0.7, with: [bitcoin])
      ),
      ("volatility: {multiple: 2, of: [BTC]}", .volatility(multiple: 2, of: [bitcoin])),
      (
        "volatility: {multiple: 2, of: [{impliedVolatility: BTC}, {basis: BTC, style: inverse}]}",
        .volatility(multiple: 2, of: [.volatility(try Asset("BTC")), basis])
      ),
      ("dailyVolatility: {to: 0.02, of: [USDT]}", .dailyVolatility(0.02, of: [tether])),
      ("drift: {BTC: -0.05}", .drift([FactorAmount(factor: bitcoin, amount: -0.05)])),
      (
        "drift: [{of: BTC, move: -0.05}, {of: {basis: BTC, style: inverse}, move: 0.01}]",
        .drift([FactorAmount(factor: bitcoin, amount: -0.05), FactorAmount(factor: basis, amount: 0.01)])
      ),
      ("spot: {BTC: -0.2}", .spot([FactorAmount(factor: bitcoin, amount: -0.2)])),
      (
        "views: [{mean: {of: BTC, equal: 0}}, {volatility: {of: BTC, atLeast: 0.05}}, "
          + "{correlation: {of: [BTC, USDT], atMost: 0.1}}, "
          + "{probability: {of: BTC, moveAtMost: -0.1, atLeast: 0.05}}]",
        .views([
          .mean(bitcoin, .equal, 0), .volatility(bitcoin, .atLeast, 0.05),
          .correlation(bitcoin, tether, .atMost, 0.1),
          .probability(bitcoin, ofAtMost: -0.1, .atLeast, 0.05),
        ])
      ),
    ]
    for (text, step) in cases { #expect(try steps("  - \(text)\n") == [step], "\(text)") }
  }

  // MARK: - What is refused, where its user wrote it

  @Test(arguments: [
    ("blend: {}", "3:12: steps[0].blend: the key 'to' is missing"),
    (
      "blend: {to: one}",
      "3:17: steps[0].blend.to: unknown correlation target 'one'; allowed are allOne, identity, {equal: …}, {blocks: …}, {window: …}"
    ),
    (
      "blend: {to: {equal: 1.5}}",
      "3:25: steps[0].blend.to.equal: expected a correlation from -1 to 1, found '1.5'"
    ),
    (
      "blend: {to: {equal: -0.6}, among: [BTC, ETH, XRP]}",
      "3:17: steps[0].blend.to: expected a correlation of at least -0.5, the least that 3 factors can all have, found -0.6"
    ),
    (
      "blend: {to: allOne, share: 0}",
      "3:32: steps[0].blend.share: expected a share above 0 and at most 1, found '0'"
    ),
    (
      "blend: {to: allOne, among: [BTC]}",
      "3:32: steps[0].blend.among: expected a list of at least 2, found 1"
    ),
    (
      "blend: {to: allOne, among: [BTC, BTC]}",
      "3:38: steps[0].blend.among[1]: BTC stands twice, first in line 3"
    ),
    (
      "blend: {to: {blocks: {groups: [[BTC, ETH], [BTC]], inside: 2, between: x}}}",
      "3:49: steps[0].blend.to.blocks.groups[1][0]: BTC stands twice, first in line 3"
    ),
    (
      "blend: {to: {window: {from: 2022-11-30, to: 2022-11-01}}}",
      "3:49: steps[0].blend.to.window.to: expected a date not before 2022-11-30, found 2022-11-01"
    ),
    (
      "pair: {of: [BTC, BTC], to: 0.5}", "3:22: steps[0].pair.of[1]: BTC stands twice, first in line 3"
    ),
    (
      "pair: {of: [BTC], to: 0.5}", "3:16: steps[0].pair.of: expected a list of two factors, found 1"
    ),
    (
      "pair: {of: [BTC, ETH]}",
      "3:11: steps[0].pair: expected one of the keys to, add, scale, found none"
    ),
    (
      "pair: {of: [BTC, ETH], to: 0, scale: 1}",
      "3:42: steps[0].pair.scale: expected one of the keys to, add, scale, found to and scale"
    ),
    (
      "pair: {of: [BTC, ETH], add: -3}",
      "3:33: steps[0].pair.add: expected a number from -2 to 2, found '-3'"
    ),
    (
      "pair: {of: [BTC, ETH], to: 0, repair: near}",
      "3:43: steps[0].pair.repair: unknown repair 'near'; allowed are refuse, nearest, nearestKeeping, shrink"
    ),
    (
      "block: {between: [BTC], to: 0}",
      "3:22: steps[0].block.between: expected a list of at least 2, found 1"
    ),
    (
      "block: {between: [BTC, ETH], and: [ETH], to: 0}",
      "3:40: steps[0].block.and[0]: ETH stands twice, first in line 3"
    ),
    (
      "eigenvalue: {component: 0, multiple: -1}",
      "3:29: steps[0].eigenvalue.component: expected a whole number from 1 to 10000, found '0'"
    ),
    (
      "loadings: {components: 1, multiple: 1001}",
      "3:41: steps[0].loadings.multiple: expected a number from 0 to 1000, found '1001'"
    ),
    (
      "regulatory: medium",
      "3:17: steps[0].regulatory: unknown correlation scenario 'medium'; allowed are low, high"
    ),
    (
      "conditional: {given: {BTC: -1}}",
      "3:32: steps[0].conditional.given.BTC: expected a number above -1 and at most 1000, found '-1'"
    ),
    (
      "conditional: {given: {}}",
      "3:26: steps[0].conditional.given: expected moves of assets such as {BTC: -0.3}, found an empty mapping"
    ),
    (
      "drift: []", "3:12: steps[0].drift: expected moves of assets such as {BTC: -0.3}, found an empty list"
    ),
    (
      "drift: [{of: BTC, move: 0}, {of: BTC, move: 1}]",
      "3:38: steps[0].drift[1].of: BTC stands twice, first in line 3"
    ),
    (
      "spot: [{of: BTC, move: 0}]",
      "3:11: steps[0].spot: expected moves of assets such as {BTC: -0.3}, found a list"
    ),
    ("spot: {BTC: 0, BTC: 0}", "3:20: steps[0].spot: the key 'BTC' stands twice, first in line 3"),
    (
      "decoupling: {of: []}", "3:22: steps[0].decoupling.of: expected a list of at least 1, found 0"
    ),
    (
      "decoupling: {of: [btc]}",
      "3:23: steps[0].decoupling.of[0]: expected an asset symbol of the characters A–Z and 0–9, such as BTC, found 'btc'"
    ),
    (
      "decoupling: {of: [{basis: BTC}]}",
      "3:23: steps[0].decoupling.of[0]: the key 'style' is missing"
    ),
    (
      "decoupling: {of: [[BTC]]}",
      "3:23: steps[0].decoupling.of[0]: expected an asset such as BTC, or a basis such as {basis: BTC, style: linear}, "
        + "found a list"
    ),
    (
      "basisDecoupling: {asset: BTC, style: quanto, correlation: 0.9}",
      "3:42: steps[0].basisDecoupling.style: unknown settlement style 'quanto'; allowed are linear, inverse"
    ),
    (
      "randomCorrelation: {shape: 0}",
      "3:32: steps[0].randomCorrelation.shape: expected a shape from 0.01 to 1000000, found '0'"
    ),
    (
      "perturbation: {deviation: -0.1}",
      "3:31: steps[0].perturbation.deviation: expected a standard deviation above 0 and at most 10, found '-0.1'"
    ),
    (
      "mixture: {probability: 0, stressed: [{volatility: {multiple: 2}}]}",
      "3:28: steps[0].mixture.probability: expected a share above 0 and at most 1, found '0'"
    ),
    (
      "mixture: {probability: 0.1, stressed: []}",
      "3:43: steps[0].mixture.stressed: expected a list of at least 1, found 0"
    ),
    (
      "mixture: {probability: 0.1, stressed: [{spot: {BTC: 0.1}}]}",
      "3:44: steps[0].mixture.stressed[0]: prices that have moved already have moved in every scenario; put spot before "
        + "the mixture"
    ),
    (
      "dePeg: {asset: USDT, probability: 0.1, fall: 0.1, dailyVolatility: 0.1}",
      "3:50: steps[0].dePeg.fall: expected a move above -1 and at most 0, found '0.1'"
    ),
    (
      "dePeg: {asset: USDT, probability: 0.1, fall: -0.1, dailyVolatility: 0, with: [USDT], correlation: 0}",
      "3:73: steps[0].dePeg.dailyVolatility: expected a daily volatility above 0 and at most 1000, found '0'"
    ),
    (
      "dePeg: {asset: USDT, probability: 0.1, fall: -0.1, dailyVolatility: 0.1, with: [BTC]}",
      "3:84: steps[0].dePeg.with: correlation and with belong together: how much the asset then moves with which others"
    ),
    ("views: []", "3:12: steps[0].views: expected a list of at least 1, found 0"),
    (
      "views: [{mean: {of: BTC}}]",
      "3:20: steps[0].views[0].mean: expected one of the keys equal, atLeast, atMost, found none"
    ),
    (
      "views: [{volatility: {of: BTC, equal: 0}}]",
      "3:43: steps[0].views[0].volatility.equal: expected a volatility above 0 and at most 1000, found '0'"
    ),
    (
      "views: [{probability: {of: BTC, moveAtMost: -0.1, equal: 1}}]",
      "3:62: steps[0].views[0].probability.equal: expected a probability above 0 and below 1, found '1'"
    ),
    (
      "volatility: {multiple: .nan}",
      "3:28: steps[0].volatility.multiple: expected a number from 0 to 1000, found '.nan'"
    ),
    (
      "dailyVolatility: {to: 0.1}", "3:22: steps[0].dailyVolatility: the key 'of' is missing"
    ),
    (
      "blnd: {to: allOne}", "3:5: steps[0]: unknown key 'blnd'; did you mean 'blend'? allowed are blend, pair"
    ),
    ("volatility", "3:5: steps[0]: expected a mapping of keys, found 'volatility'"),
  ])
  func whatIsWrongIsSaidWhereItStands(_ step: String, _ message: String) {
    let found = Self.lines("  - \(step)\n")
    #expect(found.first?.hasPrefix("s.yaml:\(message)") == true, "\(found)")
  }

  @Test func everyProblemIsSaidAtOnce() {
    let found = Self.lines(
      file: """
        shock: a b
        sort: x
        steps:
          - pair: {of: [BTC, BTC], to: 2}
          - views: [{mean: {of: BTC, equal: -1}}]
          - mixture: {probability: 0.1, stressed: [{views: [{mean: {of: BTC, equal: 0}}]}, {regulatory: low}]}
          - views: [{mean: {of: BTC, equal: 0}}]
          - dePeg: {asset: USDT, probability: 0.1, fall: -0.1, dailyVolatility: 0.1}
          - regulatory: low
        """)
    #expect(
      found == [
        "s.yaml:1:8: shock: expected a name of letters, digits, '.', '-' and '_', found 'a b'",
        "s.yaml:2:1: unknown key 'sort'; allowed are shock, purpose, steps",
        "s.yaml:4:22: steps[0].pair.of[1]: BTC stands twice, first in line 4",
        "s.yaml:4:32: steps[0].pair.to: expected a correlation from -1 to 1, found '2'",
        "s.yaml:5:37: steps[1].views[0].mean.equal: expected a number above -1 and at most 1000, found '-1'",
        "s.yaml:6:44: steps[2].mixture.stressed[0]: a mixture holds no views: they weigh the observations that both its "
          + "laws rest on",
        "s.yaml:7:5: steps[3]: views stand first: they weigh the observations all else is computed from",
        "s.yaml:8:5: steps[4]: a mixture stands last: what it mixes in is what its own steps say",
      ], "\(found.joined(separator: "\n"))")
  }

  @Test func aShockHasANameAndSteps() {
    #expect(
      Self.lines(file: "purpose: none\n") == [
        "s.yaml:1:1: the key 'shock' is missing", "s.yaml:1:1: the key 'steps' is missing",
      ])
    #expect(
      Self.lines(file: "shock: a\nsteps: []\n") == [
        "s.yaml:2:8: steps: expected a list of at least 1, found 0"
      ])
    #expect(Self.lines(file: "[]") == ["s.yaml:1:1: expected a mapping of keys, found a list"])
  }

  @Test func aMixtureInAMixtureIsRefused() {
    let inner = "{mixture: {probability: 0.1, stressed: [{regulatory: low}]}}"
    #expect(
      Self.lines("  - mixture: {probability: 0.1, stressed: [\(inner)]}\n") == [
        "s.yaml:3:44: steps[0].mixture.stressed[0]: a mixture holds no mixture; give the steps of both in one"
      ])
  }
}
