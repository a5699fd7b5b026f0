/// How the points of a Sobol sequence are made random without losing their evenness.
///
/// Each scrambled point is uniform on the unit cube, so a mean over scrambled points is unbiased, and means over
/// independently scrambled copies are independent: their spread is an honest error.
public enum SobolScrambling: Hashable, Sendable, CaseIterable {
  /// One random word a dimension, exclusive-or-ed into every point.
  ///
  /// Source: P. L'Ecuyer, C. Lemieux, "Recent advances in randomized quasi-Monte Carlo methods" (2002).
  case digitalShift

  /// A random linear map of the digits, then a digital shift.
  ///
  /// Every digit of a coordinate has a random combination of the higher digits added. The variance of a mean is that
  /// of Owen's nested scrambling, which falls faster than 1/n² for smooth functions.
  ///
  /// Source: J. Matoušek, "On the L2-discrepancy for anchored boxes" (1998); A. Owen, "Variance with alternative
  /// scramblings of digital nets" (2003).
  case linear
}

extension SobolSequence {
  /// The sequence scrambled by the bits of a stream.
  ///
  /// Equal streams give equal points in any number of dimensions; streams that differ in seed or number scramble
  /// independently.
  ///
  /// - Parameters:
  ///   - scrambling: the kind of scrambling.
  ///   - stream: where the random bits come from: those of the factors "sobol.scrambling" + dimension.
  /// - Returns: a sequence of the same dimensions, every value in the open interval (0, 1), the centre of one of 2^52
  ///   cells.
  public func scrambled(by scrambling: SobolScrambling, stream: DrawStream) -> SobolSequence {
    var directions = directions
    var shifts = shifts
    for dimension in 0..<dimensions {
      let factor = SobolSequence.scramblingFactor &+ UInt64(dimension)
      shifts[dimension] ^= stream.word(factor: factor, scenario: SobolSequence.bits) >> 12
      guard scrambling == .linear else { continue }
      let map = (0..<SobolSequence.bits).map { digit in
        DigitMap.mask(stream.word(factor: factor, scenario: digit) >> 12, digit: digit)
      }
      let base = dimension * SobolSequence.columns
      for column in base..<base + SobolSequence.columns {
        directions[column] = DigitMap.applied(map, to: directions[column])
      }
    }
    return SobolSequence(
      dimensions: dimensions, directions: directions, shifts: shifts, offset: 0x1p-53)
  }

  private static let scramblingFactor = stableIdentifier(of: "sobol.scrambling")
}

/// A lower triangular matrix of bits with ones on its diagonal, one word a row; digit 0 is the highest bit.
private enum DigitMap {
  /// The row of a digit: random bits for the higher digits, one for its own, none for the lower.
  static func mask(_ random: UInt64, digit: Int) -> UInt64 {
    let own: UInt64 = 1 << UInt64(SobolSequence.bits - 1 - digit)
    return random & ~(own | (own - 1)) | own
  }

  static func applied(_ map: [UInt64], to word: UInt64) -> UInt64 {
    map.reduce(0) { result, row in result << 1 | UInt64((row & word).nonzeroBitCount & 1) }
  }
}
