import LinearAlgebra
import MarketData
import Statistics

/// One law on its way through the steps of a shock.
struct ShockState: Sendable {
  /// What the shock is applied to.
  let subject: ShockSubject
  /// Which of the random matrices is drawn.
  let draw: Int
  /// The moments so far.
  var moments: FactorMoments
  /// The correlations the last step asked for that needed a repair.
  private(set) var asked: Matrix?
  /// The Frobenius distances of all repairs.
  private(set) var repairDistance = 0.0
  /// What moves that are given add to the degrees of freedom.
  var degreesGained = 0.0
  /// How many steps have drawn a random matrix.
  var randomSteps = 0

  init(_ subject: ShockSubject, draw: Int) {
    self.subject = subject
    self.draw = draw
    moments = subject.moments
  }

  /// The correlations so far.
  var correlations: Matrix { moments.correlation.matrix }

  /// Applies one step that concerns a single law.
  mutating func apply(_ step: ShockStep, strength: Double) throws(ShockError) {
    switch step {
    case .blend(let blend): try apply(blend, strength: strength)
    case .entries(let shock): try apply(shock, strength: strength)
    case .eigenvalue(let component, let multiple):
      try multiplyEigenvalue(component, by: multiple, strength: strength)
    case .loadings(let shock): try apply(shock, strength: strength)
    case .regulatory(let scenario, let repair): try apply(scenario, repair: repair, strength: strength)
    case .conditional(let given): try condition(on: given, strength: strength)
    case .decoupling(let factors, let share): try decouple(factors, share: share, strength: strength)
    case .basisDecoupling(let factor, let correlation):
      try decoupleBasis(factor, correlation: correlation, strength: strength)
    case .randomCorrelation(let shape, let share):
      try blendRandom(shape: shape, share: share, strength: strength)
    case .perturbation(let deviation): try perturb(by: deviation, strength: strength)
    case .volatility(let multiple, let factors):
      try multiplyVolatilities(by: multiple, of: factors, strength: strength)
    case .dailyVolatility(let volatility, let factors):
      try setDailyVolatility(volatility, of: factors, strength: strength)
    case .drift(let amounts): try drift(amounts, strength: strength)
    case .mixture, .views, .spot: preconditionFailure("a step that concerns all laws of a shock")
    }
  }

  /// Takes correlations over, repaired where they are no correlation matrix.
  ///
  /// - Parameters:
  ///   - asked: factor × factor, symmetric with unit diagonal, elements in [−1, 1].
  ///   - pairs: those that were asked for, which a repair may have to keep.
  ///   - repair: what is done where they are no correlation matrix.
  /// - Throws: ``ShockError``.
  mutating func take(
    _ asked: Matrix, keeping pairs: Set<CorrelationPair> = [], repair: ShockRepair = .nearest
  ) throws(ShockError) {
    guard asked != correlations else { return }
    if let correlation = try CorrelationMatrix(withinRounding: asked) {
      moments.correlation = correlation
      return
    }
    let repaired = try repair.applied(to: asked, keeping: pairs, before: moments.correlation)
    moments.correlation = repaired
    note(asked: asked, distance: (repaired.matrix - asked).frobeniusNorm)
  }

  /// Notes a repair.
  mutating func note(asked: Matrix, distance: Double) {
    self.asked = asked
    repairDistance += distance
  }
}

extension ShockState {
  /// The place of a factor of the study.
  func place(of factor: RiskFactor) throws(ShockError) -> Int {
    guard let place = moments.factors.index(of: factor) else { throw .unknownFactor(factor) }
    return place
  }

  /// The places of factors, each once, in the order in which they are named.
  func places(of factors: [RiskFactor]) throws(ShockError) -> [Int] {
    var places: [Int] = []
    for factor in factors {
      let place = try place(of: factor)
      if !places.contains(place) { places.append(place) }
    }
    return places
  }

  /// The place of a factor that moves.
  func movingPlace(of factor: RiskFactor) throws(ShockError) -> Int {
    let place = try place(of: factor)
    guard moments.volatilities[place] > 0 else { throw .doesNotMove(factor) }
    return place
  }

  /// The places of factors whose correlations are shocked, each once.
  ///
  /// Sets of history keep the basis and the volatility of which there is none: such a factor is left out.
  func correlatedPlaces(of factors: [RiskFactor]) throws(ShockError) -> [Int] {
    var places: [Int] = []
    for place in try self.places(of: factors) where !isWithoutHistory(place) {
      places.append(try movingPlace(of: moments.factors.factors[place]))
    }
    return places
  }

  /// Whether a factor is a basis or a volatility that a set of history keeps as it is.
  func isWithoutHistory(_ place: Int) -> Bool {
    subject.isEmpirical && moments.volatilities[place] == 0 && !moments.factors.isSpot(place)
  }

  /// The places of the spot prices that move.
  var movingSpots: [Int] { moments.moving.filter { moments.factors.isSpot($0) } }

  /// The places of the named spot prices, which must move; of all that move where none is named.
  func spotPlaces(of factors: [RiskFactor]) throws(ShockError) -> [Int] {
    guard !factors.isEmpty else { return movingSpots }
    for place in try places(of: factors) where !moments.factors.isSpot(place) {
      throw .wrongKind(moments.factors.factors[place], needed: "a spot price")
    }
    return try correlatedPlaces(of: factors)
  }
}

extension ShockError {
  /// Stops at a number outside its domain; NaN is outside.
  ///
  /// - Parameters:
  ///   - field: what the number is called.
  ///   - value: the number.
  ///   - isAllowed: whether it is in the domain.
  ///   - allowed: the domain in words.
  /// - Throws: ``ShockError/outOfDomain(field:value:allowed:)``.
  static func require(
    _ field: String, _ value: Double, _ isAllowed: Bool, _ allowed: String
  ) throws(ShockError) {
    guard isAllowed, value.isFinite else {
      throw .outOfDomain(field: field, value: value, allowed: allowed)
    }
  }

  /// Stops at a share outside (0, 1].
  static func requireShare(_ share: Double) throws(ShockError) {
    try require("share", share, share > 0 && share <= 1, "above 0 and at most 1")
  }
}
