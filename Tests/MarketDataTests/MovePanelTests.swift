import Instruments
import MarketData
import Testing

@Suite struct MovePanelTests {
  private let coin: Asset
  private let other: Asset

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
  }

  private func panel(
    _ history: PriceHistory, _ lookBack: LookBack, asOf: Timestamp, days: Int = 1, dustFloor: Double = 0
  ) throws -> MovePanel {
    try history.moves(lookBack: lookBack, asOf: asOf, horizon: .days(days), dustFloor: dustFloor)
  }

  @Test func oneDayMovesAreSimpleReturns() throws {
    let history = try dailyHistory([(coin, [100, 110, 99, 198]), (other, [8, 4, 2, 3])])
    let panel = try panel(history, .observations(3), asOf: day(3))
    #expect(panel.starts == [day(0), day(1), day(2)])
    #expect(panel.ends == [day(1), day(2), day(3)])
    let first: [Double?] = [110.0 / 100 - 1, 99.0 / 110 - 1, 1]
    #expect(panel.moves == [first, [-0.5, -0.5, 0.5]])
    #expect(panel.count == 3)
    for coverage in panel.coverage {
      #expect(coverage.isComplete)
      #expect(coverage.observations == 3)
      #expect(coverage.first == day(1))
      #expect(coverage.last == day(3))
    }
    #expect(panel.coverage.map(\.asset) == [coin, other])
  }

  @Test func longerMovesOverlap() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 16, 8])])
    let panel = try panel(history, .observations(3), asOf: day(5), days: 3)
    #expect(panel.starts == [day(0), day(1), day(2)])
    #expect(panel.ends == [day(3), day(4), day(5)])
    #expect(panel.moves == [[7, 7, 1]])
  }

  @Test func hourlyRowsGiveMovesOfAnyWholeNumberOfHours() throws {
    let times = (0..<6).map { day(0).advanced(bySeconds: $0 * 3_600) }
    let history = try PriceHistory(
      times: times, series: [PriceSeries(asset: coin, prices: [1, 2, 4, 8, 16, 32])])
    let panel = try history.moves(
      lookBack: .observations(2), asOf: times[5], horizon: Horizon(hours: 2), dustFloor: 0)
    #expect(panel.moves == [[3, 3]])
    #expect(panel.starts == [times[2], times[3]])
  }

  @Test func gapsStayGaps() throws {
    let history = try dailyHistory([
      (coin, [100, 101, 102, 103, 104, 105]), (other, [1, 2, nil, 4, 5, nil]),
    ])
    let panel = try panel(history, .observations(5), asOf: day(5))
    #expect(panel.moves[1] == [1, nil, nil, 0.25, nil])
    #expect(!panel.moves[1].contains(0))
    let coverage = panel.coverage[1]
    #expect(coverage.observations == 2)
    #expect(coverage.missing == 3)
    #expect(coverage.dust == 0)
    #expect(coverage.first == day(1))
    #expect(coverage.last == day(4))
    #expect(!coverage.isComplete)
    #expect(panel.coverage[0].isComplete)
  }

  @Test func aGapInsideALongMoveIsNoGap() throws {
    let history = try dailyHistory([(coin, [1, nil, 3, 4])])
    #expect(try panel(history, .observations(2), asOf: day(3), days: 2).moves == [[2, nil]])
  }

  @Test func assetsThatStartAndStopInsideTheWindow() throws {
    let history = try dailyHistory([(coin, [nil, nil, 2, 3, 6]), (other, [2, 1, nil, nil, nil])])
    let panel = try panel(history, .observations(4), asOf: day(4))
    #expect(panel.moves == [[nil, nil, 0.5, 1], [-0.5, nil, nil, nil]])
    #expect(panel.coverage[0].first == day(3))
    #expect(panel.coverage[0].last == day(4))
    #expect(panel.coverage[1].first == day(1))
    #expect(panel.coverage[1].last == day(1))
  }

  @Test func anAssetThatIsNeverThere() throws {
    let coverage = try panel(dailyHistory([(coin, [nil, nil, nil])]), .observations(2), asOf: day(2))
      .coverage[0]
    #expect(coverage.observations == 0)
    #expect(coverage.missing == 2)
    #expect(coverage.first == nil)
    #expect(coverage.last == nil)
  }

  /// The dust rule: a move that starts below the floor leaves the sample, the move into dust stays.
  @Test func aMoveFromDustLeavesAndAMoveIntoDustStays() throws {
    let history = try dailyHistory([(coin, [80, 1, 0.0005, 0.002, 0.001, 0.0009, 4])])
    let panel = try panel(history, .observations(6), asOf: day(6), dustFloor: 0.001)
    let expected: [Double?] = [1.0 / 80 - 1, 0.0005 - 1, nil, 0.001 / 0.002 - 1, 0.0009 / 0.001 - 1, nil]
    #expect(panel.moves == [expected])
    let coverage = panel.coverage[0]
    #expect(coverage.observations == 4)
    #expect(coverage.dust == 2)
    #expect(coverage.missing == 0)
    #expect(coverage.last == day(5))
    #expect(!coverage.isComplete)
  }

  @Test func aMoveWithoutAnEndIsMissingAndNotDust() throws {
    let history = try dailyHistory([(coin, [1, 0.0001, nil])])
    let coverage = try panel(history, .observations(2), asOf: day(2), dustFloor: 0.01).coverage[0]
    #expect(coverage.dust == 0)
    #expect(coverage.missing == 1)
  }

  @Test func anAsOfBetweenRowsUsesTheRowBefore() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 100])])
    let panel = try panel(history, .observations(1), asOf: day(2).advanced(bySeconds: 80_000))
    #expect(panel.moves == [[1]])
    #expect(panel.ends == [day(2)])
  }

  @Test func nothingAfterTheAsOfDateIsUsed() throws {
    let prices: [Double?] = [5, 6, 7, nil, 9, 8, 7, 6]
    let history = try dailyHistory([(coin, prices), (other, prices.reversed())])
    let later: [Double?] = [1e9, nil, 1e-9]
    let changed = try dailyHistory([
      (coin, prices.prefix(5) + later), (other, prices.reversed().prefix(5) + later.reversed()),
    ])
    let cut = try dailyHistory([(coin, Array(prices.prefix(5))), (other, Array(prices.reversed().prefix(5)))])
    for lookBack in [LookBack.observations(3), .period(from: day(2), to: day(4))] {
      for days in 1...2 {
        let expected = try panel(history, lookBack, asOf: day(4), days: days, dustFloor: 0.001)
        #expect(try panel(changed, lookBack, asOf: day(4), days: days, dustFloor: 0.001) == expected)
        #expect(try panel(cut, lookBack, asOf: day(4), days: days, dustFloor: 0.001) == expected)
      }
    }
  }

  @Test func aPeriodHoldsTheMovesThatEndInsideIt() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 16, 32])])
    let panel = try panel(history, .period(from: day(2), to: day(4)), asOf: day(5), days: 2)
    #expect(panel.starts == [day(0), day(1), day(2)])
    #expect(panel.ends == [day(2), day(3), day(4)])
    let between = LookBack.period(from: day(1).advanced(bySeconds: 1), to: day(4).advanced(bySeconds: 1))
    #expect(try self.panel(history, between, asOf: day(5), days: 2) == panel)
  }

  @Test func aPeriodOutsideTheDataIsRefused() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 16, 32])])
    let outside: [(from: Timestamp, to: Timestamp, asOf: Timestamp)] = [
      (day(1), day(3), day(5)), (day(-9), day(3), day(5)), (day(3), day(5), day(4)), (day(3), day(9), day(5)),
      (day(4), day(3), day(5)), (day(3).advanced(bySeconds: 1), day(3).advanced(bySeconds: 2), day(5)),
    ]
    for (from, to, asOf) in outside {
      #expect(throws: MarketDataError.periodOutside(from: from, to: to, first: day(2), asOf: asOf)) {
        try panel(history, .period(from: from, to: to), asOf: asOf, days: 2)
      }
    }
  }

  @Test func aLookBackThatIsTooLongSaysWhatThereIs() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 16])])
    #expect(try panel(history, .observations(3), asOf: day(3)).count == 3)
    #expect(throws: MarketDataError.lookBackTooLong(observations: 4, available: 3, asOf: day(3))) {
      try panel(history, .observations(4), asOf: day(3))
    }
    #expect(throws: MarketDataError.lookBackTooLong(observations: 3, available: 2, asOf: day(3))) {
      try panel(history, .observations(3), asOf: day(3), days: 2)
    }
    #expect(throws: MarketDataError.lookBackTooLong(observations: 1, available: 0, asOf: day(3))) {
      try panel(history, .observations(1), asOf: day(3), days: 40)
    }
    for count in [0, -1, .max, .min] {
      #expect(throws: MarketDataError.lookBackTooLong(observations: count, available: 3, asOf: day(3))) {
        try panel(history, .observations(count), asOf: day(3))
      }
    }
    #expect(throws: MarketDataError.lookBackTooLong(observations: .max, available: 0, asOf: day(3))) {
      try panel(history, .observations(.max), asOf: day(3), days: 40)
    }
  }

  @Test func anAsOfDateOutsideTheHistoryIsRefused() throws {
    let history = try dailyHistory([(coin, [1, 2, 4])])
    #expect(throws: MarketDataError.noRow(at: day(3), first: day(0), last: day(2))) {
      try panel(history, .observations(1), asOf: day(3))
    }
  }

  @Test func aHorizonIsAWholeNumberOfSteps() throws {
    let history = try dailyHistory([(coin, [1, 2, 4])])
    for hours in [1, 23, 25, 36] {
      #expect(throws: MarketDataError.horizonNotAMultiple(hours: hours, stepSeconds: 86_400)) {
        try history.moves(
          lookBack: .observations(1), asOf: day(2), horizon: Horizon(hours: hours), dustFloor: 0)
      }
    }
  }

  @Test func aHoleInTheRowsIsRefusedWhereAMoveSpansIt() throws {
    let history = try PriceHistory(
      times: [day(0), day(1), day(3), day(4), day(5)],
      series: [PriceSeries(asset: coin, prices: [1, 2, 3, 4, 8])])
    let expected: [Double?] = [4.0 / 3 - 1, 1]
    #expect(try panel(history, .observations(2), asOf: day(5)).moves == [expected])
    #expect(throws: MarketDataError.unevenSpacing(at: day(3))) {
      try panel(history, .observations(3), asOf: day(5))
    }
    #expect(throws: MarketDataError.unevenSpacing(at: day(4))) {
      try panel(history, .observations(2), asOf: day(5), days: 2)
    }
  }

  @Test func realisedMovesFollowTheAsOfDate() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 12, 36, 9])])
    let realised = try history.realisedMoves(after: day(2), count: 2, horizon: .days(1), dustFloor: 0)
    #expect(realised.starts == [day(2), day(3)])
    #expect(realised.ends == [day(3), day(4)])
    #expect(realised.moves == [[2, 2]])
    let all = try history.realisedMoves(after: day(2), count: .max, horizon: .days(2), dustFloor: 0)
    #expect(all.starts == [day(2), day(3)])
    #expect(all.moves == [[8, -0.25]])
  }

  @Test func realisedMovesEndWithTheHistory() throws {
    let history = try dailyHistory([(coin, [1, 2, 4])])
    for (asOf, days) in [(day(2), 1), (day(1), 2), (day(0), 40)] {
      let panel = try history.realisedMoves(after: asOf, count: 10, horizon: .days(days), dustFloor: 0)
      #expect(panel.count == 0)
      #expect(panel.moves == [[]])
      #expect(panel.coverage[0].isComplete)
    }
    #expect(try history.realisedMoves(after: day(0), count: 0, horizon: .days(1), dustFloor: 0).count == 0)
    #expect(throws: MarketDataError.horizonNotAMultiple(hours: 5, stepSeconds: 86_400)) {
      try history.realisedMoves(after: day(0), count: 1, horizon: Horizon(hours: 5), dustFloor: 0)
    }
    #expect(throws: MarketDataError.noRow(at: day(-1), first: day(0), last: day(2))) {
      try history.realisedMoves(after: day(-1), count: 1, horizon: .days(1), dustFloor: 0)
    }
  }

  @Test func realisedMovesFromDustLeaveToo() throws {
    let history = try dailyHistory([(coin, [5, 1, 0.01, 0.2])])
    let panel = try history.realisedMoves(after: day(0), count: 9, horizon: .days(1), dustFloor: 0.1)
    let expected: [Double?] = [1.0 / 5 - 1, 0.01 - 1, nil]
    #expect(panel.moves == [expected])
  }

  @Test func horizonsAndLookBacksDescribeThemselves() {
    #expect(Horizon.days(10).hours == 240)
    #expect(Horizon(hours: 36).days == 1.5)
    #expect(Horizon.days(10).description == "10 d")
    #expect(Horizon(hours: 6).description == "6 h")
    #expect(LookBack.observations(500).description == "500 observations")
    #expect(LookBack.period(from: day(0), to: day(1)).description == "2024-01-01 to 2024-01-02")
  }

  @Test func aHorizonIsNotEmpty() async {
    await #expect(processExitsWith: .failure) { _ = Horizon(hours: 0) }
  }
}
