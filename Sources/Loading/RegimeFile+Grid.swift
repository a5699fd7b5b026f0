import Instruments
import Margin
import Scenarios

extension Form where Value == ScenarioGridTerm {
  /// A grid: prices × volatilities, single points, and a tail whose weights follow a law.
  static var scenarioGrid: Form {
    .mapping { fields in
      let unit = fields.optional("profitIn", as: Form<ScenarioGridTerm.ProfitUnit>.choice("unit of profit"))
      let unmoved = fields.optional("unmoved", as: .list(of: .asset))
      let law = fields.optional("volatilityLaw", as: .volatilityLaw)
      let prices = fields.optional("prices", as: .list(of: .spotMove, atLeast: 1))
      let volatilities = fields.optional("volatilities", as: .list(of: .volatilityShock, atLeast: 1))
      let points = fields.optional("points", as: .list(of: .gridPoint, atLeast: 1))
      let tail = fields.optional("tail", as: .gridTail)
      let gains = fields.optional("gains", as: .table(keys: .asset, values: .gainRule))
      if !fields.has("prices") {
        if fields.has("volatilities") { fields.report(.missingKey("prices")) }
        if !fields.has("points"), !fields.has("tail") {
          fields.report(.rule("a grid needs prices, points or a tail"))
        }
      }
      guard fields.isSound else { return nil }
      let product = (volatilities ?? [.unchanged]).flatMap { volatility in
        (prices ?? []).map { GridPoint(spot: $0, volatility: volatility) }
      }
      let all = product + (points ?? []) + (tail ?? [])
      if law == nil, all.contains(where: { $0.volatility == .up || $0.volatility == .down }) {
        fields.report(.rule("volatility goes up or down by a volatilityLaw, and the grid has none"))
        return nil
      }
      return ScenarioGridTerm(
        grid: GridRequest(points: all, volatilityLaw: law, unmoved: unmoved ?? []), profitUnit: unit ?? .usd,
        gains: Dictionary((gains ?? []).map { ($0.key, $0.value) }) { first, _ in first })
    }
  }
}

extension Form where Value == VolatilityShock {
  /// `none`, `up`, `down`, a relative move, or `{points: 0.3}`.
  static var volatilityShock: Form {
    let relative = Form<Double>.spotMove.map { VolatilityShock.relative($0) }
    let points = Form.oneKey(["points": Form<Double>.finite.map { .points($0) }])
    return Form { node, path, reader in
      switch node.text {
      case "none": return .unchanged
      case "up": return .up
      case "down": return .down
      case .some where Double(node.text ?? "") == nil:
        reader.report(
          .expected("none, up, down, a relative move such as 0.4, or {points: 0.3}", found: node.found),
          at: node.position, path: path)
        return nil
      case .some: return relative.read(node, path, &reader)
      case .none: return points.read(node, path, &reader)
      }
    }
  }
}

extension Form where Value == VolatilityShockLaw {
  /// How far volatility goes up and down, by days to expiry.
  static var volatilityLaw: Form {
    .mapping { fields in
      let pointsUp = fields.optional("pointsUp", as: .notNegative)
      let pointsDown = fields.optional("pointsDown", as: .notNegative)
      let isInPoints = fields.has("pointsUp") || fields.has("pointsDown")
      let up =
        isInPoints ? fields.optional("up", as: .notNegative) ?? 0 : fields.required("up", as: .notNegative)
      let down =
        isInPoints
        ? fields.optional("down", as: .notNegative) ?? 0 : fields.required("down", as: .notNegative)
      let minimumUp = fields.optional("minimumUp", as: .notNegative)
      let short = fields.optional("shortTermPower", as: .notNegative)
      let long = fields.optional("longTermPower", as: .notNegative)
      let floor = fields.optional("floorDays", as: .positive)
      guard let up, let down, fields.isSound else { return nil }
      do throws(ScenarioError) {
        return try VolatilityShockLaw(
          up: up, down: down, minimumUp: minimumUp ?? 0, shortTermPower: short ?? 0,
          longTermPower: long ?? 0, floorDays: floor ?? 1, pointsUp: pointsUp ?? 0,
          pointsDown: pointsDown ?? 0)
      } catch {
        fields.report(LoadFault(error, market: []))
        return nil
      }
    }
  }
}

extension Form where Value == [GridPoint] {
  /// Far moves weighted by w = constant / |move|, so that a plain position loses at each what it loses at the constant.
  fileprivate static var gridTail: Form {
    .mapping { fields in
      let moves = fields.required("moves", as: .list(of: .spotMove, atLeast: 1))
      let constant = fields.required("constant", as: .positive)
      let volatility = fields.optional("volatility", as: .volatilityShock)
      let dampener = fields.optional("dampener", as: .notNegative)
      guard let moves, let constant, fields.isSound else { return nil }
      guard moves.allSatisfy({ abs($0) >= constant }) else {
        fields.report(
          .rule("a move of the tail is at least as far as the constant, so that no weight is above 1"))
        return nil
      }
      return moves.map {
        GridPoint(
          spot: $0, volatility: volatility ?? .unchanged, weight: constant / abs($0), dampener: dampener ?? 0)
      }
    }
  }
}

extension Form where Value == GridPoint {
  fileprivate static var gridPoint: Form {
    .mapping { fields in
      let spot = fields.required("spot", as: .spotMove)
      let volatility = fields.optional("volatility", as: .volatilityShock)
      let weight = fields.optional(
        "weight", as: .number("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 })
      let dampener = fields.optional("dampener", as: .notNegative)
      guard let spot, fields.isSound else { return nil }
      return GridPoint(
        spot: spot, volatility: volatility ?? .unchanged, weight: weight ?? 1, dampener: dampener ?? 0)
    }
  }
}

extension Form where Value == GainRule {
  fileprivate static var gainRule: Form {
    .mapping { fields in
      let offset = fields.required("offset", as: .within(0...1))
      let maximum = fields.optional("maximum", as: .notNegative)
      guard let offset, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in try GainRule(offset: offset, maximum: maximum) }
    }
  }
}
