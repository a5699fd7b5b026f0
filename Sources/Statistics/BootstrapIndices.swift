/// Random positions that are a function of (seed, replicate, draw) alone.
///
/// The finaliser of SplitMix64 applied to each key in turn: any draw of any replicate can be had without the ones
/// before it. Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
struct BootstrapIndices {
  private let key: UInt64

  /// - Parameters:
  ///   - seed: names the whole bootstrap.
  ///   - replicate: the replicate's number.
  init(seed: UInt64, replicate: Int) {
    key = Self.mixed(Self.mixed(seed &+ Self.increment) &+ UInt64(replicate) &* Self.increment)
  }

  /// A position in 0 ..< bound, uniform but for a bias below bound · 2⁻⁶⁴.
  ///
  /// - Parameters:
  ///   - draw: the draw's number within the replicate.
  ///   - bound: at least 1.
  /// - Returns: the position.
  func position(draw: Int, below bound: Int) -> Int {
    let bits = Self.mixed(key &+ (UInt64(draw) &+ 1) &* Self.increment)
    return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mixed(_ state: UInt64) -> UInt64 {
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
