/// What is believed of the mean of a function of the scenarios: that it is a number, or at least or at most one.
///
/// The function has one value a scenario. A gain gives a view on a mean, 0 and 1 give a view on a probability, the
/// square of a deviation from a fixed number a view on a variance, and the product of two a view on a covariance.
public struct ScenarioView: Hashable, Sendable {
  /// How the mean stands to its target.
  public enum Relation: Hashable, Sendable, CaseIterable {
    /// The mean is the target.
    case equal
    /// The mean is the target or more.
    case atLeast
    /// The mean is the target or less.
    case atMost
  }

  /// The function, one value a scenario.
  public let values: [Double]

  /// How the mean of the function stands to the target.
  public let relation: Relation

  /// The target, in the unit of the function.
  public let target: Double

  /// A view.
  ///
  /// - Parameters:
  ///   - values: the function, one finite value a scenario.
  ///   - relation: how its mean stands to the target.
  ///   - target: in the unit of the function; finite.
  public init(meanOf values: [Double], _ relation: Relation, _ target: Double) {
    self.values = values
    self.relation = relation
    self.target = target
  }

  /// A view on the probability of an event.
  ///
  /// - Parameters:
  ///   - event: whether it happens, one answer a scenario.
  ///   - relation: how its probability stands to the target.
  ///   - target: strictly between 0 and 1.
  public init(probabilityOf event: [Bool], _ relation: Relation, _ target: Double) {
    self.init(meanOf: event.map { $0 ? 1 : 0 }, relation, target)
  }

  /// The same view with the signs changed where that makes "at most" an "at least".
  var sign: Double { relation == .atMost ? -1 : 1 }
}
