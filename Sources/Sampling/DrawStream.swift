/// A stream of random draws, each found by (factor, scenario) and by nothing else.
///
/// The draw for (`seed`, `stream`, factor, scenario) is a pure function of these four: it does not depend on
/// which other factors or scenarios are drawn, in what order, in what blocks or on how many threads. Streams
/// that differ in the seed or in the stream number are independent.
///
/// Layout of the Philox4x32-10 block for scenario s:
///
/// | word | holds |
/// |---|---|
/// | counter 0 | s / 2 |
/// | counter 1 | stream |
/// | counter 2, 3 | factor: low half, high half |
/// | key 0, 1 | seed: low half, high half |
///
/// The block gives two 64-bit words, low half first: words 0 and 1 for the even scenario, 2 and 3 for the odd
/// one.
public struct DrawStream: Hashable, Sendable {
  /// The number of scenarios a stream can address, 2^33; scenario indices lie below it.
  public static let scenarioLimit = 1 << 33

  /// The seed of the study; any value.
  public var seed: UInt64

  /// Which of the seed's independent streams this is; any value.
  public var stream: UInt32

  /// The stream with this seed and number.
  ///
  /// - Parameters:
  ///   - seed: the seed of the study; any value.
  ///   - stream: which of the seed's streams; any value.
  public init(seed: UInt64, stream: UInt32 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// The 64 random bits of one factor in one scenario.
  ///
  /// - Parameters:
  ///   - factor: the factor's stable identifier, see ``stableIdentifier(of:)``.
  ///   - scenario: the scenario's index, in 0 ..< ``scenarioLimit``.
  /// - Returns: the word every other draw for this factor and scenario is made of.
  public func word(factor: UInt64, scenario: Int) -> UInt64 {
    precondition(0 <= scenario && scenario < DrawStream.scenarioLimit, "the scenario index is out of range")
    let block = Philox4x32.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: scenario >> 1), stream,
        UInt32(truncatingIfNeeded: factor), UInt32(truncatingIfNeeded: factor >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    let half = scenario & 1 == 0 ? block.lowHalf : block.highHalf
    return UInt64(half.x) | UInt64(half.y) << 32
  }

  /// The uniform draw of one factor in one scenario, as from
  /// ``fillUniforms(stream:factor:firstScenario:into:)``.
  ///
  /// - Parameters:
  ///   - factor: the factor's stable identifier.
  ///   - scenario: the scenario's index, in 0 ..< ``scenarioLimit``.
  /// - Returns: a number in the open interval (0, 1).
  public func uniform(factor: UInt64, scenario: Int) -> Double {
    Double(word(factor: factor, scenario: scenario) >> 12) * 0x1p-52 + 0x1p-53
  }
}
