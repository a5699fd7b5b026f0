import LinearAlgebra
import Valuation

/// A rate on a size, the same for initial and maintenance margin.
public struct ChargeTerm: Hashable, Sendable {
  /// The size that is charged.
  public enum Base: String, Hashable, Sendable, CaseIterable {
    /// The sum of the absolute notionals of all positions.
    case grossNotional
    /// The largest absolute net notional of any one base asset.
    case largestNetNotional
  }

  /// The size that is charged.
  public let base: Base
  /// USD for one USD of it.
  public let rate: Double

  /// Makes a charge.
  ///
  /// - Parameters:
  ///   - base: the size that is charged.
  ///   - rate: USD for one USD of it; 0 to 1.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(base: Base, rate: Double) throws(MarginError) {
    guard (0...1).contains(rate) else {
      throw .invalidTable(name: "charge", problem: "the rate lies between 0 and 1")
    }
    self.base = base
    self.rate = rate
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    TermAmounts(size(in: batch).map { $0 * rate })
  }

  private func size(in batch: PoolBatch) -> [Double] {
    let notionals = batch.states.notionals
    let positions = batch.rows { $0.kind.isPosition }
    switch base {
    case .grossNotional:
      return batch.sum(of: notionals, over: positions) { abs($0) }
    case .largestNetNotional:
      let assets = Dictionary(grouping: positions) { batch.states.rows[$0].asset }
      let nets = assets.sorted { $0.key < $1.key }.map { batch.sum(of: notionals, over: $0.value) }
      return (0..<batch.states.count).map { state in nets.map { abs($0[state]) }.max() ?? 0 }
    }
  }
}
