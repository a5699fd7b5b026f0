import LinearAlgebra
import MarketData
import Statistics

extension ShockState {
  /// R becomes (1 − s·share)·R + s·share·T among the factors of a blend; other correlations stay.
  mutating func apply(_ blend: CorrelationBlend, strength: Double) throws(ShockError) {
    try ShockError.requireShare(blend.share)
    let share = strength * blend.share
    let wish = try target(of: blend)
    var wanted = correlations
    var reachable = correlations
    for (row, place) in wish.places.enumerated() {
      for (column, other) in wish.places.enumerated() where column < row && wish.covers(row, column) {
        let present = correlations[place, other]
        wanted.setCorrelation(place, other, blended(present, wish.wanted[row, column], share: share))
        reachable.setCorrelation(place, other, blended(present, wish.valid[row, column], share: share))
      }
    }
    let isTargetRepaired = wanted != reachable
    try take(reachable, keeping: wish.pairs, repair: blend.repair)
    if isTargetRepaired { note(asked: wanted, distance: (wanted - reachable).frobeniusNorm) }
  }

  private func target(of blend: CorrelationBlend) throws(ShockError) -> BlendTarget {
    switch blend.target {
    case .allOne: return BlendTarget(try blendedPlaces(blend.among)) { _, _ in 1 }
    case .identity: return BlendTarget(try blendedPlaces(blend.among)) { _, _ in 0 }
    case .equal(let correlation):
      let places = try blendedPlaces(blend.among)
      let least = -1 / Double(max(1, places.count - 1))
      try ShockError.require(
        "correlation", correlation, correlation >= least && correlation <= 1,
        "between \(least) and 1: no \(places.count) factors have less with one another")
      return BlendTarget(places) { _, _ in correlation }
    case .blocks(let groups, let inside, let between):
      return try blocks(groups, inside: inside, between: between, blend)
    case .window(let lookBack):
      let window = try subject.window(lookBack)
      let places = try blendedPlaces(blend.among)
      return BlendTarget(places, covers: { window.isCovered[$0] && window.isCovered[$1] }) {
        window.correlation[$0, $1]
      }
    }
  }

  /// The factors whose correlations with one another are blended.
  private func blendedPlaces(_ among: [RiskFactor]) throws(ShockError) -> [Int] {
    among.isEmpty ? movingSpots : try correlatedPlaces(of: among).sorted()
  }

  /// One number within each group, another between groups; a factor in no group keeps its correlations.
  private func blocks(
    _ groups: [[RiskFactor]], inside: Double, between: Double, _ blend: CorrelationBlend
  ) throws(ShockError) -> BlendTarget {
    for (field, value) in [("inside", inside), ("between", between)] {
      try ShockError.require(field, value, abs(value) <= 1, "between −1 and 1")
    }
    var group: [Int: Int] = [:]
    for (number, factors) in groups.enumerated() {
      for place in try correlatedPlaces(of: factors) {
        try ShockError.require(
          "blocks", Double(number + 1), group[place] == nil, "a block of factors of no other")
        group[place] = number
      }
    }
    let among = blend.among.isEmpty ? nil : Set(try correlatedPlaces(of: blend.among))
    let places = group.keys.filter { among?.contains($0) ?? true }.sorted()
    var target = BlendTarget(places) { group[$0] == group[$1] ? inside : between }
    try target.makeValid(repair: blend.repair)
    return target
  }
}

/// The correlations a blend goes to, over the factors it concerns.
private struct BlendTarget {
  /// The factors, ascending.
  let places: [Int]
  /// As the target was asked for.
  let wanted: Matrix
  /// As a correlation matrix has it.
  private(set) var valid: Matrix
  private let isCovered: (Int, Int) -> Bool

  /// A target whose correlations a function of two places in the factor space gives.
  init(
    _ places: [Int], covers: @escaping (Int, Int) -> Bool = { _, _ in true },
    correlation: (Int, Int) -> Double
  ) {
    self.places = places
    isCovered = covers
    wanted = Matrix(rows: places.count, columns: places.count) { row, column in
      row == column ? 1 : correlation(places[row], places[column])
    }
    valid = wanted
  }

  /// Whether the target has a correlation for two of its factors.
  func covers(_ row: Int, _ column: Int) -> Bool { isCovered(places[row], places[column]) }

  /// The pairs of factors it concerns.
  var pairs: Set<CorrelationPair> {
    Set(
      places.indices.flatMap { row in
        places[..<row].map { CorrelationPair(places[row], $0) }
      })
  }

  /// Repairs a target that is no correlation matrix, or refuses it.
  mutating func makeValid(repair: ShockRepair) throws(ShockError) {
    guard !places.isEmpty, try CorrelationMatrix(withinRounding: wanted) == nil else { return }
    // What a repair would have to keep or go back to is not known of a target: it becomes the nearest.
    let kind: ShockRepair = repair == .refuse ? .refuse : .nearest
    valid = try kind.applied(to: wanted, keeping: [], before: .identity(places.count)).matrix
  }
}
