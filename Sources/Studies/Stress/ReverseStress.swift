public import Margin
public import MarketData
public import Statistics

/// What a regime does, for which the nearest cause is looked for.
public enum ReverseEvent: String, Hashable, Sendable, CaseIterable {
  /// The account is called.
  case marginCall
  /// The account is liquidated.
  case liquidation
}

/// What is bent until a regime acts.
public enum ReverseQuestion: String, Hashable, Sendable, CaseIterable {
  /// The correlations to which the regime is calibrated, at today's prices.
  case correlation
  /// The prices, at the correlations of today.
  case marketMove
}

/// How an answer was found.
public enum ReverseMethod: String, Hashable, Sendable, CaseIterable {
  /// A projection onto the correlation matrices with one linear constraint: the nearest, for a linear book under an elliptical law.
  case projection
  /// The projections for growing variances of the book, and the first at which the regime acts: the nearest of that family.
  case projectionFamily
  /// The closed form within the brackets and tiers that hold at the answer.
  case piecewiseClosedForm
  /// An iteration towards the nearest point of the boundary.
  case iteration
}

/// The nearest correlations, or the most plausible move, at which one regime acts.
public struct ReverseAnswer: Sendable {
  /// How it was found.
  public let method: ReverseMethod
  /// How many iterations that took.
  public let iterations: Int
  /// Whether the iteration reached its tolerance.
  public let hasConverged: Bool
  /// The correlations between the factors of ``factors``; `nil` for a move.
  public let correlation: CorrelationMatrix?
  /// Those of today; `nil` for a move.
  public let today: CorrelationMatrix?
  /// The simple moves of the factors; `nil` for correlations.
  public let moves: [Double]?
  /// The factors the answer speaks of.
  public let factors: [RiskFactor]
  /// The Frobenius distance to today's correlations, or the Mahalanobis distance of the move under the judge's covariance.
  public let distance: Double
  /// How plausible the answer is: of correlations in the sampling error of the estimate; of a move the probability of a loss
  /// in its direction as far out, under the judge's law.
  public let probability: Double?
  /// Equity as the regime counts it at the answer, by the engine itself, in USD.
  public let equity: Double
  /// The initial margin there, in USD.
  public let initial: Double
  /// The maintenance margin there, in USD.
  public let maintenance: Double
  /// What the regime does there.
  public let status: MarginStatus
  /// What it does a little nearer to today: not yet the event.
  public let statusBefore: MarginStatus

  /// Joins the parts.
  package init(
    method: ReverseMethod, iterations: Int, hasConverged: Bool, correlation: CorrelationMatrix?,
    today: CorrelationMatrix?, moves: [Double]?, factors: [RiskFactor], distance: Double,
    probability: Double?, equity: Double,
    initial: Double, maintenance: Double, status: MarginStatus, statusBefore: MarginStatus
  ) {
    self.method = method
    self.iterations = iterations
    self.hasConverged = hasConverged
    self.correlation = correlation
    self.today = today
    self.moves = moves
    self.factors = factors
    self.distance = distance
    self.probability = probability
    self.equity = equity
    self.initial = initial
    self.maintenance = maintenance
    self.status = status
    self.statusBefore = statusBefore
  }
}

/// The answer for one regime, event and question.
public struct ReverseStress: Sendable {
  /// The answer, or why there is none.
  public enum Outcome: Sendable {
    /// It happens already today.
    case already
    /// The nearest cause.
    case found(ReverseAnswer)
    /// Nothing of this kind brings it about, and why.
    case unreachable(reason: String)
  }

  /// The regime.
  public let regime: String
  /// What it does.
  public let event: ReverseEvent
  /// What is bent.
  public let question: ReverseQuestion
  /// The answer.
  public let outcome: Outcome

  /// Joins the parts.
  package init(regime: String, event: ReverseEvent, question: ReverseQuestion, outcome: Outcome) {
    self.regime = regime
    self.event = event
    self.question = question
    self.outcome = outcome
  }
}
