import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import Studies

extension TailReport {
  var json: JSONValue {
    let bounds = valueAtRiskInterval?.bounds
    return [
      "scenarios": .string(scenarios), "used_by": .strings(usedBy), "level": .number(confidence.value),
      "sample_size": .integer(sampleSize), "effective_sample_size": .number(effectiveSampleSize),
      "value_at_risk": [
        "value": .number(valueAtRisk.value), "se_simulation": JSONValue(valueAtRisk.simulationError),
        "lower": JSONValue(bounds?.lowerBound), "upper": JSONValue(bounds?.upperBound),
        "closed_form": JSONValue(closedFormValueAtRisk), "binding_scenario": .string(bindingScenario),
      ],
      "expected_shortfall": [
        "value": .number(expectedShortfall.value),
        "se_simulation": JSONValue(expectedShortfall.simulationError),
        "closed_form": JSONValue(closedFormExpectedShortfall),
      ],
    ]
  }
}

extension CovarianceReport {
  var json: JSONValue {
    let rows = factors.indices.map { row in
      JSONValue.array(factors.indices.map { .number(covariance[row, $0]) })
    }
    return [
      "law": .string(law), "used_by": .strings(usedBy), "factors": .strings(factors),
      "covariance": .array(rows),
      "smallest_eigenvalue": .number(spectrum.smallest), "largest_eigenvalue": .number(spectrum.largest),
      "repair_distance": .number(spectrum.repairDistance),
      "effective_observations": .number(spectrum.effectiveObservations),
    ]
  }
}

extension CoverageReport {
  var json: JSONValue {
    let history = coverage.history
    return [
      "scenarios": .string(scenarios), "factor": .string(factor),
      "source": .string(coverage.source.description),
      "observations": JSONValue(history?.observations), "missing": JSONValue(history?.missing),
      "dust": JSONValue(history?.dust), "without_move": .integer(coverage.missing.count),
      "first": JSONValue(history?.first?.description), "last": JSONValue(history?.last?.description),
    ]
  }
}

extension ChangeEffect {
  var json: JSONValue {
    [
      "change": .string(change), "regime": .string(regime), "initial_margin_after": JSONValue(after),
      "initial_margin_difference": difference?.json ?? .null,
      "equity_difference": JSONValue(equityDifference),
    ]
  }
}
