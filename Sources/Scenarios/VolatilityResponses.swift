import LinearAlgebra
import MarketData

/// The volatility models of a study, found in its factor space.
struct VolatilityResponses: Sendable {
  /// One model with the rows of its volatility and its spot price.
  struct Response: Sendable {
    let model: VolatilityModel
    let volatility: Int
    let spot: Int
  }

  let responses: [Response]

  /// Finds the models; the first of an asset holds.
  init(_ models: ScenarioModels, in factors: FactorSpace) {
    var taken: Set<Int> = []
    responses = models.volatility.compactMap { model in
      guard let place = factors.index(of: .volatility(model.asset)),
        let spot = factors.index(of: .spot(model.asset)), taken.insert(place).inserted
      else { return nil }
      return Response(model: model, volatility: place, spot: spot)
    }
  }

  /// How the volatility of an option answers the moves of these factors.
  var answer: VolatilityAnswer {
    .factors(Dictionary(uniqueKeysWithValues: responses.map { ($0.model.asset, $0.model.tenor) }))
  }

  /// The coverage of a volatility in a set without draws; its gaps are those of the spot price it follows, which stands
  /// before it.
  func coverage(of row: Int, given spots: [FactorCoverage]) -> FactorCoverage? {
    responses.first { $0.volatility == row }.map { response in
      FactorCoverage(source: .model(response.model.responseName), missing: spots[response.spot].missing)
    }
  }

  /// Writes the response to every scenario's spot moves into the volatility rows.
  func apply(to moves: inout Matrix) {
    for response in responses {
      let spots = moves.row(response.spot)
      moves.withMutableRow(response.volatility) { row in
        for scenario in row.indices { row[scenario] = response.model.move(spot: spots[scenario]) }
      }
    }
  }
}
