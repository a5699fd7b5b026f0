import LinearAlgebra
import MarketData
import RealModule
import Statistics

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

extension VolatilityResponses {
  /// A covariance of moves with what the volatilities add to it.
  ///
  /// A response is v = a·s + m·|s| + e, with a = (onRise − onFall)/2 the ``VolatilityModel/slope`` of its regression on the move
  /// s of the price, m = (onRise + onFall)/2 what bends it, and e the independent move. In a law that is symmetric about zero |s| is
  /// uncorrelated with every move, and with X = S·G of normal G of the same covariance and correlation ρ
  /// Cov(|sᵢ|, |sⱼ|) = σᵢσⱼ·(2/π)·(√(1 − ρ²) + ρ·asin ρ − E[S]²). So Cov(v, x) = a·Cov(s, x), and
  /// Cov(vᵢ, vⱼ) = aᵢaⱼ·Cov(sᵢ, sⱼ) + mᵢmⱼ·Cov(|sᵢ|, |sⱼ|), with Var(e) on the diagonal: the covariance of drawn moves but for
  /// their limits. The mean m·E|s| has no place in a law of mean zero.
  ///
  /// - Parameters:
  ///   - covariance: factor × factor, with nothing in the rows of the volatilities.
  ///   - tail: the shape of the law.
  ///   - days: the horizon.
  /// - Returns: factor × factor.
  func completed(_ covariance: Matrix, tail: EllipticalTail, days: Double) -> Matrix {
    guard !responses.isEmpty else { return covariance }
    var completed = covariance
    let meanScale = tail.meanMixingScale
    for (place, response) in responses.enumerated() {
      let (row, spot, model) = (response.volatility, response.spot, response.model)
      for factor in 0..<covariance.rows {
        let joint = model.slope * covariance[spot, factor]
        completed[row, factor] += joint
        completed[factor, row] += joint
      }
      for other in responses[...place] {
        let (column, otherSpot) = (other.volatility, other.spot)
        let variances = covariance[spot, spot] * covariance[otherSpot, otherSpot]
        guard variances > 0 else { continue }
        let size = variances.squareRoot()
        let correlation = row == column ? 1 : max(-1, min(1, covariance[spot, otherSpot] / size))
        let bent =
          2 / Double.pi
          * ((1 - correlation * correlation).squareRoot() + correlation * .asin(correlation)
            - meanScale * meanScale)
        let joint =
          model.slope * other.model.slope * covariance[spot, otherSpot]
          + model.bend * other.model.bend * size * bent
        completed[row, column] = joint
        completed[column, row] = joint
      }
      completed[row, row] += model.dailyVolatility * model.dailyVolatility * days
    }
    return completed
  }
}

extension VolatilityModel {
  /// The slope of the regression of the response on moves of a law that is symmetric about zero, by any distribution of their
  /// size.
  package var slope: Double { 0.5 * (onRise - onFall) }

  /// What the response adds to that line for a move of one either way.
  fileprivate var bend: Double { 0.5 * (onRise + onFall) }
}

extension EllipticalTail {
  /// E[S] of moves S·G with unit variances, G normal with unit variances.
  fileprivate var meanMixingScale: Double {
    guard let freedom = degreesOfFreedom else { return 1 }
    return (0.5 * freedom - 1).squareRoot()
      * .exp(.logGamma(0.5 * (freedom - 1)) - .logGamma(0.5 * freedom))
  }
}
