import CSV
import Instruments
import LinearAlgebra
import Margin
import MarketData
import Reports
import Scenarios
import Statistics
import Studies
import Testing
import Valuation

@Suite("Error prose")
struct ErrorProseTests {
  /// Every case of every error a study may throw; the compiler holds the prose complete, this its form.
  static func errors() throws -> [StudyError] {
    let bitcoin = try Asset("BTC")
    let time = try Timestamp("2022-11-01")
    let data: [MarketDataError] = [
      .unsortedTimes(index: 3), .invalidPrice(asset: bitcoin, time: time, value: -1),
      .duplicateAsset(bitcoin),
      .tooShort(rows: 1), .noRow(at: time, first: time, last: time),
      .lookBackTooLong(observations: 500, available: 1, asOf: time),
      .periodOutside(from: time, to: time, first: time, asOf: time),
      .horizonNotAMultiple(hours: 25, stepSeconds: 86_400), .unevenSpacing(at: time),
    ]
    let valuation: [ValuationError] = [
      .noPrice(bitcoin, asOf: time), .expired(contract: "BTC/USD:BTC-220101", expiry: time, asOf: time),
      .inverseFaceNotUSD(contract: "BTC/USDT:BTC"),
      .noImpliedVolatility(contract: "BTC/USD:BTC-220101-100-C"),
      .factorOutsideStudy(.basis(bitcoin, .linear)), .factorOutsideStudy(.volatility(bitcoin)),
      .factorOutsideStudy(.spot(bitcoin)), .factorNotCovered(.spot(bitcoin), missing: 1, of: 2),
    ]
    let algebra: [LinearAlgebraError] = [
      .notFinite(row: 0, column: 1), .notSymmetric(asymmetry: 0.1), .notPositiveDefinite(leadingMinor: 2),
      .notPositiveSemidefinite(smallestEigenvalue: -0.1), .negativeVariance(row: 0),
      .covarianceWithoutVariance(row: 0, column: 1), .singular(row: 0), .eigenvaluesNotFound,
    ]
    let covariance: [CovarianceError] =
      algebra.map { .decomposition($0) } + [
        .tooFewObservations(count: 1, needed: 2), .decayOutsideUnitInterval(decay: 1), .overflow,
        .weightCount(count: 1, observations: 2), .invalidWeight(index: 0), .degenerateWeights,
        .notFinite(row: 0, column: 0), .notSquare(rows: 1, columns: 2), .notSymmetric(row: 0, column: 1),
        .diagonalNotOne(row: 0, value: 2), .correlationOutsideRange(row: 0, column: 1, value: 2),
        .notPositiveSemidefinite(smallestEigenvalue: -0.1, tolerance: 1e-15), .keptCorrelationsContradict,
        .varianceOutOfReach(wanted: 2, largest: 1),
      ]
    let (price, basis) = (RiskFactor.spot(bitcoin), RiskFactor.basis(bitcoin, .linear))
    let shocks: [ShockError] = [
      .misplaced(step: 1, rule: "views stand first"), .unknownFactor(basis), .doesNotMove(price),
      .wrongKind(price, needed: "a basis"), .contradictoryMoves([price, basis]),
      .infeasible(price, basis, wanted: 0.7, lower: -0.1458, upper: 0.6858),
      .notPositiveSemidefinite(smallestEigenvalue: -0.1), .cannotBeKept,
      .outOfDomain(field: "share", value: 2, allowed: "at most 1"), .views(.viewsContradict), .noObservations,
      .window(data[0]), .covariance(covariance[0]),
    ]
    let scenarios: [ScenarioError] =
      covariance.map { .covariance($0) } + [
        .correlationNotPositiveSemidefinite(smallestEigenvalue: -0.1), .unknownAsset(bitcoin),
        .degreesOfFreedom(2),
        .tooFewScenarios(10), .marketData(data[0]),
      ]
    let statistics: [StatisticsError] = [
      .confidenceOutOfRange(.nan), .notFinite(index: 0), .resultNotFinite,
      .sampleTooSmall(count: 1, needed: 2),
      .degreesOfFreedomOutOfRange(1), .countOutOfRange(5, allowed: 1...3), .negativeVariance(-1),
    ]
    let margin: [MarginError] = [
      .missingEvidence(term: "tail"), .optionsNotCovered(term: "brackets", row: "BTC-C"),
      .noClosedForm(term: "tail"),
      .expression("a +", offset: 3, problem: "a term is missing"), .unknownTerm("x", known: []),
      .unknownTerm("x", known: ["a", "b"]), .invalidTable(name: "tiers", problem: "a gap"),
      .valuation(valuation[0]), .statistics(statistics[0]), .scenarios(scenarios[0]),
    ]
    let instruments: [InstrumentError] = [
      .invalidSymbol("btc"), .invalidTimestamp("x"), .invalidContractName("x"), .quanto(name: "BTC/USD:ETH"),
      .outOfDomain(field: "entry", value: .infinity, allowed: "a positive finite number"),
    ]
    return data.map { .marketData($0) } + valuation.map { .valuation($0) } + scenarios.map { .scenarios($0) }
      + shocks.map { .shock($0, scenarios: "historical 1 d", strengths: [0.5, 1]) }
      + margin.map { .margin($0) } + statistics.map { .statistics($0) } + instruments.map { .instrument($0) }
      + [
        .swapExceedsBalance(asset: bitcoin, held: 1, wanted: 2),
        .swapExceedsBalance(asset: bitcoin, held: 1, wanted: -2),
        .unknownReference("x", known: ["cross", "var-99"]),
      ]
  }

  @Test("every error is one line of words that shows no Swift and no number that is none")
  func form() throws {
    var sentences: Set<String> = []
    let errors = try Self.errors()
    for error in errors {
      let text = ErrorProse.text(of: error)
      #expect(text.count > 20)
      #expect(!text.hasSuffix("."))
      for word in ["nan", "inf ", "Optional", "(_", "\n", ".spot"] {
        #expect(!text.contains(word), "\(text)")
      }
      sentences.insert(text)
    }
    // The same fault met by three ways reads the same.
    #expect(sentences.count == errors.count - 4)
  }

  @Test("a shock that cannot be: where it stands and what is feasible")
  func shock() throws {
    let error = ShockError.infeasible(
      .spot(try Asset("BTC")), .spot(try Asset("ETH")), wanted: 0.7, lower: -0.1458124577, upper: 0.6858124577
    )
    #expect(
      ErrorProse.text(of: StudyError.shock(error, scenarios: "historical 1 d", strengths: [0.5]))
        == "at a strength of 50.0 %, for historical 1 d: a correlation of 0.7000 between BTC and ETH is impossible beside the "
        + "others: it lies between -0.1458 and 0.6858; stay inside, or ask for a repair (repair: nearest)")
  }

  @Test("what is wrong, and what to do")
  func sentences() throws {
    let solana = try Asset("SOL1")
    #expect(
      ErrorProse.text(
        of: StudyError.margin(.valuation(.factorNotCovered(.spot(solana), missing: 115, of: 500))))
        == "SOL1 has 385 of the 500 observations this regime needs; shorten the look-back, leave the asset out, or name "
        + "a proxy in the study's models")
    #expect(
      ErrorProse.text(of: StatisticsError.confidenceOutOfRange(0.01))
        == "a confidence of 0.01 is not between 0.5 and 1; for a loss exceeded in 1 % of the cases write 0.99"
    )
    #expect(
      ErrorProse.text(
        of: MarketDataError.lookBackTooLong(
          observations: 2_000, available: 1_034, asOf: try Timestamp("2022-11-01")))
        == "a look-back of 2000 observations is longer than the history: at 2022-11-01 there are 1034; shorten the "
        + "look-back or choose a later as-of date")
    #expect(
      ErrorProse.text(of: MarketDataError.horizonNotAMultiple(hours: 1, stepSeconds: 86_400))
        == "a horizon of one hour is not a whole number of the history's steps of one day; use a multiple")
    #expect(
      ErrorProse.text(of: StudyError.swapExceedsBalance(asset: solana, held: 1.5, wanted: 2))
        == "the account holds 1.5 SOL1 and cannot swap 2; swap at most what it holds")
  }

  @Test("a result without bytes says where")
  func reports() {
    #expect(
      ErrorProse.text(of: .csv(file: "tail.csv", .notFinite(column: 3)))
        == "tail.csv cannot be written: the value of column 4 is not finite")
    #expect(
      ErrorProse.text(of: .notFinite(key: "equity"))
        == "the number under 'equity' is not finite, so there is no JSON for it")
  }
}
