import LinearAlgebra
import MarketData
public import Parallel
public import Statistics

/// The scenarios of one request, ready to be recoloured: what they rest on is estimated once, and their random numbers are
/// kept.
public struct StressableScenarios: Sendable {
  /// How scenarios follow a law.
  enum Source: Sendable {
    /// They do not.
    case fixed
    /// Draws take other colours; a law without draws is another law.
    case drawn(DrawnScenarios)
    /// Moves of history, or paths made of them, are mapped.
    case observed(ObservedScenarios)
  }

  /// What was asked for.
  public let request: ScenarioRequest
  /// The scenarios before any shock.
  public let set: ScenarioSet
  /// What a shock is applied to; `nil` for grids and for moves that really followed, which no shock of a law changes.
  ///
  /// The moments are those of the moves of a set of history, over the factors it covers; of drawn sets those of the law.
  /// With jumps the correlations are those of the normal moves; under a copula the volatilities are the calibration's, and what
  /// they are multiplied by widens each margin about its mean. Implied volatilities do not move by themselves: they answer
  /// prices, again after a shock.
  public let subject: ShockSubject?
  let source: Source
}

/// The scenarios of one request after a shock.
public struct StressedScenarios: Sendable {
  /// The scenarios.
  public let set: ScenarioSet
  /// What the shock made of the law; `nil` where it has no bearing.
  public let law: ShockedLaw?
}

extension StressableScenarios {
  /// The scenarios after shocks: x′ = m′ + A·(x − m), with A the symmetric map from the base moments to the shocked ones.
  ///
  /// Drawn sets keep their random numbers, and take the colours A makes of theirs; a factor that begins to move takes a
  /// number of its own. Moves of history are mapped themselves, and what such a factor does beside the others is left out: a
  /// draw would not be history. Views weigh the moves of history. Of a mixture history has every move once under each law,
  /// weighted by its probability; a draw is of the stressed law where a number of its own is below the probability, the same
  /// one in all sets of a stream. A dependence that was asked for is kept: volatilities and means alone are shocked. Moves that
  /// have happened already are for the caller to apply. Where nothing changes the set is the one before, to the last bit.
  ///
  /// - Parameters:
  ///   - shocks: in order.
  ///   - draw: which of the random matrices, counted from 0.
  ///   - parallelism: how many blocks may be at work at once; changes no bit.
  /// - Throws: ``ScenarioError/shock(_:)``, ``ScenarioError/covariance(_:)``, and ``ScenarioError/noClosedForm(_:)`` for a law
  ///   without draws that a shock leaves without a closed form.
  /// - Returns: the scenarios, and what the shocks made of the law.
  public func stressed(
    by shocks: [AppliedShock], draw: Int, parallelism: Parallelism
  ) throws(ScenarioError) -> StressedScenarios {
    guard let subject else { return StressedScenarios(set: set, law: nil) }
    let law: ShockedLaw
    do throws(ShockError) {
      law = try subject.after(shocks, draw: draw)
    } catch {
      throw .shock(error)
    }
    return try stressed(as: law, parallelism)
  }

  /// The scenarios of a law that shocks have made of the subject's.
  ///
  /// - Parameters:
  ///   - law: what shocks made of ``subject``.
  ///   - parallelism: how many blocks may be at work at once; changes no bit.
  /// - Throws: ``ScenarioError``.
  /// - Returns: the scenarios, and the law they are of.
  package func stressed(
    as law: ShockedLaw, _ parallelism: Parallelism
  ) throws(ScenarioError) -> StressedScenarios {
    switch source {
    case .fixed: return StressedScenarios(set: set, law: nil)
    case .drawn(let drawn):
      let law = try drawn.underItsDependence(law)
      return StressedScenarios(set: try drawn.scenarios(of: law, parallelism), law: law)
    case .observed(let observed):
      return StressedScenarios(set: try observed.scenarios(of: law, parallelism), law: law)
    }
  }

  /// The scenarios with other correlations, and the volatilities and means they have.
  ///
  /// - Parameters:
  ///   - correlation: of all factors, factor × factor.
  ///   - parallelism: how many blocks may be at work at once; changes no bit.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  /// - Returns: the scenarios; those of before where correlations have no bearing.
  public func recoloured(
    to correlation: CorrelationMatrix, parallelism: Parallelism
  ) throws(ScenarioError) -> ScenarioSet {
    guard let subject else { return set }
    let base = subject.moments
    let moments = FactorMoments(
      factors: base.factors, means: base.means, volatilities: base.volatilities, correlation: correlation)
    let record = CorrelationRecord(
      input: base.correlation.matrix, asked: correlation.matrix, used: correlation, repairDistance: 0,
      distance: (correlation.matrix - base.correlation.matrix).frobeniusNorm, plausibility: nil)
    let law = ShockedLaw(
      base: base, components: [ShockedLaw.Component(probability: 1, moments: moments)], weights: nil,
      effectiveScenarios: nil, degreesGained: 0, spotMoves: [], record: record)
    return try stressed(as: law, parallelism).set
  }
}

extension [FactorCoverage] {
  /// The coverage of factors of which some begin to move.
  func beginning(_ places: some Sequence<Int>) -> [FactorCoverage] {
    var coverage = self
    for place in places {
      coverage[place] = FactorCoverage(
        source: .model("shock"), missing: coverage[place].missing, history: coverage[place].history)
    }
    return coverage
  }
}

extension VolatilityResponses {
  /// Stops at a shock of an implied volatility: it answers its price and has no law of its own.
  func requireRest(of laws: [ShockedLaw.Component]) throws(ScenarioError) {
    for law in laws {
      for response in responses {
        let place = response.volatility
        guard law.moments.volatilities[place] == 0, law.moments.means[place] == 0 else {
          throw .shock(.doesNotMove(law.moments.factors.factors[place]))
        }
      }
    }
  }
}
