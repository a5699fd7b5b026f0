import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct HyndmanFanQuantileTests {
  /// ED-CONV: the 5 % quantile of the EDHEC index Convertible Arbitrage as R prints it by type.
  @Test(
    "ED-CONV: types 1 and 3 to 9", .enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage),
    arguments: [
      (HyndmanFanQuantile.type1, -0.0159), (.type3, -0.0159), (.type4, -0.016915), (.type5, -0.01569),
      (.type6, -0.01677), (.type7, -0.01506), (.type8, -0.0159), (.type9, -0.0158475),
    ])
  func reference(type: HyndmanFanQuantile, expected: Double) throws {
    let returns = try ReferenceFolder.column("Convertible Arbitrage", of: "pa_edhec_293.csv")
    #expect(isClose(try type.quantile(0.05, of: returns), expected, absolute: 1e-15))
  }

  /// ED-PA95: the historical value at risk and expected shortfall of thirteen indices at 95 %, as profits, as the R
  /// package PerformanceAnalytics prints them: type 7, and the mean of what is at or below it.
  @Test(
    "ED-PA95: historical figures of type 7",
    .enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func historicalFigures() throws {
    let expected: [(valueAtRisk: Double, shortfall: Double)] = [
      (-0.0151, -0.0388), (-0.0315, -0.0406), (-0.0198, -0.0413), (-0.0423, -0.0754), (-0.0084, -0.0175),
      (-0.0255, -0.0445), (-0.0072, -0.0291), (-0.0149, -0.0211), (-0.0262, -0.0448), (-0.0107, -0.0233),
      (-0.0114, -0.0271), (-0.0668, -0.0948), (-0.0203, -0.0357),
    ]
    let (names, returns) = try ReferenceTables.edhec()
    for (column, figures) in expected.enumerated() {
      let profits = returns.column(column)
      let quantile = try HyndmanFanQuantile.type7.quantile(0.05, of: profits)
      let beyond = profits.filter { $0 <= quantile }
      // Half a unit of the last printed place, and the rounding of a figure that lies on it.
      #expect(isClose(quantile, figures.valueAtRisk, absolute: 5.000_001e-5), "\(names[column])")
      #expect(
        isClose(beyond.reduce(0, +) / Double(beyond.count), figures.shortfall, absolute: 5.000_001e-5),
        "\(names[column])")
    }
  }

  /// The definitions by hand for 1, 2, 3, 4, 5 at 30 %: n·p = 1.5.
  @Test(
    arguments: [
      (HyndmanFanQuantile.type1, 2), (.type2, 2), (.type3, 2), (.type4, 1.5), (.type5, 2), (.type6, 1.8),
      (.type7, 2.2), (.type8, 1.5 + 1.3 / 3), (.type9, 1.95),
    ])
  func fiveNumbers(type: HyndmanFanQuantile, expected: Double) throws {
    #expect(isClose(try type.quantile(0.3, of: [4, 1, 5, 3, 2]), expected, relative: 1e-14))
  }

  @Test("where n·p is whole: 40 % of five, 10 % and 30 % of ten") func wholeRanks() throws {
    let five = [1.0, 2, 3, 4, 5]
    #expect(try HyndmanFanQuantile.type1.quantile(0.4, of: five) == 2)
    #expect(try HyndmanFanQuantile.type2.quantile(0.4, of: five) == 2.5)
    #expect(try HyndmanFanQuantile.type4.quantile(0.4, of: five) == 2)
    // Ranks nearest to 2.5 and 1.5 are the even ones.
    #expect(try HyndmanFanQuantile.type3.quantile(0.5, of: five) == 2)
    #expect(try HyndmanFanQuantile.type3.quantile(0.3, of: five) == 2)
    let ten = (1...10).map(Double.init)
    #expect(try HyndmanFanQuantile.type1.quantile(0.3, of: ten) == 3)
  }

  @Test("type 1 and 7 are the two rules of a value at risk") func rules() throws {
    var generator = SeededGenerator(seed: 61)
    for count in [1, 2, 3, 19, 20, 100, 293] {
      let losses = (0..<count).map { _ in generator.uniform() }
      for level in [0.51, 0.9, 0.95, 0.99] {
        let confidence = try Confidence(level)
        let first = try HyndmanFanQuantile.type1.quantile(level, of: losses)
        #expect(try first == valueAtRisk(ofLosses: losses, at: confidence))
        let seventh = try HyndmanFanQuantile.type7.quantile(level, of: losses)
        #expect(
          isClose(seventh, try valueAtRisk(ofLosses: losses, at: confidence, rule: .type7), absolute: 1e-14))
      }
    }
  }

  @Test("within the sample, rising with the probability, mirrored by types 5 to 9") func properties() throws {
    var generator = SeededGenerator(seed: 62)
    for count in [1, 2, 3, 10, 57] {
      let sample = (0..<count).map { _ in generator.uniform() - 0.5 }
      let (least, greatest) = (try #require(sample.min()), try #require(sample.max()))
      for type in HyndmanFanQuantile.allCases {
        var last = least
        for step in 1..<100 {
          let quantile = try type.quantile(Double(step) / 100, of: sample)
          #expect(quantile >= last - 1e-15 && quantile <= greatest)
          last = quantile
          if type.rawValue >= 5 {
            let mirrored = try -type.quantile(1 - Double(step) / 100, of: sample.map { -$0 })
            #expect(isClose(quantile, mirrored, absolute: 1e-13))
          }
        }
      }
    }
  }

  @Test func failures() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) {
      try HyndmanFanQuantile.type7.quantile(0.5, of: [])
    }
    #expect(throws: StatisticsError.notFinite(index: 1)) {
      try HyndmanFanQuantile.type7.quantile(0.5, of: [1, .nan])
    }
  }
}
