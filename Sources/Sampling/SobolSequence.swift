/// The Sobol sequence: points of the unit cube that fill it more evenly than random ones.
///
/// Any 2^m consecutive points that start at a multiple of 2^m have exactly one point in each of the 2^m equal
/// intervals of every coordinate, so a mean over them errs far less than a random one for smooth functions. Take a
/// power of two of points, from point 0 on. The error of such a mean is read off independent scramblings, see
/// ``scrambled(by:stream:)``.
///
/// Points are numbered in the order of the Gray code, as published: point i is the exclusive-or of the direction
/// numbers at the one bits of `i ⊕ (i >> 1)`. The value for a point depends on neither the first point asked for nor
/// their count.
///
/// Source: I. Sobol, "On the distribution of points in a cube and the approximate evaluation of integrals" (1967);
/// direction numbers of S. Joe and F. Kuo, "Constructing Sobol sequences with better two-dimensional projections"
/// (2008).
public struct SobolSequence: Hashable, Sendable {
  /// The largest number of coordinates, 1,111.
  public static let dimensionLimit = 1 + JoeKuo.dimensions.count

  /// The number of points, 2^33; indices lie below it.
  public static let pointLimit = DrawStream.scenarioLimit

  /// The number of coordinates of a point.
  public let dimensions: Int

  /// The direction numbers, `columns` to a dimension, as binary fractions of `bits` bits.
  private(set) var directions: [UInt64]

  /// What every point is changed by, one word a dimension.
  private(set) var shifts: [UInt64]

  /// Where in a cell of width 2^-52 a value lies: at its lower end, or for a scrambled sequence in its centre.
  private(set) var offset: Double

  /// The plain sequence, whose point 0 is the origin.
  ///
  /// - Parameter dimensions: the number of coordinates, in 1 ... ``dimensionLimit``.
  public init(dimensions: Int) {
    precondition(
      1 <= dimensions && dimensions <= SobolSequence.dimensionLimit,
      "the number of dimensions is out of range")
    self.init(
      dimensions: dimensions, directions: (0..<dimensions).flatMap(JoeKuo.directions(dimension:)),
      shifts: [UInt64](repeating: 0, count: dimensions), offset: 0)
  }

  /// A sequence of given direction numbers and shifts.
  init(dimensions: Int, directions: [UInt64], shifts: [UInt64], offset: Double) {
    self.dimensions = dimensions
    self.directions = directions
    self.shifts = shifts
    self.offset = offset
  }

  /// Fills a row with one coordinate of consecutive points.
  ///
  /// - Parameters:
  ///   - dimension: the coordinate, in 0 ..< ``dimensions``.
  ///   - firstPoint: the index of the first point; all indices lie in 0 ..< ``pointLimit``.
  ///   - values: one element a point; may be empty. Each is set to a number in [0, 1), and in (0, 1) if the sequence
  ///     is scrambled.
  public func fill(dimension: Int, firstPoint: Int, into values: inout MutableSpan<Double>) {
    precondition(0 <= dimension && dimension < dimensions, "there is no such dimension")
    precondition(
      0 <= firstPoint && firstPoint <= SobolSequence.pointLimit - values.count,
      "the point indices are out of range")
    let base = dimension * SobolSequence.columns
    var word = shifts[dimension]
    var code = firstPoint ^ (firstPoint >> 1)
    while code != 0 {
      word ^= directions[base + code.trailingZeroBitCount]
      code &= code - 1
    }
    for index in values.indices {
      values[index] = Double(word) * 0x1p-52 + offset
      // Neighbours in the Gray code differ in one bit, the last zero bit of the index.
      let next = firstPoint + index + 1
      if next < SobolSequence.pointLimit { word ^= directions[base + next.trailingZeroBitCount] }
    }
  }

  /// Some coordinates of consecutive points.
  ///
  /// - Parameter points: the point indices, one a column; within 0 ..< ``pointLimit``.
  /// - Returns: dimensions × points, row after row.
  public func points(_ points: Range<Int>) -> [Double] {
    var rows: [Double] = []
    rows.reserveCapacity(dimensions * points.count)
    var row = [Double](repeating: 0, count: points.count)
    for dimension in 0..<dimensions {
      var values = row.mutableSpan
      fill(dimension: dimension, firstPoint: points.lowerBound, into: &values)
      rows += row
    }
    return rows
  }

  /// The bits of a value.
  static let bits = 52

  /// The direction numbers of a dimension: one for each bit of a point's index.
  static let columns = 33
}

extension JoeKuo {
  /// The direction numbers of one dimension, as binary fractions of 52 bits.
  ///
  /// With the primitive polynomial `x^s + a_1·x^(s−1) + … + a_(s−1)·x + 1` over the field of two elements, `v_k =
  /// a_1·v_(k−1) ⊕ … ⊕ a_(s−1)·v_(k−s+1) ⊕ v_(k−s) ⊕ (v_(k−s) >> s)`; dimension 0 is van der Corput's sequence.
  fileprivate static func directions(dimension: Int) -> [UInt64] {
    func fraction(_ number: UInt64, _ column: Int) -> UInt64 {
      number << UInt64(SobolSequence.bits - 1 - column)
    }
    guard dimension > 0 else { return (0..<SobolSequence.columns).map { fraction(1, $0) } }
    let entry = dimensions[dimension - 1]
    let degree = entry.initial.count
    var directions = entry.initial.enumerated().map { fraction($0.element, $0.offset) }
    for column in degree..<SobolSequence.columns {
      var word = directions[column - degree] ^ (directions[column - degree] >> UInt64(degree))
      for step in 1..<max(degree, 1) where entry.coefficients >> UInt64(degree - 1 - step) & 1 == 1 {
        word ^= directions[column - step]
      }
      directions.append(word)
    }
    return directions
  }
}
