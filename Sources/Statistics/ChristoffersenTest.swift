internal import NumericalMethods
internal import RealModule

/// Whether exceedances of a value at risk come one by one rather than in clusters, and as often as its level says.
///
/// With `n_ij` the number of dates in state j after one in state i (1 an exceedance), the test of independence against
/// a first-order Markov chain is `LR_ind = 2·Σ n_ij·log(n_ij·N / (n_i·n_j))`, with 0·log 0 = 0, and the test of
/// conditional coverage adds Kupiec's ratio over all dates: `LR_cc = LR_uc + LR_ind`; asymptotically chi-squared with
/// one and two degrees of freedom. Exceedances are rare, so exact probabilities are given beside them: of independence
/// given the number of exceedances, under which all their arrangements are equally likely, and of conditional coverage
/// under independent exceedances of probability 1 − c. Both are sums over all possible counts of runs.
///
/// Christoffersen: Evaluating interval forecasts (1998). Counts of runs: Mood: The distribution theory of runs (1940).
public struct ChristoffersenTest: Hashable, Sendable {
  /// How often one state followed another.
  public struct Transitions: Hashable, Sendable {
    /// No exceedance after none.
    public let noneAfterNone: Int
    /// An exceedance after none.
    public let exceedanceAfterNone: Int
    /// No exceedance after one.
    public let noneAfterExceedance: Int
    /// An exceedance after one.
    public let exceedanceAfterExceedance: Int
  }

  /// The test of the number of exceedances alone.
  public let unconditional: KupiecTest

  /// How often one state followed another, n − 1 in all.
  public let transitions: Transitions

  /// The likelihood ratio of independence, at least 0.
  public let independenceRatio: Double

  /// The chi-squared probability, one degree of freedom, of a ratio of independence at least as large.
  public let asymptoticIndependencePValue: Double

  /// The share of all arrangements of as many exceedances whose ratio of independence is at least as large.
  public let exactIndependencePValue: Double

  /// The likelihood ratio of conditional coverage, at least 0.
  public let conditionalCoverageRatio: Double

  /// The chi-squared probability, two degrees of freedom, of a ratio of conditional coverage at least as large.
  public let asymptoticConditionalCoveragePValue: Double

  /// The probability, under a value at risk that is right, of a ratio of conditional coverage at least as large.
  public let exactConditionalCoveragePValue: Double

  /// Tests a series of exceedances.
  ///
  /// - Parameters:
  ///   - exceedances: whether each date's loss was beyond its value at risk, in the order of time, at least two.
  ///   - confidence: the level of the value at risk.
  /// - Throws: `StatisticsError.sampleTooSmall` below two dates.
  public init(_ exceedances: [Bool], at confidence: Confidence) throws(StatisticsError) {
    guard exceedances.count >= 2 else { throw .sampleTooSmall(count: exceedances.count, needed: 2) }
    let count = exceedances.count { $0 }
    let law = ExceedanceLaw(exceedances.count, confidence)
    unconditional = try KupiecTest(exceedances: count, observations: exceedances.count, at: confidence)
    transitions = Transitions(of: exceedances)
    independenceRatio = transitions.likelihoodRatio
    conditionalCoverageRatio = unconditional.likelihoodRatio + independenceRatio
    asymptoticIndependencePValue = ChiSquaredDistribution(degreesOfFreedom: 1).survival(independenceRatio)
    asymptoticConditionalCoveragePValue =
      ChiSquaredDistribution(degreesOfFreedom: 2).survival(conditionalCoverageRatio)
    let arrangements = RunArrangements(dates: exceedances.count)
    exactIndependencePValue = arrangements.probability(ofRatio: independenceRatio, exceedances: count)
    exactConditionalCoveragePValue = arrangements.probability(ofRatio: conditionalCoverageRatio, law)
  }
}

extension ChristoffersenTest.Transitions {
  fileprivate init(of exceedances: [Bool]) {
    var counts = [0, 0, 0, 0]
    for (before, now) in zip(exceedances, exceedances.dropFirst()) {
      counts[(before ? 2 : 0) + (now ? 1 : 0)] += 1
    }
    self.init(
      noneAfterNone: counts[0], exceedanceAfterNone: counts[1], noneAfterExceedance: counts[2],
      exceedanceAfterExceedance: counts[3])
  }

  /// `2·Σ n_ij·log(n_ij·N / (n_i·n_j))`, at least 0.
  fileprivate var likelihoodRatio: Double {
    let fromNone = noneAfterNone + exceedanceAfterNone
    let fromExceedance = noneAfterExceedance + exceedanceAfterExceedance
    let toNone = noneAfterNone + noneAfterExceedance
    let toExceedance = exceedanceAfterNone + exceedanceAfterExceedance
    let total = Double(fromNone + fromExceedance)
    func term(_ count: Int, _ row: Int, _ column: Int) -> Double {
      guard count > 0 else { return 0 }
      return Double(count) * .log(Double(count) * total / (Double(row) * Double(column)))
    }
    let sum =
      term(noneAfterNone, fromNone, toNone) + term(exceedanceAfterNone, fromNone, toExceedance)
      + term(noneAfterExceedance, fromExceedance, toNone)
      + term(exceedanceAfterExceedance, fromExceedance, toExceedance)
    return max(0, 2 * sum)
  }
}

/// All arrangements of exceedances among dates, counted by their runs.
private struct RunArrangements {
  private let dates: Int
  private let logFactorials: [Double]

  init(dates: Int) {
    self.dates = dates
    var sum = CompensatedSum()
    logFactorials =
      [0]
      + (1...dates).map { number in
        sum += .log(Double(number))
        return sum.value
      }
  }

  /// The share of the arrangements of a number of exceedances whose ratio of independence is at least this one.
  func probability(ofRatio ratio: Double, exceedances: Int) -> Double {
    let limit = ratio - ExceedanceLaw.rounding * (1 + ratio)
    guard limit > 0 else { return 1 }
    var sum = 0.0
    forEachArrangement(exceedances) { share, transitions in
      if transitions.likelihoodRatio >= limit { sum += share }
    }
    return min(1, sum)
  }

  /// The probability of a ratio of conditional coverage at least this one.
  func probability(ofRatio ratio: Double, _ law: ExceedanceLaw) -> Double {
    let limit = ratio - ExceedanceLaw.rounding * (1 + ratio)
    guard limit > 0 else { return 1 }
    var sum = 0.0
    for count in 0...dates {
      let probability = law.probability(count)
      let rest = limit - law.likelihoodRatio(count)
      if rest <= 0 {
        sum += probability
      } else if probability > 0 {
        forEachArrangement(count) { share, transitions in
          if transitions.likelihoodRatio >= rest { sum += probability * share }
        }
      }
    }
    return min(1, sum)
  }

  /// The possible transitions of a number of exceedances, each with its share of all arrangements.
  private func forEachArrangement(
    _ count: Int, _ body: (_ share: Double, _ transitions: ChristoffersenTest.Transitions) -> Void
  ) {
    let others = dates - count
    let all = logChoose(dates, count)
    for first in [0, 1] {
      for last in [0, 1] {
        // Runs of exceedances and runs of other dates alternate.
        for runs in 0...count {
          let otherRuns = runs + 1 - first - last
          guard
            let ways = logCompositions(count, runs), let otherWays = logCompositions(others, otherRuns),
            runs > 0 || (first == 0 && last == 0)
          else { continue }
          let inside = count - runs
          let transitions = ChristoffersenTest.Transitions(
            noneAfterNone: others - otherRuns, exceedanceAfterNone: runs - first,
            noneAfterExceedance: runs - last, exceedanceAfterExceedance: inside)
          body(.exp(ways + otherWays - all), transitions)
        }
      }
    }
  }

  /// The logarithm of the number of ways to cut `length` dates into `runs` runs; `nil` where there is none.
  private func logCompositions(_ length: Int, _ runs: Int) -> Double? {
    if length == 0 { return runs == 0 ? 0 : nil }
    guard (1...length).contains(runs) else { return nil }
    return logChoose(length - 1, runs - 1)
  }

  private func logChoose(_ from: Int, _ count: Int) -> Double {
    logFactorials[from] - logFactorials[count] - logFactorials[from - count]
  }
}
