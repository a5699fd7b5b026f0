import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Statistics

/// Paths through the steps of random dates, and everything they are made of.
struct HistoricalPaths: Sendable {
  /// How one factor goes along a path.
  private enum Course: Sendable {
    /// The factor stays where it is.
    case still
    /// The moves of the dates, as they were.
    case moves
    /// The residuals of the dates at volatilities that follow from now on.
    case volatility(VolatilityRecursion, next: Double, least: Double)

    /// The move over the path through some dates.
    func move(_ shocks: Span<Double>, _ dates: ArraySlice<Int>) -> Double {
      var path = CompoundMove()
      switch self {
      case .still: break
      case .moves: for date in dates { path.append(shocks[date]) }
      case .volatility(let recursion, var variance, let least):
        for date in dates {
          let move = shocks[date] * max(variance, least).squareRoot()
          path.append(move)
          variance = recursion.next(variance: variance, deviation: move)
        }
      }
      return path.move
    }
  }

  private let steps: HistoricalSample
  private let factors: FactorSpace
  /// Moves or residuals, factor × date.
  private let shocks: Matrix
  private let courses: [Course]
  /// A factor with gaps does not move, and is missing where it has them.
  let coverage: [FactorCoverage]
  private let fits: [FittedParameter]
  private let filtering: FilterReport?
  /// Steps in a path.
  private let length: Int
  private let blockLength: Int
  private let stream: DrawStream

  /// Prepares the paths of a request.
  init(_ request: BootstrapRequest, steps: HistoricalSample, source: ScenarioSource) throws(ScenarioError) {
    self.steps = steps
    factors = source.factors
    length = request.horizon.hours / request.steps.horizon.hours
    blockLength = request.blockLength
    stream = DrawStream(seed: source.seed, stream: ScenarioStream.estimation.rawValue)
    guard let dynamics = request.dynamics else {
      shocks = steps.moves
      courses = steps.coverage.indices.map { row in
        steps.coverage[row].isComplete && steps.moves.row(row).contains { $0 != 0 } ? .moves : .still
      }
      coverage = steps.coverage
      fits = []
      filtering = nil
      return
    }
    let volatilities = try FactorVolatilities(
      steps, dynamics: dynamics, floorShare: request.floorShare, factors: source.factors,
      parallelism: source.parallelism)
    shocks = volatilities.residuals
    courses = zip(volatilities.filters, steps.coverage).map { filter, coverage in
      guard let filter, coverage.isComplete else { return .still }
      let floor = request.floorShare * filter.longRunVolatility
      return .volatility(filter.recursion, next: filter.nextVariance, least: floor * floor)
    }
    coverage = steps.coverage
    fits = volatilities.fits
    filtering = try volatilities.report
  }

  /// Draws paths.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ScenarioError/estimation(_:factor:)`` where volatilities grow beyond all numbers along a path.
  /// - Returns: a set that can be drawn again from other dates.
  func scenarios(_ count: Int, _ parallelism: Parallelism) throws(ScenarioError) -> ScenarioSet {
    try scenarios(count, among: Array(0..<steps.panel.count), parallelism)
  }

  /// Draws paths from some of the dates, in the order given.
  private func scenarios(
    _ count: Int, among dates: [Int], _ parallelism: Parallelism
  ) throws(ScenarioError) -> ScenarioSet {
    let moves = moves(count, shocks.selecting(columns: dates), parallelism)
    try moves.requireFinite(for: factors)
    let calibration = Calibration(observations: steps.moves, dates: steps.panel.ends, fits: fits) {
      chosen throws(ScenarioError) in
      guard !chosen.isEmpty else { throw .covariance(.tooFewObservations(count: 0, needed: 1)) }
      // Whoever resamples does so on every core already.
      return .drawn(try scenarios(min(count, Calibration.remadeCount), among: chosen, .sequential))
    }
    return ScenarioSet(
      factors: factors, moves: steps.answered(moves), labels: .draws(Array(0..<count)), coverage: coverage,
      volatility: steps.answer, calibration: calibration, filtering: filtering)
  }

  /// Factor × scenario: every path compounded, ∏(1 + x) − 1.
  private func moves(_ count: Int, _ shocks: Matrix, _ parallelism: Parallelism) -> Matrix {
    let names = (0..<(length + blockLength - 1) / blockLength).map {
      stableIdentifier(of: "date of block \($0)")
    }
    let width = ScenarioSource.blockSize
    var result = [Double](repeating: 0, count: factors.count * count)
    result.fillColumnBlocks(
      rows: factors.count, columns: count, blockSize: width, parallelism: parallelism,
      workspace: { PathWorkspace(length: length, width: width) }
    ) { (workspace: inout PathWorkspace, _, scenarios, block) in
      workspace.drawDates(
        of: shocks.columns, blockLength: blockLength, names: names, stream: stream, scenarios: scenarios)
      for (factor, course) in courses.enumerated() {
        block.withRow(factor) { target in
          shocks.withRow(factor) { shocks in
            for place in target.indices { target[place] = course.move(shocks, workspace.dates(of: place)) }
          }
        }
      }
    }
    return Matrix(rows: factors.count, columns: count, elements: result)
  }
}

/// The dates of the paths of one block of scenarios.
private struct PathWorkspace {
  private let length: Int
  private var drawn: [Int]
  private var uniforms: [Double]

  init(length: Int, width: Int) {
    self.length = length
    drawn = [Int](repeating: 0, count: length * width)
    uniforms = [Double](repeating: 0, count: width)
  }

  /// Fills in the dates of some scenarios.
  ///
  /// A block of dates begins at one drawn uniformly and goes on from the last date to the first; the draws are keyed by the
  /// block's place in the path and the scenario's number, and all factors share them.
  mutating func drawDates(
    of dateCount: Int, blockLength: Int, names: [UInt64], stream: DrawStream, scenarios: Range<Int>
  ) {
    for (block, name) in names.enumerated() {
      var span = uniforms.mutableSpan
      fillUniforms(stream: stream, factor: name, firstScenario: scenarios.lowerBound, into: &span)
      let places = (block * blockLength)..<min(length, (block + 1) * blockLength)
      for scenario in 0..<scenarios.count {
        let first = min(dateCount - 1, Int(uniforms[scenario] * Double(dateCount)))
        for place in places {
          drawn[scenario * length + place] = (first + place - places.lowerBound) % dateCount
        }
      }
    }
  }

  /// The dates of one scenario of the block, in the order of the path.
  func dates(of scenario: Int) -> ArraySlice<Int> { drawn[(scenario * length)..<((scenario + 1) * length)] }
}
