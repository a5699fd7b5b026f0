import Instruments
import Margin
import MarketData
import Scenarios
import Statistics

extension Form where Value == TailRiskTerm {
  /// The tail of all rows together.
  static var tailRisk: Form {
    .mapping { fields in
      let measure = fields.required("measure", as: Form<TailRiskTerm.Measure>.choice("measure"))
      let confidence = fields.required("confidence", as: .confidence)
      let scenarios = fields.required("scenarios", as: .estimation)
      let quantile = fields.optional("quantile", as: Form<TailQuantile>.choice("quantile rule"))
      let reading = fields.optional("reading", as: .reading)
      let method = fields.optional("method", as: Form<ClosedFormMethod>.choice("method"))
      guard let measure, let confidence, let scenarios, fields.isSound else { return nil }
      fields.check(quantile, measure, over: scenarios)
      fields.check(method, over: scenarios)
      if let reading { fields.check(reading, at: confidence, over: scenarios) }
      guard fields.isSound else { return nil }
      return TailRiskTerm(
        measure: measure, confidence: confidence, scenarios: scenarios, quantile: quantile ?? .lowerQuantile,
        reading: reading ?? .whole, method: method ?? .exact)
    }
  }
}

extension FieldReader {
  /// Reports a quantile rule where nothing reads it.
  fileprivate mutating func check(
    _ quantile: TailQuantile?, _ measure: TailRiskTerm.Measure, over scenarios: ScenarioRequest
  ) {
    guard let quantile else { return }
    if measure == .expectedShortfall {
      report(.rule("a quantile rule belongs to valueAtRisk; an expected shortfall has none"), at: "quantile")
    }
    if case .law = scenarios {
      report(.rule("a quantile rule belongs to a sample; a law in closed form has none"), at: "quantile")
    }
    if case .historical(let request) = scenarios, request.weighting != .equal,
      quantile == .type7 || quantile == .harrellDavis
    {
      report(.rule("\(quantile.rawValue) is for equal weights alone"), at: "quantile")
    }
  }

  /// Reports a method of closed forms where scenarios are drawn.
  fileprivate mutating func check(_ method: ClosedFormMethod?, over scenarios: ScenarioRequest) {
    guard method != nil else { return }
    if case .law = scenarios { return }
    report(.rule("a method belongs to scenarios of the kind law, which are not drawn"), at: "method")
  }

  /// Reports a reading the scenarios do not serve.
  fileprivate mutating func check(
    _ reading: TailReading, at confidence: Confidence, over scenarios: ScenarioRequest
  ) {
    switch reading {
    case .whole, .eachAsset: return
    case .subsamples(let count, _):
      guard case .historical(let request) = scenarios else {
        report(
          .rule("subsamples are sub-windows of history; these scenarios are not historical"), at: "reading")
        return
      }
      // A part must hold a whole scenario beyond its quantile; a product this close to a whole number is that number.
      let needed = count * Int(((1 - 1e-9) / confidence.tailProbability).rounded(.up))
      if case .observations(let held) = request.lookBack, held < needed {
        report(
          .expected(
            "a look-back of at least \(needed) for \(count) parts at \(confidence)", found: "\(held)"),
          at: "reading")
      }
    case .liquidityHorizons(let entries):
      guard let base = scenarios.horizon else { return }
      for entry in entries where entry.horizon.hours < base.hours {
        report(
          .expected("liquidity horizons of at least the scenarios' \(base)", found: "\(entry.horizon)"),
          at: "reading")
      }
    }
  }
}

extension Form where Value == TailReading {
  fileprivate static var reading: Form {
    .word(
      "reading", ["whole": .whole],
      orElse: .oneKey([
        "eachAsset": Form<TailReading.AssetCombination>.choice("combination").map { .eachAsset($0) },
        "subsamples": .mapping { fields in
          let count = fields.required("count", as: .whole(atLeast: 2, atMost: 1_000))
          let statistic = fields.required(
            "statistic", as: Form<TailReading.SubsampleStatistic>.choice("statistic"))
          guard let count, let statistic else { return nil }
          return .subsamples(count: count, statistic)
        },
        "liquidityHorizons": Form<[LiquidityHorizon]>.liquidityHorizons.map { .liquidityHorizons($0) },
      ]))
  }
}

extension Form where Value == [LiquidityHorizon] {
  fileprivate static var liquidityHorizons: Form {
    let list = Form<[Located<LiquidityHorizon>]>.list(of: Form<LiquidityHorizon>.entry.located, atLeast: 1)
    return Form { node, path, reader in
      guard let entries = list.read(node, path, &reader) else { return nil }
      let before = reader.problems.count
      var named: Set<String> = []
      for entry in entries {
        let assets = entry.value.assets
        for name in assets.isEmpty ? ["the other assets"] : assets.map(\.symbol)
        where !named.insert(name).inserted {
          reader.report(
            .rule("\(name) stands in two liquidity horizons"), at: entry.node.position, path: entry.path)
        }
      }
      if !entries.contains(where: \.value.assets.isEmpty) {
        reader.report(
          .rule("one entry must leave out assets, to stand for all others"), at: node.position, path: path)
      }
      return reader.problems.count == before ? entries.map(\.value) : nil
    }
  }
}

extension Form where Value == LiquidityHorizon {
  fileprivate static var entry: Form {
    .mapping { fields in
      let assets = fields.optional("assets", as: .list(of: .asset, atLeast: 1))
      let horizon = fields.required("horizon", as: .horizon)
      guard let horizon, fields.isSound else { return nil }
      return LiquidityHorizon(assets: assets ?? [], horizon: horizon)
    }
  }
}
