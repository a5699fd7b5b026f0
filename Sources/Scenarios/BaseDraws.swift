import MarketData
import Parallel
import Sampling

/// The random numbers under a drawn set, before any covariance or law.
///
/// A number is found by the seed, the stream, the name of what it is for and the scenario's number; for Sobol points by the
/// seed, the stream, the replicate, the dimension and the point.
struct BaseDraws: Sendable {
  /// What a row of standard normals is for.
  struct Coordinate: Hashable, Sendable {
    /// The stable identifier by which draws are keyed.
    let identifier: UInt64
    /// The dimension of a Sobol point; `nil` where it has no part in them and takes keyed draws.
    var dimension: Int?

    init(_ identifier: UInt64, dimension: Int? = nil) {
      self.identifier = identifier
      self.dimension = dimension
    }

    init(named name: String, dimension: Int? = nil) {
      self.init(stableIdentifier(of: name), dimension: dimension)
    }
  }

  /// Numbers of all scenarios that may be kept.
  enum Row: Hashable, Sendable {
    /// Standard normals.
    case normals(Coordinate)
    /// Mixing scales.
    case mixing(degreesOfFreedom: Double)
    /// Sums of jumps, by their name.
    case jumps(String)
  }

  private enum Points {
    case plain
    case mirrored
    case scrambled([SobolSequence], pointsEach: Int)
  }

  /// How many scenarios there are.
  let count: Int
  private let stream: DrawStream
  private let points: Points
  private var kept: [Row: [Double]] = [:]

  /// Prepares draws.
  ///
  /// - Parameters:
  ///   - scheme: how the points are spread.
  ///   - wanted: how many scenarios are asked for.
  ///   - stream: names the draws.
  ///   - dimensions: how many dimensions Sobol points have; at least 1.
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)`` for more dimensions than Sobol points can have.
  init(
    _ scheme: SamplingScheme, count wanted: Int, stream: DrawStream, dimensions: Int
  ) throws(ScenarioError) {
    count = scheme.count(atMost: wanted)
    self.stream = stream
    switch scheme {
    case .plain: points = .plain
    case .antithetic: points = .mirrored
    case .sobol:
      guard dimensions <= SobolSequence.dimensionLimit else {
        throw .outOfDomain(
          field: "sobol dimensions", value: Double(dimensions),
          allowed: "at most \(SobolSequence.dimensionLimit) moving factors")
      }
      let sequence = SobolSequence(dimensions: max(1, dimensions))
      let replicates = (0..<UInt32(SamplingScheme.sobolReplicates)).map { replicate in
        // The low half of a stream's number is the stream of the set, the high half the replicate.
        let own = DrawStream(seed: stream.seed, stream: stream.stream | (replicate + 1) << 16)
        return sequence.scrambled(by: .linear, stream: own)
      }
      points = .scrambled(replicates, pointsEach: count / replicates.count)
    }
  }

  /// Of how many scrambled replicates Sobol points consist; `nil` where every draw is independent.
  var replicates: Int? {
    if case .scrambled(let sequences, _) = points { sequences.count } else { nil }
  }

  /// Which of several laws each scenario is of.
  ///
  /// It is the last where a uniform number of its own is below that law's probability, and so on to the first: of two laws
  /// the one that becomes more probable keeps the scenarios it had.
  ///
  /// - Parameter probabilities: of the laws; they add up to one.
  /// - Returns: one index a scenario; the same under all laws of a stream.
  func components(_ probabilities: [Double]) -> [Int] {
    var uniforms = [Double](repeating: 0, count: count)
    var span = uniforms.mutableSpan
    fillSharedUniforms(.init(named: "component of a mixture"), from: 0, into: &span)
    return uniforms.map { uniform in
      var bound = 0.0
      for index in probabilities.indices.dropFirst().reversed() {
        bound += probabilities[index]
        if uniform < bound { return index }
      }
      return 0
    }
  }

  /// Draws numbers ahead, so that whoever asks for them again does not draw them.
  ///
  /// - Parameters:
  ///   - row: what they are.
  ///   - parallelism: how many blocks may be at work at once.
  ///   - draw: fills in the numbers of consecutive scenarios.
  mutating func keep(
    _ row: Row, _ parallelism: Parallelism,
    by draw: @Sendable (_ first: Int, _ values: inout MutableSpan<Double>) -> Void
  ) {
    var numbers = [Double](repeating: 0, count: count)
    numbers.fillBlocks(of: DrawPlan.blockSize, parallelism: parallelism) { _, first, values in
      draw(first, &values)
    }
    kept[row] = numbers
  }

  /// The numbers of consecutive scenarios as they are kept, or else drawn; zero beyond the last that is kept.
  func fill(
    _ row: Row, from first: Int, into values: inout MutableSpan<Double>,
    by draw: (_ values: inout MutableSpan<Double>) -> Void
  ) {
    guard let numbers = kept[row] else { return draw(&values) }
    let end = min(values.count, count - first)
    let source = numbers.span
    for index in 0..<end { values[index] = source[first + index] }
    for index in end..<values.count { values[index] = 0 }
  }

  /// Standard normals of consecutive scenarios; a mirrored scenario has those of its mate with the other sign.
  func fillNormals(_ coordinate: Coordinate, from first: Int, into values: inout MutableSpan<Double>) {
    fill(.normals(coordinate), from: first, into: &values) { drawNormals(coordinate, first, &$0) }
  }

  private func drawNormals(
    _ coordinate: Coordinate, _ first: Int, _ values: inout MutableSpan<Double>
  ) {
    switch points {
    case .plain:
      fillKeyedNormals(coordinate, first, &values)
    case .mirrored:
      fillPairs(from: first, sign: -1, into: &values) { fillKeyedNormals(coordinate, $0, &$1) }
    case .scrambled(let sequences, let each):
      guard let dimension = coordinate.dimension else {
        return fillKeyedNormals(coordinate, first, &values)
      }
      fillPoints(sequences, each, dimension, first, &values)
      replaceByNormalQuantiles(&values)
    }
  }

  /// Uniforms in (0, 1) of consecutive scenarios; mates share theirs.
  func fillSharedUniforms(
    _ coordinate: Coordinate, from first: Int, into values: inout MutableSpan<Double>
  ) {
    if case .scrambled(let sequences, let each) = points, let dimension = coordinate.dimension {
      return fillPoints(sequences, each, dimension, first, &values)
    }
    fillShared(from: first, into: &values) { first, values in
      fillUniforms(
        stream: stream, factor: coordinate.identifier, firstScenario: first, into: &values)
    }
  }

  /// The scales √((ν − 2)/W) of consecutive scenarios, keyed under every scheme; mates share theirs.
  func fillSharedScale(
    degreesOfFreedom: Double, from first: Int, into values: inout MutableSpan<Double>
  ) {
    fillShared(from: first, into: &values) { first, values in
      fillStudentTScale(
        degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: first, into: &values)
    }
  }

  private func fillKeyedNormals(
    _ coordinate: Coordinate, _ first: Int, _ values: inout MutableSpan<Double>
  ) {
    Sampling.fillNormals(
      stream: stream, factor: coordinate.identifier, firstScenario: first, into: &values)
  }

  private func fillShared(
    from first: Int, into values: inout MutableSpan<Double>,
    by draw: (_ first: Int, _ values: inout MutableSpan<Double>) -> Void
  ) {
    if case .mirrored = points {
      fillPairs(from: first, sign: 1, into: &values, by: draw)
    } else {
      draw(first, &values)
    }
  }

  /// Draws numbered by pairs, each beside itself times a sign; blocks begin with a whole pair.
  private func fillPairs(
    from first: Int, sign: Double, into values: inout MutableSpan<Double>,
    by draw: (_ first: Int, _ values: inout MutableSpan<Double>) -> Void
  ) {
    precondition(first.isMultiple(of: 2), "a block that parts a pair")
    var pairs = [Double](repeating: 0, count: (values.count + 1) / 2)
    var span = pairs.mutableSpan
    draw(first / 2, &span)
    for index in values.indices {
      values[index] = index.isMultiple(of: 2) ? span[index / 2] : sign * span[index / 2]
    }
  }

  /// One coordinate of consecutive scenarios, replicate after replicate; ½ beyond the last.
  private func fillPoints(
    _ sequences: [SobolSequence], _ each: Int, _ dimension: Int, _ first: Int,
    _ values: inout MutableSpan<Double>
  ) {
    var place = 0
    while place < values.count {
      let (replicate, point) = (first + place).quotientAndRemainder(dividingBy: each)
      let length = min(each - point, values.count - place)
      if replicate >= sequences.count {
        for index in place..<values.count { values[index] = 0.5 }
        return
      }
      if length == values.count {
        return sequences[replicate].fill(dimension: dimension, firstPoint: point, into: &values)
      }
      var part = [Double](repeating: 0, count: length)
      var span = part.mutableSpan
      sequences[replicate].fill(dimension: dimension, firstPoint: point, into: &span)
      for index in span.indices { values[place + index] = span[index] }
      place += length
    }
  }
}
