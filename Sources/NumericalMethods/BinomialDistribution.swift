internal import RealModule

/// The number of successes in independent trials.
public struct BinomialDistribution: Hashable, Sendable {
  /// The number of trials n ≥ 0.
  public let trials: Int

  /// The probability p of a success, in [0, 1].
  public let probability: Double

  /// The binomial law.
  ///
  /// - Parameters:
  ///   - trials: n ≥ 0.
  ///   - probability: p in [0, 1].
  public init(trials: Int, probability: Double) {
    precondition(trials >= 0, "the number of trials must not be negative")
    precondition(probability >= 0 && probability <= 1, "a probability lies in [0, 1]")
    self.trials = trials
    self.probability = probability
  }

  /// The probability of exactly `successes`, any integer.
  public func density(_ successes: Int) -> Double {
    guard (0...trials).contains(successes) else { return 0 }
    guard probability > 0 else { return successes == 0 ? 1 : 0 }
    guard probability < 1 else { return successes == trials ? 1 : 0 }
    let failures = trials - successes
    if successes == 0 { return .exp(Double(trials) * .log(onePlus: -probability)) }
    if failures == 0 { return .exp(Double(trials) * .log(probability)) }
    return SaddlePointDensity.binomial(
      successes: Double(successes), failures: Double(failures), probability, 1 - probability)
  }

  /// The probabilities of at most and of more than `successes`, any integer.
  public func tails(_ successes: Int) -> TailProbabilities {
    guard successes >= 0 else { return TailProbabilities(lower: 0) }
    guard successes < trials else { return TailProbabilities(upper: 0) }
    return regularisedIncompleteBeta(
      Double(trials - successes), Double(successes) + 1, 1 - probability, complement: probability)
  }

  /// The probability of at most `successes`, any integer.
  public func cumulative(_ successes: Int) -> Double { tails(successes).lower }

  /// The probability of more than `successes`, any integer, without cancellation.
  public func survival(_ successes: Int) -> Double { tails(successes).upper }

  /// The smallest number of successes whose cumulative probability reaches `probability`.
  ///
  /// - Parameter probability: in [0, 1].
  /// - Returns: 0 … trials.
  public func quantile(_ probability: Double) -> Int {
    precondition(probability >= 0 && probability <= 1, "a quantile needs a probability in [0, 1]")
    return smallestIndex(in: 0..<trials) { cumulative($0) >= probability }
  }
}
