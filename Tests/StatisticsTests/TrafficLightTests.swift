import Statistics
import TestSupport
import Testing

@Suite struct TrafficLightTests {
  @Test("BASEL: cumulative probabilities of 0 to 10 exceedances in 250 days at 99 %, and their zones")
  func basel() throws {
    let printed = [
      8.1059, 28.5752, 54.3169, 75.8117, 89.2188, 95.8817, 98.6299, 99.5975, 99.8943, 99.9750, 99.9946,
    ]
    for (count, percent) in printed.enumerated() {
      let light = try TrafficLight(exceedances: count, observations: 250, at: .ninetyNinePercent)
      #expect(isClose(100 * light.cumulativeProbability, percent, absolute: 5e-5))
      #expect(light.zone == (count <= 4 ? .green : count <= 9 ? .yellow : .red))
    }
    let limits = TrafficLight.zoneLimits(observations: 250, at: .ninetyNinePercent)
    #expect(limits.yellow == 5)
    #expect(limits.red == 10)
  }

  @Test("BASEL: the multipliers of 1996 and 2019") func multipliers() throws {
    let addOns = [0, 0, 0, 0, 0, 0.40, 0.50, 0.65, 0.75, 0.85, 1, 1]
    let multipliers = [1.5, 1.5, 1.5, 1.5, 1.5, 1.70, 1.76, 1.83, 1.88, 1.92, 2, 2]
    for count in addOns.indices {
      let light = try TrafficLight(exceedances: count, observations: 250, at: .ninetyNinePercent)
      let basel = try #require(light.baselMultipliers)
      #expect(basel.addOn1996 == addOns[count])
      #expect(basel.multiplier2019 == multipliers[count])
    }
    #expect(
      try TrafficLight(exceedances: 5, observations: 251, at: .ninetyNinePercent).baselMultipliers == nil)
  }

  @Test("MathWorks: 57 of 1,043 at 95 %") func mathWorks() throws {
    // varbacktest.tl, Normal95.
    let light = try TrafficLight(exceedances: 57, observations: 1_043, at: .ninetyFivePercent)
    #expect(light.zone == .green)
    #expect(isClose(light.cumulativeProbability, 0.77913, absolute: 5e-6))
    #expect(isClose(light.falseAlarmProbability, 0.26396, absolute: 5e-6))
    #expect(light.scalingIncrease == 0)
  }

  @Test("MathWorks: 40 of 250 at 90 % is amber") func amber() throws {
    // risk.validation.trafficLightVaRTest.
    #expect(try TrafficLight(exceedances: 40, observations: 250, at: Confidence(0.9)).zone == .yellow)
  }

  @Test("TL-INC: the increase is 3·(z/z' − 1), between nothing and one") func increase() throws {
    // z(0.99) = 2.32634787, z(0.98) = 2.05374891: the ratio less one is 0.1327324.
    let light = try TrafficLight(exceedances: 5, observations: 250, at: .ninetyNinePercent)
    #expect(isClose(light.scalingIncrease, 0.398197, absolute: 5e-7))
    for observations in [100, 250, 750] {
      var last = 0.0
      for count in 0...observations {
        let light = try TrafficLight(
          exceedances: count, observations: observations, at: .ninetyNinePercent)
        #expect(light.scalingIncrease >= last && light.scalingIncrease <= 1)
        #expect((light.zone == .green) == (light.scalingIncrease == 0))
        last = light.scalingIncrease
      }
      #expect(last == 1)
    }
  }

  @Test("TL-750: the limits are where the probabilities pass", arguments: [50, 250, 500, 750, 1_000])
  func limits(observations: Int) throws {
    for level in [0.9, 0.95, 0.99] {
      let confidence = try Confidence(level)
      let limits = TrafficLight.zoneLimits(observations: observations, at: confidence)
      #expect(limits.yellow <= limits.red)
      for count in 0...observations {
        let light = try TrafficLight(exceedances: count, observations: observations, at: confidence)
        #expect((light.zone == .green) == (count < limits.yellow))
        #expect((light.zone == .red) == (count >= limits.red))
      }
    }
  }

  @Test func impossibleCountsAreRefused() {
    #expect(throws: StatisticsError.countOutOfRange(0, allowed: 1...Int.max)) {
      try TrafficLight(exceedances: 0, observations: 0, at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.countOutOfRange(3, allowed: 0...2)) {
      try TrafficLight(exceedances: 3, observations: 2, at: .ninetyNinePercent)
    }
  }
}
