import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct TailReadingTests {
  private func regime(
    _ reading: TailReading, _ measure: TailRiskTerm.Measure = .expectedShortfall,
    at confidence: Confidence = .ninetyNinePercent, of request: ScenarioRequest = historicalRequest
  ) throws -> MarginRegime {
    let term = TailRiskTerm(
      measure: measure, confidence: confidence, scenarios: request, reading: reading)
    return try MarginTests.regime([NamedTerm(name: "tail", term: .tailRisk(term))], initial: "tail")
  }

  private func evidence(_ set: ScenarioSet) -> Evidence {
    Evidence(sets: [historicalRequest: set], parallelism: .sequential)
  }

  private func value(_ reading: TailReading, _ state: BookState, _ set: ScenarioSet) throws -> Double {
    try requirement(of: regime(reading), for: state, given: evidence(set)).initial
  }

  /// The set with all factors but those of one asset at rest, written down once more.
  private func alone(_ asset: Asset, in set: ScenarioSet) -> ScenarioSet {
    let moves = Matrix(rows: set.moves.rows, columns: set.count) { factor, scenario in
      switch set.factors.factors[factor] {
      case .spot(asset), .basis(asset, _), .volatility(asset): set.moves[factor, scenario]
      default: 0
      }
    }
    return ScenarioSet(
      factors: set.factors, moves: moves, labels: set.labels, coverage: set.coverage, weights: set.weights)
  }

  @Test("FRTB-LH: 154.272486205 from tails of 100, 80, 50, 30, 10 over 10, 20, 40, 60, 120 days")
  func cascadeFormula() {
    let value = TailReading.liquidityCascade(
      tails: [100, 80, 50, 30, 10], horizons: [10, 20, 40, 60, 120])
    #expect(isClose(value, 154.272486205, absolute: 5e-10))
    #expect(TailReading.liquidityCascade(tails: [-7], horizons: [1]) == -7)
    #expect(TailReading.liquidityCascade(tails: [3, -4], horizons: [1, 2]) == 3)
  }

  @Test(
    "each asset alone: the tails of moves of one asset, combined in three ways", arguments: [false, true])
  func eachAsset(options: Bool) throws {
    var generator = SeededGenerator(seed: 71)
    let set = options ? randomOptionMoves(&generator, count: 300) : randomMoves(&generator, count: 300)
    for _ in 0..<5 {
      let state =
        options ? try randomOptionBook(&generator) : Ledger.random(&generator, isolated: false).state
      let assets = options ? [btc, eth, usdt] : [btc, eth, sol, usdt]
      let tails = try assets.map { try value(.whole, state, alone($0, in: set)) }.sorted(by: >)
      #expect(isClose(try value(.eachAsset(.largest), state, set), tails[0], relative: 1e-12))
      #expect(isClose(try value(.eachAsset(.twoLargest), state, set), tails[0] + tails[1], relative: 1e-12))
      #expect(isClose(try value(.eachAsset(.sum), state, set), tails.reduce(0, +), relative: 1e-12))
      for reading in [TailReading.eachAsset(.largest), .eachAsset(.twoLargest), .eachAsset(.sum)] {
        let one = try value(reading, state, set)
        let batch = try requirements(of: regime(reading), for: state.repeated(3), given: evidence(set))
        for many in batch.pools[0].initial { #expect(isClose(many, one, relative: 1e-12)) }
      }
    }
  }

  @Test("what decides is named: the asset, the part or the step, and its scenario")
  func binding() throws {
    var generator = SeededGenerator(seed: 72)
    let set = randomMoves(&generator, count: 400)
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1_000)
    ledger.position(eth, settling: usdt, notional: -90_000)
    func scenario(_ reading: TailReading, _ set: ScenarioSet) throws -> String {
      try requirement(of: regime(reading, .valueAtRisk), for: ledger.state, given: evidence(set))
        .components[0].scenario
    }
    let eth = try scenario(.whole, alone(eth, in: set))
    #expect(try scenario(.eachAsset(.largest), set) == "ETH \(eth)")
    #expect(try scenario(.eachAsset(.sum), set) == "largest of 3: ETH \(eth)")
    #expect(try scenario(.eachAsset(.twoLargest), set).hasPrefix("ETH \(eth); USDT "))
    #expect(try scenario(.subsamples(count: 4, .mean), set) == "mean of 4 parts")
    #expect(try scenario(.subsamples(count: 4, .standardDeviation), set) == "spread of 4 parts")
    let parts = try (0..<4).map { part in
      try requirement(
        of: regime(.whole, .valueAtRisk), for: ledger.state,
        given: evidence(set.selecting(Array((100 * part)..<(100 * (part + 1))))))
    }
    let largest = try #require(parts.indices.max { parts[$0].initial < parts[$1].initial })
    #expect(
      try scenario(.subsamples(count: 4, .largest), set)
        == "part \(largest + 1) of 4 \(parts[largest].components[0].scenario)")
    let tiers = [
      LiquidityHorizon(assets: [MarginTests.eth], horizon: .days(9)),
      LiquidityHorizon(assets: [], horizon: .days(1)),
    ]
    #expect(try scenario(.liquidityHorizons(tiers), set) == "9 d \(eth)")
  }

  @Test("parts of a sample: the mean of two equal halves is the whole, and their spread is nothing")
  func equalHalves() throws {
    var generator = SeededGenerator(seed: 73)
    let half = randomMoves(&generator, count: 250)
    let twice = half.selecting(Array(0..<250) + Array(0..<250))
    for _ in 0..<10 {
      let state = Ledger.random(&generator, isolated: false).state
      let whole = try value(.whole, state, half)
      #expect(isClose(try value(.subsamples(count: 2, .mean), state, twice), whole, relative: 1e-14))
      #expect(try value(.subsamples(count: 2, .standardDeviation), state, twice) <= 1e-12 * whole)
      #expect(try value(.subsamples(count: 2, .largest), state, twice) == whole)
    }
  }

  @Test("parts are equal, in the order of the sample, and leave a remainder out where it begins")
  func subsamples() throws {
    var generator = SeededGenerator(seed: 74)
    let set = randomMoves(&generator, count: 602)
    let state = Ledger.random(&generator, isolated: false).state
    let tails = try (0..<5).map { part in
      try value(.whole, state, set.selecting(Array((2 + 120 * part)..<(2 + 120 * (part + 1)))))
    }
    let mean = tails.reduce(0, +) / 5
    let spread = (tails.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4).squareRoot()
    #expect(isClose(try value(.subsamples(count: 5, .mean), state, set), mean, relative: 1e-13))
    #expect(
      isClose(try value(.subsamples(count: 5, .standardDeviation), state, set), spread, relative: 1e-11))
    #expect(try value(.subsamples(count: 5, .largest), state, set) == tails.max())
    let batch = try requirements(
      of: regime(.subsamples(count: 5, .mean)), for: state.repeated(2), given: evidence(set))
    for many in batch.pools[0].initial { #expect(isClose(many, mean, relative: 1e-12)) }
  }

  @Test("a part must be long enough for the level", arguments: [(99, 2), (399, 4), (100, 2)])
  func tooSmall(count: Int, parts: Int) throws {
    var generator = SeededGenerator(seed: 75)
    let set = randomMoves(&generator, count: count)
    let state = Ledger.random(&generator, isolated: false).state
    #expect(
      throws: MarginError.sampleTooSmallForReading(term: "tail", scenarios: count, needed: 100 * parts)
    ) {
      try value(.subsamples(count: parts, .mean), state, set)
    }
    let enough = randomMoves(&generator, count: 100 * parts)
    #expect(throws: Never.self) { try value(.subsamples(count: parts, .mean), state, enough) }
  }

  @Test(
    "the liquidity cascade: one horizon is the plain tail, two follow the formula, the scale is that of the request"
  )
  func cascade() throws {
    var generator = SeededGenerator(seed: 76)
    let set = randomMoves(&generator, count: 300)
    let state = Ledger.random(&generator, isolated: false).state
    let whole = try value(.whole, state, set)
    let same = [LiquidityHorizon(assets: [], horizon: .days(1))]
    #expect(try value(.liquidityHorizons(same), state, set) == whole)
    // What is closed sooner than the horizon of the request is held over it all the same.
    let sooner = [LiquidityHorizon(assets: [], horizon: Horizon(hours: 6))]
    #expect(try value(.liquidityHorizons(sooner), state, set) == whole)
    let all = [LiquidityHorizon(assets: [], horizon: .days(4))]
    #expect(isClose(try value(.liquidityHorizons(all), state, set), 2 * whole, relative: 1e-13))
    let tiers = [
      LiquidityHorizon(assets: [sol], horizon: .days(5)),
      LiquidityHorizon(assets: [eth, usdt], horizon: .days(2)),
      LiquidityHorizon(assets: [], horizon: .days(1)),
    ]
    func resting(_ still: [Asset]) -> ScenarioSet {
      let moves = Matrix(rows: set.moves.rows, columns: set.count) { factor, scenario in
        switch set.factors.factors[factor] {
        case .spot(let asset), .basis(let asset, _), .volatility(let asset):
          still.contains(asset) ? 0 : set.moves[factor, scenario]
        }
      }
      return ScenarioSet(factors: set.factors, moves: moves, labels: set.labels, coverage: set.coverage)
    }
    let second = try value(.whole, state, resting([btc]))
    let third = try value(.whole, state, resting([btc, eth, usdt]))
    let expected = (whole * whole + second * second + 3 * third * third).squareRoot()
    #expect(isClose(try value(.liquidityHorizons(tiers), state, set), expected, relative: 1e-12))
  }

  @Test(
    "under an elliptical law each asset alone, added up, is never less than the whole; parts are the law itself"
  )
  func elliptical() throws {
    let source = try source(of: try normalHistory(seed: 77), seed: 77, count: 1_000)
    var generator = SeededGenerator(seed: 78)
    for law in [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)] {
      let request = monteCarloRequest(law)
      let given = Evidence(sets: [request: try source.scenarios(for: request)], parallelism: .sequential)
        .inClosedForm()
      for _ in 0..<30 {
        var ledger = Ledger()
        ledger.balance(btc, worth: 1e5 * generator.normal())
        ledger.balance(usdt, worth: 1e5 * generator.normal())
        ledger.position(eth, settling: usdt, notional: 1e5 * generator.normal())
        func initial(_ reading: TailReading) throws -> Double {
          try requirement(of: regime(reading, of: request), for: ledger.state, given: given).initial
        }
        let whole = try initial(.whole)
        #expect(try initial(.eachAsset(.sum)) >= whole * (1 - 1e-12))
        #expect(try initial(.eachAsset(.largest)) <= initial(.eachAsset(.twoLargest)))
        #expect(try initial(.eachAsset(.twoLargest)) <= initial(.eachAsset(.sum)))
        #expect(isClose(try initial(.subsamples(count: 3, .mean)), whole, relative: 1e-14))
        #expect(try initial(.subsamples(count: 3, .standardDeviation)) <= 1e-12 * whole)
        let twice = [LiquidityHorizon(assets: [], horizon: .days(2))]
        #expect(isClose(try initial(.liquidityHorizons(twice)), 2.0.squareRoot() * whole, relative: 1e-13))
      }
    }
  }

  @Test("a pool that depends on nothing has no tails of assets")
  func cash() throws {
    var generator = SeededGenerator(seed: 79)
    var ledger = Ledger()
    ledger.balance(.usd, worth: 1_000)
    let set = randomMoves(&generator, count: 200)
    for combination in TailReading.AssetCombination.allCases {
      #expect(try value(.eachAsset(combination), ledger.state, set) == 0)
    }
  }
}
