import Instruments
import LinearAlgebra
public import MarketData
public import Scenarios

/// The factors each row of a book depends on, found in a factor space.
public struct FactorBinding: Hashable, Sendable {
  /// The factors of one row; `nil` where it depends on none, as cash in USD, or where the study holds one constant.
  public struct Row: Hashable, Sendable {
    /// The spot price of the row's asset.
    public let spot: Int?
    /// The basis of its contract.
    public let basis: Int?
    /// The spot price of its settlement asset.
    public let settlement: Int?
    /// The implied volatility of an option's underlying.
    public let volatility: Int?
  }

  /// One entry a row of the book.
  public let rows: [Row]

  /// Finds the factors of a book.
  ///
  /// A spot factor must be in the space; a basis or volatility factor that is not, since the study names no model for it, is
  /// held constant. A grid's shocks of volatility need no factor.
  ///
  /// - Parameters:
  ///   - rows: the rows of the book.
  ///   - factors: the study's factor space.
  /// - Throws: ``ValuationError/factorOutsideStudy(_:)``.
  public init(_ rows: [BookRow], in factors: FactorSpace) throws(ValuationError) {
    self.rows = try rows.map { row throws(ValuationError) in
      Row(
        spot: try Self.spot(row.asset, in: factors),
        basis: Self.basis(row).flatMap { factors.index(of: $0) },
        settlement: try Self.spot(row.settlement, in: factors),
        volatility: row.kind == .option ? factors.index(of: .volatility(row.asset)) : nil)
    }
  }

  /// Every factor the book depends on, ascending, each once.
  public var needed: [Int] {
    Set(rows.flatMap { [$0.spot, $0.basis, $0.settlement, $0.volatility].compactMap { $0 } }).sorted()
  }

  /// Checks that a set of scenarios covers every factor the book depends on.
  ///
  /// - Parameter set: the scenarios, over the same factor space.
  /// - Throws: ``ValuationError/factorNotCovered(_:missing:of:)``.
  public func requireCoverage(by set: ScenarioSet) throws(ValuationError) {
    for factor in needed where !set.coverage[factor].isComplete {
      let total = set.calibration?.observations.columns ?? set.count
      throw .factorNotCovered(
        set.factors.factors[factor], missing: set.coverage[factor].missing.count, of: total)
    }
  }

  private static func spot(_ asset: Asset, in factors: FactorSpace) throws(ValuationError) -> Int? {
    guard asset != .usd else { return nil }
    guard let index = factors.index(of: .spot(asset)) else { throw .factorOutsideStudy(.spot(asset)) }
    return index
  }

  private static func basis(_ row: BookRow) -> RiskFactor? {
    switch row.kind {
    case .balance: nil
    case .linear, .order: .basis(row.asset, .linear)
    case .inverse: .basis(row.asset, .inverse)
    case .option: .basis(row.asset, row.option?.style ?? .linear)
    }
  }
}
