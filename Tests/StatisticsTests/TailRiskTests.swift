import Statistics
import TestSupport
import Testing

@Suite struct TailRiskTests {
  @Test("rank 99 of 100 at 99 %, although 100·0.99 has no exact product") func rankOfOneHundred() throws {
    let losses = (1...100).map(Double.init)
    let tail = try TailRisk(ofLosses: losses, at: .ninetyNinePercent)
    #expect(tail.valueAtRisk == 99)
    #expect(tail.expectedShortfall == 100)
    #expect(tail.members == [99, 98])
    #expect(tail.weights == [1, 0])
    #expect(tail.bindingScenario == 98)
  }

  @Test("ranks ⌈n·c⌉ for every n to 2,000 against integer arithmetic", arguments: [950, 975, 990, 999])
  func ranks(thousandths: Int) throws {
    let confidence = try Confidence(Double(thousandths) / 1_000)
    for count in 1...2_000 {
      let rank = (count * thousandths + 999) / 1_000
      #expect(TailRisk.selectionSize(sampleSize: count, at: confidence) == count - rank + 1)
    }
  }

  @Test("a fractional tail, by hand") func fractionalTail() throws {
    // n·c = 9.75: rank 10, whose loss carries 0.25 of a tail of 0.25.
    let ten = (1...10).map(Double.init)
    let tail = try TailRisk(ofLosses: ten, at: .ninetySevenPointFivePercent)
    #expect(tail.valueAtRisk == 10)
    #expect(tail.expectedShortfall == 10)
    // n·c = 47.5: rank 48, 2 losses beyond it and half of its own.
    let fifty = (1...50).map(Double.init)
    let half = try TailRisk(ofLosses: fifty, at: .ninetyFivePercent)
    #expect(half.valueAtRisk == 48)
    #expect(isClose(half.expectedShortfall, (50 + 49 + 0.5 * 48) / 2.5, relative: 1e-15))
    #expect(half.members == [49, 48, 47])
  }

  @Test("HULL-RANK: the mean of the five worst of 500 is the expected shortfall at 99 %") func hull() throws {
    // Hull: Risk management and financial institutions, historical simulation chapter ($000).
    let worst = WorstLosses(
      sampleSize: 500, losses: [477_841, 345_435, 282_204, 277_041, 253_385, 217_974],
      scenarios: [494, 339, 349, 329, 487, 227])
    let tail = TailRisk(of: worst, at: .ninetyNinePercent)
    #expect(isClose(tail.expectedShortfall, 327_181.2, relative: 1e-15))
    #expect(tail.valueAtRisk == 217_974)
    #expect(tail.losses[4] == 253_385)
    #expect(tail.bindingScenario == 227)
    // Editions that take the fifth worst loss as the value at risk average the four beyond it: the level of 496 of 500.
    let four = TailRisk(of: worst, at: try Confidence(0.992))
    #expect(four.valueAtRisk == 253_385)
    #expect(isClose(four.expectedShortfall, 345_630.25, relative: 1e-15))
  }

  @Test("type 7 as R and numpy print it") func type7() throws {
    // quantile(1:10, .95) = 9.55 and quantile(c(3,1,4,1,5,9,2,6), .9) = 6.9 in R.
    #expect(
      isClose(
        try valueAtRisk(ofLosses: (1...10).map(Double.init), at: .ninetyFivePercent, rule: .type7), 9.55,
        relative: 1e-15))
    #expect(
      isClose(
        try valueAtRisk(ofLosses: [3, 1, 4, 1, 5, 9, 2, 6], at: Confidence(0.9), rule: .type7), 6.9,
        relative: 1e-15))
    #expect(try valueAtRisk(ofLosses: [7], at: .ninetyNinePercent, rule: .type7) == 7)
  }

  @Test func aCertainGainIsANegativeLoss() throws {
    let tail = try TailRisk(ofProfitAndLoss: [5, 7, 6], at: .ninetyFivePercent)
    #expect(tail.valueAtRisk == -5)
    #expect(tail.expectedShortfall == -5)
    #expect(tail.bindingScenario == 0)
  }

  @Test func noProfitIsNoLossWithoutASign() throws {
    let tail = try TailRisk(ofProfitAndLoss: [0, 0], at: .ninetyNinePercent)
    #expect(tail.valueAtRisk.sign == .plus)
    #expect(tail.expectedShortfall.sign == .plus)
  }

  @Test func oneLoss() throws {
    let tail = try TailRisk(ofLosses: [3], at: .ninetyNinePercent)
    #expect(tail.valueAtRisk == 3)
    #expect(tail.expectedShortfall == 3)
    #expect(tail.members == [0])
    #expect(isClose(tail.weights[0], 1, relative: 1e-15))
  }

  @Test func severalLevelsFromOneSelectionAreTheSeparateOnes() throws {
    var generator = SeededGenerator(seed: 3)
    let losses = (0..<9_000).map { _ in generator.uniform() }
    let levels = try [0.99, 0.9, 0.975, 0.6].map { value throws in try Confidence(value) }
    for rule in QuantileRule.allCases {
      let tails = try TailRisk.tails(ofLosses: losses, at: levels, rule: rule)
      for (tail, level) in zip(tails, levels) {
        #expect(try tail == TailRisk(ofLosses: losses, at: level, rule: rule))
      }
    }
    #expect(try TailRisk.tails(ofLosses: losses, at: []).isEmpty)
  }

  @Test("weights add up to 1 and give the expected shortfall") func weights() throws {
    var generator = SeededGenerator(seed: 4)
    for count in [1, 2, 3, 19, 20, 21, 99, 100, 101, 1_000, 4_567] {
      let losses = (0..<count).map { _ in generator.uniform() - 0.5 }
      for level in [0.501, 0.9, 0.99, 0.999] {
        let tail = try TailRisk(ofLosses: losses, at: Confidence(level))
        #expect(isClose(tail.weights.reduce(0, +), 1, relative: 1e-13))
        let mean = zip(tail.weights, tail.members).reduce(0) { $0 + $1.0 * losses[$1.1] }
        #expect(isClose(tail.expectedShortfall, mean, absolute: 1e-13))
        #expect(tail.members.map { losses[$0] } == tail.losses)
      }
    }
  }
}

/// What makes expected shortfall coherent, and what both measures share, on random samples.
@Suite struct TailRiskPropertyTests {
  private static let levels = [0.51, 0.75, 0.9, 0.95, 0.975, 0.99, 0.999]

  private static func samples(_ body: (_ losses: [Double], inout SeededGenerator) throws -> Void) rethrows {
    var generator = SeededGenerator(seed: 2_024)
    for _ in 0..<150 {
      let count = Int.random(in: 1...400, using: &generator)
      let coarse = Bool.random(using: &generator)
      try body(
        (0..<count).map { _ in
          let value = 1 / generator.uniform() - 1 / generator.uniform()
          return coarse ? value.rounded() : value
        }, &generator)
    }
  }

  @Test func shortfallIsAtLeastValueAtRiskExactly() throws {
    try Self.samples { losses, _ in
      for level in Self.levels {
        for rule in QuantileRule.allCases {
          let tail = try TailRisk(ofLosses: losses, at: Confidence(level), rule: rule)
          #expect(tail.expectedShortfall >= tail.valueAtRisk)
        }
      }
    }
  }

  @Test func neitherDependsOnTheOrderOfTheScenariosBitwise() throws {
    try Self.samples { losses, generator in
      let shuffled = losses.shuffled(using: &generator)
      for level in Self.levels {
        let tail = try TailRisk(ofLosses: losses, at: Confidence(level))
        let other = try TailRisk(ofLosses: shuffled, at: Confidence(level))
        #expect(tail.valueAtRisk == other.valueAtRisk)
        #expect(tail.expectedShortfall == other.expectedShortfall)
      }
    }
  }

  @Test func doublingEveryLossDoublesBothExactly() throws {
    try Self.samples { losses, _ in
      for level in Self.levels {
        let tail = try TailRisk(ofLosses: losses, at: Confidence(level))
        let twice = try TailRisk(ofLosses: losses.map { 2 * $0 }, at: Confidence(level))
        #expect(twice.valueAtRisk == 2 * tail.valueAtRisk)
        #expect(twice.expectedShortfall == 2 * tail.expectedShortfall)
      }
    }
  }

  @Test func aCertainLossAddsToBoth() throws {
    try Self.samples { losses, _ in
      let scale = losses.reduce(0) { max($0, abs($1)) }
      for level in Self.levels {
        let tail = try TailRisk(ofLosses: losses, at: Confidence(level))
        let moved = try TailRisk(ofLosses: losses.map { $0 + 3.25 }, at: Confidence(level))
        #expect(isClose(moved.valueAtRisk, tail.valueAtRisk + 3.25, absolute: 1e-14 * scale + 1e-14))
        #expect(
          isClose(moved.expectedShortfall, tail.expectedShortfall + 3.25, absolute: 1e-13 * scale + 1e-13))
      }
    }
  }

  @Test func shortfallIsSubadditive() throws {
    try Self.samples { losses, generator in
      let others = losses.map { _ in 1 / generator.uniform() - 2 }
      let scale = zip(losses, others).reduce(0) { max($0, abs($1.0) + abs($1.1)) }
      for level in Self.levels {
        let confidence = try Confidence(level)
        let sum = try expectedShortfall(ofLosses: zip(losses, others).map { $0 + $1 }, at: confidence)
        let parts =
          try expectedShortfall(ofLosses: losses, at: confidence)
          + expectedShortfall(ofLosses: others, at: confidence)
        #expect(sum <= parts + 1e-13 * scale)
      }
    }
  }

  @Test func bothRiseWithTheConfidence() throws {
    try Self.samples { losses, _ in
      let tails = try TailRisk.tails(
        ofLosses: losses, at: Self.levels.map { level throws in try Confidence(level) })
      let scale = losses.reduce(0) { max($0, abs($1)) }
      for (tail, next) in zip(tails, tails.dropFirst()) {
        #expect(tail.valueAtRisk <= next.valueAtRisk)
        #expect(tail.expectedShortfall <= next.expectedShortfall + 1e-13 * scale)
      }
    }
  }

  @Test("the definition: sums over a sorted sample") func plainTwin() throws {
    try Self.samples { losses, _ in
      let sorted = losses.sorted()
      let count = Double(losses.count)
      for level in Self.levels {
        let tail = try TailRisk(ofLosses: losses, at: Confidence(level))
        let mass = count * level
        let rank = Int((mass - 1e-12 * mass).rounded(.up))
        let beyond = sorted[rank...].reduce(0, +)
        let shortfall = (beyond + (Double(rank) - mass) * sorted[rank - 1]) / (count * (1 - level))
        let scale = sorted.reduce(0) { max($0, abs($1)) }
        #expect(tail.valueAtRisk == sorted[rank - 1])
        #expect(isClose(tail.expectedShortfall, shortfall, absolute: 1e-11 * scale))
      }
    }
  }
}

@Suite struct TailRiskFailureTests {
  @Test(arguments: [Double.nan, .infinity, -.infinity], [5, 6_000]) func aLossThatIsNotFiniteIsNamed(
    value: Double, count: Int
  ) {
    for index in [0, 2, count / 2, count - 1] {
      var losses = (0..<count).map(Double.init)
      losses[index] = value
      #expect(throws: StatisticsError.notFinite(index: index)) {
        try TailRisk(ofLosses: losses, at: .ninetyNinePercent)
      }
      #expect(throws: StatisticsError.notFinite(index: index)) {
        try TailRisk(ofProfitAndLoss: losses, at: .ninetyNinePercent)
      }
    }
  }

  @Test func theFirstOfSeveralIsNamed() {
    var losses = [Double](repeating: 1, count: 8_192)
    losses[8_000] = .nan
    losses[4_321] = -.infinity
    #expect(throws: StatisticsError.notFinite(index: 4_321)) {
      try valueAtRisk(ofLosses: losses, at: .ninetyNinePercent)
    }
  }

  @Test func anEmptySampleHasNoTail() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) {
      try expectedShortfall(ofLosses: [], at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) {
      try TailRisk.tails(ofLosses: [], at: [.ninetyNinePercent])
    }
  }

  @Test func tooShortASelectionStops() async {
    await #expect(processExitsWith: .failure) {
      let worst = try WorstLosses(1, of: [1, 2, 3, 4])
      _ = TailRisk(of: worst, at: try Confidence(0.51))
    }
  }
}
