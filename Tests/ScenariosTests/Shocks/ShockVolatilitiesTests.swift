import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ShockVolatilitiesTests {
  @Test func volatilitiesAreMultipliedAndCorrelationsStay() throws {
    let subject = try Subjects.random(2)
    let all = try subject.after(.volatility(multiple: 3, of: []), strength: 0.5).components[0].moments
    for (after, before) in zip(all.volatilities, subject.moments.volatilities) {
      #expect(isClose(after, 2 * before, relative: 1e-15))
    }
    #expect(all.correlation == subject.moments.correlation && all.means == subject.moments.means)
    let one = try subject.after(.volatility(multiple: 0, of: try Subjects.spots("ETH"))).components[0].moments
    #expect(one.volatilities[1] == 0 && one.volatilities[0] == subject.moments.volatilities[0])
    #expect(one.correlation == subject.moments.correlation)
  }

  @Test func aDailyVolatilityGrowsWithTheRootOfTime() throws {
    let subject = try Subjects.random(2)
    let still = try subject.after(
      .volatility(multiple: 0, of: try Subjects.spots("USDT")),
      .dailyVolatility(0.03, of: try Subjects.spots("USDT", "ETH")))
    #expect(still.components[0].moments.volatilities[3] == 0.06)
    #expect(still.components[0].moments.volatilities[1] == 0.06)
    let half = try subject.after(.dailyVolatility(0.03, of: try Subjects.spots("ETH")), strength: 0.5)
    #expect(
      isClose(
        half.components[0].moments.volatilities[1], 0.5 * (0.06 + subject.moments.volatilities[1]),
        relative: 1e-15))
  }

  @Test func driftsAndPriceMovesAddUpAndCompound() throws {
    let subject = try Subjects.random(2)
    let btc = try Subjects.spot("BTC")
    let amounts = [FactorAmount(factor: btc, amount: -0.2)]
    let law = try subject.after(.spot(amounts), .drift(amounts), .drift(amounts), .spot(amounts))
    #expect(isClose(law.components[0].moments.means[0], subject.moments.means[0] - 0.4, absolute: 1e-15))
    #expect(law.spotMoves.count == 1 && law.spotMoves[0].factor == btc)
    #expect(isClose(law.spotMoves[0].amount, 0.8 * 0.8 - 1, absolute: 1e-15))
    let half = try subject.after(.spot(amounts), strength: 0.5)
    #expect(half.spotMoves == [FactorAmount(factor: btc, amount: -0.1)])
    #expect(half.components[0].moments == subject.moments)
  }

  @Test func numbersOutsideTheirDomainAreRefused() throws {
    let subject = try Subjects.random(2)
    let btc = try Subjects.spot("BTC")
    for step in [
      ShockStep.volatility(multiple: -1, of: []), .volatility(multiple: .nan, of: []),
      .dailyVolatility(-0.1, of: [btc]), .dailyVolatility(.infinity, of: [btc]),
      .drift([FactorAmount(factor: btc, amount: .nan)]), .spot([FactorAmount(factor: btc, amount: -1)]),
      .spot([FactorAmount(factor: btc, amount: .infinity)]),
    ] {
      guard case .outOfDomain = subject.refusal(of: step) else {
        Issue.record("\(step)")
        continue
      }
    }
  }
}
