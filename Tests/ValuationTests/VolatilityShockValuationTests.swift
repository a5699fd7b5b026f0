import Instruments
import Pricing
import Scenarios
import TestSupport
import Testing

@Suite struct VolatilityShockValuationTests {
  /// DERIVE-12: Derive's test vector of one short call, 794,852 seconds to expiry; P&L is −V(shocked) + discount·V.
  @Test("DERIVE-12: one short call under the shocks of the venue") func derive12() throws {
    let forward = 95_776.673_927_089_39
    let volatility = 0.453_803_924_321_583
    let seconds = 794_852.0
    let rules = try VolatilityShockLaw(
      up: 0.5, down: 0.275, minimumUp: 0.45, shortTermPower: 0.3, longTermPower: 0.13, floorDays: 1)
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
}
