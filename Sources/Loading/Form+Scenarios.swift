import Instruments
import MarketData
import Scenarios
import Statistics

extension Form where Value == ScenarioRequest {
  /// The scenarios from which a regime estimates its requirement.
  static var estimation: Form {
    .oneKey([
      "historical": Form<HistoricalRequest>.mapping { $0.historical(atLeast: 1) }.map { .historical($0) },
      "monteCarlo": Form<MonteCarloRequest>.monteCarlo(.estimation).map { .monteCarlo($0) },
    ])
  }
}

extension Form where Value == MonteCarloRequest {
  /// Draws from an estimated law.
  ///
  /// - Parameter stream: which random numbers are drawn.
  /// - Returns: the form.
  static func monteCarlo(_ stream: ScenarioStream) -> Form {
    .mapping { fields in
      let law = fields.required("law", as: .law)
      let sample = fields.historical(atLeast: 2)
      let estimator = fields.optional("covariance", as: .covariance)
      guard let law, let sample, fields.isSound else { return nil }
      return MonteCarloRequest(law: law, sample: sample, estimator: estimator ?? .sample, stream: stream)
    }
  }
}

extension FieldReader {
  /// The keys of a historical window.
  ///
  /// - Parameter least: the fewest observations that serve; a covariance takes two.
  /// - Returns: the window, or `nil` when a problem was reported.
  mutating func historical(atLeast least: Int) -> HistoricalRequest? {
    let lookBack = required("lookBack", as: .lookBack(atLeast: least))
    let horizon = required("horizon", as: .horizon)
    let scaling = optional("scaling", as: Form<HorizonScaling>.choice("horizon scaling"))
    guard let lookBack, let horizon, isSound else { return nil }
    return HistoricalRequest(lookBack: lookBack, horizon: horizon, scaling: scaling ?? .overlapping)
  }
}

extension Form where Value == LookBack {
  /// A number of observations, or a period.
  ///
  /// - Parameter least: the fewest observations.
  /// - Returns: the form.
  static func lookBack(atLeast least: Int) -> Form {
    let count = Form<Int>.whole(atLeast: least)
    let period = Form.mapping { fields in
      let from = fields.required("from", as: .moment)
      let to = fields.required("to", as: .moment)
      guard let from, let to else { return nil }
      guard from <= to else {
        fields.report(.expected("a date not before \(from)", found: "\(to)"), at: "to")
        return nil
      }
      return .period(from: from, to: to)
    }
    return Form { node, path, reader in
      if case .mapping = node.content { return period.read(node, path, &reader) }
      guard node.text != nil else {
        reader.report(
          .expected(
            "a number of observations such as 500, or {from: 2020-02-15, to: 2020-04-15}", found: node.found),
          at: node.position, path: path)
        return nil
      }
      return count.read(node, path, &reader).map { .observations($0) }
    }
  }
}

extension Form where Value == Horizon {
  /// `1 d` or `6 h`.
  static var horizon: Form {
    text("a horizon such as '1 d' or '6 h'") { text in
      let parts = text.split(separator: " ")
      guard parts.count == 2, let count = Int(parts[0]), (1...10_000).contains(count) else { return nil }
      return switch parts[1] {
      case "d": .days(count)
      case "h": Horizon(hours: count)
      default: nil
      }
    }
  }
}

extension Form where Value == MoveLaw {
  /// `gaussian` or `{studentT: 4}`.
  static var law: Form {
    .word(
      "law", ["gaussian": .gaussian],
      orElse: .oneKey(["studentT": Form<Double>.above(2).map { .studentT(degreesOfFreedom: $0) }]))
  }
}

extension Form where Value == CovarianceEstimator {
  /// `sample`, `{equallyWeighted: {mean: zero}}` or `{exponentiallyWeighted: 0.97}`.
  static var covariance: Form {
    .word(
      "covariance estimator", ["sample": .sample],
      orElse: .oneKey([
        "equallyWeighted": .mapping { fields in
          fields.required("mean", as: .mean).map { .equallyWeighted(mean: $0) }
        },
        "exponentiallyWeighted": .exponentiallyWeighted,
      ]))
  }

  private static var exponentiallyWeighted: Form {
    let decay = Form<Double>.number("a decay above 0 and below 1, such as 0.97") { $0 > 0 && $0 < 1 }
    let keys = Form.mapping { fields in
      let value = fields.required("decay", as: decay)
      let mean = fields.optional("mean", as: .mean)
      return value.map { .exponentiallyWeighted(decay: $0, mean: mean ?? .zero) }
    }
    return Form { node, path, reader in
      if case .mapping = node.content { return keys.read(node, path, &reader) }
      return decay.read(node, path, &reader).map { .exponentiallyWeighted(decay: $0, mean: .zero) }
    }
  }
}

extension Form where Value == MeanConvention {
  fileprivate static var mean: Form { .word("mean", ["zero": .zero, "sample": .sample]) }
}
