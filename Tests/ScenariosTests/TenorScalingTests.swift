import RealModule
import Scenarios
import TestSupport
import Testing

@Suite struct TenorScalingTests {
  @Test func aMoveHasItsStatedSizeAtThirtyDaysWhateverThePowers() throws {
    for (short, long) in [(0.0, 0.0), (0.5, 0.3), (2, 0.1)] {
      let scaling = try TenorScaling(shortTermPower: short, longTermPower: long, floorDays: 1)
      #expect(scaling.multiplier(days: 30) == 1)
      #expect(isClose(scaling.multiplier(days: 7.5), .pow(4, short), relative: 1e-15))
      #expect(isClose(scaling.multiplier(days: 120), .pow(0.25, long), relative: 1e-15))
      #expect(scaling.multiplier(days: 0) == scaling.multiplier(days: 1))
    }
  }

  @Test func flatMovesEveryExpiryAlike() {
    for days in [0, 0.1, 29, 30, 31, 1_000] { #expect(TenorScaling.flat.multiplier(days: days) == 1) }
  }

  @Test func numbersOutsideTheirDomainAreNamed() {
    for bad in [-0.1, Double.nan, .infinity] {
      #expect(throws: ScenarioError.self) {
        try TenorScaling(shortTermPower: bad, longTermPower: 0, floorDays: 1)
      }
      #expect(throws: ScenarioError.self) {
        try TenorScaling(shortTermPower: 0, longTermPower: bad, floorDays: 1)
      }
      #expect(throws: ScenarioError.self) {
        try TenorScaling(shortTermPower: 0, longTermPower: 0, floorDays: bad)
      }
    }
  }
}
