import LinearAlgebra
import MarketData
import Parallel
import Statistics

/// A law fitted to a window and the numbers drawn for it, ready for other moments.
struct DrawnScenarios: Sendable {
  /// The scenarios before any shock.
  let set: ScenarioSet
  /// The moments of the law, under the dependence that was asked for.
  let moments: FactorMoments
  private let fitted: FittedLaw
  /// With its numbers; `nil` for a law without draws.
  private let plan: DrawPlan?
  private let base: RecolouringBase
  /// The whitened colours of the plan; empty where correlations cannot change.
  private let whitened: Matrix

  /// Prepares a law.
  ///
  /// - Parameters:
  ///   - fitted: the law.
  ///   - plan: how it is drawn, with its numbers kept; `nil` for a law without draws.
  ///   - set: the scenarios before any shock.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  init(_ fitted: FittedLaw, plan: DrawPlan?, set: ScenarioSet) throws(ScenarioError) {
    self.fitted = fitted
    self.plan = plan
    self.set = set
    moments = try fitted.moments
    base = try RecolouringBase(moments)
    guard let plan, fitted.estimator.request.dependence == .estimated else {
      whitened = Matrix(rows: 0, columns: 0, repeating: 0)
      return
    }
    whitened = try plan.colouring.whitened(by: base)
  }

  /// What this offers a shock.
  func subject(
    seed: UInt64, window: @escaping @Sendable (LookBack) throws(ShockError) -> WindowCorrelation
  ) throws(ScenarioError) -> ShockSubject {
    let estimator = fitted.estimator
    return ShockSubject(
      moments: moments, days: estimator.request.sample.horizon.days,
      observations: estimator.observations.moves.scaled(by: estimator.sample.moveScale),
      weights: estimator.request.estimator.weights(count: estimator.observations.moves.columns),
      isEmpirical: false, degreesOfFreedom: try estimator.request.closedFormTail?.degreesOfFreedom,
      effectiveObservations: fitted.estimate.spectrum.effectiveObservations, seed: seed, window: window)
  }

  /// A shocked law without what it did to a dependence that was asked for.
  func underItsDependence(_ law: ShockedLaw) throws(ScenarioError) -> ShockedLaw {
    let dependence = fitted.estimator.request.dependence
    guard dependence != .estimated else { return law }
    var components: [ShockedLaw.Component] = []
    for component in law.components {
      var moments = component.moments
      // One that a shock has stilled keeps its correlations, so that those of the others are the same.
      let moving = Set(moments.moving).union(base.moving).sorted()
      moments.correlation = try dependence.applied(
        to: moments.correlation, moving: moving, of: moments.factors)
      components.append(ShockedLaw.Component(probability: component.probability, moments: moments))
    }
    let used = components.last?.moments.correlation ?? moments.correlation
    let record = CorrelationRecord(
      input: law.record.input, asked: used.matrix, used: used, repairDistance: 0,
      distance: (used.matrix - law.record.input).frobeniusNorm, plausibility: nil)
    return ShockedLaw(
      base: law.base, components: components, weights: law.weights,
      effectiveScenarios: law.effectiveScenarios, degreesGained: law.degreesGained, spotMoves: law.spotMoves,
      record: record)
  }

  /// The scenarios of a shocked law.
  ///
  /// - Parameters:
  ///   - law: with the dependence that was asked for.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ScenarioError``.
  /// - Returns: the set with its calibration.
  func scenarios(of law: ShockedLaw, _ parallelism: Parallelism) throws(ScenarioError) -> ScenarioSet {
    try fitted.estimator.responses.requireRest(of: law.components)
    var maps: [Recolouring] = []
    for component in law.components { maps.append(try Recolouring(from: base, to: component.moments)) }
    if maps.count == 1, maps[0].isIdentity, law.degreesGained == 0 { return set }
    let calibration = try calibration(of: law)
    guard let plan else {
      guard calibration.law != nil else {
        throw .noClosedForm("\(fitted.estimator.request.lawName) after a shock")
      }
      return fitted.set(set.moves, calibration, coverage(maps))
    }
    let mixing = plan.mixing.gaining(law.degreesGained)
    let moves = maps.map { self.plan(plan, $0, mixing).moves(parallelism) }
    return fitted.set(
      moves.count == 1 ? moves[0] : mixture(of: moves, law, plan.base), calibration, coverage(maps),
      replicates: plan.base.replicates)
  }

  private func coverage(_ maps: [Recolouring]) -> [FactorCoverage] {
    fitted.coverage.beginning(Set(maps.flatMap(\.begun)))
  }

  private func plan(_ plan: DrawPlan, _ map: Recolouring, _ mixing: DrawPlan.Mixing) -> DrawPlan {
    let law =
      if case .copula(let copula) = plan.law {
        DrawPlan.Law.copula(copula.scaled(by: map.volatilityRatios))
      } else {
        plan.law
      }
    return plan.changed(
      colouring: map.recoloured(plan.colouring, whitened: whitened), mixing: mixing, law: law,
      offsets: map.offsets)
  }

  /// Every scenario of the law that its number names.
  private func mixture(of moves: [Matrix], _ law: ShockedLaw, _ draws: BaseDraws) -> Matrix {
    let chosen = draws.components(law.components.map(\.probability))
    var mixed = moves[0]
    for row in 0..<mixed.rows {
      mixed.withMutableRow(row) { target in
        for (place, one) in moves.enumerated().dropFirst() {
          one.withRow(row) { source in
            for index in target.indices where chosen[index] == place { target[index] = source[index] }
          }
        }
      }
    }
    return mixed
  }

  // MARK: Calibration

  /// The calibration after a shock.
  private func calibration(of law: ShockedLaw) throws(ScenarioError) -> Calibration {
    let tail = try tail(gaining: law.degreesGained)
    let estimator = fitted.estimator
    let covariance = law.components.mixedCovariance {
      estimator.covariance(of: $0.covariance, tail: tail)
    }
    let hasClosedForm = law.components.count == 1 && law.components[0].moments.means.allSatisfy { $0 == 0 }
    let correlation = law.components[law.components.count - 1].moments.correlation
    let spectrum = CorrelationSpectrum(
      smallest: correlation.smallestEigenvalue, largest: correlation.largestEigenvalue,
      repairDistance: law.record.repairDistance,
      effectiveObservations: fitted.estimate.spectrum.effectiveObservations)
    return fitted.calibration.shocked(
      covariance: covariance, spectrum: spectrum,
      law: hasClosedForm ? tail.map { EllipticalLaw(tail: $0, covariance: covariance) } : nil)
  }

  /// The shape of the law in closed form, with more degrees of freedom; `nil` where it has none.
  private func tail(gaining gained: Double) throws(ScenarioError) -> EllipticalTail? {
    let tail = try fitted.estimator.request.closedFormTail
    guard gained > 0, let degrees = tail?.degreesOfFreedom else { return tail }
    guard let gaining = try? EllipticalTail.studentT(degreesOfFreedom: degrees + gained) else {
      throw .degreesOfFreedom(degrees + gained)
    }
    return gaining
  }
}

extension FittedLaw {
  /// The moments of the law: of a copula the means of the sample, of other laws none.
  fileprivate var moments: FactorMoments {
    get throws(ScenarioError) {
      let factors = estimator.factors
      let volatilities = estimate.normalCovariance.diagonal.map { $0.squareRoot() }
      var means = [Double](repeating: 0, count: factors.count)
      if let copula = estimate.copula {
        for (place, series) in estimator.observations.series.enumerated() where copula.margins[place] != nil {
          let moves = series.compactMap { $0 }
          means[place] = copula.moveScales[place] * moves.reduce(0, +) / Double(moves.count)
        }
      }
      let moving = volatilities.indices.filter { volatilities[$0] > 0 }
      return FactorMoments(
        factors: factors, means: means, volatilities: volatilities,
        correlation: try estimator.request.dependence.applied(
          to: estimate.correlation, moving: moving, of: factors))
    }
  }
}

extension [ShockedLaw.Component] {
  /// The covariance of a mixture: Σ p·(Σ_k + (m_k − m)·(m_k − m)ᵀ).
  fileprivate func mixedCovariance(_ covariance: (FactorMoments) -> Matrix) -> Matrix {
    guard count > 1 else { return covariance(self[0].moments) }
    let rows = self[0].moments.factors.count
    let mean = (0..<rows).map { row in reduce(0) { $0 + $1.probability * $1.moments.means[row] } }
    var mixed = Matrix(rows: rows, columns: rows, repeating: 0)
    for component in self {
      let own = covariance(component.moments)
      let away = zip(component.moments.means, mean).map { $0 - $1 }
      let share = component.probability
      mixed = mixed + Matrix(rows: rows, columns: rows) { share * (own[$0, $1] + away[$0] * away[$1]) }
    }
    return mixed
  }
}

extension DrawPlan.Mixing {
  /// The mixing variable with more degrees of freedom: of Sobol points the same dimension, otherwise numbers of its own.
  fileprivate func gaining(_ gained: Double) -> DrawPlan.Mixing {
    guard gained > 0 else { return self }
    switch self {
    case .none: return .none
    case .keyed(let degrees): return .keyed(degreesOfFreedom: degrees + gained)
    case .dimension(_, let coordinate, let degrees):
      return .dimension(
        MixingScaleMap(degreesOfFreedom: degrees + gained), coordinate, degreesOfFreedom: degrees + gained)
    }
  }
}

extension CovarianceEstimator {
  /// What each observation counts; `nil` where all count the same.
  fileprivate func weights(count: Int) -> SampleWeights? {
    guard case .exponentiallyWeighted(let decay, _) = self else { return nil }
    return try? SampleWeights.ageWeighted(count: count, decay: decay)
  }
}
