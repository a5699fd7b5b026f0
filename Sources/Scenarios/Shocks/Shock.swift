/// What is done to the dependence, the volatilities and the prices of a market: steps, one after the other.
///
/// A shock has a strength: at 0 it changes nothing, at 1 it is what its file says, and every step moves continuously in
/// between. It is applied to each calibration of a study on its own, since regimes look at windows of their own.
public struct Shock: Hashable, Sendable {
  /// The shock's name.
  public let name: String
  /// What it is for, in a sentence.
  public let purpose: String
  /// The steps, in order.
  public let steps: [ShockStep]

  /// Makes a shock.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - purpose: what it is for.
  ///   - steps: in order; views stand first and alone act on weights, a mixture stands last.
  /// - Throws: ``ShockError/misplaced(step:rule:)``.
  public init(name: String, purpose: String = "", steps: [ShockStep]) throws(ShockError) {
    for (place, step) in steps.enumerated() {
      if case .views = step, place > 0 {
        throw .misplaced(
          step: place, rule: "views stand first: they weigh the observations all else is computed from")
      }
      guard case .mixture(_, let stressed) = step else { continue }
      guard place + 1 == steps.count else {
        throw .misplaced(
          step: place, rule: "a mixture stands last: what it mixes in is what its own steps say")
      }
      guard stressed.allSatisfy(\.concernsOneLaw) else {
        throw .misplaced(
          step: place,
          rule: "a mixture holds neither another, nor views, nor moves of prices before the scenarios")
      }
    }
    self.name = name
    self.purpose = purpose
    self.steps = steps
  }

  /// Whether a step draws a random correlation matrix, so that the shock gives a distribution and not one number.
  public var isRandom: Bool { steps.contains(where: \.isRandom) }
}

extension ShockStep {
  /// Whether the step draws a random correlation matrix, or mixes one in.
  fileprivate var isRandom: Bool {
    switch self {
    case .randomCorrelation, .perturbation: true
    case .mixture(_, let stressed): stressed.contains(where: \.isRandom)
    default: false
    }
  }

  /// Whether the step changes each law on its own, and neither prices nor what observations count.
  fileprivate var concernsOneLaw: Bool {
    switch self {
    case .mixture, .views, .spot: false
    default: true
    }
  }
}

/// A shock at a strength.
public struct AppliedShock: Hashable, Sendable {
  /// The shock.
  public let shock: Shock
  /// In [0, 1]: 0 changes nothing, 1 is what the shock says.
  public let strength: Double

  /// Joins both.
  ///
  /// - Parameters:
  ///   - shock: the shock.
  ///   - strength: in [0, 1].
  public init(_ shock: Shock, strength: Double) {
    precondition(strength >= 0 && strength <= 1, "a strength of \(strength)")
    self.shock = shock
    self.strength = strength
  }
}
