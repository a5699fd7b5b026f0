import Scenarios
import Testing

@Suite struct VolatilityShockTests {
  private let law: VolatilityShockLaw

  init() throws {
    law = try VolatilityShockLaw(
      up: 0.5, down: 0.275, minimumUp: 0.45, shortTermPower: 0.3, longTermPower: 0.13, floorDays: 1)
  }

  @Test func everyKindOfShockGivesAVolatilityThatIsNotNegative() {
    #expect(VolatilityShock.unchanged.applied(to: 0.6, days: 5, law: nil) == 0.6)
    #expect(VolatilityShock.relative(0.5).applied(to: 0.6, days: 5, law: nil) == 0.6 * 1.5)
    #expect(VolatilityShock.relative(-3).applied(to: 0.6, days: 5, law: nil) == 0)
    #expect(VolatilityShock.points(0.25).applied(to: 0.5, days: 5, law: nil) == 0.75)
    #expect(VolatilityShock.points(-0.7).applied(to: 0.6, days: 5, law: nil) == 0)
    #expect(VolatilityShock.up.applied(to: 0.6, days: 5, law: law) == law.raised(0.6, days: 5))
    #expect(VolatilityShock.down.applied(to: 0.6, days: 5, law: law) == law.lowered(0.6, days: 5))
  }

  @Test func aShockByALawNeedsTheLaw() async {
    await #expect(processExitsWith: .failure) {
      _ = VolatilityShock.up.applied(to: 0.6, days: 5, law: nil)
    }
  }

  @Test func movesAreNamedAsVenuesNameThem() {
    #expect(GridMove(spot: -0.15, volatility: .up).description == "spot -15 %, volatility up")
    #expect(GridMove(spot: 0.03, volatility: .down).description == "spot +3 %, volatility down")
    #expect(GridMove(spot: 0, volatility: 0.4).description == "spot 0 %, volatility +40 %")
    #expect(GridMove(spot: 0, volatility: .points(-0.05)).description == "spot 0 %, volatility -5 % points")
    #expect(GridMove(spot: 0.125).description == "spot +12.5 %")
    #expect(GridMove(spot: 0.1) == GridMove(spot: 0.1, volatility: .unchanged))
  }
}
