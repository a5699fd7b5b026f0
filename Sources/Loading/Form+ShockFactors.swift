import Instruments
import MarketData
import Scenarios

/// A part of a shock with every place at which it names a factor or a window, for the checks against the market.
struct ShockPart<Value: Sendable>: Sendable {
  /// The part.
  let value: Value
  /// The factors it names, in the order of the file.
  var factors: [Located<RiskFactor>] = []
  /// The windows it names.
  var windows: [Located<LookBack>] = []

  /// The part changed, with the same names.
  func map<Other>(_ change: (Value) -> Other) -> ShockPart<Other> {
    ShockPart<Other>(value: change(value), factors: factors, windows: windows)
  }
}

extension Form where Value == RiskFactor {
  /// A factor: `BTC` is its spot price, `{basis: BTC, style: linear}` how contracts move against it, `{impliedVolatility: BTC}`
  /// the volatility of its options.
  static var factor: Form {
    let other = Form.mapping { fields in
      if fields.has("impliedVolatility") {
        return fields.required("impliedVolatility", as: .asset).map { .volatility($0) }
      }
      return fields.basisFactor("basis")?.value
    }
    return Form { node, path, reader in
      switch node.content {
      case .scalar: return spotPrice.read(node, path, &reader)
      case .mapping: return other.read(node, path, &reader)
      case .nothing, .list:
        reader.report(
          .expected(
            "an asset such as BTC, or a basis such as {basis: BTC, style: linear}", found: node.found),
          at: node.position, path: path)
        return nil
      }
    }
  }
}

extension Form where Value == RiskFactor {
  /// The spot price of an asset.
  static var spotPrice: Form { Form<Asset>.asset.map { .spot($0) } }
}

extension FieldReader {
  /// The contracts of a base asset and a style.
  ///
  /// - Parameter key: the key of the asset; the style's is `style`.
  /// - Returns: the factor at the place of its asset, or `nil` when a problem was reported.
  mutating func basisFactor(_ key: String) -> Located<RiskFactor>? {
    let asset = required(key, as: Form<Asset>.asset.located)
    let style = required("style", as: Form<SettlementStyle>.choice("settlement style"))
    guard let asset, let style else { return nil }
    return Located(value: .basis(asset.value, style), node: asset.node, path: asset.path)
  }
}

extension Form where Value == [Located<RiskFactor>] {
  /// A list of factors, each once.
  ///
  /// - Parameter least: how many there must be.
  /// - Returns: the form.
  static func factors(atLeast least: Int = 1) -> Form {
    let list = Form.list(of: Form<RiskFactor>.factor.located, atLeast: least)
    return Form { node, path, reader in
      guard let factors = list.read(node, path, &reader) else { return nil }
      return reader.reportRepeated(factors) ? nil : factors
    }
  }

  /// A pair of different factors.
  static var factorPair: Form {
    let factors = factors()
    return Form { node, path, reader in
      if case .list(let items) = node.content, items.count != 2 {
        reader.report(
          .expected("a list of two factors", found: "\(items.count)"), at: node.position, path: path)
        return nil
      }
      return factors.read(node, path, &reader)
    }
  }
}

extension NodeReader {
  /// Reports factors that stand a second time.
  ///
  /// - Parameter factors: in the order of the file.
  /// - Returns: whether there was one.
  mutating func reportRepeated(_ factors: [Located<RiskFactor>]) -> Bool {
    let repeated = factors.repeated
    for (factor, line) in repeated {
      report(.repeated(factor.value, line), at: factor.node.position, path: factor.path)
    }
    return !repeated.isEmpty
  }
}

extension FieldReader {
  /// Reports factors that stand a second time.
  ///
  /// - Parameter factors: in the order of the file.
  mutating func reportRepeated(_ factors: [Located<RiskFactor>]) {
    for (factor, line) in factors.repeated {
      report(.repeated(factor.value, line), at: factor.node.position, path: factor.path)
    }
  }
}

extension [Located<RiskFactor>] {
  /// The factors without their places.
  var plain: [RiskFactor] { map(\.value) }

  /// The factors that stand a second time, each with the line of the first.
  fileprivate var repeated: [(factor: Located<RiskFactor>, firstLine: Int)] {
    var lines: [RiskFactor: Int] = [:]
    var repeated: [(factor: Located<RiskFactor>, firstLine: Int)] = []
    for factor in self {
      if let line = lines[factor.value] {
        repeated.append((factor, line))
      } else {
        lines[factor.value] = factor.node.position.line
      }
    }
    return repeated
  }
}

extension LoadFault {
  fileprivate static func repeated(_ factor: RiskFactor, _ line: Int) -> LoadFault {
    .rule("\(words(for: factor)) stands twice, first in line \(line)")
  }

  /// A factor as a file names it.
  static func words(for factor: RiskFactor) -> String {
    switch factor {
    case .spot(let asset): asset.symbol
    case .basis(let asset, let style): "the basis of \(style.rawValue) \(asset) contracts"
    case .volatility(let asset): "the implied volatility of \(asset)"
    }
  }
}

extension Form where Value == ShockPart<[FactorAmount]> {
  /// Moves of assets, as `{BTC: -0.3}`, or of any factors, as `[{of: {basis: BTC, style: linear}, move: -0.01}]`.
  static var moves: Form {
    let assets = assetMoves
    let list = Form<[Located<ShockPart<FactorAmount>>]>.list(of: Form<ShockPart<FactorAmount>>.move.located)
    return Form { node, path, reader in
      guard case .list(let items) = node.content else { return assets.read(node, path, &reader) }
      guard !items.isEmpty else {
        reader.report(.noMoves("an empty list"), at: node.position, path: path)
        return nil
      }
      guard let moves = list.read(node, path, &reader) else { return nil }
      let factors = moves.flatMap(\.value.factors)
      return reader.reportRepeated(factors)
        ? nil : ShockPart(value: moves.map(\.value.value), factors: factors)
    }
  }

  /// Moves of assets' spot prices.
  static var assetMoves: Form {
    let table = Form<[Pair<Located<Asset>, Double>]>.table(
      keys: Form<Asset>.asset.located, values: .spotMove)
    return Form { node, path, reader in
      let isEmpty = node.content == .mapping([])
      guard case .mapping = node.content, !isEmpty else {
        reader.report(.noMoves(isEmpty ? "an empty mapping" : node.found), at: node.position, path: path)
        return nil
      }
      return table.read(node, path, &reader).map { pairs in
        ShockPart(
          value: pairs.map { FactorAmount(factor: .spot($0.key.value), amount: $0.value) },
          factors: pairs.map {
            Located(value: .spot($0.key.value), node: $0.key.node, path: $0.key.path)
          })
      }
    }
  }
}

extension LoadFault {
  fileprivate static func noMoves(_ found: String) -> LoadFault {
    .expected("moves of assets such as {BTC: -0.3}", found: found)
  }
}

extension Form where Value == ShockPart<FactorAmount> {
  fileprivate static var move: Form {
    .mapping { fields in
      let factor = fields.required("of", as: Form<RiskFactor>.factor.located)
      let move = fields.required("move", as: .spotMove)
      guard let factor, let move else { return nil }
      return ShockPart(value: FactorAmount(factor: factor.value, amount: move), factors: [factor])
    }
  }
}

extension Form where Value == Double {
  /// A share of what there is: nothing is no shock, all is one.
  static var portion: Form { number("a share above 0 and at most 1") { $0 > 0 && $0 <= 1 } }

  /// A correlation.
  static var coefficient: Form { number("a correlation from -1 to 1") { abs($0) <= 1 } }

  /// By what something that is not negative is multiplied.
  static var multiple: Form { within(0...1_000) }

  /// The standard deviation of a day's moves.
  static var dayVolatility: Form {
    number("a daily volatility above 0 and at most 1000") { $0 > 0 && $0 <= 1_000 }
  }
}
