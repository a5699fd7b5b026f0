public import Instruments
import LinearAlgebra
import Valuation

/// One bracket of notional and its rates.
public struct Bracket: Hashable, Sendable {
  /// Where the bracket ends, in USD of notional; `nil` for no end.
  public let upTo: Double?
  /// The maintenance rate on notional inside the bracket.
  public let maintenanceRate: Double
  /// The most leverage a position that ends in this bracket may have.
  public let maximumLeverage: Double

  /// Makes a bracket.
  ///
  /// - Parameters:
  ///   - upTo: where the bracket ends, in USD of notional; `nil` for no end.
  ///   - maintenanceRate: the maintenance rate on notional inside the bracket; 0 to 1.
  ///   - maximumLeverage: the most leverage a position that ends in this bracket may have; at least 1.
  public init(upTo: Double?, maintenanceRate: Double, maximumLeverage: Double) {
    self.upTo = upTo
    self.maintenanceRate = maintenanceRate
    self.maximumLeverage = maximumLeverage
  }
}

/// Brackets of notional: maintenance is marginal, so that it has no jump at an edge.
///
/// MM(N) = N·rate − deduction in N's bracket, which equals the sum over brackets of the notional inside times its rate.
public struct BracketSchedule: Hashable, Sendable {
  /// The brackets, ascending, the last without end.
  public let brackets: [Bracket]

  /// Makes a schedule.
  ///
  /// - Parameter brackets: ascending, the last without end; maintenance rates 0 to 1 that do not fall, maximum
  ///   leverages of at least 1 that do not rise.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(_ brackets: [Bracket]) throws(MarginError) {
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
  }

  /// The maintenance margin of a notional.
  ///
  /// - Parameter notional: in USD, not negative.
  /// - Returns: USD.
  public func maintenance(of notional: Double) -> Double { reading(of: notional).maintenance }

  /// The most leverage a notional may have.
  ///
  /// - Parameter notional: in USD, not negative; an edge belongs to the bracket below it.
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
        return (margin + (notional - start) * bracket.maintenanceRate, bracket.maximumLeverage)
      }
      margin += (end - start) * bracket.maintenanceRate
      start = end
    }
    return (margin, 1)
  }
}

/// Rates by bracket of notional, position by position, added up without netting.
public struct BracketSum: Hashable, Sendable {
  /// What the initial margin of a position is.
  public enum InitialRule: String, Hashable, Sendable, CaseIterable {
    /// Notional over the leverage its owner chose, which the bracket caps.
    case chosenLeverage
    /// Notional over the most leverage the bracket allows, whatever its owner chose.
    case maximumLeverage
  }

  /// What the initial margin of a position is.
  public let initialRule: InitialRule
  /// The schedules of named base assets.
  public let schedules: [Asset: BracketSchedule]
  /// The schedule of every other base asset.
  public let others: BracketSchedule

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - initialRule: what the initial margin of a position is.
  ///   - schedules: the schedules of named base assets.
  ///   - others: the schedule of every other base asset.
  public init(initialRule: InitialRule, schedules: [Asset: BracketSchedule], others: BracketSchedule) {
    self.initialRule = initialRule
    self.schedules = schedules
    self.others = others
  }

  /// The schedule of a base asset.
  ///
  /// - Parameter asset: the base asset of a position.
  /// - Returns: its own schedule, or that of all others.
  public func schedule(of asset: Asset) -> BracketSchedule { schedules[asset] ?? others }

  /// The initial margin of one position.
  ///
  /// - Parameters:
  ///   - notional: in USD, not negative.
  ///   - leverage: the leverage its owner chose; at least 1.
  ///   - schedule: the schedule of its base asset.
  /// - Returns: USD; never below the maintenance margin.
  public func initial(of notional: Double, leverage: Double, schedule: BracketSchedule) -> Double {
    margins(of: notional, leverage: leverage, schedule: schedule).initial
  }

  @inline(__always)
  private func margins(
    of notional: Double, leverage: Double, schedule: BracketSchedule
  ) -> (initial: Double, maintenance: Double) {
    let (maintenance, most) = schedule.reading(of: notional)
    let used = initialRule == .chosenLeverage ? min(leverage, most) : most
    return (max(notional / used, maintenance), maintenance)
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    let positions = try batch.linearPositions(for: name)
    var amounts = TermAmounts([Double](repeating: 0, count: batch.states.count))
    for row in positions {
      let schedule = schedule(of: batch.states.rows[row].asset)
      let leverage = batch.states.rows[row].leverage
      batch.states.notionals.withRow(row) { notionals in
        for state in notionals.indices {
          let (initial, maintenance) = margins(
            of: abs(notionals[state]), leverage: leverage, schedule: schedule)
          amounts.initial[state] += initial
          amounts.maintenance[state] += maintenance
        }
      }
    }
    return amounts
  }
}
