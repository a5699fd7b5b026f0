import Instruments
import LinearAlgebra
import Margin
import MarketData
import Scenarios
import Statistics
public import Studies

extension JSONValue {
  /// A comparison as one document: the facts of the CSV files, nested, with the settings, notes and assumptions.
  ///
  /// Keys are in snake case and stand in a fixed order; amounts are USD; missing values are `null`.
  ///
  /// - Parameter comparison: the results.
  public init(_ comparison: RegimeComparison) {
    self = [
      "schema": .string("plimsoll.comparison/1"),
      "study": .string(comparison.study),
      "account": [
        "id": .string(comparison.account.id), "purpose": .string(comparison.account.purpose),
        "net_market_value": .number(comparison.netMarketValue),
        "gross_notional": .number(comparison.grossNotional),
      ],
      "settings": comparison.settings.json,
      "regimes": .array(comparison.results.map(\.json)),
      "refusals": .array(comparison.refusals.map(\.json)),
      "model_range": comparison.modelRange.map { ["lowest": $0.lowest.json, "highest": $0.highest.json] }
        ?? .null,
      "tails": .array(comparison.tails.map(\.json)),
      "covariances": .array(comparison.covariances.map(\.json)),
      "coverage": .array(comparison.coverage.map(\.json)),
      "changes": .array(comparison.changes.map(\.json)),
      "notes": .strings(comparison.notes),
    ]
  }
}

extension ComparisonSettings {
  fileprivate var json: JSONValue {
    [
      "as_of": .string(asOf.description), "seed": .unsigned(seed), "scenarios": .integer(scenarioCount),
      "judge": .string(judgeSummary), "realised_observations": .integer(realisedObservations),
      "close_out_cost": .number(closeOutCost), "dust_floor": .number(models.dustFloor),
      "bootstrap_replicates": .integer(bootstrap.replicates),
      "bootstrap_block_length": .integer(bootstrap.blockLength),
      "levels": .array(levels.map { .number($0.value) }), "reference": .string(reference),
    ]
  }

  /// The judge's law in words.
  var judgeSummary: String {
    ScenarioRequest.monteCarlo(
      MonteCarloRequest(law: judge.law, sample: judge.sample, estimator: judge.estimator)
    ).summary
  }
}

extension Estimate {
  var json: JSONValue {
    [
      "value": .number(value), "se_simulation": JSONValue(simulationError),
      "se_calibration": JSONValue(calibrationError),
    ]
  }
}

extension RegimeResult {
  fileprivate var json: JSONValue {
    [
      "regime": .string(regime.id), "family": .string(regime.family.rawValue),
      "summary": .string(regime.summary), "source": .string(regime.source),
      "equity": .number(assessment.equity), "initial_margin": initial.json,
      "maintenance_margin": maintenance.json,
      "utilisation": JSONValue(assessment.utilisation), "venue_ratio": JSONValue(assessment.venueRatio),
      "venue_stage": stage.map { .string($0.name) } ?? .null,
      "status": .string(assessment.status.name), "binding": .string(assessment.binding),
      "initial_margin_difference": differenceToReference?.json ?? .null,
      "pools": .array(assessment.pools.map(\.json)),
      "components": .array(assessment.components.map(\.json)), "collateral": .array(needs.map(\.json)),
      "safety": .array(safety.map(\.json)), "distances": .array(distances.map(\.json)),
      "position_levels": .array(positionLevels.map(\.json)), "assumptions": .strings(regime.assumptions),
      "notes": .strings(notes),
    ]
  }
}

extension MarginDistance {
  fileprivate var json: JSONValue {
    let asset: JSONValue = if case .asset(let asset) = axis { .string(asset.symbol) } else { .null }
    return [
      "pool": .string(pool), "asset": asset, "direction": .string(direction.rawValue),
      "level": .string(level.rawValue), "move": JSONValue(move),
    ]
  }
}

extension PositionLevel {
  fileprivate var json: JSONValue {
    [
      "pool": .string(pool), "contract": .string(contract), "level": .string(level.rawValue),
      "price": JSONValue(price),
    ]
  }
}

extension PoolAssessment {
  fileprivate var json: JSONValue {
    [
      "pool": .string(name), "equity": .number(equity), "market_value": .number(marketValue),
      "initial_margin": .number(initial), "maintenance_margin": .number(maintenance),
      "utilisation": JSONValue(utilisation), "status": .string(status.name),
    ]
  }
}

extension MarginComponent {
  fileprivate var json: JSONValue {
    [
      "requirement": .string(requirement.rawValue), "pool": .string(pool), "component": .string(name),
      "amount": .number(amount), "is_binding": .bool(isBinding),
      "scenario": scenario.isEmpty ? .null : .string(scenario),
    ]
  }
}

extension CollateralNeed {
  fileprivate var json: JSONValue {
    [
      "view": .string(view.rawValue), "scale": JSONValue(scale), "value": .number(value),
      "capital_efficiency": JSONValue(capitalEfficiency),
    ]
  }
}

extension EventProbability {
  fileprivate var json: JSONValue {
    [
      "count": .integer(count), "scenarios": .integer(scenarios), "probability": .number(probability),
      "lower": .number(lower), "upper": .number(upper),
    ]
  }
}

extension SafetyAssessment {
  fileprivate var json: JSONValue {
    [
      "judge": .string(judge.rawValue), "view": .string(view.rawValue), "restricted": restricted.json,
      "margin_call": marginCall.json, "liquidation": liquidation.json, "bankruptcy": bankruptcy.json,
      "uncovered_loss": uncoveredLoss.json,
      "uncovered_loss_given_bankruptcy": JSONValue(uncoveredLossGivenBankruptcy),
      "uncovered_loss_worst": .number(worstUncoveredLoss),
      "uncovered_loss_difference": differenceToReference?.json ?? .null,
    ]
  }
}

extension RegimeRefusal {
  fileprivate var json: JSONValue {
    [
      "regime": .string(regime.id), "family": .string(regime.family.rawValue),
      "reason": .string(ErrorProse.text(of: reason)),
    ]
  }
}

extension RegimeAmount {
  fileprivate var json: JSONValue { ["regime": .string(regime), "initial_margin": .number(amount)] }
}
