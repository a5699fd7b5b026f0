import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct FactorMomentsObservationsTests {
  @Test func momentsAreThoseOfTheWeightedSums() throws {
    for number in 0..<10 {
      let subject = try Subjects.random(number)
      let weights = try SampleWeights((0..<60).map { Double($0 % 7) })
      let moments = try FactorMoments(
        factors: subject.moments.factors, observations: subject.observations, weights: weights)
      let w = weights.values
      for row in 0..<7 {
        let x = subject.observations.row(row)
        let mean = zip(w, x).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(isClose(moments.means[row], mean, absolute: 1e-16))
        for column in 0...row {
          let y = subject.observations.row(column)
          let other = zip(w, y).reduce(0) { $0 + $1.0 * $1.1 }
          var covariance = 0.0
          for place in 0..<60 { covariance += w[place] * (x[place] - mean) * (y[place] - other) }
          #expect(isClose(moments.covariance[row, column], covariance, relative: 1e-14, absolute: 1e-17))
        }
      }
    }
  }

  @Test func theDivisorIsTheNumberOfObservations() throws {
    let moments = try FactorMoments(
      factors: FactorSpace(try Subjects.spots("BTC", "ETH")),
      observations: Matrix(rows: [[1, -1], [2, -2]]),
      weights: nil)
    #expect(moments.means == [0, 0] && moments.volatilities == [1, 2])
    #expect(isClose(moments.correlation[0, 1], 1, absolute: 1e-15))
  }

  @Test func aFactorWhoseObservationsAreTheSameDoesNotMove() throws {
    let moments = try FactorMoments(
      factors: FactorSpace(try Subjects.spots("BTC", "ETH", "SOL")),
      observations: Matrix(rows: [[0.1, 0.1, 0.1], [0, 0, 0], [1, 2, 4]]), weights: nil)
    #expect(moments.volatilities[0] == 0 && moments.volatilities[1] == 0 && moments.volatilities[2] > 0)
    #expect(moments.correlation.matrix == .identity(3))
    // Only what counts is looked at.
    let alone = try FactorMoments(
      factors: FactorSpace(try Subjects.spots("BTC")), observations: Matrix(rows: [[0.3, 5]]),
      weights: try SampleWeights([1, 0]))
    #expect(alone.volatilities == [0])
  }

  @Test func fewerObservationsThanFactorsGiveASingularMatrix() throws {
    for number in 0..<20 {
      let subject = try Subjects.random(number)
      let few = Matrix(rows: 7, columns: 3) { subject.observations[$0, $1] }
      let moments = try FactorMoments(factors: subject.moments.factors, observations: few, weights: nil)
      #expect(moments.correlation.smallestEigenvalue < 1e-12)
    }
  }

  @Test func whatIsNoSampleIsRefused() throws {
    let space = FactorSpace(try Subjects.spots("BTC"))
    #expect(throws: ShockError.noObservations) {
      try FactorMoments(
        factors: space, observations: Matrix(rows: 1, columns: 0, repeating: 0), weights: nil)
    }
    #expect(throws: ShockError.covariance(.notFinite(row: 1, column: 0))) {
      try FactorMoments(factors: space, observations: Matrix(rows: [[0, .nan]]), weights: nil)
    }
  }
}
