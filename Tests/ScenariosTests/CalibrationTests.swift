import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct CalibrationTests {
  private let assets: [Asset]
  private let history: PriceHistory

  init() throws {
    assets = try ["BTC", "ETH", "SOL", "XRP"].map { try Asset($0) }
    history = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 200)
  }

  private func drawn(_ correlation: SuppliedCorrelation?) throws -> ScenarioSet {
    try source(history, models: ScenarioModels(correlation: correlation))
      .scenarios(for: draws(.gaussian, from: lastMoves(150)))
  }

  private func covariance(_ set: ScenarioSet) throws -> Matrix {
    try #require(set.calibration?.covariance)
  }

  private func spectrum(_ set: ScenarioSet) throws -> CorrelationSpectrum {
    try #require(set.calibration?.spectrum)
  }

  private func law(_ remade: Recalibration) throws -> EllipticalLaw {
    guard case .law(let law) = remade else { throw NotALaw() }
    return law
  }

  private struct NotALaw: Error {}

  private func equicorrelation(_ count: Int, _ value: Double) -> Matrix {
    Matrix(rows: count, columns: count) { $0 == $1 ? 1 : value }
  }

  @Test func suppliedCorrelationsReplaceTheEstimatedOnes() throws {
    let estimated = try covariance(drawn(nil))
    let supplied = SuppliedCorrelation(
      assets: [assets[2], assets[0]], matrix: equicorrelation(2, 0.25), repair: .refuse)
    let set = try drawn(supplied)
    let covariance = try self.covariance(set)
    for row in 0..<4 {
      for column in 0..<4 {
        let isSupplied = row != column && [0, 2].contains(row) && [0, 2].contains(column)
        let expected =
          isSupplied
          ? 0.25 * (estimated[row, row] * estimated[column, column]).squareRoot() : estimated[row, column]
        #expect(isClose(covariance[row, column], expected, relative: 1e-12))
      }
    }
    #expect(try spectrum(set).repairDistance == 0)
  }

  @Test func aMatrixThatIsNotPositiveSemidefiniteIsRefusedWithItsSmallestEigenvalue() throws {
    let supplied = SuppliedCorrelation(
      assets: assets, matrix: equicorrelation(4, -0.6), repair: .refuse)
    let error = try #require(throws: ScenarioError.self) { try drawn(supplied) }
    guard case .correlationNotPositiveSemidefinite(let smallest) = error else {
      Issue.record("\(error)")
      return
    }
    // 1 + (n − 1)·ρ
    #expect(isClose(smallest, -0.8, relative: 1e-13))
  }

  @Test func aMatrixThatIsNotPositiveSemidefiniteIsRepairedOnRequest() throws {
    let supplied = SuppliedCorrelation(
      assets: assets, matrix: equicorrelation(4, -0.6), repair: .nearest)
    let set = try drawn(supplied)
    let spectrum = try self.spectrum(set)
    // By symmetry the nearest is equicorrelated too, on the edge of the cone: −1/3, twelve elements 4/15 away.
    #expect(isClose(spectrum.repairDistance, 12.0.squareRoot() * 4 / 15, relative: 1e-9))
    #expect(abs(spectrum.smallest) < 1e-9)
    let covariance = try self.covariance(set)
    for row in 0..<4 {
      for column in 0..<row {
        let correlation =
          covariance[row, column] / (covariance[row, row] * covariance[column, column]).squareRoot()
        #expect(isClose(correlation, -1.0 / 3, relative: 1e-9))
      }
    }
    #expect(set.moves.isFinite)
  }

  @Test func faultsOfASuppliedMatrixAreNamed() throws {
    let asymmetric = SuppliedCorrelation(
      assets: [assets[0], assets[1]], matrix: Matrix(rows: [[1, 0.2], [0.3, 1]]), repair: .refuse)
    #expect(throws: ScenarioError.covariance(.notSymmetric(row: 1, column: 0))) { try drawn(asymmetric) }
    let stretched = SuppliedCorrelation(
      assets: [assets[0], assets[1]], matrix: Matrix(rows: [[1, 0], [0, 2]]), repair: .refuse)
    #expect(throws: ScenarioError.covariance(.diagonalNotOne(row: 1, value: 2))) { try drawn(stretched) }
  }

  /// An asset that is not there for the whole window is flagged, and the correlations of the others do not know of it.
  @Test func incompleteAssetsDoNotEnterTheCorrelations() throws {
    var gappy = try #require(history.series(of: assets[1])).prices
    gappy[120] = nil
    let series = history.series.map { ($0.asset, $0.asset == assets[1] ? gappy : $0.prices) }
    let request = draws(.gaussian, from: lastMoves(150))
    let set = try source(dailyHistory(series)).scenarios(for: request)
    let without = try source(dailyHistory(series.filter { $0.0 != assets[1] })).scenarios(for: request)
    let covariance = try self.covariance(set)
    let expected = try self.covariance(without)
    let places = [0, 2, 3]
    for (row, left) in places.enumerated() {
      for (column, right) in places.enumerated() {
        #expect(isClose(covariance[left, right], expected[row, column], relative: 1e-13))
      }
      let far = zip(set.moves.row(left), without.moves.row(row)).contains { abs($0 - $1) > 1e-14 }
      #expect(!far)
    }
    #expect(covariance.row(1) == [0, 0, 0, 0])
    #expect(set.moves.row(1).allSatisfy { $0 == 0 })
    #expect(!set.coverage[1].isComplete)
    #expect(set.coverage[1].missing == [70, 71])
    #expect(set.coverage[1].history?.observations == 148)
    #expect(places.allSatisfy { set.coverage[$0].isComplete })
  }

  @Test func theLawCanBeEstimatedAgainFromOtherObservations() throws {
    let calibration = try #require(try drawn(nil).calibration)
    #expect(try law(calibration.remade(fromObservations: Array(0..<150))) == calibration.law)
    let chosen = [3, 3, 149, 17, 3]
    let covariance = try law(calibration.remade(fromObservations: chosen)).covariance
    for row in 0..<4 {
      for column in 0..<4 {
        let sum = chosen.reduce(0) {
          $0 + calibration.observations[row, $1] * calibration.observations[column, $1]
        }
        #expect(isClose(covariance[row, column], sum / 5, relative: 1e-12))
      }
    }
    #expect(throws: ScenarioError.covariance(.tooFewObservations(count: 0, needed: 1))) {
      try calibration.remade(fromObservations: [])
    }
  }

  @Test func standardDeviationsOfLinearBooks() {
    let law = EllipticalLaw(tail: .normal, covariance: Matrix(rows: [[0.04, 0.01], [0.01, 0.09]]))
    let exposures = Matrix(rows: [[100, 0, -1, 3], [0, 10, 0, -2]])
    let deviations = law.standardDeviations(of: exposures)
    // The last: 3²·0.04 − 2·3·2·0.01 + 2²·0.09.
    let expected = [20, 3, 0.2, 0.6.squareRoot()]
    #expect(zip(deviations, expected).allSatisfy { isClose($0, $1, relative: 1e-14) })
  }
}
