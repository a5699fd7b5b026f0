import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct DecouplingTests {
  @Test func correlationsWithAllOthersFade() throws {
    for number in 0..<10 {
      let subject = try Subjects.random(number)
      let before = subject.moments.correlation
      let named = try Subjects.spots("BTC", "SOL")
      let used = try subject.correlations(.decoupling(of: named, share: 0.8), strength: 0.5)
      for row in 0..<7 {
        for column in 0..<row {
          let isBetween = [0, 2].contains(row) != [0, 2].contains(column)
          #expect(
            isClose(used[row, column], (isBetween ? 1 - 0.4 : 1) * before[row, column], absolute: 1e-14))
        }
      }
    }
    let loose = try Subjects.random(3).correlations(
      .decoupling(of: try Subjects.spots("BTC"), share: 1))
    #expect((1..<7).allSatisfy { loose[0, $0] == 0 })
  }

  /// The moves themselves: b' = b ± s·((ρ − 1)·x + √(1 − ρ²)·σ·z), as a linear map of eight variables.
  @Test(arguments: [SettlementStyle.linear, .inverse], [0.3, 1])
  func aBasisHasTheCovariancesOfItsMoves(style: SettlementStyle, strength: Double) throws {
    for number in 0..<10 {
      let subject = try Subjects.random(number)
      let factor = RiskFactor.basis(try Subjects.asset("BTC"), style)
      let place = try #require(subject.moments.factors.index(of: factor))
      let correlation = -0.5 + 0.15 * Double(number)
      let law = try subject.after(
        .basisDecoupling(factor: factor, correlation: correlation), strength: strength)
      let sigma = subject.moments.covariance
      let size = subject.moments.volatilities[0]
      let wide = Matrix(rows: 8, columns: 8) { row, column in
        row < 7 && column < 7 ? sigma[row, column] : row == column ? 1 : 0
      }
      let sign = style == .linear ? strength : -strength
      let map = Matrix(rows: 7, columns: 8) { row, column in
        var element = row == column ? 1.0 : 0
        if row == place, column == 0 { element += sign * (correlation - 1) }
        if row == place, column == 7 { element += sign * (1 - correlation * correlation).squareRoot() * size }
        return element
      }
      let plain = multiply(map, multiply(wide, map.transposed()))
      #expect(law.components[0].moments.covariance.maximumAbsoluteDifference(from: plain) < 1e-15)
      #expect(law.components[0].moments.means == subject.moments.means)
    }
  }

  @Test func aContractWhoseBasisStoodHasTheVolatilityOfItsSpotAndTheCorrelation() throws {
    let basis = RiskFactor.basis(try Subjects.asset("BTC"), .linear)
    for correlation in [-1, -0.2, 0, 0.7, 1] {
      let subject = try Subjects.make(
        [try Subjects.spot("BTC"), basis], [[1, 0], [0, 1]], volatilities: [0.05, 0])
      let moments = try subject.after(.basisDecoupling(factor: basis, correlation: correlation))
        .components[0].moments
      let sigma = moments.covariance
      let variance = sigma[0, 0] + 2 * sigma[0, 1] + sigma[1, 1]
      #expect(isClose(variance.squareRoot(), 0.05, relative: 1e-14))
      #expect(isClose((sigma[0, 0] + sigma[0, 1]) / (0.05 * 0.05), correlation, absolute: 1e-14))
    }
  }

  @Test func aSetOfHistoryGetsWhatNeedsNoIndependentNumber() throws {
    let basis = RiskFactor.basis(try Subjects.asset("BTC"), .linear)
    let subject = try Subjects.make(
      [try Subjects.spot("BTC"), basis], [[1, 0], [0, 1]], volatilities: [0.05, 0], isEmpirical: true)
    let moments = try subject.after(.basisDecoupling(factor: basis, correlation: 0.6), strength: 0.5)
      .components[0].moments
    #expect(isClose(moments.volatilities[1], 0.5 * 0.4 * 0.05, relative: 1e-14))
    #expect(isClose(moments.correlation[0, 1], -1, absolute: 1e-14))
  }

  @Test func otherFactorsAreRefused() throws {
    let subject = try Subjects.random(1)
    let btc = try Subjects.spot("BTC")
    #expect(
      subject.refusal(of: .basisDecoupling(factor: btc, correlation: 0.5))
        == .wrongKind(btc, needed: "a basis"))
    let basis = RiskFactor.basis(try Subjects.asset("BTC"), .linear)
    guard case .outOfDomain = subject.refusal(of: .basisDecoupling(factor: basis, correlation: 1.5)) else {
      Issue.record("a correlation of 1.5")
      return
    }
    guard case .outOfDomain = subject.refusal(of: .decoupling(of: [btc], share: 0)) else {
      Issue.record("a share of 0")
      return
    }
    let still = try Subjects.make([btc, basis], [[1, 0], [0, 1]], volatilities: [0, 0.01])
    #expect(still.refusal(of: .basisDecoupling(factor: basis, correlation: 0.5)) == .doesNotMove(btc))
  }
}
