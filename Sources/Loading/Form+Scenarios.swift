import Instruments
import MarketData
import Scenarios
import Statistics

extension Form where Value == ScenarioRequest {
  /// The scenarios from which a regime estimates its requirement.
  static var estimation: Form {
    .oneKey([
      "historical": Form<HistoricalRequest>.historical.map { .historical($0) },
      "filteredHistorical": Form<BootstrapRequest>.filteredHistorical.map { .bootstrap($0) },
      "blockBootstrap": Form<BootstrapRequest>.blockBootstrap.map { .bootstrap($0) },
      "monteCarlo": Form<MonteCarloRequest>.monteCarlo.map { .monteCarlo($0) },
      "law": Form<MonteCarloRequest>.closedFormLaw.map { .law($0) },
    ])
  }
}

extension Form where Value == HistoricalRequest {
  /// The moves of a window.
  fileprivate static var historical: Form {
    .mapping { fields in
      let window = fields.historical(atLeast: 1)
      let weighting = fields.optional("weights", as: .weighting)
      guard let window, fields.isSound else { return nil }
      return HistoricalRequest(
        lookBack: window.lookBack, horizon: window.horizon, scaling: window.scaling, filter: window.filter,
        weighting: weighting ?? .equal)
    }
  }
}

extension Form where Value == BootstrapRequest {
  /// Residuals of random dates along each factor's own volatility.
  fileprivate static var filteredHistorical: Form {
    .mapping { fields in
      let path = fields.steppedPath()
      let dynamics = fields.required("dynamics", as: .dynamics)
      let floorShare = fields.optional("floorShare", as: .within(0...1))
      let blockLength = fields.optional("blockLength", as: .whole(atLeast: 1, atMost: 10_000))
      guard let path, let dynamics, fields.isSound else { return nil }
      return BootstrapRequest(
        steps: path.steps, horizon: path.horizon, dynamics: dynamics, floorShare: floorShare ?? 0,
        blockLength: blockLength ?? 1)
    }
  }

  /// Moves of random dates, some neighbours together.
  fileprivate static var blockBootstrap: Form {
    .mapping { fields in
      let path = fields.steppedPath()
      let blockLength = fields.required("blockLength", as: .whole(atLeast: 1, atMost: 10_000))
      guard let path, let blockLength, fields.isSound else { return nil }
      return BootstrapRequest(
        steps: path.steps, horizon: path.horizon, dynamics: nil, blockLength: blockLength)
    }
  }
}

extension Form where Value == MonteCarloRequest {
  /// Draws from an estimated law.
  fileprivate static var monteCarlo: Form {
    .mapping { fields in
      let request = fields.estimatedLaw(.law)
      let sampling = fields.optional("sampling", as: Form<SamplingScheme>.choice("sampling scheme"))
      guard let request, fields.isSound else { return nil }
      return MonteCarloRequest(
        law: request.law, sample: request.sample, estimator: request.estimator,
        dependence: request.dependence, sampling: sampling ?? .plain)
    }
  }

  /// An estimated law that needs no draws.
  fileprivate static var closedFormLaw: Form { .mapping { $0.estimatedLaw(.ellipticalLaw) } }
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
    let filter = optional("filter", as: .filter)
    guard let lookBack, let horizon, isSound else { return nil }
    return HistoricalRequest(
      lookBack: lookBack, horizon: horizon, scaling: scaling ?? .overlapping, filter: filter)
  }

  /// The keys of a law estimated from a window.
  fileprivate mutating func estimatedLaw(_ form: Form<MoveLaw>) -> MonteCarloRequest? {
    let law = required("law", as: form)
    let sample = historical(atLeast: 2)
    let estimator = optional("covariance", as: .covariance)
    let dependence = optional("dependence", as: Form<Dependence>.choice("dependence"))
    guard let law, let sample, isSound else { return nil }
    return MonteCarloRequest(
      law: law, sample: sample, estimator: estimator ?? .sample, dependence: dependence ?? .estimated)
  }

  /// The keys of paths put together from steps; a step lasts a day unless it is said.
  fileprivate mutating func steppedPath() -> (steps: HistoricalRequest, horizon: Horizon)? {
    let lookBack = required("lookBack", as: .lookBack(atLeast: 2))
    let horizon = required("horizon", as: .horizon)
    let step = optional("step", as: .horizon) ?? .days(1)
    guard let lookBack, let horizon, isSound else { return nil }
    guard horizon.hours % step.hours == 0 else {
      report(.expected("a whole multiple of the step of \(step)", found: "\(horizon)"), at: "horizon")
      return nil
    }
    return (HistoricalRequest(lookBack: lookBack, horizon: step), horizon)
  }
}

extension Form where Value == HistoricalFilter {
  /// What is done to moves before they are scenarios.
  fileprivate static var filter: Form {
    .oneKey([
      "volatility": .mapping { fields in
        let dynamics = fields.required("dynamics", as: .dynamics)
        let floorShare = fields.optional("floorShare", as: .within(0...1))
        guard let dynamics, fields.isSound else { return nil }
        return .volatility(dynamics, floorShare: floorShare ?? 0)
      },
      "covariance": .mapping { fields in
        let volatility = fields.required("volatilityDecay", as: .decay)
        let correlation = fields.required("correlationDecay", as: .decay)
        guard let volatility, let correlation else { return nil }
        return .covariance(volatilityDecay: volatility, correlationDecay: correlation)
      },
    ])
  }
}

extension Form where Value == VolatilityDynamics {
  /// `garch` or `{exponentiallyWeighted: 0.97}`.
  fileprivate static var dynamics: Form {
    .word(
      "volatility dynamics", ["garch": .garch],
      orElse: .oneKey(["exponentiallyWeighted": Form<Double>.decay.map { .exponentiallyWeighted(decay: $0) }]
      ))
  }
}

extension Form where Value == AgeWeighting {
  /// `equal` or `{decaying: 0.98}`.
  fileprivate static var weighting: Form {
    .word(
      "weights", ["equal": .equal],
      orElse: .oneKey(["decaying": Form<Double>.decay.map { .decaying($0) }]))
  }
}

extension Form where Value == Double {
  /// A factor by which weights decay a date.
  static var decay: Form {
    number("a decay above 0 and below 1, such as 0.97") { $0 > 0 && $0 < 1 }
  }
}

extension Form where Value == LookBack {
  /// A number of observations, the word `all`, or a period.
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
      if node.text == "all" { return .all }
      guard node.text != nil else {
        reader.report(
          .expected(
            "a number of observations such as 500, the word all, or {from: 2020-02-15, to: 2020-04-15}",
            found: node.found),
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
