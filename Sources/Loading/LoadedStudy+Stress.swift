import Instruments
import MarketData
import Scenarios
public import Studies

extension LoadedStudy {
  /// What `plimsoll stress` is to do.
  ///
  /// - Throws: ``LoadError`` where neither the study nor the command line says.
  /// - Returns: the plan.
  public func requiredStress() throws(LoadError) -> StressPlan {
    if let stress { return stress }
    let fault = LoadFault.rule(
      "the study has no stress block: add one such as stress: {sweep: {shock: correlations-to-one}}, or give --shock"
    )
    throw LoadError([document.problem(at: [], fault)])
  }
}

/// The shock of an axis with the document in which it stands.
struct AxisShock: Sendable {
  let key: StressBlock.AxisKey
  let axis: StressBlock.Axis
  let shock: ShockPart<Shock>
  /// The study's own for a shock stated in place.
  let document: SourceDocument
}

extension StressBlock {
  /// The shocks of the axes.
  ///
  /// - Parameters:
  ///   - files: the shocks that are named, by axis.
  ///   - study: the study's document.
  /// - Returns: axis by axis; an axis whose file could not be read is left out.
  func shocks(
    from files: [(axis: AxisKey, shock: Loaded<ShockPart<Shock>>)], study: SourceDocument
  ) -> [AxisShock] {
    axes.compactMap { key, axis in
      switch axis.shock {
      case .stated(let shock): AxisShock(key: key, axis: axis, shock: shock, document: study)
      case .named:
        files.first { $0.axis == key }.map { file in
          AxisShock(key: key, axis: axis, shock: file.shock.value, document: file.shock.document)
        }
      }
    }
  }

  /// The plan, once every shock is known.
  ///
  /// - Parameters:
  ///   - shocks: axis by axis.
  ///   - study: the study's document.
  /// - Throws: ``LoadError`` for more points than are computed, and for draws of shocks that are not random.
  /// - Returns: the plan.
  func plan(_ shocks: [AxisShock], study: SourceDocument) throws(LoadError) -> StressPlan {
    let axes = shocks.map { axis($0.axis, $0.shock.value) }
    let isRandom = shocks.contains { $0.shock.value.isRandom }
    if !isRandom, let draws, draws > 1, shocks.count == self.axes.count {
      let fault = LoadFault.rule(
        "no step of the shock is random: draws belong to randomCorrelation and perturbation alone; leave them out"
      )
      throw LoadError([study.problem(at: ["stress", "draws"], fault)])
    }
    let draws = draws ?? (isRandom ? Self.standardDraws : 1)
    let points = axes.map(\.strengths.count).reduce(1, *)
    guard points <= Self.mostEvaluations / draws else {
      let fault = LoadFault.expected(
        "at most \(Self.mostEvaluations) points, random matrices counted", found: "\(points) of \(draws) each"
      )
      throw LoadError([study.problem(at: ["stress"], fault)])
    }
    return StressPlan(axes: axes, draws: draws, target: target, isReversed: isReversed)
  }
}

extension AxisShock {
  /// What the market and the study's models do not have.
  ///
  /// - Parameters:
  ///   - history: the market.
  ///   - models: the study's models.
  ///   - asOf: the study's as-of date.
  /// - Returns: problems of the shock's file, or of the study for one stated in place.
  func problems(history: PriceHistory, models: ScenarioModels, asOf: Timestamp) -> [LoadProblem] {
    let factors = shock.factors.compactMap { factor in
      Self.fault(factor.value, history: history, models: models).map { problem(factor, $0) }
    }
    let windows = shock.windows.compactMap { window in
      Self.fault(window.value, history: history, asOf: asOf).map { problem(window, $0) }
    }
    return factors + windows
  }

  private func problem<Value>(_ place: Located<Value>, _ fault: LoadFault) -> LoadProblem {
    LoadProblem(
      file: document.file, position: place.node.position, path: printed(place.path), fault: fault)
  }

  private static func fault(
    _ factor: RiskFactor, history: PriceHistory, models: ScenarioModels
  ) -> LoadFault? {
    guard history.series(of: factor.asset) != nil else {
      return .unknownAsset(factor.asset, market: history.assets)
    }
    switch factor {
    case .spot: return nil
    case .basis(let asset, let style):
      guard !models.basis.contains(where: { $0.asset == asset && $0.style == style }) else { return nil }
      return .rule(
        "the study has no model of \(LoadFault.words(for: factor)); add {asset: \(asset), style: \(style.rawValue), "
          + "dailyVolatility: 0} to its models.basis")
    case .volatility(let asset):
      guard !models.volatility.contains(where: { $0.asset == asset }) else { return nil }
      return .rule(
        "the study has no model of \(LoadFault.words(for: factor)); add one of \(asset) to its models.volatility"
      )
    }
  }

  /// A period is another one's history and may lie after the as-of date; the last so many days may not.
  private static func fault(_ window: LookBack, history: PriceHistory, asOf: Timestamp) -> LoadFault? {
    let end =
      if case .period = window { history.times.last ?? asOf } else { asOf }
    do throws(MarketDataError) {
      _ = try history.moves(
        lookBack: window, asOf: end, horizon: Horizon(hours: max(1, history.stepSeconds / 3_600)),
        dustFloor: 0)
      return nil
    } catch {
      return LoadFault(error)
    }
  }
}

extension RiskFactor {
  /// The asset it is about.
  fileprivate var asset: Asset {
    switch self {
    case .spot(let asset), .basis(let asset, _), .volatility(let asset): asset
    }
  }
}
