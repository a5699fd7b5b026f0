import LinearAlgebra
import MarketData
import Sampling

/// The jumps of a drawn set, in units of a factor's volatility over the horizon.
///
/// Given N jumps of normal sizes their sum is normal, so that one count and one normal make it: N·μ + √N·δ·Y. Among Sobol
/// points the common jumps take the first two dimensions; each factor's own jumps take numbers keyed by name and scenario
/// under every scheme. The mate of an antithetic scenario has the same counts, and sizes mirrored about their mean.
struct JumpLaw: Sendable {
  private let model: JumpModel
  private let days: Double
  private let commonCounts: PoissonCounts
  private let ownCounts: PoissonCounts
  private let dependence: Dependence
  private let names: [String]

  init(_ model: JumpModel, days: Double, dependence: Dependence, factors: FactorSpace) {
    self.model = model
    self.days = days
    commonCounts = PoissonCounts(mean: model.commonIntensity * days)
    ownCounts = PoissonCounts(mean: model.ownIntensity * days)
    self.dependence = dependence
    names = factors.factors.map(\.description)
  }

  /// What normal moves are multiplied by, so that the calibrated variance is kept.
  var diffusionScale: Double { (1 - model.commonShare - model.ownShare).squareRoot() }

  /// The covariance of the moves: ρ_ij becomes ρ_ij·(1 − v_c − v_o) + v_c between factors that jump together.
  ///
  /// - Parameters:
  ///   - covariance: as it was estimated, factor × factor.
  ///   - factors: the factors; only prices jump.
  /// - Returns: factor × factor, with the same variances; for a dependence as it was estimated.
  func covariance(_ covariance: Matrix, of factors: FactorSpace) -> Matrix {
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    let diffusion = diffusionScale * diffusionScale
    return Matrix(rows: covariance.rows, columns: covariance.columns) { row, column in
      guard row != column, factors.isSpot(row), factors.isSpot(column) else { return covariance[row, column] }
      return covariance[row, column] * diffusion + model.commonShare * deviations[row] * deviations[column]
    }
  }

  /// Sums of the common jumps of consecutive scenarios, less their mean; the same for every factor.
  func fillCommon(_ base: BaseDraws, from first: Int, into values: inout MutableSpan<Double>) {
    base.fill(commonRow, from: first, into: &values) { values in
      for index in values.indices { values[index] = 0 }
      guard dependence != .independent else { return }
      addCommon(base, "jumps.common", firstDimension: 0, from: first, to: &values)
    }
  }

  /// Under which name the common jumps are kept.
  var commonRow: BaseDraws.Row { .jumps("") }

  /// How many dimensions of Sobol points the common jumps take, from the first on.
  var dimensions: Int { dependence == .independent ? 0 : 2 }

  /// Sums of the jumps that one factor has beside the common ones.
  func fillOwn(
    of factor: Int, _ base: BaseDraws, from first: Int, into values: inout MutableSpan<Double>
  ) {
    base.fill(ownRow(of: factor), from: first, into: &values) { values in
      for index in values.indices { values[index] = 0 }
      if dependence == .independent {
        addCommon(base, "jumps.common:\(names[factor])", firstDimension: nil, from: first, to: &values)
      }
      let name = dependence == .comonotone ? "jumps.own" : "jumps.own:\(names[factor])"
      add(
        ownCounts, intensity: model.ownIntensity, mean: 0, deviation: model.ownDeviation, base, name,
        firstDimension: nil, from: first, to: &values)
    }
  }

  /// Under which name a factor's own jumps are kept.
  func ownRow(of factor: Int) -> BaseDraws.Row { .jumps(names[factor]) }

  private func addCommon(
    _ base: BaseDraws, _ name: String, firstDimension: Int?, from first: Int,
    to values: inout MutableSpan<Double>
  ) {
    add(
      commonCounts, intensity: model.commonIntensity, mean: model.commonMean,
      deviation: model.commonDeviation, base, name, firstDimension: firstDimension, from: first, to: &values)
  }

  private func add(
    _ counts: PoissonCounts, intensity: Double, mean: Double, deviation: Double, _ base: BaseDraws,
    _ name: String, firstDimension: Int?, from first: Int, to values: inout MutableSpan<Double>
  ) {
    guard intensity > 0 else { return }
    var uniforms = [Double](repeating: 0, count: values.count)
    var sizes = uniforms
    var uniformSpan = uniforms.mutableSpan
    base.fillSharedUniforms(
      .init(named: name + ".count", dimension: firstDimension), from: first, into: &uniformSpan)
    var sizeSpan = sizes.mutableSpan
    base.fillNormals(
      .init(named: name + ".size", dimension: firstDimension.map { $0 + 1 }), from: first, into: &sizeSpan)
    // A day's volatility over the horizon's.
    let unit = 1 / days.squareRoot()
    let drift = intensity * days * mean
    for index in values.indices {
      let count = Double(counts.count(at: uniformSpan[index]))
      values[index] += unit * (count * mean + count.squareRoot() * deviation * sizeSpan[index] - drift)
    }
  }
}
