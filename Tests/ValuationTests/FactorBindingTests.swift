import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import Testing
import Valuation

@Suite struct FactorBindingTests {
  private let study: Study
  private let book: BookState

  init() throws {
    study = try Study()
    let account = Account(
      id: "bound",
      balances: [try Balance(asset: .usd, quantity: 1), try Balance(asset: study.ether, quantity: 1)],
      positions: [
        try Position(contract: Contract(name: "BTC/USDT:USDT"), quantity: 1, entryPrice: 90),
        try Position(contract: Contract(name: "BTC/USD:BTC"), quantity: 1, entryPrice: 90),
        try Position(contract: Contract(name: "SOL/USD:USD"), quantity: 1, entryPrice: 9),
        try Position(
          contract: Contract(name: "BTC/USD:BTC-240927-100-P"), quantity: 1, entryPrice: 9,
          impliedVolatility: 1),
      ])
    let prices = [study.bitcoin: 100.0, study.ether: 10, study.tether: 1, study.solana: 9]
    book = try BookState(of: account, in: MarketSnapshot(asOf: asOf, prices: prices))
  }

  @Test func everyRowFindsItsFactors() throws {
    let binding = try FactorBinding(book.rows, in: study.factors)
    #expect(binding.rows.map(\.spot) == [nil, 1, 0, 0, 2, 0])
    #expect(binding.rows.map(\.settlement) == [nil, 1, 3, 0, nil, 0])
    #expect(binding.rows.map(\.basis) == [nil, nil, 5, 6, nil, 6])
    #expect(binding.rows.map(\.volatility) == [nil, nil, nil, nil, nil, 8])
    #expect(binding.needed == [0, 1, 2, 3, 5, 6, 8])
  }

  @Test func aSpotFactorOutsideTheStudyIsRefused() throws {
    let fewer = FactorSpace(study.factors.factors.filter { $0 != .spot(study.tether) })
    let outside = ValuationError.factorOutsideStudy(.spot(study.tether))
    #expect(throws: outside) { try FactorBinding(book.rows, in: fewer) }
    let set = ScenarioSet(
      factors: fewer, moves: Matrix(rows: fewer.count, columns: 1, repeating: 0), labels: .draws([0]),
      coverage: fewer.factors.map { _ in FactorCoverage(source: .history) })
    #expect(throws: outside) { try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential) }
    #expect(throws: outside) { try book.moved(by: set, scenarios: 0..<1) }
    #expect(throws: outside) { try BookStates(book).moved(by: set, scenario: 0) }
    #expect(throws: outside) { try BookStates(book).exposures(to: fewer, of: [0]) }
  }

  @Test func aFactorThatIsNotCoveredIsRefused() throws {
    let missing = [3, 5, 8]
    for (place, factor) in study.factors.factors.enumerated() {
      let set = ScenarioSet(
        factors: study.factors, moves: Matrix(rows: study.factors.count, columns: 10, repeating: 0.1),
        labels: .draws(Array(0..<10)),
        coverage: study.factors.factors.map {
          FactorCoverage(source: .history, missing: $0 == factor ? missing : [])
        })
      // Circle and the basis of ether are in the study, but not in the book.
      guard ![4, 7].contains(place) else {
        #expect(try book.moved(by: set, scenarios: 0..<10).count == 10)
        continue
      }
      let refusal = ValuationError.factorNotCovered(factor, missing: 3, of: 10)
      #expect(throws: refusal) { try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential) }
      #expect(throws: refusal) { try book.moved(by: set, scenarios: 0..<10) }
      #expect(throws: refusal) { try BookStates(book).moved(by: set, scenario: 1) }
      let binding = try FactorBinding(book.rows, in: study.factors)
      let restricted = set.restricted(toCover: binding.needed)
      #expect(restricted.count == 7)
      #expect(try book.moved(by: restricted, scenarios: 0..<7).count == 7)
    }
  }
}
