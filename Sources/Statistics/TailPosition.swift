/// Where a confidence level falls among `n` ascending losses.
///
/// The product `n·c` is snapped to the nearest integer when it lies within a relative 1e-12 of it: 0.99 has no exact
/// binary form, and `100·0.99` must be rank 99 whichever way the product rounds.
struct TailPosition: Hashable, Sendable {
  /// `n·c`, snapped.
  let massBelow: Double

  /// `n − n·c`, the tail's size in observations; positive.
  let tailMass: Double

  /// `k = ⌈n·c⌉`, the ascending rank of the value at risk, 1 … n.
  let rank: Int

  /// The number of losses ranked above `k`.
  let countBeyond: Int

  /// - Parameters:
  ///   - count: the number of losses, n ≥ 1.
  ///   - confidence: the level c.
  init(count: Int, confidence: Confidence) {
    precondition(count >= 1, "a tail needs at least one loss")
    let size = Double(count)
    massBelow = Self.snapped(size * confidence.value)
    // A product within 1e-12 of n would leave no tail at all; its exact size is n·(1 − c).
    tailMass = massBelow < size ? size - massBelow : size * confidence.tailProbability
    rank = min(count, max(1, Int(massBelow.rounded(.up))))
    countBeyond = count - rank
  }

  /// The weight of the loss at rank `k` in the expected shortfall, `k − n·c`, in [0, 1).
  var weightAtRank: Double { tailMass - Double(countBeyond) }

  /// A number moved to the nearest integer when it is within a relative 1e-12 of it.
  static func snapped(_ value: Double) -> Double {
    let nearest = value.rounded()
    return abs(value - nearest) <= 1e-12 * value ? nearest : value
  }
}
