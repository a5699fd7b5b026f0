import LinearAlgebra
import MarketData
import Statistics

extension ShockState {
  /// ρ becomes ρ + s·(change(ρ) − ρ) for every pair of a shock; the matrix is made valid again.
  mutating func apply(_ shock: EntryShock, strength: Double) throws(ShockError) {
    try shock.change.requireDomain()
    let pairs = try pairs(of: shock)
    var asked = correlations
    for pair in pairs {
      let present = correlations[pair.first, pair.second]
      asked.setCorrelation(
        pair.first, pair.second, blended(present, shock.change.applied(to: present), share: strength))
    }
    do throws(ShockError) {
      try take(asked, keeping: pairs, repair: shock.repair)
    } catch .notPositiveSemidefinite(let smallest) {
      guard pairs.count == 1, let pair = pairs.first else {
        throw .notPositiveSemidefinite(smallestEigenvalue: smallest)
      }
      throw infeasible(pair, wanted: asked[pair.first, pair.second])
    }
  }

  /// Makes the correlations those of a set of the Basel rules, element by element, and the matrix valid again.
  mutating func apply(
    _ scenario: CorrelationScenario, repair: ShockRepair, strength: Double
  ) throws(ShockError) {
    let asked = correlations.withCorrelations { blended($0, scenario.correlation($0), share: strength) }
    var pairs: Set<CorrelationPair> = []
    for row in 0..<asked.rows {
      for column in 0..<row where asked[row, column] != correlations[row, column] {
        pairs.insert(CorrelationPair(row, column))
      }
    }
    try take(asked, keeping: pairs, repair: repair)
  }

  /// The pairs of one side with the other, or of one side with itself, each once.
  private func pairs(of shock: EntryShock) throws(ShockError) -> Set<CorrelationPair> {
    let first = try correlatedPlaces(of: shock.between)
    let second = shock.and.isEmpty ? first : try correlatedPlaces(of: shock.and)
    var pairs: Set<CorrelationPair> = []
    for one in first {
      for other in second where other != one { pairs.insert(CorrelationPair(one, other)) }
    }
    return pairs
  }

  /// The refusal of a correlation that no correlation matrix has beside the others.
  private func infeasible(_ pair: CorrelationPair, wanted: Double) -> ShockError {
    do throws(CovarianceError) {
      let interval = try moments.correlation.feasibleInterval(ofRow: pair.first, column: pair.second)
      let factors = moments.factors.factors
      return .infeasible(
        factors[pair.first], factors[pair.second], wanted: wanted, lower: interval.lowerBound,
        upper: interval.upperBound)
    } catch {
      return .covariance(error)
    }
  }
}

extension CorrelationChange {
  /// Stops at a number that is not finite, and at a correlation outside [−1, 1].
  fileprivate func requireDomain() throws(ShockError) {
    switch self {
    case .to(let number):
      try ShockError.require("correlation", number, abs(number) <= 1, "between −1 and 1")
    case .add(let number), .scale(let number):
      try ShockError.require("correlation change", number, true, "a finite number")
    }
  }
}
