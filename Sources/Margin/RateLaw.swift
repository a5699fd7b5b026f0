import RealModule

/// How the margin rates of a position depend on its size.
public enum RateLaw: Hashable, Sendable {
  /// Brackets of size.
  case brackets(BracketSchedule)
  /// Rates that rise with the size in base units, charged on the whole position.
  case affine(AffineRate)
  /// Rates that rise with a power of the notional, charged on the whole position.
  case power(PowerRate)

  /// The margins of a position whose leverage is the most its size allows, and that leverage.
  ///
  /// - Parameters:
  ///   - notional: in USD, not negative.
  ///   - quantity: in units of the base asset, not negative.
  /// - Returns: maintenance margin in USD, and the most leverage.
  @inline(__always)
  func reading(notional: Double, quantity: Double) -> (maintenance: Double, maximumLeverage: Double) {
    switch self {
    case .brackets(let schedule):
      guard schedule.unit == .quantity else { return schedule.reading(of: notional) }
      let (maintenance, most) = schedule.reading(of: quantity)
      return (quantity > 0 ? maintenance / quantity * notional : 0, most)
    case .affine(let law): return law.reading(notional: notional, quantity: quantity)
    case .power(let law): return law.reading(notional: notional)
    }
  }
}

/// Rates that rise with the size: initial im₀ + slope·|Q|, maintenance mm₀ + slope·|Q|, on the whole position.
///
/// A slope of zero is a flat rate. Source: Deribit, Linear perpetual contracts and initial margin, 2022.
public struct AffineRate: Hashable, Sendable {
  /// The initial rate of the smallest position.
  public let initialRate: Double
  /// The maintenance rate of the smallest position.
  public let maintenanceRate: Double
  /// What one unit of the base asset adds to either rate.
  public let slope: Double

  /// Makes a law.
  ///
  /// - Parameters:
  ///   - initialRate: the initial rate of the smallest position; above 0, at most 1, at least the maintenance rate.
  ///   - maintenanceRate: the maintenance rate of the smallest position; 0 to 1.
  ///   - slope: what one unit of the base asset adds to either rate; not negative, finite.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(initialRate: Double, maintenanceRate: Double, slope: Double = 0) throws(MarginError) {
    guard initialRate > 0, initialRate <= 1, (0...initialRate).contains(maintenanceRate), slope >= 0,
      slope.isFinite
    else {
      throw .invalidTable(
        name: "affine",
        problem:
          "rates lie between 0 and 1, the initial not below the maintenance rate, the slope not below 0")
    }
    self.initialRate = initialRate
    self.maintenanceRate = maintenanceRate
    self.slope = slope
  }

  func reading(notional: Double, quantity: Double) -> (maintenance: Double, maximumLeverage: Double) {
    let more = slope * quantity
    return (notional * min(1, maintenanceRate + more), max(1, 1 / (initialRate + more)))
  }
}

/// Rates that rise with a power of the notional: max(floor, factor·N^power), on the whole position.
///
/// Source: Orderly Network, Margin, leverage and PnL, 2025, with a power of 0.8.
public struct PowerRate: Hashable, Sendable {
  /// The least initial rate.
  public let initialFloor: Double
  /// The least maintenance rate.
  public let maintenanceFloor: Double
  /// What the power of the notional in USD is multiplied by, for the initial rate.
  public let factor: Double
  /// The power.
  public let power: Double

  /// Makes a law; the maintenance rate keeps its proportion to the initial one.
  ///
  /// - Parameters:
  ///   - initialFloor: the least initial rate; above 0, at most 1.
  ///   - maintenanceFloor: the least maintenance rate; 0 to the initial floor.
  ///   - factor: what the power of the notional is multiplied by; not negative, finite.
  ///   - power: above 0, finite.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    initialFloor: Double, maintenanceFloor: Double, factor: Double, power: Double
  ) throws(MarginError) {
    guard initialFloor > 0, initialFloor <= 1, (0...initialFloor).contains(maintenanceFloor), factor >= 0,
      factor.isFinite, power > 0, power.isFinite
    else {
      throw .invalidTable(
        name: "power",
        problem:
          "floors lie between 0 and 1, the initial not below the maintenance floor; factor and power rise")
    }
    self.initialFloor = initialFloor
    self.maintenanceFloor = maintenanceFloor
    self.factor = factor
    self.power = power
  }

  func reading(notional: Double) -> (maintenance: Double, maximumLeverage: Double) {
    let initial = factor == 0 ? 0 : factor * .pow(notional, power)
    let maintenance = max(maintenanceFloor, initial * maintenanceFloor / initialFloor)
    return (notional * min(1, maintenance), max(1, 1 / max(initialFloor, initial)))
  }
}
