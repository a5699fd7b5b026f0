/// One bracket of size and its rates.
public struct Bracket: Hashable, Sendable {
  /// Where the bracket ends, in the unit of its schedule; `nil` for no end.
  public let upTo: Double?
  /// The maintenance rate on notional inside the bracket.
  public let maintenanceRate: Double
  /// The most leverage a position that ends in this bracket may have.
  public let maximumLeverage: Double

  /// Makes a bracket.
  ///
  /// - Parameters:
  ///   - upTo: where the bracket ends, in the unit of its schedule; `nil` for no end.
  ///   - maintenanceRate: the maintenance rate on notional inside the bracket; 0 to 1.
  ///   - maximumLeverage: the most leverage a position that ends in this bracket may have; at least 1.
  public init(upTo: Double?, maintenanceRate: Double, maximumLeverage: Double) {
    self.upTo = upTo
    self.maintenanceRate = maintenanceRate
    self.maximumLeverage = maximumLeverage
  }
}

/// Brackets of size and the rates in them.
///
/// Marginal: MM(N) = N·rate − deduction in N's bracket, which equals the sum over brackets of the size inside times its
/// rate, without a jump at an edge. Whole: the rate of the bracket in which N ends, on all of it.
public struct BracketSchedule: Hashable, Sendable {
  /// On what a bracket's maintenance rate is charged.
  public enum Application: String, Hashable, Sendable, CaseIterable {
    /// On the size inside the bracket.
    case marginal
    /// On the whole size, once it ends in the bracket.
    case whole
  }

  /// The brackets, ascending, the last without end.
  public let brackets: [Bracket]
  /// In what edges are measured: USD of notional, or units of the base asset.
  public let unit: CollateralTerms.Unit
  /// On what a bracket's maintenance rate is charged.
  public let application: Application

  /// Makes a schedule.
  ///
  /// - Parameters:
  ///   - brackets: ascending, the last without end; maintenance rates 0 to 1 that do not fall, maximum leverages of at
  ///     least 1 that do not rise.
  ///   - unit: in what edges are measured.
  ///   - application: on what a bracket's maintenance rate is charged.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    _ brackets: [Bracket], unit: CollateralTerms.Unit = .usd, application: Application = .marginal
  ) throws(MarginError) {
    try requireAscending(brackets.map(\.upTo), name: "brackets")
    for bracket in brackets {
      guard (0...1).contains(bracket.maintenanceRate), bracket.maximumLeverage >= 1,
        bracket.maximumLeverage.isFinite
      else {
        throw .invalidTable(
          name: "brackets", problem: "maintenance rates lie between 0 and 1, leverages are at least 1")
      }
    }
    for (lower, upper) in zip(brackets, brackets.dropFirst()) {
      guard upper.maintenanceRate >= lower.maintenanceRate, upper.maximumLeverage <= lower.maximumLeverage
      else {
        throw .invalidTable(
          name: "brackets",
          problem: "maintenance rates must not fall, and leverages not rise, from bracket to bracket")
      }
    }
    self.brackets = brackets
    self.unit = unit
    self.application = application
  }

  /// The maintenance margin of a size.
  ///
  /// - Parameter notional: in the schedule's unit, not negative.
  /// - Returns: in the same unit.
  public func maintenance(of notional: Double) -> Double { reading(of: notional).maintenance }

  /// The most leverage a size may have.
  ///
  /// - Parameter notional: in the schedule's unit, not negative; an edge belongs to the bracket below it.
  /// - Returns: that of the bracket in which it ends.
  public func maximumLeverage(of notional: Double) -> Double { reading(of: notional).maximumLeverage }

  /// Both in one walk up the brackets.
  @inline(__always)
  func reading(of notional: Double) -> (maintenance: Double, maximumLeverage: Double) {
    var margin = 0.0
    var start = 0.0
    for bracket in brackets {
      let end = bracket.upTo ?? .infinity
      guard notional > end else {
        let inside =
          application == .marginal
          ? margin + (notional - start) * bracket.maintenanceRate : notional * bracket.maintenanceRate
        return (inside, bracket.maximumLeverage)
      }
      margin += (end - start) * bracket.maintenanceRate
      start = end
    }
    return (margin, 1)
  }
}
