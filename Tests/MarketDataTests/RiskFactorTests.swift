import Instruments
import MarketData
import Testing

@Suite struct RiskFactorTests {
  @Test func namesAreStable() throws {
    let coin = try Asset("BTC")
    #expect(RiskFactor.spot(coin).description == "spot:BTC")
    #expect(RiskFactor.basis(coin, .linear).description == "basis:BTC:linear")
    #expect(RiskFactor.basis(coin, .inverse).description == "basis:BTC:inverse")
    #expect(RiskFactor.volatility(coin).description == "volatility:BTC")
  }

  @Test func aSpaceKeepsTheDeclaredOrderAndCountsAFactorOnce() throws {
    let coin = try Asset("BTC")
    let other = try Asset("ETH")
    let factors: [RiskFactor] = [
      .spot(other), .spot(coin), .basis(coin, .linear), .spot(other), .basis(coin, .inverse),
    ]
    let space = FactorSpace(factors)
    #expect(space.factors == [.spot(other), .spot(coin), .basis(coin, .linear), .basis(coin, .inverse)])
    #expect(space.count == 4)
    for (place, factor) in space.factors.enumerated() { #expect(space.index(of: factor) == place) }
    #expect(space.index(of: .volatility(coin)) == nil)
    #expect(FactorSpace([]).count == 0)
  }
}
