import LinearAlgebra
import MarketData
import Statistics

/// The observations of a calibration, weighted so that views hold.
struct ViewPooling: Sendable {
  /// What each observation counts.
  let weights: SampleWeights
  /// How many equally likely observations have the entropy of the weights.
  let effectiveScenarios: Double
  /// The moments of the observations under the weights.
  let pooled: FactorMoments
  /// The moments of the observations under the weights they had.
  private let prior: FactorMoments

  /// Pools views at a strength: each target lies on the way from the figure the observations had.
  ///
  /// A one-sided view that held anyway keeps its target. A variance is about the mean, and a covariance made of the
  /// volatilities, that the weights themselves give: the views are pooled anew about the moments of the last round until
  /// these stand still, as in the recursion of Meucci (2008).
  ///
  /// - Parameters:
  ///   - views: the views.
  ///   - subject: whose observations are weighted.
  ///   - strength: in (0, 1].
  /// - Throws: ``ShockError``.
  init(_ views: [MarketView], of subject: ShockSubject, strength: Double) throws(ShockError) {
    guard subject.observations.columns > 0 else { throw .noObservations }
    let factors = subject.moments.factors
    let weights = subject.weights ?? .equal(count: subject.observations.columns)
    let prior = try FactorMoments(factors: factors, observations: subject.observations, weights: weights)
    var builder = ViewBuilder(observations: subject.observations, weights: weights, prior: prior)
    var pooling: EntropyPooling
    var moments: FactorMoments
    var rounds = 0
    var gap = Double.infinity
    repeat {
      guard rounds < Self.mostRounds else {
        throw .views(.notConverged(largestGap: gap, iterations: rounds))
      }
      rounds += 1
      var scaled: [ScenarioView] = []
      for view in views { scaled.append(try builder.view(view, strength: strength)) }
      do throws(EntropyPoolingError) {
        pooling = try EntropyPooling(prior: weights, views: scaled)
      } catch {
        throw .views(error)
      }
      moments = try FactorMoments(
        factors: factors, observations: subject.observations, weights: pooling.weights)
      gap = views.contains(where: \.isOfSecondOrder) ? builder.distance(to: moments) : 0
      builder.reference = moments
    } while gap > Self.tolerance
    self.weights = pooling.weights
    effectiveScenarios = pooling.effectiveScenarios
    pooled = moments
    self.prior = prior
  }

  /// The largest change of a mean or volatility in a round, in prior volatilities, at which the moments stand still.
  private static let tolerance = 1e-10
  private static let mostRounds = 200

  /// What the views make of a law that was estimated from the observations: its moments change as theirs do.
  ///
  /// σ' = σ·σ_p/σ_q, m' = m + m_p − m_q, and R' = R + R_p − R_q, of which the nearest correlation matrix is taken.
  func change(_ state: inout ShockState) throws(ShockError) {
    let before = state.moments
    for place in before.means.indices {
      state.moments.means[place] += pooled.means[place] - prior.means[place]
      guard prior.volatilities[place] > 0 else { continue }
      state.moments.volatilities[place] *= pooled.volatilities[place] / prior.volatilities[place]
    }
    var asked = before.correlation.matrix
    for row in 0..<asked.rows {
      for column in 0..<row {
        let change = pooled.correlation[row, column] - prior.correlation[row, column]
        asked.setCorrelation(row, column, before.correlation[row, column] + change)
      }
    }
    try state.take(asked)
  }
}

extension MarketView {
  /// Whether the view is stated about moments that the weights change.
  fileprivate var isOfSecondOrder: Bool {
    switch self {
    case .mean, .probability: false
    case .volatility, .correlation: true
    }
  }
}

/// Makes the functions of observations whose means views speak of.
private struct ViewBuilder {
  let observations: Matrix
  let weights: SampleWeights
  let prior: FactorMoments
  /// The moments about which variances and covariances are taken.
  var reference: FactorMoments

  init(observations: Matrix, weights: SampleWeights, prior: FactorMoments) {
    self.observations = observations
    self.weights = weights
    self.prior = prior
    reference = prior
  }

  /// The largest difference of a mean or a volatility to the reference's, in prior volatilities.
  func distance(to moments: FactorMoments) -> Double {
    prior.moving.map { place in
      max(
        abs(moments.means[place] - reference.means[place]),
        abs(moments.volatilities[place] - reference.volatilities[place])) / prior.volatilities[place]
    }.max() ?? 0
  }

  func view(_ view: MarketView, strength: Double) throws(ShockError) -> ScenarioView {
    switch view {
    case .mean(let factor, let relation, let target):
      let place = try place(factor)
      return ScenarioView(
        meanOf: observations.row(place), relation,
        onTheWay(from: prior.means[place], relation, target, strength))
    case .volatility(let factor, let relation, let target):
      try ShockError.require("volatility", target, target >= 0, "a number of at least 0")
      let place = try place(factor)
      let volatility = onTheWay(from: prior.volatilities[place], relation, target, strength)
      return ScenarioView(
        meanOf: deviations(place).map { $0 * $0 }, relation, volatility * volatility)
    case .correlation(let first, let second, let relation, let target):
      try ShockError.require("correlation", target, abs(target) <= 1, "between −1 and 1")
      let (row, column) = (try place(first), try place(second))
      let products = zip(deviations(row), deviations(column)).map { $0 * $1 }
      let correlation = onTheWay(from: prior.correlation[row, column], relation, target, strength)
      return ScenarioView(
        meanOf: products, relation,
        correlation * reference.volatilities[row] * reference.volatilities[column])
    case .probability(let factor, let amount, let relation, let target):
      try ShockError.require("probability", target, target >= 0 && target <= 1, "between 0 and 1")
      try ShockError.require("move", amount, true, "a finite number")
      let happens = observations.row(try place(factor)).map { $0 <= amount ? 1.0 : 0 }
      let prior = WeightedSeries(happens, weights).mean
      return ScenarioView(meanOf: happens, relation, onTheWay(from: prior, relation, target, strength))
    }
  }

  /// The target of a view at a strength, on the way from the figure the observations had.
  private func onTheWay(
    from figure: Double, _ relation: ScenarioView.Relation, _ target: Double, _ strength: Double
  ) -> Double {
    let holds =
      switch relation {
      case .equal: false
      case .atLeast: figure >= target
      case .atMost: figure <= target
      }
    return holds ? target : blended(figure, target, share: strength)
  }

  private func place(_ factor: RiskFactor) throws(ShockError) -> Int {
    guard let place = prior.factors.index(of: factor) else { throw .unknownFactor(factor) }
    guard prior.volatilities[place] > 0 else { throw .doesNotMove(factor) }
    return place
  }

  private func deviations(_ place: Int) -> [Double] {
    observations.row(place).map { $0 - reference.means[place] }
  }
}
