/// The counter-based generator Philox4x32-10.
///
/// A keyed bijection of 128-bit counters whose outputs pass the usual batteries of tests for randomness: the
/// n-th block of numbers is computed from n alone, in any order, on any thread.
///
/// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
public enum Philox4x32 {
  /// The random block at a counter.
  ///
  /// - Parameters:
  ///   - counter: the counter words, word 0 first; any value.
  ///   - key: the key words, word 0 first; any value.
  /// - Returns: four random 32-bit words.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var words = counter
    var key = key
    for _ in 0..<10 {
      let product0 = (0xD251_1F53 as UInt32).multipliedFullWidth(by: words.x)
      let product1 = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: words.z)
      words = SIMD4(
        product1.high ^ words.y ^ key.x, product1.low, product0.high ^ words.w ^ key.y, product0.low)
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return words
  }
}
