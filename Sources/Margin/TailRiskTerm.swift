public import Scenarios
public import Statistics

/// The tail of the P&L of all rows of a pool together, positions and collateral alike.
public struct TailRiskTerm: Hashable, Sendable {
  /// What is read off the tail.
  public enum Measure: String, Hashable, Sendable, CaseIterable {
    /// The loss exceeded with probability one minus the confidence.
    case valueAtRisk
    /// The mean of the losses beyond it.
    case expectedShortfall
  }

  /// What is read off the tail.
  public let measure: Measure
  /// The level.
  public let confidence: Confidence
  /// The scenarios: historical or drawn, or a law in closed form.
  public let scenarios: ScenarioRequest
  /// The convention of the value at risk.
  public let quantile: TailQuantile
  /// How the tails of parts make one number.
  public let reading: TailReading
  /// How the tail of a law is had without draws.
  public let method: ClosedFormMethod

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - measure: what is read off the tail.
  ///   - confidence: the level.
  ///   - scenarios: historical or drawn, or a law in closed form.
  ///   - quantile: the convention of the value at risk.
  ///   - reading: how the tails of parts make one number.
  ///   - method: how the tail of a law is had without draws.
  public init(
    measure: Measure, confidence: Confidence, scenarios: ScenarioRequest,
    quantile: TailQuantile = .lowerQuantile, reading: TailReading = .whole, method: ClosedFormMethod = .exact
  ) {
    self.measure = measure
    self.confidence = confidence
    self.scenarios = scenarios
    self.quantile = quantile
    self.reading = reading
    self.method = method
  }
}
