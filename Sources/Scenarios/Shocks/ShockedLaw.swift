public import LinearAlgebra
public import MarketData
public import Statistics

/// What one calibration offers a shock.
public struct ShockSubject: Sendable {
  /// The moments of the moves over the horizon before the shock.
  public let moments: FactorMoments
  /// How long a move lasts, in days.
  public let days: Double
  /// The observations behind the calibration, factor × observation, scaled to the horizon.
  public let observations: Matrix
  /// What each observation counts; `nil` where all count the same.
  public let weights: SampleWeights?
  /// Whether the scenarios are the observations themselves, so that views may weigh them.
  public let isEmpirical: Bool
  /// The degrees of freedom of a Student-t law; `nil` for others.
  public let degreesOfFreedom: Double?
  /// How many equally weighted observations the correlations are worth.
  public let effectiveObservations: Double
  /// The correlations of another window, and which factors it covers.
  public let window: @Sendable (LookBack) throws(ShockError) -> WindowCorrelation
  /// The seed of random correlations.
  public let seed: UInt64

  /// Joins the parts.
  public init(
    moments: FactorMoments, days: Double, observations: Matrix, weights: SampleWeights?, isEmpirical: Bool,
    degreesOfFreedom: Double?, effectiveObservations: Double, seed: UInt64,
    window: @escaping @Sendable (LookBack) throws(ShockError) -> WindowCorrelation
  ) {
    self.moments = moments
    self.days = days
    self.observations = observations
    self.weights = weights
    self.isEmpirical = isEmpirical
    self.degreesOfFreedom = degreesOfFreedom
    self.effectiveObservations = effectiveObservations
    self.seed = seed
    self.window = window
  }
}

/// The correlations of a window of history.
public struct WindowCorrelation: Hashable, Sendable {
  /// Factor × factor; a factor that is not covered is uncorrelated.
  public let correlation: CorrelationMatrix
  /// Which factors have all of the window's moves and move in it.
  public let isCovered: [Bool]

  /// Joins both.
  public init(correlation: CorrelationMatrix, isCovered: [Bool]) {
    self.correlation = correlation
    self.isCovered = isCovered
  }
}

/// What a shock makes of one calibration.
public struct ShockedLaw: Sendable {
  /// One of the laws a scenario may be of.
  public struct Component: Hashable, Sendable {
    /// With what probability.
    public let probability: Double
    /// Its moments.
    public let moments: FactorMoments

    /// Joins both.
    public init(probability: Double, moments: FactorMoments) {
      self.probability = probability
      self.moments = moments
    }
  }

  /// The moments the scenarios have before they are recoloured: those of the calibration; of weighted observations those
  /// under their weights.
  public let base: FactorMoments
  /// The laws, the calm one first; one of probability 1 unless the shock mixes.
  public let components: [Component]
  /// What the observations of an empirical set count after views; `nil` where no view changes it.
  public let weights: SampleWeights?
  /// How many equally likely observations the views leave; `nil` without views.
  public let effectiveScenarios: Double?
  /// What is added to the degrees of freedom of a Student-t law of which some moves are given.
  public let degreesGained: Double
  /// Moves of prices that have happened already, as simple moves.
  public let spotMoves: [FactorAmount]
  /// What became of the correlations.
  public let record: CorrelationRecord

  /// Joins the parts.
  public init(
    base: FactorMoments, components: [Component], weights: SampleWeights?, effectiveScenarios: Double?,
    degreesGained: Double, spotMoves: [FactorAmount], record: CorrelationRecord
  ) {
    self.base = base
    self.components = components
    self.weights = weights
    self.effectiveScenarios = effectiveScenarios
    self.degreesGained = degreesGained
    self.spotMoves = spotMoves
    self.record = record
  }
}

/// Correlations before a shock, as it asked for them, and as they are used; with what that took and how plausible it is.
public struct CorrelationRecord: Hashable, Sendable {
  /// Before the shock, factor × factor.
  public let input: Matrix
  /// As the last step that needed a repair asked for them, or as they are used; of a mixture those of the stressed law.
  public let asked: Matrix
  /// As they are used; of a mixture those of the stressed law.
  public let used: CorrelationMatrix
  /// The Frobenius distances of all repairs, added up; zero where none was needed.
  public let repairDistance: Double
  /// The Frobenius distance between what is used and the input.
  public let distance: Double
  /// How far the used correlations are from the input in its sampling errors; `nil` where the input is singular.
  public let plausibility: CorrelationPlausibility?

  /// Joins the parts.
  public init(
    input: Matrix, asked: Matrix, used: CorrelationMatrix, repairDistance: Double, distance: Double,
    plausibility: CorrelationPlausibility?
  ) {
    self.input = input
    self.asked = asked
    self.used = used
    self.repairDistance = repairDistance
    self.distance = distance
    self.plausibility = plausibility
  }
}
