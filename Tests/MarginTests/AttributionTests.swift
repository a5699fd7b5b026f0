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

extension RequirementAttribution {
  /// The sum of rows and what belongs to none.
  fileprivate var sum: Double {
    rows.reduce(0) { $0 + $1.amount } + account.reduce(0) { $0 + $1.amount }
  }

  /// The sum over factors and what has none.
  fileprivate var factorSum: Double { factors.reduce(0) { $0 + $1.amount } + nonLinear + otherTerms }

  fileprivate var gross: Double {
    rows.reduce(0) { $0 + abs($1.amount) } + account.reduce(0) { $0 + abs($1.amount) }
  }

  fileprivate var factorGross: Double {
    factors.reduce(0) { $0 + abs($1.amount) } + abs(nonLinear) + abs(otherTerms)
  }

  fileprivate var amounts: [Double] { rows.map(\.amount) }
}

@Suite struct AttributionTests {
  private let readings: [TailReading] = [
    .whole, .eachAsset(.largest), .eachAsset(.twoLargest), .eachAsset(.sum), .subsamples(count: 3, .mean),
    .subsamples(count: 3, .standardDeviation), .subsamples(count: 3, .largest),
    .liquidityHorizons([
      LiquidityHorizon(assets: [eth], horizon: .days(3)), LiquidityHorizon(assets: [], horizon: .days(1)),
    ]),
  ]

  private func tail(
    _ measure: TailRiskTerm.Measure, _ reading: TailReading = .whole,
    of request: ScenarioRequest = historicalRequest,
    _ quantile: TailQuantile = .lowerQuantile, method: ClosedFormMethod = .exact
  ) throws -> MarginRegime {
    let term = TailRiskTerm(
      measure: measure, confidence: .ninetyNinePercent, scenarios: request, quantile: quantile,
      reading: reading,
      method: method)
    return try regime([NamedTerm(name: "tail", term: .tailRisk(term))], initial: "tail")
  }

  private func evidence(_ set: ScenarioSet, _ request: ScenarioRequest = historicalRequest) -> Evidence {
    Evidence(
      sets: [request: set, .grid(smallGrid): gridSet(smallGrid, factors: set.factors)],
      parallelism: .sequential)
  }

  /// Checks that rows, and factors, add up to what is demanded.
  private func requireSums(
    _ shares: MarginAttribution, _ assessment: MarginAssessment, _ comment: Comment
  ) {
    for (part, total) in [(shares.initial, assessment.initial), (shares.maintenance, assessment.maintenance)]
    {
      #expect(abs(part.sum - total) <= 1e-12 * max(part.gross, 1e-9), comment)
      #expect(abs(part.total - total) <= 1e-12 * max(part.gross, 1e-9), comment)
      #expect(abs(part.factorSum - total) <= 1e-11 * max(part.factorGross, part.gross, 1e-9), comment)
    }
  }

  @Test(
    "tails of random books: rows and factors add up, whatever the measure, the reading and the convention",
    arguments: [false, true])
  func tails(options: Bool) throws {
    var generator = SeededGenerator(seed: 91)
    let set = options ? randomOptionMoves(&generator, count: 500) : randomMoves(&generator, count: 500)
    let weighted = ScenarioSet(
      factors: set.factors, moves: set.moves, labels: set.labels, coverage: set.coverage,
      weights: try .ageWeighted(count: 500, decay: 0.997))
    for _ in 0..<2 {
      let state = options ? try randomOptionBook(&generator) : Ledger.random(&generator).state
      for given in [evidence(set), evidence(weighted)] {
        for measure in TailRiskTerm.Measure.allCases {
          for reading in readings {
            let rules = try tail(measure, reading)
            let shares = try attribution(of: rules, for: state, given: given)
            requireSums(shares, try requirement(of: rules, for: state, given: given), "\(measure) \(reading)")
            #expect(shares.initial.account.isEmpty, "\(reading)")
            if !options { #expect(shares.initial.nonLinear == 0) }
          }
          for quantile in [TailQuantile.upperQuantile, .interpolated] {
            let rules = try tail(measure, .whole, of: historicalRequest, quantile)
            requireSums(
              try attribution(of: rules, for: state, given: given),
              try requirement(of: rules, for: state, given: given), "\(quantile)")
          }
        }
      }
      for quantile in [TailQuantile.type7, .harrellDavis] {
        let rules = try tail(.valueAtRisk, .whole, of: historicalRequest, quantile)
        requireSums(
          try attribution(of: rules, for: state, given: evidence(set)),
          try requirement(of: rules, for: state, given: evidence(set)), "\(quantile)")
      }
    }
  }

  @Test("the shares of an expected shortfall are the rows' mean losses in the tail")
  func shortfallTwin() throws {
    var generator = SeededGenerator(seed: 92)
    let set = randomMoves(&generator, count: 450)
    for _ in 0..<5 {
      let state = Ledger.random(&generator, isolated: false).state
      let all = Array(state.rows.indices)
      let order = (0..<450).map { (loss: -state.handProfit(all, in: set, $0), scenario: $0) }
        .sorted { $0.loss > $1.loss }.map(\.scenario)
      let shares = try attribution(of: tail(.expectedShortfall), for: state, given: evidence(set)).initial
      for row in all {
        // 4.5 scenarios: four in full, the fifth by half.
        let mean = order.prefix(5).enumerated().reduce(0.0) { sum, entry in
          sum - (entry.offset < 4 ? 1 : 0.5) * state.handProfit([row], in: set, entry.element) / 4.5
        }
        #expect(isClose(shares.rows[row].amount, mean, relative: 1e-9, absolute: 1e-9 * shares.gross))
      }
    }
  }

  /// Prices of two coins whose daily moves have exactly the covariance of the two volatilities and their correlation.
  private func exactHistory(_ volatilities: (Double, Double), correlation: Double) throws -> PriceHistory {
    let signs: [(Double, Double)] = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    var first = [20_000.0]
    var second = [1_500.0]
    // Of 100 observations the sample variance is 100/99 of the mean square.
    let scale = (99.0 / 100).squareRoot()
    for observation in 0..<100 {
      let (u, v) = signs[observation % 4]
      let mixed = correlation * u + (1 - correlation * correlation).squareRoot() * v
      first.append(first[observation] * (1 + scale * volatilities.0 * u))
      second.append(second[observation] * (1 + scale * volatilities.1 * mixed))
    }
    return try PriceHistory(
      times: (0...100).map { day($0) },
      series: [PriceSeries(asset: btc, prices: first), PriceSeries(asset: eth, prices: second)])
  }

  @Test(
    "EULER-2: a hedged pair in closed form, its components and those of other correlations",
    arguments: [
      (0.8, 58_158.69685102, [74_443.13196931, -16_284.43511829]), (0, 109_733.60975, []),
      (-1, 151_212.61181, []),
      (1, 34_895.21811, []),
    ])
  func eulerPair(correlation: Double, total: Double, components: [Double]) throws {
    let request = monteCarloRequest(.gaussian, observations: 100)
    let source = try source(
      of: try exactHistory((0.04, 0.05), correlation: correlation), seed: 1, count: 200)
    let set = try source.scenarios(for: request)
    let law = try #require(set.calibration?.law)
    let own = try #require(set.factors.index(of: .spot(btc)))
    try #require(isClose(law.covariance[own, own], 0.0016, relative: 1e-9))
    var ledger = Ledger()
    ledger.balance(btc, worth: 1e6)
    ledger.balance(eth, worth: -5e5)
    let shares = try attribution(
      of: tail(.valueAtRisk, .whole, of: request), for: ledger.state,
      given: Evidence(sets: [request: set], parallelism: .sequential).inClosedForm()
    ).initial
    #expect(isClose(shares.total, total, relative: 1e-9))
    for (share, component) in zip(shares.amounts, components) {
      #expect(isClose(share, component, relative: 1e-9))
    }
    #expect(abs(shares.sum - shares.total) <= 1e-12 * shares.gross)
    #expect(abs(shares.factorSum - shares.total) <= 1e-12 * shares.gross)
  }

  @Test(
    "under a law with options: rows add up, each share is the derivative of the requirement",
    arguments: ClosedFormMethod.allCases)
  func quadratic(method: ClosedFormMethod) throws {
    guard case .monteCarlo(let drawn) = monteCarloRequest(.gaussian) else { return }
    let request = ScenarioRequest.law(drawn)
    let source = try source(of: try normalHistory(seed: 93), seed: 93, count: 200)
    let given = Evidence(sets: [request: try source.scenarios(for: request)], parallelism: .sequential)
    let market = try MarketSnapshot(asOf: day(0), prices: [btc: 20_000, eth: 1_500, usdt: 1])
    func book(_ scale: Double) throws -> BookState {
      func position(_ name: String, _ quantity: Double, _ price: Double, _ volatility: Double? = nil) throws
        -> Position
      {
        try Position(
          contract: try Contract(name: name), quantity: quantity, entryPrice: price,
          impliedVolatility: volatility)
      }
      return try BookState(
        of: Account(
          id: "law",
          balances: [try Balance(asset: usdt, quantity: 1e5), try Balance(asset: btc, quantity: 3)],
          positions: [
            try position("BTC/USDT:USDT-201225-24000-C", -2 * scale, 500, 0.6),
            try position("BTC/USD:BTC-201225-18000-P", 1, 500, 0.6),
            try position("ETH/USDT:USDT", 20, 1_500),
          ]), in: market)
    }
    let state = try book(1)
    for measure in TailRiskTerm.Measure.allCases {
      let rules = try tail(measure, .whole, of: request, method: method)
      let shares = try attribution(of: rules, for: state, given: given)
      requireSums(shares, try requirement(of: rules, for: state, given: given), "\(measure)")
      #expect(shares.initial.account.isEmpty)
      let up = try requirement(of: rules, for: book(1.001), given: given).initial
      let down = try requirement(of: rules, for: book(0.999), given: given).initial
      #expect(isClose(shares.initial.rows[2].amount, (up - down) / 0.002, relative: 1e-4))
      for reading in [TailReading.eachAsset(.sum), .subsamples(count: 2, .mean)] {
        let rules = try tail(measure, reading, of: request, method: method)
        requireSums(
          try attribution(of: rules, for: state, given: given),
          try requirement(of: rules, for: state, given: given), "\(reading)")
      }
    }
  }

  // Thirty-two sections give an error with 31 degrees of freedom, which leaves 6·10⁻⁷ outside 6.2 of them.
  @Test(
    "shares of draws come to those of the law, in errors from sections",
    arguments: TailRiskTerm.Measure.allCases)
  func drawnShares(measure: TailRiskTerm.Measure) throws {
    let request = monteCarloRequest(.gaussian)
    let source = try source(of: try normalHistory(seed: 98), seed: 98, count: 32_768)
    let given = Evidence(sets: [request: try source.scenarios(for: request)], parallelism: .sequential)
    var ledger = Ledger()
    ledger.balance(btc, worth: 100_000)
    ledger.position(eth, settling: usdt, notional: -60_000)
    ledger.balance(usdt, worth: 50_000)
    let rules = try tail(measure, .whole, of: request)
    func amounts(_ evidence: Evidence) throws -> [Double] {
      try attribution(of: rules, for: ledger.state, given: evidence).initial.amounts
    }
    let whole = try amounts(given)
    let law = try amounts(given.inClosedForm())
    let sections = try given.sections(32).map(amounts)
    for row in law.indices {
      let estimate = try ReplicatedEstimate(
        value: whole[row], replicates: sections.map { $0[row] }, kind: .sections)
      #expect(estimate.standardError > 0)
      #expect(abs(whole[row] - law[row]) <= 6.2 * estimate.standardError)
    }
  }

  @Test("shares grow with the book, a hedge has a negative one, and cash has none")
  func properties() throws {
    var generator = SeededGenerator(seed: 94)
    let given = evidence(randomMoves(&generator, count: 500))
    for measure in TailRiskTerm.Measure.allCases {
      for _ in 0..<10 {
        let state = Ledger.random(&generator, isolated: false).state
        let factor = generator.magnitude(-1, 1)
        let shares = try attribution(of: tail(measure), for: state, given: given).initial
        let scaled = try attribution(of: tail(measure), for: state.scaled(by: factor), given: given).initial
        for (one, other) in zip(shares.amounts, scaled.amounts) {
          #expect(isClose(other, factor * one, relative: 1e-9, absolute: 1e-9 * factor * shares.gross))
        }
      }
      var hedged = Ledger()
      hedged.balance(btc, worth: 100_000)
      hedged.position(btc, settling: usdt, notional: -40_000)
      hedged.balance(.usd, worth: 1e6)
      let shares = try attribution(of: tail(measure), for: hedged.state, given: given).initial
      #expect(shares.rows[0].amount > 0)
      #expect(shares.rows[1].amount < 0)
      #expect(shares.rows[2].amount == 0)
      #expect(isClose(try #require(shares.rows[1].marginal), shares.rows[1].amount / 40_000, relative: 1e-14))
      #expect(shares.assets.map(\.asset) == [btc, .usd])
    }
  }

  @Test(
    "terms of every kind on random books: rows add up to what they demand, nothing is left to the account")
  func everyTerm() throws {
    var generator = SeededGenerator(seed: 95)
    let given = evidence(randomMoves(&generator, count: 300))
    let charges = ChargeTerm.Base.allCases.filter { $0 != .netShortOptions && $0 != .timeDecay }
    var terms: [(String, MarginTerm)] = [
      ("brackets", .rateSum(try smallBrackets())),
      (
        "shared",
        .rateSum(
          RateSum(
            initialRule: .maximumLeverage, tierSize: .asset, settlementFactors: [usdt: 1.1],
            laws: [:], others: try smallBrackets().others))
      ),
      ("loan", .loan(try LoanTerm(initialRate: 0.1, maintenanceRate: 0.05))),
      ("debts", .loan(try LoanTerm(initialRate: 0.1, maintenanceRate: 0.05, debt: .equity))),
      ("haircut", .haircut(HaircutTerm(schedule: try smallSchedule()))),
      ("apart", .haircut(HaircutTerm(schedule: try smallSchedule(.atMarketValue)))),
      ("grid", .scenarioGrid(ScenarioGridTerm(grid: smallGrid))),
      (
        "coins",
        .scenarioGrid(
          ScenarioGridTerm(
            grid: smallGrid, profitUnit: .settlementAsset, gains: [usdt: try GainRule(offset: 0.5)]))
      ),
      ("roll", .rollCharge(try RollCharge(annualRate: 0.1, minimumRate: 0.01))),
      ("tail", tailTerm(.expectedShortfall)),
    ]
    for base in charges {
      terms.append(
        (
          base.rawValue,
          .charge(
            try ChargeTerm(
              base: base, rate: 0.02,
              multiplier: try TierMultiplier([
                .init(upTo: 500, multiplier: 1), .init(upTo: nil, multiplier: 3),
              ])))
        ))
    }
    for base in [ChargeTerm.Base.grossNotional, .netNotional, .largestNetNotional] {
      terms.append(
        (
          "above \(base.rawValue)",
          .charge(try ChargeTerm(base: base, rate: 0.02, reach: .initial, above: 5_000))
        ))
    }
    for spot in RiskUnits.SpotTreatment.allCases {
      let rules = try TermRules(
        terms: [
          NamedTerm(name: "grid", term: .scenarioGrid(ScenarioGridTerm(grid: smallGrid))),
          NamedTerm(name: "delta", term: .charge(try ChargeTerm(base: .netDelta, rate: 0.01))),
        ], initial: CombineExpression(parsing: "max(grid, delta) + 0.5 * delta"), maintenance: .term("grid"))
      terms.append(
        (
          "units \(spot.rawValue)",
          .riskUnits(RiskUnits(spot: spot, groups: [.init(assets: [], rules: rules)]))
        ))
    }
    for _ in 0..<6 {
      let state = Ledger.random(&generator).state
      for (name, term) in terms {
        let rules = try regime([NamedTerm(name: "a", term: term), try freeOfCharge()], initial: "a + free")
        let shares = try attribution(of: rules, for: state, given: given)
        requireSums(shares, try requirement(of: rules, for: state, given: given), "\(name)")
        #expect(shares.initial.account.isEmpty && shares.maintenance.account.isEmpty, "\(name)")
      }
    }
  }

  @Test("rules for options: rows add up to what they demand")
  func optionTerms() throws {
    var generator = SeededGenerator(seed: 96)
    let given = evidence(randomOptionMoves(&generator, count: 200))
    let rates = try OptionRates(upper: 0.15, lower: 0.1, moneyness: .spot, maintenance: 0.05, longCap: 0.1)
    var terms: [(String, MarginTerm)] = [
      ("options", .optionRule(OptionRule(rates: [:], others: rates))),
      ("grid", .scenarioGrid(ScenarioGridTerm(grid: smallGrid))),
      ("coins", .scenarioGrid(ScenarioGridTerm(grid: smallGrid, profitUnit: .settlementAsset))),
    ]
    for base in ChargeTerm.Base.allCases {
      terms.append((base.rawValue, .charge(try ChargeTerm(base: base, rate: 0.02))))
    }
    let word = NamedTerm(name: "word", term: .optionRule(OptionRule(rates: [:], others: rates)))
    for _ in 0..<6 {
      let state = try randomOptionBook(&generator)
      for (name, term) in terms {
        let rules = try regime(
          [NamedTerm(name: "a", term: term), try freeOfCharge(), word], initial: "a + free")
        let shares = try attribution(of: rules, for: state, given: given)
        requireSums(shares, try requirement(of: rules, for: state, given: given), "\(name)")
        #expect(shares.initial.account.isEmpty, "\(name)")
      }
    }
  }

  @Test("open orders share the margin of what they may make of a position, by signed size")
  func orders() throws {
    let market = try MarketSnapshot(asOf: day(0), prices: [btc: 20_000, usdt: 1])
    let contract = try Contract(name: "BTC/USDT:USDT")
    let state = try BookState(
      of: Account(
        id: "orders", balances: [try Balance(asset: usdt, quantity: 10_000)],
        positions: [try Position(contract: contract, quantity: -1, entryPrice: 20_000, leverage: 10)],
        orders: [
          try Order(contract: contract, quantity: 4, price: 19_000, leverage: 10),
          try Order(contract: contract, quantity: -0.5, price: 21_000, leverage: 10),
        ]), in: market)
    let rules = try regime(
      [
        NamedTerm(
          name: "brackets",
          term: .rateSum(
            RateSum(
              initialRule: .chosenLeverage, laws: [:],
              others: try marginalBrackets([Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 50)])))
        )
      ], initial: "brackets")
    let shares = try attribution(of: rules, for: state, given: noEvidence)
    // 76,000 bought less 20,000 sold is 56,000; a tenth of it.
    #expect(isClose(shares.initial.total, 5_600, relative: 1e-12))
    for (row, amount) in [0.0, -2_000, 7_600, 0].enumerated() {
      #expect(isClose(shares.initial.rows[row].amount, amount, relative: 1e-12))
    }
    #expect(shares.maintenance.amounts == [0, shares.maintenance.total, 0, 0])
  }

  @Test("of a maximum or minimum the branch that decides is allocated, and a fixed amount is the account's")
  func branches() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1_000)
    ledger.position(eth, settling: usdt, notional: -3_000)
    let terms = [
      NamedTerm(name: "gross", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1))),
      NamedTerm(name: "largest", term: .charge(try ChargeTerm(base: .largestNetNotional, rate: 0.1))),
    ]
    func shares(_ text: String) throws -> RequirementAttribution {
      try attribution(of: regime(terms, initial: text), for: ledger.state, given: noEvidence).initial
    }
    #expect(try shares("max(gross, 350)").amounts == [100, 300])
    let floored = try shares("max(gross, 500)")
    #expect(floored.amounts == [0, 0])
    #expect(floored.account.map(\.name) == ["fixed"])
    #expect(floored.account.map(\.amount) == [500])
    #expect(try shares("min(gross, largest)").amounts == [0, 300])
    let mixed = try shares("max(2 * gross - largest, gross) + 7")
    #expect(isClose(mixed.amounts[0], 200, relative: 1e-14))
    #expect(isClose(mixed.amounts[1], 300, relative: 1e-14))
    #expect(mixed.sum == mixed.total)
    #expect(try shares("gross - 1000").amounts == [0, 0])
    #expect(try shares("gross - 1000").total == 0)
    let chained = try attribution(
      of: regime(terms, initial: "1.5 * maintenance", maintenance: "gross"), for: ledger.state,
      given: noEvidence)
    #expect(isClose(chained.initial.amounts[1], 450, relative: 1e-14))
  }

  @Test("the difference between two regimes, row by row, is the difference of what they demand")
  func differences() throws {
    var generator = SeededGenerator(seed: 97)
    let given = evidence(randomMoves(&generator, count: 300))
    let brackets = try regime(
      [NamedTerm(name: "brackets", term: .rateSum(try smallBrackets()))], initial: "brackets + 100")
    for _ in 0..<10 {
      let state = Ledger.random(&generator).state
      let left = try attribution(of: brackets, for: state, given: given)
      let right = try attribution(of: tail(.expectedShortfall), for: state, given: given)
      let difference = left.difference(to: right)
      #expect(difference.regime == "test − test")
      let demanded =
        try requirement(of: brackets, for: state, given: given).initial
        - requirement(of: tail(.expectedShortfall), for: state, given: given).initial
      #expect(abs(difference.initial.sum - demanded) <= 1e-12 * (left.initial.gross + right.initial.gross))
      #expect(
        abs(difference.initial.factorSum - demanded)
          <= 1e-11 * (left.initial.factorGross + right.initial.factorGross))
      for row in state.rows.indices {
        #expect(
          difference.initial.rows[row].amount == left.initial.rows[row].amount
            - right.initial.rows[row].amount)
      }
      #expect(difference.initial.account.map(\.amount) == left.initial.account.map(\.amount))
    }
  }

  @Test("what a row adds is the requirement with it less that without it")
  func incremental() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1_000)
    ledger.position(btc, settling: btc, notional: -400)
    ledger.position(eth, settling: usdt, notional: 300)
    let rules = try regime(
      [NamedTerm(name: "a", term: .charge(try ChargeTerm(base: .netNotional, rate: 0.1)))], initial: "2 * a",
      maintenance: "a")
    let margins = try incrementalMargins(of: rules, for: ledger.state, given: noEvidence)
    #expect(margins.map(\.row) == [0, 1, 2])
    for (margin, amount) in zip(margins, [40.0, -80, 60]) {
      #expect(isClose(margin.initial, amount, relative: 1e-12))
      #expect(isClose(margin.maintenance, amount / 2, relative: 1e-12))
    }
    let pools = [MarginPool(name: "one", rows: [0, 2]), MarginPool(name: "two", rows: [1])]
    let apart = try incrementalMargins(of: rules.over(pools: pools), for: ledger.state, given: noEvidence)
    for (margin, amount) in zip(apart, [200.0, 80, 60]) {
      #expect(isClose(margin.initial, amount, relative: 1e-12))
    }
  }

  @Test("what stops a requirement stops its attribution")
  func failures() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1)
    #expect(throws: MarginError.missingEvidence(term: "tail")) {
      try attribution(of: tail(.valueAtRisk), for: ledger.state, given: noEvidence)
    }
    #expect(throws: MarginError.missingEvidence(term: "tail")) {
      try incrementalMargins(of: tail(.valueAtRisk), for: ledger.state, given: noEvidence)
    }
  }
}
