import Instruments
import Margin
import MarketData
import Scenarios

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
      if case .historical(let request) = scenarios, request.weighting != .equal,
        let quantile, quantile == .type7 || quantile == .harrellDavis
      {
        fields.report(.rule("\(quantile.rawValue) is for equal weights alone"), at: "quantile")
      }
      if method != nil {
        if case .law = scenarios {
        } else {
          fields.report(
            .rule("a method belongs to scenarios of the kind law, which are not drawn"), at: "method")
        }
      }
      if case .subsamples = reading {
        if case .historical = scenarios {
        } else {
          fields.report(
            .rule("subsamples are sub-windows of history; these scenarios are not historical"), at: "reading")
        }
      }
      guard fields.isSound else { return nil }
      return TailRiskTerm(
        measure: measure, confidence: confidence, scenarios: scenarios, quantile: quantile ?? .lowerQuantile,
        reading: reading ?? .whole, method: method ?? .exact)
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
      ]), keys: ["eachAsset", "subsamples", "liquidityHorizons"])
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
