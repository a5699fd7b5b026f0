import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import Studies

/// A study as its file states it, before the files it names are read.
struct StudyPlan: Sendable {
  let name: String?
  let account: Located<String>
  let regimes: [Located<String>]
  let reference: String?
  let asOf: Timestamp?
  let seed: UInt64
  let scenarioCount: Int
  let targetError: Double?
  let models: ScenarioModels
  let correlation: Located<CorrelationPlan>?
  let judge: JudgePlan
  let closeOutCost: Double
  let bootstrap: CalibrationBootstrap
  let levels: [Confidence]
  let changes: [AccountChange]
  let stress: StressBlock?
}

/// The judge, and how much of what really followed he sees.
struct JudgePlan: Sendable {
  let model: JudgeModel
  let realised: Int

  /// A Student-t law with 4 degrees of freedom over 500 days, and the 30 days that followed.
  static let standard = JudgePlan(
    model: JudgeModel(
      law: .studentT(degreesOfFreedom: 4),
      sample: HistoricalRequest(lookBack: .observations(500), horizon: .days(1)), estimator: .sample),
    realised: 30)
}

/// Supplied correlations: in the study itself, or in a file.
enum CorrelationPlan: Sendable {
  case stated(SuppliedCorrelation)
  case file(String, repair: CorrelationRepair)
}

extension Form where Value == StudyPlan {
  /// A study; all but the account and the regimes may be left out.
  static var study: Form {
    .mapping { fields in
      let name = fields.optional("study", as: .identifier)
      _ = fields.optional("purpose", as: .words)
      let account = fields.required("account", as: Form<String>.words.located)
      let regimes = fields.required("regimes", as: .list(of: Form<String>.words.located, atLeast: 1))
      let reference = fields.optional("reference", as: .identifier)
      let asOf = fields.optional("asOf", as: .moment)
      let seed = fields.optional("seed", as: .seed)
      let count = fields.optional("scenarios", as: .whole(atLeast: 100, atMost: 10_000_000))
      let target = fields.optional("targetError", as: .share)
      let models = fields.optional("models", as: .models)
      let judge = fields.optional("judge", as: .judge)
      let cost = fields.optional("closeOutCost", as: .within(0...1))
      let bootstrap = fields.optional("bootstrap", as: .bootstrap)
      let levels = fields.optional("levels", as: .list(of: .confidence, atLeast: 1))
      let changes = fields.optional("changes", as: .list(of: .change))
      let stress = fields.optional("stress", as: .stress)
      guard let account, let regimes, fields.isSound else { return nil }
      return StudyPlan(
        name: name, account: account, regimes: regimes, reference: reference, asOf: asOf, seed: seed ?? 1,
        scenarioCount: count ?? 100_000, targetError: target, models: models?.models ?? ScenarioModels(),
        correlation: models?.correlation, judge: judge ?? .standard, closeOutCost: cost ?? 0,
        bootstrap: bootstrap ?? CalibrationBootstrap(),
        levels: levels ?? [.ninetyFivePercent, .ninetySevenPointFivePercent, .ninetyNinePercent],
        changes: changes ?? [], stress: stress)
    }
  }
}

extension Form where Value == UInt64 {
  /// A seed.
  fileprivate static var seed: Form {
    Form { node, path, reader in
      if case .scalar(let text, isQuoted: false) = node.content, let seed = UInt64(text.filter({ $0 != "_" }))
      {
        return seed
      }
      reader.report(
        .expected("a whole number from 0 to \(UInt64.max)", found: node.found), at: node.position, path: path)
      return nil
    }
  }
}

extension Form where Value == Double {
  /// A share such as `0.01`, or `1%`.
  static var share: Form {
    let expected = "a share above 0 and below 1, such as 0.01 or 1%"
    let plain = number(expected) { $0 > 0 && $0 < 1 }
    return Form { node, path, reader in
      guard let text = node.text, text.hasSuffix("%") else { return plain.read(node, path, &reader) }
      if let share = Double("\(text.dropLast())e-2"), share > 0, share < 1 { return share }
      reader.report(.expected(expected, found: node.found), at: node.position, path: path)
      return nil
    }
  }
}

extension Form where Value == JudgePlan {
  fileprivate static var judge: Form {
    .mapping { fields in
      let law = fields.required("law", as: .law)
      let sample = fields.historical(atLeast: 2)
      let estimator = fields.optional("covariance", as: .covariance)
      let realised = fields.optional("realised", as: .whole(atLeast: 0))
      guard let law, let sample, fields.isSound else { return nil }
      return JudgePlan(
        model: JudgeModel(law: law, sample: sample, estimator: estimator ?? .sample), realised: realised ?? 0)
    }
  }
}

extension Form where Value == CalibrationBootstrap {
  fileprivate static var bootstrap: Form {
    .mapping { fields in
      let replicates = fields.required("replicates", as: .whole(atLeast: 2, atMost: 100_000))
      let length = fields.required("blockLength", as: .whole(atLeast: 1))
      guard let replicates, let length else { return nil }
      return CalibrationBootstrap(replicates: replicates, blockLength: length)
    }
  }
}

extension Form where Value == AccountChange {
  fileprivate static var change: Form {
    .oneKey([
      "trade": Form<Position>.position.map { .trade($0) },
      "swap": .mapping { fields in
        let from = fields.required("from", as: .asset)
        let quantity = fields.required("quantity", as: .positive)
        let to = fields.required("to", as: .asset)
        guard let from, let quantity, let to else { return nil }
        return .swap(from: from, quantity: quantity, to: to)
      },
    ])
  }
}

/// The study's models, and correlations that may still have to be read from a file.
struct ModelsPlan: Sendable {
  let models: ScenarioModels
  let correlation: Located<CorrelationPlan>?
}

extension Form where Value == ModelsPlan {
  fileprivate static var models: Form {
    .mapping { fields in
      let dustFloor = fields.optional("dustFloor", as: .notNegative)
      let basis = fields.optional("basis", as: .list(of: Form<BasisModel>.basis.located))
      let volatility = fields.optional("volatility", as: .list(of: Form<VolatilityModel>.volatility.located))
      let proxies = fields.optional("proxies", as: .list(of: Form<Proxy>.proxy.located))
      let correlation = fields.optional("correlation", as: Form<CorrelationPlan>.correlation.located)
      fields.reportRepeated(basis ?? []) { "the basis of \($0.style.rawValue) \($0.asset) contracts" }
      fields.reportRepeated(volatility ?? []) { "the implied volatility of \($0.asset)" }
      fields.reportRepeated(proxies ?? []) { "the proxy of \($0.asset)" }
      guard fields.isSound else { return nil }
      let standard = ScenarioModels()
      return ModelsPlan(
        models: ScenarioModels(
          basis: (basis ?? []).map(\.value), volatility: (volatility ?? []).map(\.value),
          proxies: (proxies ?? []).map(\.value), dustFloor: dustFloor ?? standard.dustFloor),
        correlation: correlation)
    }
  }
}

extension FieldReader {
  /// Reports models of something another entry of the list models already.
  fileprivate mutating func reportRepeated<Model>(_ models: [Located<Model>], subject: (Model) -> String) {
    var lines: [String: Int] = [:]
    for model in models {
      let subject = subject(model.value)
      if let first = lines[subject] {
        report(
          .rule("\(subject) stands twice, first in line \(first)"), at: model.node.position, path: model.path)
      } else {
        lines[subject] = model.node.position.line
      }
    }
  }
}

extension Form where Value == BasisModel {
  fileprivate static var basis: Form {
    .mapping { fields in
      let asset = fields.required("asset", as: .asset)
      let style = fields.required("style", as: Form<SettlementStyle>.choice("settlement style"))
      let volatility = fields.required("dailyVolatility", as: .notNegative)
      guard let asset, let style, let volatility else { return nil }
      return BasisModel(asset: asset, style: style, dailyVolatility: volatility)
    }
  }
}

extension Form where Value == VolatilityModel {
  fileprivate static var volatility: Form {
    .mapping { fields in
      let limit = VolatilityModel.largestResponse
      let asset = fields.required("asset", as: .asset)
      let onFall = fields.required("onFall", as: .within(-limit...limit))
      let onRise = fields.required("onRise", as: .within(-limit...limit))
      let volatility = fields.optional("dailyVolatility", as: .within(0...limit))
      let tenor = fields.optional("tenor", as: .tenor)
      guard let asset, let onFall, let onRise, fields.isSound else { return nil }
      return VolatilityModel(
        asset: asset, onFall: onFall, onRise: onRise, dailyVolatility: volatility ?? 0, tenor: tenor ?? .flat)
    }
  }
}

extension Form where Value == TenorScaling {
  fileprivate static var tenor: Form {
    .mapping { fields in
      let short = fields.required("shortTermPower", as: .within(0...10))
      let long = fields.required("longTermPower", as: .within(0...10))
      let floor = fields.optional("floorDays", as: .atLeast(0.001))
      guard let short, let long, fields.isSound else { return nil }
      return try? TenorScaling(shortTermPower: short, longTermPower: long, floorDays: floor ?? 1)
    }
  }
}

extension Form where Value == Proxy {
  fileprivate static var proxy: Form {
    .mapping { fields in
      let asset = fields.required("asset", as: .asset)
      let standIn = fields.required("standIn", as: .asset)
      let beta = fields.optional("beta", as: .finite)
      guard let asset, let standIn, fields.isSound else { return nil }
      return Proxy(asset: asset, standIn: standIn, beta: beta ?? 1)
    }
  }
}
