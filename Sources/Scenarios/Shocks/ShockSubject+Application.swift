import LinearAlgebra
import MarketData
import Statistics

extension ShockSubject {
  /// What shocks make of the calibration.
  ///
  /// At strength 0 a shock changes nothing, to the last bit; covariances, means and weights move continuously with the
  /// strength of each.
  ///
  /// - Parameters:
  ///   - shocks: in order; each works on what those before it left.
  ///   - draw: which of the random matrices, counted from 0; the same numbers for every calibration of a study.
  /// - Returns: the law after them.
  /// - Throws: ``ShockError``.
  public func after(_ shocks: [AppliedShock], draw: Int) throws(ShockError) -> ShockedLaw {
    precondition(draw >= 0, "draws are counted from 0")
    var run = ShockRun(self, draw: draw)
    for (place, shock) in shocks.enumerated() { try run.apply(shock, isFirst: place == 0) }
    return run.law
  }
}

/// The laws a shock has made so far, and what it did to the observations and the prices.
private struct ShockRun {
  /// One of the laws and its probability.
  private struct Branch {
    var probability: Double
    var state: ShockState
  }

  private let subject: ShockSubject
  private var base: FactorMoments
  private var branches: [Branch]
  private var weights: SampleWeights?
  private var effectiveScenarios: Double?
  private var spotMoves: [FactorAmount] = []

  init(_ subject: ShockSubject, draw: Int) {
    self.subject = subject
    base = subject.moments
    branches = [Branch(probability: 1, state: ShockState(subject, draw: draw))]
  }

  mutating func apply(_ applied: AppliedShock, isFirst: Bool) throws(ShockError) {
    if case .views = applied.shock.steps.first, !isFirst {
      throw .misplaced(step: 0, rule: "views belong to the first of several shocks")
    }
    guard applied.strength > 0 else { return }
    for step in applied.shock.steps {
      switch step {
      case .views(let views): try pool(views, strength: applied.strength)
      case .spot(let amounts): try move(amounts, strength: applied.strength)
      case .mixture(let probability, let stressed):
        try mix(stressed, probability: applied.strength * probability, stated: probability)
      default:
        for index in branches.indices {
          try branches[index].state.apply(step, strength: applied.strength)
        }
      }
    }
  }

  /// Weighs the observations; a law that is drawn changes its moments as those of the observations change.
  private mutating func pool(_ views: [MarketView], strength: Double) throws(ShockError) {
    let pooling = try ViewPooling(views, of: subject, strength: strength)
    effectiveScenarios = pooling.effectiveScenarios
    if subject.isEmpirical {
      weights = pooling.weights
      base = pooling.pooled
      branches[0].state.moments = pooling.pooled
    } else {
      try pooling.change(&branches[0].state)
    }
  }

  /// Moves prices before anything else happens; moves of one factor compound.
  private mutating func move(_ amounts: [FactorAmount], strength: Double) throws(ShockError) {
    for amount in amounts {
      try ShockError.require("spot move", amount.amount, amount.amount > -1, "above −1")
      guard base.factors.index(of: amount.factor) != nil else { throw .unknownFactor(amount.factor) }
      let move = strength * amount.amount
      if let place = spotMoves.firstIndex(where: { $0.factor == amount.factor }) {
        let both = (1 + spotMoves[place].amount) * (1 + move) - 1
        spotMoves[place] = FactorAmount(factor: amount.factor, amount: both)
      } else {
        spotMoves.append(FactorAmount(factor: amount.factor, amount: move))
      }
    }
  }

  /// Parts every law in a calm and a stressed one: what the steps at full strength make of it.
  ///
  /// The shape of the law is that of both: given moves add no degrees of freedom to the stressed one alone.
  private mutating func mix(
    _ steps: [ShockStep], probability: Double, stated: Double
  ) throws(ShockError) {
    try ShockError.require("probability", stated, stated > 0 && stated <= 1, "above 0 and at most 1")
    var stressed = branches
    for index in branches.indices {
      branches[index].probability *= 1 - probability
      stressed[index].probability *= probability
      for step in steps { try stressed[index].state.apply(step, strength: 1) }
    }
    branches += stressed
  }

  /// The law; laws of no probability are left out, the last is that in which all mixtures are stressed.
  var law: ShockedLaw {
    ShockedLaw(
      base: base,
      components: branches.filter { $0.probability > 0 }.map {
        ShockedLaw.Component(probability: $0.probability, moments: $0.state.moments)
      },
      weights: weights, effectiveScenarios: effectiveScenarios,
      degreesGained: branches[0].state.degreesGained, spotMoves: spotMoves, record: record)
  }

  private var record: CorrelationRecord {
    let state = branches[branches.count - 1].state
    let input = subject.moments.correlation
    let used = state.moments.correlation
    let moving = Set(subject.moments.moving)
    let isMeasured = subject.effectiveObservations > 0 && subject.effectiveObservations.isFinite
    return CorrelationRecord(
      input: input.matrix, asked: state.asked ?? used.matrix, used: used,
      repairDistance: state.repairDistance, distance: (used.matrix - input.matrix).frobeniusNorm,
      plausibility: isMeasured
        ? CorrelationPlausibility(
          of: used, given: input, effectiveObservations: subject.effectiveObservations,
          among: state.movingSpots.filter { moving.contains($0) }) : nil)
  }
}
