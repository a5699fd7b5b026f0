import Scenarios
import Statistics

extension Form where Value == MoveLaw {
  /// A law that can be drawn from.
  static var law: Form {
    .word(
      "law", ["gaussian": .gaussian, "studentTCopula": .studentTCopula(CopulaModel())],
      orElse: .oneKey([
        "studentT": degreesOfFreedom,
        "studentTCopula": .copula,
        "jumps": .jumps,
      ]))
  }

  /// A law that is known in closed form: `gaussian` or `{studentT: 4}`.
  static var ellipticalLaw: Form {
    .word("law", ["gaussian": .gaussian], orElse: .oneKey(["studentT": degreesOfFreedom]))
  }

  private static var degreesOfFreedom: Form {
    Form<Double>.above(2).map { .studentT(degreesOfFreedom: $0) }
  }

  private static var copula: Form {
    .mapping { fields in
      let degrees = fields.optional("degreesOfFreedom", as: .above(2))
      let share = fields.optional(
        "tailShare", as: .number("a share above 0 and at most 0.25") { $0 > 0 && $0 <= 0.25 })
      guard fields.isSound else { return nil }
      return .studentTCopula(CopulaModel(degreesOfFreedom: degrees, tailShare: share ?? 0.1))
    }
  }

  private static var jumps: Form {
    .mapping { fields in
      let commonIntensity = fields.required("commonIntensity", as: .notNegative)
      let commonMean = fields.required("commonMean", as: .finite)
      let commonDeviation = fields.required("commonDeviation", as: .notNegative)
      let ownIntensity = fields.required("ownIntensity", as: .notNegative)
      let ownDeviation = fields.required("ownDeviation", as: .notNegative)
      guard let commonIntensity, let commonMean, let commonDeviation, let ownIntensity, let ownDeviation
      else { return nil }
      do throws(ScenarioError) {
        return .jumps(
          try JumpModel(
            commonIntensity: commonIntensity, commonMean: commonMean, commonDeviation: commonDeviation,
            ownIntensity: ownIntensity, ownDeviation: ownDeviation))
      } catch {
        fields.report(LoadFault(error, market: []))
        return nil
      }
    }
  }
}

extension Form where Value == CovarianceEstimator {
  /// Such as `sample`, `{exponentiallyWeighted: 0.97}` or `{shrunk: constantCorrelation}`.
  static var covariance: Form {
    .word(
      "covariance estimator", ["sample": .sample, "eigenvalueClipping": .eigenvalueClipping],
      orElse: .oneKey([
        "equallyWeighted": .mapping { fields in
          fields.required("mean", as: .mean).map { .equallyWeighted(mean: $0) }
        },
        "exponentiallyWeighted": .exponentiallyWeighted,
        "splitDecay": .mapping { fields in
          let volatility = fields.required("volatility", as: .decay)
          let correlation = fields.required("correlation", as: .decay)
          guard let volatility, let correlation else { return nil }
          return .splitDecay(volatility: volatility, correlation: correlation)
        },
        "shrunk": Form<ShrinkageTarget>.choice("shrinkage target").map { .shrunk($0) },
        "pairwise": .mapping { fields in
          fields.required("leastCommon", as: .whole(atLeast: 2)).map { .pairwise(leastCommon: $0) }
        },
      ]))
  }

  private static var exponentiallyWeighted: Form {
    let keys = Form.mapping { fields in
      let value = fields.required("decay", as: .decay)
      let mean = fields.optional("mean", as: .mean)
      return value.map { .exponentiallyWeighted(decay: $0, mean: mean ?? .zero) }
    }
    return Form { node, path, reader in
      if case .mapping = node.content { return keys.read(node, path, &reader) }
      return Form<Double>.decay.read(node, path, &reader)
        .map { .exponentiallyWeighted(decay: $0, mean: .zero) }
    }
  }
}

extension Form where Value == MeanConvention {
  fileprivate static var mean: Form { .word("mean", ["zero": .zero, "sample": .sample]) }
}
