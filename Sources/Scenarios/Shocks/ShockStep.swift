public import MarketData
public import Statistics

/// One step of a shock, scaled by the shock's strength s in [0, 1].
public enum ShockStep: Hashable, Sendable {
  /// R becomes (1 − s·share)·R + s·share·T.
  case blend(CorrelationBlend)
  /// Single correlations are changed, and the matrix is made valid again.
  case entries(EntryShock)
  /// The k-th largest eigenvalue is multiplied by 1 + s·(multiple − 1), and the matrix scaled back to unit diagonal.
  case eigenvalue(component: Int, multiple: Double)
  /// R = B·Bᵀ + D: loadings on the first principal components are multiplied, what is a factor's own makes up the rest.
  case loadings(LoadingShock)
  /// The low or high correlations of the Basel rules; s blends element by element.
  case regulatory(CorrelationScenario, repair: ShockRepair)
  /// Some factors are told to move by an amount within the horizon; the law of the others is that given it.
  case conditional(given: [FactorAmount])
  /// Correlations of some factors with all others are multiplied by 1 − s·share: a hedge that decouples.
  case decoupling(of: [RiskFactor], share: Double)
  /// Contracts come loose from their spot price: the correlation of both goes from 1 to a number, at the same volatility.
  case basisDecoupling(factor: RiskFactor, correlation: Double)
  /// A random correlation matrix of the law of Lewandowski, Kurowicka and Joe, blended in by a share.
  case randomCorrelation(shape: Double, share: Double)
  /// The rows of the triangular factor are disturbed by normal numbers of a size and scaled back to length one.
  case perturbation(deviation: Double)
  /// Every scenario is, with probability s·probability, of a stressed law: what the inner steps make of this one.
  case mixture(probability: Double, stressed: [ShockStep])
  /// Views on the observations, which are weighted so that they hold and stay closest to what they counted.
  case views([MarketView])
  /// Volatilities are multiplied by 1 + s·(multiple − 1); of all factors where none is named.
  case volatility(multiple: Double, of: [RiskFactor])
  /// Volatilities over a day go to a number.
  case dailyVolatility(Double, of: [RiskFactor])
  /// The means of moves are shifted by s·amount.
  case drift([FactorAmount])
  /// Prices have moved by s·amount before anything else happens: the book is the one after the move.
  case spot([FactorAmount])

  /// A stablecoin that may lose its peg: with a probability it falls, is volatile, and falls with the market.
  ///
  /// - Parameters:
  ///   - asset: its spot factor.
  ///   - probability: of the de-peg within the horizon; in (0, 1].
  ///   - fall: the mean move in it; in (−1, 0].
  ///   - dailyVolatility: its volatility in it; above 0.
  ///   - correlation: its correlation with every one of `with` in it; in [−1, 1].
  ///   - with: the factors it then moves with.
  /// - Returns: a mixture.
  public static func dePeg(
    _ asset: RiskFactor, probability: Double, fall: Double, dailyVolatility: Double, correlation: Double,
    with: [RiskFactor]
  ) -> ShockStep {
    let stressed: [ShockStep] = [
      .drift([FactorAmount(factor: asset, amount: fall)]),
      .dailyVolatility(dailyVolatility, of: [asset]),
    ]
    let dependence = ShockStep.entries(
      EntryShock(between: [asset], and: with, change: .to(correlation), repair: .nearest))
    return .mixture(probability: probability, stressed: stressed + (with.isEmpty ? [] : [dependence]))
  }
}

/// An amount that belongs to a factor.
public struct FactorAmount: Hashable, Sendable {
  /// The factor.
  public let factor: RiskFactor
  /// The amount: a simple move, unless it is said otherwise.
  public let amount: Double

  /// Joins both.
  ///
  /// - Parameters:
  ///   - factor: the factor.
  ///   - amount: finite.
  public init(factor: RiskFactor, amount: Double) {
    self.factor = factor
    self.amount = amount
  }
}

/// The correlation matrix a blend goes to.
public enum CorrelationTarget: Hashable, Sendable {
  /// All together: every correlation one.
  case allOne
  /// Every correlation zero.
  case identity
  /// Every correlation the same number.
  case equal(Double)
  /// One number within each group, another between groups.
  case blocks([[RiskFactor]], inside: Double, between: Double)
  /// The correlations of another window of history; a factor without all of it keeps its own.
  case window(LookBack)
}

/// A blend of the correlations with a target.
public struct CorrelationBlend: Hashable, Sendable {
  /// The matrix at full share.
  public let target: CorrelationTarget
  /// The weight of the target at strength 1; in (0, 1].
  public let share: Double
  /// The factors whose correlations with one another are blended; empty for all spot prices that move.
  public let among: [RiskFactor]
  /// What is done where the result is no correlation matrix, as when some factors alone are blended.
  public let repair: ShockRepair

  /// Makes a blend.
  ///
  /// - Parameters:
  ///   - target: the matrix at full share.
  ///   - share: the weight of the target at strength 1; in (0, 1].
  ///   - among: the factors whose correlations with one another are blended; empty for all spot prices that move.
  ///   - repair: what is done where the result is no correlation matrix.
  public init(
    target: CorrelationTarget, share: Double = 1, among: [RiskFactor] = [], repair: ShockRepair = .nearest
  ) {
    self.target = target
    self.share = share
    self.among = among
    self.repair = repair
  }
}

/// What becomes of one correlation ρ.
public enum CorrelationChange: Hashable, Sendable {
  /// It goes to a number in [−1, 1].
  case to(Double)
  /// A number is added, within [−1, 1].
  case add(Double)
  /// It is multiplied, within [−1, 1].
  case scale(Double)

  /// The correlation after the change at full strength.
  ///
  /// - Parameter correlation: ρ in [−1, 1].
  /// - Returns: in [−1, 1].
  public func applied(to correlation: Double) -> Double {
    let changed =
      switch self {
      case .to(let number): number
      case .add(let number): correlation + number
      case .scale(let multiple): correlation * multiple
      }
    return min(1, max(-1, changed))
  }
}

/// Correlations that are changed one by one: of a pair, within a block, or between two blocks.
public struct EntryShock: Hashable, Sendable {
  /// The factors on one side.
  public let between: [RiskFactor]
  /// The factors on the other; empty for all pairs within ``between``.
  public let and: [RiskFactor]
  /// What becomes of each.
  public let change: CorrelationChange
  /// What is done where the result is no correlation matrix.
  public let repair: ShockRepair

  /// Makes a shock.
  ///
  /// - Parameters:
  ///   - between: the factors on one side.
  ///   - and: the factors on the other; empty for all pairs within `between`.
  ///   - change: what becomes of each.
  ///   - repair: what is done where the result is no correlation matrix.
  public init(
    between: [RiskFactor], and: [RiskFactor] = [], change: CorrelationChange, repair: ShockRepair
  ) {
    self.between = between
    self.and = and
    self.change = change
    self.repair = repair
  }
}

/// Loadings on the first principal components, multiplied.
public struct LoadingShock: Hashable, Sendable {
  /// How many principal components are common factors; at least 1.
  public let components: Int
  /// The factors whose loadings are multiplied; empty for all that move.
  public let of: [RiskFactor]
  /// The multiple at strength 1, not negative; a loading is cut where a factor would have more than its variance.
  public let multiple: Double

  /// Makes a shock.
  ///
  /// - Parameters:
  ///   - components: how many principal components are common factors; at least 1.
  ///   - of: the factors whose loadings are multiplied; empty for all that move.
  ///   - multiple: the multiple at strength 1; not negative.
  public init(components: Int, of: [RiskFactor], multiple: Double) {
    self.components = components
    self.of = of
    self.multiple = multiple
  }
}

/// What is done to shocked correlations that are no correlation matrix.
public enum ShockRepair: String, Hashable, Sendable, CaseIterable {
  /// They are refused; of a single pair with the interval in which it is feasible.
  case refuse
  /// The nearest correlation matrix in the Frobenius norm.
  case nearest
  /// The nearest in which the correlations that were asked for stay as they are.
  case nearestKeeping
  /// As little as is needed of the way back to the correlations before the step.
  case shrink
}

/// A view on the observations a calibration rests on.
public enum MarketView: Hashable, Sendable {
  /// The mean move of a factor over the horizon.
  case mean(RiskFactor, ScenarioView.Relation, Double)
  /// The standard deviation of a factor.
  case volatility(RiskFactor, ScenarioView.Relation, Double)
  /// The correlation of two factors.
  case correlation(RiskFactor, RiskFactor, ScenarioView.Relation, Double)
  /// The probability of a move of at most an amount.
  case probability(RiskFactor, ofAtMost: Double, ScenarioView.Relation, Double)
}
