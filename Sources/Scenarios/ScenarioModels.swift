public import Instruments
public import LinearAlgebra

/// An independent normal move of the basis of contracts whose basis has no history, in drawn sets.
///
/// Historical and realised sets keep such a basis constant: what was drawn is not history, and would give them a
/// simulation error.
public struct BasisModel: Hashable, Sendable {
  /// The base asset of the contracts.
  public let asset: Asset
  /// Their settlement style.
  public let style: SettlementStyle
  /// The standard deviation of a one-day basis move, as a fraction; it grows with the square root of time.
  public let dailyVolatility: Double

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - asset: the base asset of the contracts.
  ///   - style: their settlement style.
  ///   - dailyVolatility: the standard deviation of a one-day move; not negative.
  public init(asset: Asset, style: SettlementStyle, dailyVolatility: Double) {
    precondition(dailyVolatility >= 0 && dailyVolatility.isFinite, "a basis volatility of \(dailyVolatility)")
    self.asset = asset
    self.style = style
    self.dailyVolatility = dailyVolatility
  }
}

/// An asset that stands in for one without enough history.
public struct Proxy: Hashable, Sendable {
  /// The asset without enough history.
  public let asset: Asset
  /// The asset that stands in.
  public let standIn: Asset
  /// What its moves are multiplied by.
  public let beta: Double

  /// Makes a proxy.
  ///
  /// - Parameters:
  ///   - asset: the asset without enough history.
  ///   - standIn: the asset that stands in.
  ///   - beta: what its moves are multiplied by; finite.
  public init(asset: Asset, standIn: Asset, beta: Double) {
    precondition(beta.isFinite, "a beta of \(beta)")
    self.asset = asset
    self.standIn = standIn
    self.beta = beta
  }
}

/// What to do with a supplied correlation matrix that is not positive semi-definite.
public enum CorrelationRepair: String, Hashable, Sendable, CaseIterable {
  /// Refuse it and name its smallest eigenvalue.
  case refuse
  /// Take the nearest correlation matrix in the Frobenius norm and report the distance.
  case nearest
}

/// Correlations that replace the estimated ones in every drawn law.
public struct SuppliedCorrelation: Hashable, Sendable {
  /// The assets, in the order of the rows.
  public let assets: [Asset]
  /// Their correlations, asset × asset, symmetric with unit diagonal.
  public let matrix: Matrix
  /// What to do when the completed matrix is not positive semi-definite.
  public let repair: CorrelationRepair

  /// Makes supplied correlations.
  ///
  /// - Parameters:
  ///   - assets: the assets, in the order of the rows.
  ///   - matrix: asset × asset, symmetric with unit diagonal.
  ///   - repair: what to do when the completed matrix is not positive semi-definite.
  public init(assets: [Asset], matrix: Matrix, repair: CorrelationRepair) {
    precondition(matrix.rows == assets.count && matrix.columns == assets.count, "one row an asset")
    self.assets = assets
    self.matrix = matrix
    self.repair = repair
  }
}

/// The study's models of what history does not say.
public struct ScenarioModels: Hashable, Sendable {
  /// Basis moves in drawn sets; a contract without one keeps its basis there too.
  public let basis: [BasisModel]
  /// Moves of implied volatility; an asset without one keeps it constant.
  public let volatility: [VolatilityModel]
  /// Assets that stand in for others.
  public let proxies: [Proxy]
  /// Correlations that replace the estimated ones, if any.
  public let correlation: SuppliedCorrelation?
  /// The USD price below which an asset is dust.
  public let dustFloor: Double

  /// Makes the models of a study.
  ///
  /// - Parameters:
  ///   - basis: basis moves; a contract without one keeps its basis.
  ///   - volatility: moves of implied volatility; an asset without one keeps it constant.
  ///   - proxies: assets that stand in for others.
  ///   - correlation: correlations that replace the estimated ones, if any.
  ///   - dustFloor: the USD price below which an asset is dust; not negative.
  public init(
    basis: [BasisModel] = [], volatility: [VolatilityModel] = [], proxies: [Proxy] = [],
    correlation: SuppliedCorrelation? = nil, dustFloor: Double = 0.001
  ) {
    precondition(dustFloor >= 0 && dustFloor.isFinite, "a dust floor of \(dustFloor)")
    self.basis = basis
    self.volatility = volatility
    self.proxies = proxies
    self.correlation = correlation
    self.dustFloor = dustFloor
  }
}
