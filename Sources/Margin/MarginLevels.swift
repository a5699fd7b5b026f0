/// Which way round a venue prints its margin ratio.
public enum RatioConvention: String, Hashable, Sendable, CaseIterable {
  /// Maintenance margin over equity: liquidation from below.
  case maintenanceOverEquity
  /// Equity over maintenance margin: liquidation from above.
  case equityOverMaintenance
}

/// What a regime does about an account; the worse, the greater.
public enum MarginStatus: Int, Hashable, Comparable, Sendable, CaseIterable {
  /// Nothing.
  case healthy
  /// Equity below the initial margin: no new risk.
  case restricted
  /// Equity at or below the call level: more collateral is asked for.
  case marginCall
  /// Equity at or below the liquidation level: positions are closed.
  case liquidation

  /// Orders by severity.
  public static func < (left: MarginStatus, right: MarginStatus) -> Bool { left.rawValue < right.rawValue }

  /// The word in tables and files: `healthy`, `restricted`, `marginCall` or `liquidation`.
  public var name: String { "\(self)" }
}

/// A stretch of a venue's ratio that the venue has a name for.
public struct MarginStage: Hashable, Sendable {
  /// The venue's name for it, such as `REDUCE_ONLY`.
  public let name: String
  /// The venue's ratio from which it holds, in the direction of trouble.
  public let at: Double
  /// What the venue does in it.
  public let action: String

  /// Makes a stage.
  ///
  /// - Parameters:
  ///   - name: the venue's name for it.
  ///   - at: the venue's ratio from which it holds, in the direction of trouble; not negative.
  ///   - action: what the venue does in it.
  public init(name: String, at: Double, action: String) {
    self.name = name
    self.at = at
    self.action = action
  }
}

/// The regime's own ratio and the levels at which it acts.
public struct MarginLevels: Hashable, Sendable {
  /// Which way round the venue prints its ratio.
  public let convention: RatioConvention
  /// The venue's ratio at which collateral is called for.
  public let callAt: Double
  /// The venue's ratio at which positions are closed.
  public let liquidationAt: Double
  /// What the venue calls the stretches of its ratio, in the order of trouble; empty where it has no names.
  public let stages: [MarginStage]

  /// Makes levels.
  ///
  /// - Parameters:
  ///   - convention: which way round the venue prints its ratio.
  ///   - callAt: the venue's ratio at which collateral is called for; positive.
  ///   - liquidationAt: the venue's ratio at which positions are closed; positive, and not reached before the call.
  ///   - stages: what the venue calls the stretches of its ratio, in the order of trouble.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    convention: RatioConvention = .maintenanceOverEquity, callAt: Double = 1, liquidationAt: Double = 1,
    stages: [MarginStage] = []
  ) throws(MarginError) {
    let inOrder = convention == .maintenanceOverEquity ? callAt <= liquidationAt : callAt >= liquidationAt
    guard callAt > 0, liquidationAt > 0, callAt.isFinite, liquidationAt.isFinite, inOrder else {
      throw .invalidTable(
        name: "levels", problem: "callAt and liquidationAt are positive, and the call comes first")
    }
    let ratios = stages.map(\.at)
    let isAscending = zip(ratios, ratios.dropFirst()).allSatisfy {
      convention == .maintenanceOverEquity ? $0 < $1 : $0 > $1
    }
    guard isAscending, ratios.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .invalidTable(name: "levels", problem: "stages stand in the order of trouble, each ratio once")
    }
    self.convention = convention
    self.callAt = callAt
    self.liquidationAt = liquidationAt
    self.stages = stages
  }

  /// The levels of a regime that calls and liquidates where equity meets the maintenance margin.
  public static let classic = MarginLevels(classic: .maintenanceOverEquity)

  private init(classic convention: RatioConvention) {
    self.convention = convention
    callAt = 1
    liquidationAt = 1
    stages = []
  }

  /// The stage a ratio has reached, or `nil` where the venue names none.
  ///
  /// - Parameter ratio: the venue's own ratio.
  /// - Returns: the last stage whose ratio is reached in the direction of trouble.
  public func stage(at ratio: Double) -> MarginStage? {
    stages.last { convention == .maintenanceOverEquity ? ratio >= $0.at : ratio <= $0.at }
  }

  /// The status of a pool.
  ///
  /// - Parameters:
  ///   - equity: as the regime counts it, in USD.
  ///   - initial: the initial margin, in USD.
  ///   - maintenance: the maintenance margin, in USD.
  /// - Returns: the worst level reached; debt without anything demanded is liquidation.
  public func status(equity: Double, initial: Double, maintenance: Double) -> MarginStatus {
    if equity < 0 || reaches(liquidationAt, equity, maintenance) { return .liquidation }
    if reaches(callAt, equity, maintenance) { return .marginCall }
    return equity < initial ? .restricted : .healthy
  }

  /// The venue's own ratio, or `nil` where it has none.
  ///
  /// - Parameters:
  ///   - equity: as the regime counts it, in USD.
  ///   - maintenance: the maintenance margin, in USD.
  /// - Returns: the ratio in the venue's convention.
  public func ratio(equity: Double, maintenance: Double) -> Double? {
    let ratio =
      switch convention {
      case .maintenanceOverEquity: equity > 0 ? maintenance / equity : Double.infinity
      case .equityOverMaintenance: maintenance > 0 ? equity / maintenance : Double.infinity
      }
    return ratio.isFinite ? ratio : nil
  }

  private func reaches(_ level: Double, _ equity: Double, _ maintenance: Double) -> Bool {
    guard maintenance > 0 else { return false }
    return switch convention {
    case .maintenanceOverEquity: maintenance >= level * equity
    case .equityOverMaintenance: equity <= level * maintenance
    }
  }
}
