public import Scenarios

/// A shock and the strengths at which it is applied.
public struct StressAxis: Hashable, Sendable {
  /// The shock.
  public let shock: Shock
  /// Ascending, each within [0, 1].
  public let strengths: [Double]

  /// Makes an axis.
  ///
  /// - Parameters:
  ///   - shock: the shock.
  ///   - strengths: ascending, each within [0, 1]; at least one.
  public init(shock: Shock, strengths: [Double]) {
    precondition(
      !strengths.isEmpty && strengths.allSatisfy { $0 >= 0 && $0 <= 1 }
        && zip(strengths, strengths.dropFirst()).allSatisfy(<), "strengths ascend within [0, 1]")
    self.shock = shock
    self.strengths = strengths
  }

  /// Equally spaced strengths from 0 to 1.
  ///
  /// - Parameters:
  ///   - shock: the shock.
  ///   - points: how many; at least 2.
  public init(shock: Shock, points: Int) {
    precondition(points >= 2, "\(points) points")
    self.init(shock: shock, strengths: (0..<points).map { Double($0) / Double(points - 1) })
  }
}

/// What a stress study does.
public struct StressPlan: Hashable, Sendable {
  /// One axis for a curve, two for a surface; the shock of the second is applied after that of the first.
  public var axes: [StressAxis]
  /// How many random matrices are drawn at every point; 1 unless a shock is random.
  public var draws: Int
  /// The probability of a loss beyond the posted margin, and of a call, above which a regime counts as broken.
  public var target: Double
  /// Whether the nearest correlations and the most plausible moves at which each regime acts are looked for.
  public var isReversed: Bool

  /// Makes a plan.
  ///
  /// - Parameters:
  ///   - axes: one or two; none where only the reverse question is asked.
  ///   - draws: how many random matrices are drawn at every point; at least 1.
  ///   - target: the probability above which a regime counts as broken; in (0, 1).
  ///   - isReversed: whether the reverse question is asked.
  public init(axes: [StressAxis], draws: Int = 1, target: Double = 0.01, isReversed: Bool = false) {
    precondition(axes.count <= 2 && draws >= 1 && target > 0 && target < 1, "a stress plan")
    self.axes = axes
    self.draws = draws
    self.target = target
    self.isReversed = isReversed
  }
}

/// One account under several regimes, with the dependence of the market bent.
public struct StressStudy: Sendable {
  /// The account, the regimes, the market and the settings.
  public var study: ComparisonStudy
  /// What is done.
  public var plan: StressPlan

  /// Makes a study.
  ///
  /// - Parameters:
  ///   - study: the account, the regimes, the market and the settings.
  ///   - plan: what is done.
  public init(_ study: ComparisonStudy, plan: StressPlan) {
    self.study = study
    self.plan = plan
  }
}
