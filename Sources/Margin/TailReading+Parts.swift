import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import Valuation

extension TailReading {
  /// The liquidity horizon cascade √(R₁² + Σ_{j≥2} (R_j·√((H_j − H_{j−1})/H₁))²).
  ///
  /// A tail that is a gain counts for nothing; a tail that stands alone is returned as it is. Basel Committee: Minimum
  /// capital requirements for market risk (2019), MAR33.4 and MAR33.5.
  ///
  /// - Parameters:
  ///   - tails: R₁ under all moves, then R_j under those of what takes at least H_j to close; at least one.
  ///   - horizons: H₁, over which all tails are measured, then H_j; as many, ascending, positive, in one unit of time.
  /// - Returns: in the unit of the tails.
  public static func liquidityCascade(tails: [Double], horizons: [Double]) -> Double {
    precondition(tails.count == horizons.count && !tails.isEmpty, "one tail a horizon")
    guard tails.count > 1 else { return tails[0] }
    let scales = cascadeScales(horizons)
    return zip(tails, scales).reduce(0) { $0 + $1.1 * max(0, $1.0) * max(0, $1.0) }.squareRoot()
  }

  /// What the square of each tail counts: 1, then (H_j − H_{j−1})/H₁.
  private static func cascadeScales(_ horizons: [Double]) -> [Double] {
    horizons.indices.map { step in
      guard step > 0 else { return 1 }
      precondition(horizons[step] > horizons[step - 1], "liquidity horizons ascend")
      return (horizons[step] - horizons[step - 1]) / horizons[0]
    }
  }

  /// One number from the tails of the parts, and the steps of a cascade where the reading is one.
  func combined(_ tails: [Double], horizons: [Double]) -> Double {
    guard let first = tails.first else { return 0 }
    switch self {
    case .whole: return first
    case .eachAsset(.largest): return tails.dropFirst().reduce(first) { max($0, $1) }
    case .eachAsset(.twoLargest): return Self.largestTwo(tails).reduce(0) { $0 + tails[$1] }
    case .eachAsset(.sum): return tails.reduce(0, +)
    case .subsamples(_, .mean): return Self.mean(tails)
    case .subsamples(_, .standardDeviation): return Self.deviation(tails)
    case .subsamples(_, .largest): return tails.dropFirst().reduce(first) { max($0, $1) }
    case .liquidityHorizons: return Self.liquidityCascade(tails: tails, horizons: horizons)
    }
  }

  /// How much of each part's tail is in the number: its derivative by the tail.
  ///
  /// Every reading is homogeneous, so that Σ share·tail is the number itself.
  func shares(_ tails: [Double], horizons: [Double]) -> [Double] {
    func only(_ chosen: [Int]) -> [Double] { tails.indices.map { chosen.contains($0) ? 1 : 0 } }
    switch self {
    case .whole, .eachAsset(.sum): return tails.map { _ in 1 }
    case .eachAsset(.largest), .subsamples(_, .largest):
      return only(Self.largest(tails).map { [$0] } ?? [])
    case .eachAsset(.twoLargest): return only(Self.largestTwo(tails))
    case .subsamples(_, .mean): return tails.map { _ in 1 / Double(tails.count) }
    case .subsamples(_, .standardDeviation):
      let mean = Self.mean(tails)
      let scale = Double(tails.count - 1) * Self.deviation(tails)
      return tails.map { scale > 0 ? ($0 - mean) / scale : 0 }
    case .liquidityHorizons:
      guard tails.count > 1 else { return [1] }
      let total = Self.liquidityCascade(tails: tails, horizons: horizons)
      return zip(tails, Self.cascadeScales(horizons)).map { total > 0 ? $1 * max(0, $0) / total : 0 }
    }
  }

  /// What decides the number, in words, from the parts' names and what decides in each.
  func binding(_ tails: [Double], _ parts: TailParts, _ texts: [String]) -> String {
    func named(_ place: Int) -> String {
      [parts.parts[place].label, texts[place]].filter { !$0.isEmpty }.joined(separator: " ")
    }
    switch self {
    case .whole: return texts.first ?? ""
    case .eachAsset(.largest), .subsamples(_, .largest): return Self.largest(tails).map(named) ?? ""
    case .eachAsset(.twoLargest): return Self.largestTwo(tails).map(named).joined(separator: "; ")
    case .eachAsset(.sum): return Self.largest(tails).map { "largest of \(tails.count): \(named($0))" } ?? ""
    case .subsamples(let count, .mean): return "mean of \(count) parts"
    case .subsamples(let count, .standardDeviation): return "spread of \(count) parts"
    case .liquidityHorizons:
      guard tails.count > 1 else { return texts.first ?? "" }
      let addends = zip(tails, Self.cascadeScales(parts.horizons)).map { $1 * max(0, $0) * max(0, $0) }
      return Self.largest(addends).map(named) ?? ""
    }
  }

  private static func largest(_ tails: [Double]) -> Int? {
    tails.indices.max { tails[$0] < tails[$1] || (tails[$0] == tails[$1] && $0 > $1) }
  }

  /// The places of the two largest, the larger first; ties go to the lower place.
  private static func largestTwo(_ tails: [Double]) -> [Int] {
    Array(
      tails.indices.sorted { tails[$0] > tails[$1] || (tails[$0] == tails[$1] && $0 < $1) }.prefix(2))
  }

  private static func mean(_ tails: [Double]) -> Double { tails.reduce(0, +) / Double(tails.count) }

  private static func deviation(_ tails: [Double]) -> Double {
    guard tails.count > 1 else { return 0 }
    let mean = mean(tails)
    let squares = tails.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(tails.count - 1)).squareRoot()
  }
}

/// One of the tails a reading is made of.
struct TailPart: Sendable {
  /// Its name for people: an asset, a part of the sample, a step of the cascade; empty for the whole.
  let label: String
  /// Whether each factor moves, in the order of the set's factors; `nil` where all do.
  var isMoved: [Bool]?
  /// Which scenarios it is read off; `nil` for all.
  var scenarios: Range<Int>?
}

/// The tails a reading is made of, for the rows of one pool.
struct TailParts: Sendable {
  let parts: [TailPart]
  /// The steps of a cascade, in hours; empty for other readings.
  var horizons: [Double] = []
}

extension TailRiskTerm {
  /// The parts of the reading over a set.
  ///
  /// A law has no scenarios and is its own law in every part of a sample.
  func parts(
    of set: ScenarioSet, isLaw: Bool, in batch: PoolBatch, _ name: String
  ) throws(MarginError) -> TailParts {
    switch reading {
    case .whole: return TailParts(parts: [TailPart(label: "")])
    case .eachAsset:
      let assets = try assets(movedBy: set, in: batch)
      return TailParts(
        parts: assets.map { asset in
          TailPart(label: asset.symbol, isMoved: set.factors.factors.map { $0.asset == asset })
        })
    case .subsamples(let count, _): return try subsamples(count, of: isLaw ? nil : set.count, name)
    case .liquidityHorizons(let entries): return cascade(entries, over: set)
    }
  }

  /// The assets whose factors the pool depends on, in the order of symbols.
  private func assets(movedBy set: ScenarioSet, in batch: PoolBatch) throws(MarginError) -> [Asset] {
    let needed = try valuation { () throws(ValuationError) in
      try FactorBinding(batch.pool.rows.map { batch.states.rows[$0] }, in: set.factors).needed
    }
    return Set(needed.map { set.factors.factors[$0].asset }).sorted()
  }

  /// Equal parts in the order of the sample; a remainder is left out where the sample begins.
  private func subsamples(
    _ count: Int, of sampleSize: Int?, _ name: String
  ) throws(MarginError) -> TailParts {
    let length = (sampleSize ?? 0) / count
    if let sampleSize {
      // As elsewhere, a product this close to a whole number is that number.
      let needed = Int(((1 - 1e-9) / confidence.tailProbability).rounded(.up))
      guard length >= needed else {
        throw .sampleTooSmallForReading(term: name, scenarios: sampleSize, needed: needed * count)
      }
    }
    let first = (sampleSize ?? 0) - count * length
    return TailParts(
      parts: (0..<count).map { part in
        let start = first + part * length
        return TailPart(
          label: "part \(part + 1) of \(count)",
          scenarios: sampleSize == nil ? nil : start..<(start + length))
      })
  }

  /// All moves, then those of assets that take at least as long to close as each step.
  private func cascade(_ entries: [LiquidityHorizon], over set: ScenarioSet) -> TailParts {
    let others = entries.first { $0.assets.isEmpty }?.horizon
    let base = scenarios.horizon ?? entries.map(\.horizon).min { $0.hours < $1.hours } ?? .days(1)
    let hours = set.factors.factors.map { factor in
      (entries.first { $0.assets.contains(factor.asset) }?.horizon ?? others ?? base).hours
    }
    let steps = Set(hours.filter { $0 > base.hours }).sorted()
    let parts = steps.map { step in
      TailPart(label: "\(Horizon(hours: step))", isMoved: hours.map { $0 >= step })
    }
    return TailParts(
      parts: [TailPart(label: steps.isEmpty ? "" : "\(base)")] + parts,
      horizons: ([base.hours] + steps).map(Double.init))
  }
}

extension RiskFactor {
  /// The asset the factor belongs to.
  var asset: Asset {
    switch self {
    case .spot(let asset), .basis(let asset, _), .volatility(let asset): asset
    }
  }
}
