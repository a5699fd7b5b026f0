import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct RandomCorrelationShockTests {
  /// LKJ-VAR: mean 0 and variance 1/(2η + n − 1), with n = 5.
  ///
  /// Over 4,000 draws and ten correlations the mean stays within
  /// 6 standard errors, the variance within 6 of its own (its fourth moment is at most 3 variances squared): a false
  /// alarm below 1e-7.
  @Test("LKJ-VAR", arguments: [1.0, 4])
  func atFullShareTheMatrixIsThatOfTheLaw(shape: Double) throws {
    let factors = try Subjects.spots("BTC", "ETH", "SOL", "XRP", "ADA")
    let subject = try Subjects.make(factors, (0..<5).map { row in (0..<5).map { $0 == row ? 1 : 0.6 } })
    let count = 4_000
    let variance = 1 / (2 * shape + 4)
    var (sums, squares) = ([Double](repeating: 0, count: 10), [Double](repeating: 0, count: 10))
    for draw in 0..<count {
      let used = try subject.correlations(.randomCorrelation(shape: shape, share: 1), draw: draw)
      var place = 0
      for row in 0..<5 {
        for column in 0..<row {
          sums[place] += used[row, column]
          squares[place] += used[row, column] * used[row, column]
          place += 1
        }
      }
    }
    for place in 0..<10 {
      let size = Double(count)
      #expect(abs(sums[place] / size) < 6 * (variance / size).squareRoot())
      #expect(abs(squares[place] / size - variance) < 6 * variance * (2 / size).squareRoot())
    }
  }

  @Test func theSameNumbersServeEveryStrengthAndEveryCalibration() throws {
    let factors = try Subjects.spots("BTC", "ETH", "SOL")
    let first = try Subjects.make(factors, [[1, 0.5, 0.2], [0.5, 1, 0.1], [0.2, 0.1, 1]])
    let second = try Subjects.make(factors, [[1, 0.9, 0.7], [0.9, 1, 0.6], [0.7, 0.6, 1]])
    let step = ShockStep.randomCorrelation(shape: 1, share: 1)
    let drawn = try first.correlations(step, draw: 3)
    #expect(try second.correlations(step, draw: 3) == drawn)
    #expect(try first.correlations(step, draw: 4) != drawn)
    let half = try first.correlations(step, strength: 0.5, draw: 3)
    let mean = (first.moments.correlation.matrix + drawn.matrix).scaled(by: 0.5)
    #expect(half.matrix.maximumAbsoluteDifference(from: mean) < 1e-15)
    let other = try Subjects.make(factors, [[1, 0.5, 0.2], [0.5, 1, 0.1], [0.2, 0.1, 1]], seed: 2)
    #expect(try other.correlations(step, draw: 3) != drawn)
    // Two steps of one shock draw numbers of their own.
    #expect(try first.correlations(step, step, draw: 3) != drawn)
  }

  @Test func aPerturbationKeepsRowsOfLengthOneAndGrowsWithItsSize() throws {
    let factors = try Subjects.spots("BTC", "ETH", "SOL")
    let subject = try Subjects.make(factors, [[1, 0.5, 0.2], [0.5, 1, 0.1], [0.2, 0.1, 1]])
    var distances: [Double] = []
    for deviation in [1e-4, 1e-3, 1e-2, 1e-1] {
      var total = 0.0
      for draw in 0..<50 {
        total += try subject.after(.perturbation(deviation: deviation), draw: draw).record.distance
      }
      distances.append(total / 50)
    }
    for (small, large) in zip(distances, distances.dropFirst()) {
      #expect(large > 8 * small && large < 12 * small)
    }
    // Strength and size are one.
    let half = try subject.correlations(.perturbation(deviation: 0.2), strength: 0.5, draw: 7)
    #expect(half == (try subject.correlations(.perturbation(deviation: 0.1), draw: 7)))
    #expect(
      try subject.correlations(.perturbation(deviation: 0), draw: 7) == subject.moments.correlation)
  }

  @Test func aShockThatDrawsSaysSo() throws {
    #expect(try Shock(name: "a", steps: [.perturbation(deviation: 0.1)]).isRandom)
    #expect(try Shock(name: "a", steps: [.randomCorrelation(shape: 1, share: 1)]).isRandom)
    #expect(
      try Shock(
        name: "a", steps: [.mixture(probability: 0.5, stressed: [.randomCorrelation(shape: 1, share: 1)])]
      ).isRandom)
    #expect(try !Shock(name: "a", steps: [.volatility(multiple: 2, of: [])]).isRandom)
  }

  @Test func numbersOutsideTheirDomainAreRefused() throws {
    let subject = try Subjects.random(1)
    for step in [
      ShockStep.randomCorrelation(shape: 0, share: 1), .randomCorrelation(shape: .nan, share: 1),
      .randomCorrelation(shape: 1, share: 0), .randomCorrelation(shape: 1, share: 2),
      .perturbation(deviation: -1), .perturbation(deviation: .nan),
    ] {
      guard case .outOfDomain = subject.refusal(of: step) else {
        Issue.record("\(step)")
        continue
      }
    }
  }
}
