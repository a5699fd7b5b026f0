import Foundation
import Instruments
import Loading
import Margin
import Scenarios
import TestSupport
import Testing

struct RegimePlugInFileTests {
  private func path(_ name: String) -> String { "\(repository)/scenarios/regimes/venues/\(name).yaml" }

  private func plugIn(_ name: String) throws -> PlugIn {
    let regime = try Loaded<MarginRegime>(regimeFile: path(name)).value
    guard case .plugIn(let plugIn) = regime.terms[0].term else {
      Issue.record("another term")
      throw CancellationError()
    }
    return plugIn
  }

  @Test func deriveHasItsThirtyThreeScenarios() throws {
    guard case .derivePortfolioMargin(let rule) = try plugIn("derive-portfolio-margin") else {
      Issue.record("another plug-in")
      return
    }
    #expect(rule.scenarios.count == 33)
    // Far moves weigh 0.1386 over the move.
    for scenario in rule.scenarios where scenario.dampening != 1 {
      guard case .move(let move) = scenario.shock else { continue }
      #expect(isClose(scenario.dampening * abs(move.spot), 0.1386, relative: 1e-12))
    }
    #expect(rule.discount.longBase < 1 && rule.discount.shortBase > 1)
  }

  @Test func hyperliquidLendsAgainstTwoAssets() throws {
    guard case .hyperliquidPortfolioRatio(let rule) = try plugIn("hyperliquid-portfolio-margin") else {
      Issue.record("another plug-in")
      return
    }
    #expect(rule.collateral[try Asset("HYPE")]?.liquidationThreshold == 0.825)
    #expect(rule.collateral[try Asset("BTC")]?.liquidationThreshold == 0.75)
    #expect(rule.minimum == 20 && rule.tokens[0].asset.symbol == "USDC")
  }

  @Test(arguments: [
    ("longBase: 0.95", "longBas: 0.95", "longBas"), ("{skew: linear}", "{skew: square}", "square"),
    ("down: -0.045", "down: 0.045", "below 0"), ("spots: [0.18]", "spots: []", "at least 1"),
    ("USDT: {maintenance", "USDC: {maintenance", "cash"), ("pegFactor: 4", "pegFactor: 40", "peg"),
  ])
  func mistakesAreReported(_ right: String, _ wrong: String, _ named: String) throws {
    let text = try String(contentsOfFile: path("derive-portfolio-margin"), encoding: .utf8)
    #expect(regimeLines(text).isEmpty)
    #expect(regimeLines(text.replacing(right, with: wrong)).contains { $0.contains(named) })
  }
}
