import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct PairwiseCalibrationTests {
  private let history: PriceHistory

  init() throws {
    // The second asset has a hole, the third starts and the fourth ends in the middle: they share 20 moves.
    let whole = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 201)
    history = try dailyHistory(
      whole.series.enumerated().map { place, series in
        let prices = series.prices.enumerated().map { row, price -> Double? in
          switch place {
          case 1: (60..<70).contains(row) ? nil : price
          case 2: row < 100 ? nil : price
          case 3: row > 120 ? nil : price
          default: price
          }
        }
        return (series.asset, prices)
      })
  }

  private func request(_ leastCommon: Int) -> ScenarioRequest {
    .monteCarlo(
      MonteCarloRequest(
        law: .gaussian, sample: lastMoves(200), estimator: .pairwise(leastCommon: leastCommon)))
  }

  private func series(_ places: [Int]) throws -> [[Double?]] {
    let panel = try history.moves(
      lookBack: .observations(200), asOf: day(200), horizon: .days(1), dustFloor: 0.001)
    return places.map { panel.moves[$0] }
  }

  @Test func factorsWithGapsCountWhereTheyShareEnough() throws {
    let set = try source(history).scenarios(for: request(20))
    let calibration = try #require(set.calibration)
    let expected = try PairwiseCovariance(series([0, 1, 2, 3]), minimumCommonObservations: 20)
    #expect(calibration.covariance == expected.covariance.matrix)
    #expect(set.coverage.allSatisfy { $0.isComplete })
    #expect(set.coverage[2].history?.observations == 100)
    let spectrum = try #require(calibration.spectrum)
    #expect(spectrum.effectiveObservations == 20)
    #expect(spectrum.repairDistance == expected.repairDistance)
    #expect(spectrum.smallest == expected.covariance.correlation.smallestEigenvalue)
    for row in 0..<4 { #expect(set.moves.row(row).contains { $0 != 0 }) }
  }

  /// With 30 common moves asked for, the two that share 20 cannot both count: that with fewer moves of its own leaves.
  @Test func factorsThatShareTooFewLeave() throws {
    let set = try source(history).scenarios(for: request(30))
    let expected = try PairwiseCovariance(series([0, 1, 3]), minimumCommonObservations: 30)
    let covariance = try #require(set.calibration?.covariance)
    for (row, left) in [0, 1, 3].enumerated() {
      for (column, right) in [0, 1, 3].enumerated() {
        #expect(isClose(covariance[left, right], expected.covariance.matrix[row, column], relative: 1e-12))
      }
    }
    #expect(set.coverage.map(\.isComplete) == [true, true, false, true])
    #expect(set.coverage[2].missing == Array(0..<100))
    #expect(set.moves.row(2).allSatisfy { $0 == 0 })
    #expect(try source(history).coverage(of: request(30)) == set.coverage)
  }

  @Test func aSampleShorterThanWhatPairsMustShareIsRefused() throws {
    #expect(throws: ScenarioError.covariance(.tooFewObservations(count: 200, needed: 201))) {
      try source(history).scenarios(for: request(201))
    }
  }

  @Test func resamplesKeepTheFactorsAndTheirGaps() throws {
    let set = try source(history).scenarios(for: request(20))
    let calibration = try #require(set.calibration)
    let chosen = (0..<200).map { ($0 * 37) % 200 }
    guard case .law(let law) = try calibration.remade(fromObservations: chosen) else {
      Issue.record("no law")
      return
    }
    let all = try series([0, 1, 2, 3])
    let expected = try PairwiseCovariance(all.map { one in chosen.map { one[$0] } }).covariance.matrix
    #expect(law.covariance == expected)
    #expect(law.covariance.maximumAbsoluteDifference(from: try #require(calibration.covariance)) < 1e-12)
    // Ten dates on which the third and the fourth are never both there.
    #expect(throws: ScenarioError.covariance(.tooFewObservations(count: 0, needed: 2))) {
      try calibration.remade(fromObservations: Array(0..<10))
    }
  }
}
