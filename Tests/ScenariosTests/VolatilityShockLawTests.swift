import RealModule
import Scenarios
import TestSupport
import Testing

private func law(
  up: Double = 0.5, down: Double = 0.275, minimumUp: Double = 0.45, short: Double = 0.3, long: Double = 0.13,
  floor: Double = 1
) throws -> VolatilityShockLaw {
  try VolatilityShockLaw(
    up: up, down: down, minimumUp: minimumUp, shortTermPower: short, longTermPower: long, floorDays: floor)
}

@Suite struct VolatilityShockLawTests {
  @Test func aShockHasItsStatedSizeAtThirtyDays() throws {
    let rules = try law()
    #expect(rules.multiplier(days: 30) == 1)
    #expect(rules.raised(1, days: 30) == 1.5)
    #expect(rules.lowered(1, days: 30) == 0.725)
    let below = rules.multiplier(days: 30.0.nextDown)
    #expect(isClose(below, 1, relative: 1e-15))
  }

  @Test func powersChangeAtThirtyDays() throws {
    let rules = try law()
    #expect(isClose(rules.multiplier(days: 7.5), .pow(4, 0.3), relative: 1e-15))
    #expect(isClose(rules.multiplier(days: 120), .pow(0.25, 0.13), relative: 1e-15))
  }

  @Test func theFloorStopsTheLaw() throws {
    let rules = try law(floor: 2)
    #expect(rules.multiplier(days: 0) == rules.multiplier(days: 2))
    #expect(rules.multiplier(days: 1) == rules.multiplier(days: 2))
    #expect(rules.multiplier(days: 2.5) < rules.multiplier(days: 2))
  }

  @Test func minimumAndZeroBound() throws {
    let rules = try law(down: 0.9)
    #expect(rules.raised(0.1, days: 30) == 0.45)
    #expect(rules.raised(0, days: 30) == 0.45)
    #expect(rules.lowered(0.8, days: 1) == 0)
    #expect(rules.lowered(0, days: 30) == 0)
  }

  @Test func falls() throws {
    let rules = try law()
    var before = Double.infinity
    for days in [0.5, 1, 2, 7, 14, 29.9, 30, 31, 60, 365, 1_000] {
      let multiplier = rules.multiplier(days: days)
      #expect(multiplier <= before)
      #expect(rules.lowered(0.6, days: days) <= 0.6)
      #expect(rules.raised(0.6, days: days) >= 0.6)
      before = multiplier
    }
  }

  @Test func numbersOutsideTheirDomainAreNamed() {
    for bad in [-0.1, Double.nan, .infinity] {
      #expect(throws: ScenarioError.self) { try law(up: bad) }
      #expect(throws: ScenarioError.self) { try law(down: bad) }
      #expect(throws: ScenarioError.self) { try law(minimumUp: bad) }
      #expect(throws: ScenarioError.self) { try law(short: bad) }
      #expect(throws: ScenarioError.self) { try law(long: bad) }
      #expect(throws: ScenarioError.self) { try law(floor: bad) }
    }
    #expect(throws: ScenarioError.self) { try law(short: -0.3) }
    #expect(
      throws: ScenarioError.outOfDomain(field: "floorDays", value: 0, allowed: "a positive finite number")
    ) { try law(floor: 0) }
  }
}
