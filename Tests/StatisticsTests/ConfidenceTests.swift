import Statistics
import Testing

@Suite struct ConfidenceTests {
  @Test(arguments: [0.500_000_1, 0.9, 0.95, 0.99, 0.999_999]) func validLevels(value: Double) throws {
    let confidence = try Confidence(value)
    #expect(confidence.value == value)
    #expect(confidence.value + confidence.tailProbability == 1)
  }

  @Test(arguments: [0.5, 1, 0, 0.01, -0.99, 99, .infinity, -.infinity]) func refusedLevels(value: Double) {
    #expect(throws: StatisticsError.confidenceOutOfRange(value)) { try Confidence(value) }
  }

  @Test func aLevelThatIsNotANumberIsRefused() {
    #expect(throws: StatisticsError.self) { try Confidence(.nan) }
  }

  @Test(
    arguments: zip(
      [0.99, 0.975, 0.6, 0.999, 0.9973, 0.95, 0.505],
      ["99 %", "97.5 %", "60 %", "99.9 %", "99.73 %", "95 %", "50.5 %"]))
  func description(value: Double, expected: String) throws {
    #expect(try Confidence(value).description == expected)
  }

  @Test func namedLevelsAndOrder() throws {
    #expect(try Confidence.ninetyNinePercent == Confidence(0.99))
    #expect(try Confidence.ninetySevenPointFivePercent == Confidence(0.975))
    #expect(try Confidence.ninetyFivePercent == Confidence(0.95))
    #expect(Confidence.ninetyFivePercent < .ninetyNinePercent)
  }
}
