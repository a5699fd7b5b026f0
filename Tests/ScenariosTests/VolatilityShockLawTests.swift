import Instruments
import Scenarios
import RealModule
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
  /// DERIVE-12: Derive's test vector of one short call, 794,852 seconds to expiry; P&L is −V(shocked) + discount·V.
  @Test func derive12() throws {
    let forward = 95_776.673_927_089_39
    let volatility = 0.453_803_924_321_583
    let seconds = 794_852.0
    let rules = try law()
    func value(_ shock: Double, _ volatility: Double) -> Double {
      black76Price(
        forward: forward * (1 + shock), strike: 100_000, years: seconds / 31_536_000, volatility: volatility,
        kind: .call)
    }
    let days = seconds / 86_400
    let raised = rules.raised(volatility, days: days)
    let lowered = rules.lowered(volatility, days: days)
    let before = 0.996_226_449_068_872_9 * value(0, volatility)
    let published = [
      (0, raised, -1_808.933_552_745_496), (0, lowered, 819.139_480_536_784_3),
      (0, volatility, -4.493_969_118_840_6),
      (0.045, raised, -3_778.999_279_198_985), (0.09, lowered, -3_595.672_339_957_848),
      (0.135, raised, -9_430.612_502_045_187), (0.18, raised, -12_939.312_020_443_322),
      (-0.09, lowered, 1_185.468_292_469_457), (-0.18, raised, 1_082.697_694_190_963),
    ]
    for (shock, volatility, profit) in published {
      #expect(isClose(before - value(shock, volatility), profit, relative: 1e-11, absolute: 1e-8))
    }
  }

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
    #expect(
      throws: ScenarioError.outOfDomain(field: "floorDays", value: 0, allowed: "a positive finite number")
    ) { try law(floor: 0) }
  }
}
