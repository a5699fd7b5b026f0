import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// Looks for the nearest correlations to which a regime is calibrated at which it acts, the account standing as it does.
///
/// The risk of a linear book is √(w′Rw) with w its exposures times the volatilities of the calibration; of a book with
/// options they are those of its first order. For every greater variance the nearest correlation matrix with at least it is
/// taken, and the least variance is looked for at which the engine, on scenarios recoloured to that matrix, sees the event.
/// Where the requirement follows the variance alone, as under an elliptical law, no nearer matrix does. A regime of several
/// calibrations has them all bent by one share of their way, and the answer shows the first.
struct CorrelationSearch: Sendable {
  private let context: ComparisonContext
  private let regime: MarginRegime
  /// What is recoloured, in the regime's order.
  private let calibrations:
    [(request: ScenarioRequest, scenarios: StressableScenarios, subject: ShockSubject)]

  init(
    _ context: ComparisonContext, _ regime: MarginRegime,
    _ stressables: [ScenarioRequest: StressableScenarios]
  ) {
    self.context = context
    self.regime = regime
    calibrations = regime.requests.compactMap { request in
      guard let scenarios = stressables[request], let subject = scenarios.subject else { return nil }
      return (request, scenarios, subject)
    }
  }

  /// The answer for one event, which has not happened.
  func outcome(_ event: ReverseEvent) throws(StudyError) -> ReverseStress.Outcome {
    guard !calibrations.isEmpty else {
      return .unreachable(reason: "its requirement does not depend on correlations")
    }
    let today = try context.assessment(of: regime, for: context.state)
    var best: ReverseAnswer?
    var reasons: [String] = []
    let pools = regime.pooling.pools(of: context.state.rows)
    for pool in pools {
      let family = try family(of: pool)
      guard family.calibrations.contains(where: \.canGrow) else { continue }
      switch try answer(in: family, event, today, ofPools: pools.count) {
      case .found(let answer): if answer.distance < best?.distance ?? .infinity { best = answer }
      case .unreachable(let reason): reasons.append(reason)
      case .already: return .already
      }
    }
    if let best { return .found(best) }
    return .unreachable(
      reason: reasons.first ?? "the account has no two risks that could move more alike than they do")
  }

  private func answer(
    in family: Family, _ event: ReverseEvent, _ today: MarginAssessment, ofPools count: Int
  ) throws(StudyError) -> ReverseStress.Outcome {
    let most = try reading(at: 1, of: family, event)
    guard let far = try acting(most, in: family, event) else {
      return .unreachable(reason: reason(most.assessment, today, event, ofPools: count))
    }
    var bracket = Bracket(
      near: Reading(share: 0, matrices: family.calibrations.map(\.base), assessment: today, regime, event),
      far: far)
    var evaluations = 1
    var side = 0
    while bracket.width > Self.tolerance, evaluations < Self.evaluations {
      let next = try reading(at: bracket.next, of: family, event)
      evaluations += 1
      side = bracket.cut(at: next, lastSide: side)
    }
    return .found(try found(bracket, in: family, evaluations))
  }

  /// A reading at which the event is seen: the far end, or, where the requirement is no function of the variance alone and
  /// may be greatest on the way, the first of a few before it.
  private func acting(
    _ most: Reading, in family: Family, _ event: ReverseEvent
  ) throws(StudyError) -> Reading? {
    if most.status >= event.status { return most }
    guard !isProjection else { return nil }
    for share in Self.sharesOnTheWay {
      let reading = try reading(at: share, of: family, event)
      if reading.status >= event.status { return reading }
    }
    return nil
  }

  private static let sharesOnTheWay = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95]

  /// Why even the most that correlations can do is not enough.
  private func reason(
    _ most: MarginAssessment, _ today: MarginAssessment, _ event: ReverseEvent, ofPools count: Int
  ) -> String {
    let change = abs(most.maintenance - today.maintenance)
    guard change > 1e-12 * abs(today.maintenance) else {
      return "its maintenance margin for the account does not follow correlations"
    }
    let pool = most.pools.min {
      regime.levels.headroom(to: event, equity: $0.equity, maintenance: $0.maintenance)
        < regime.levels.headroom(to: event, equity: $1.equity, maintenance: $1.maintenance)
    }
    let place = count > 1 ? " of pool \(pool?.name ?? "")" : ""
    let way =
      isProjection ? "even with all its risks aligned" : "nowhere on the way to risks all aligned, where"
    return "\(way) the maintenance margin\(place) is "
      + "\((pool?.maintenance ?? 0).inWholeDollars), of an equity of \((pool?.equity ?? 0).inWholeDollars)"
  }

  private func found(
    _ bracket: Bracket, in family: Family, _ evaluations: Int
  ) throws(StudyError) -> ReverseAnswer {
    let (subject, shown) = (calibrations[0].subject, family.calibrations[0])
    let there = bracket.far
    let used = there.matrices[0]
    let plausibility = CorrelationPlausibility(
      of: used, given: subject.moments.correlation, effectiveObservations: subject.effectiveObservations,
      among: shown.moving)
    return ReverseAnswer(
      method: isProjection ? .projection : .projectionFamily, iterations: evaluations,
      hasConverged: bracket.width <= Self.tolerance,
      correlation: try Self.checked { () throws(CovarianceError) in
        try CorrelationMatrix(used.matrix.keeping(shown.moving))
      },
      today: try Self.checked { () throws(CovarianceError) in
        try CorrelationMatrix(subject.moments.correlation.matrix.keeping(shown.moving))
      }, moves: nil, factors: shown.moving.map { subject.moments.factors.factors[$0] },
      distance: used.matrix.frobeniusDistance(from: subject.moments.correlation.matrix),
      probability: plausibility?.probability, equity: there.assessment.equity,
      initial: there.assessment.initial, maintenance: there.assessment.maintenance, status: there.status,
      statusBefore: bracket.near.status)
  }

  /// Whether the requirement follows the variance of one elliptical law alone.
  private var isProjection: Bool {
    guard calibrations.count == 1, calibrations[0].scenarios.set.calibration?.law != nil,
      !context.state.hasOptions, context.state.rows.allSatisfy({ $0.isolated == nil })
    else { return false }
    return regime.terms.allSatisfy { named in
      switch named.term {
      case .tailRisk(let term): if case .whole = term.reading { true } else { false }
      case .riskUnits: false
      default: true
      }
    }
  }

  // MARK: The family of matrices

  /// One calibration's way from its own correlations to risks that all move alike.
  private struct Way: Sendable {
    let base: CorrelationMatrix
    /// The places of the factors that move.
    let moving: [Int]
    /// Exposures times volatilities of those, in USD.
    let weights: [Double]
    /// The standard deviation at the correlations as they are, in USD.
    let least: Double
    /// That of risks that all move alike, in USD.
    var most: Double { weights.reduce(0) { $0 + abs($1) } }

    var canGrow: Bool { most > least * (1 + 1e-9) }

    /// The nearest correlations at a share of the way between both deviations.
    func correlation(at share: Double) throws(CovarianceError) -> CorrelationMatrix {
      guard share > 0, canGrow else { return base }
      guard share < 1 else { return try embedded(try aligned()) }
      let deviation = least + share * (most - least)
      let nearest = try NearestCorrelation(
        to: try CorrelationMatrix(base.matrix.keeping(moving)), withVarianceOf: weights,
        atLeast: deviation * deviation)
      return try embedded(nearest.correlation.matrix)
    }

    /// Every risk the same number, up to its sign: that of their sum; other factors correlate as with that sum.
    private func aligned() throws(CovarianceError) -> Matrix {
      let own = base.matrix.keeping(moving)
      let covariances = multiply(own, weights)
      let scale = least > 0 ? 1 / least : 0
      return Matrix(rows: moving.count, columns: moving.count) { row, column in
        if row == column { return 1 }
        func sign(_ place: Int) -> Double { weights[place] < 0 ? -1 : 1 }
        func withSum(_ place: Int) -> Double { min(1, max(-1, covariances[place] * scale)) }
        switch (weights[row] != 0, weights[column] != 0) {
        case (true, true): return sign(row) * sign(column)
        case (true, false): return sign(row) * withSum(column)
        case (false, true): return sign(column) * withSum(row)
        case (false, false): return own[row, column]
        }
      }
    }

    /// The correlations among the factors that move, with the others as they were.
    private func embedded(_ among: Matrix) throws(CovarianceError) -> CorrelationMatrix {
      var whole = base.matrix
      for (row, place) in moving.enumerated() {
        for (column, other) in moving.enumerated() { whole[place, other] = among[row, column] }
      }
      return try CorrelationMatrix(whole)
    }
  }

  /// The ways of all calibrations for the rows of one pool.
  private struct Family: Sendable {
    let calibrations: [Way]
  }

  private func family(of pool: MarginPool) throws(StudyError) -> Family {
    var ways: [Way] = []
    for calibration in calibrations {
      let moments = calibration.subject.moments
      let exposures: [Double]
      do throws(ValuationError) {
        exposures = try context.state.quadraticProfit(
          of: pool.rows, in: moments.factors, volatility: calibration.scenarios.set.volatility
        ).delta
      } catch {
        throw .valuation(error)
      }
      let moving = moments.moving
      let weights = moving.map { exposures[$0] * moments.volatilities[$0] }
      let weighted = multiply(moments.correlation.matrix.keeping(moving), weights)
      let variance = zip(weights, weighted).reduce(0) { $0 + $1.0 * $1.1 }
      ways.append(
        Way(
          base: moments.correlation, moving: moving, weights: weights,
          least: max(0, variance).squareRoot()))
    }
    return Family(calibrations: ways)
  }

  // MARK: The engine

  /// What the regime says at one member of a family.
  private struct Reading: Sendable {
    let share: Double
    let matrices: [CorrelationMatrix]
    let assessment: MarginAssessment
    /// The least equity any pool has above its level, in USD.
    let headroom: Double

    var status: MarginStatus { assessment.status }

    init(
      share: Double, matrices: [CorrelationMatrix], assessment: MarginAssessment, _ regime: MarginRegime,
      _ event: ReverseEvent
    ) {
      self.share = share
      self.matrices = matrices
      self.assessment = assessment
      headroom =
        assessment.pools.map {
          regime.levels.headroom(to: event, equity: $0.equity, maintenance: $0.maintenance)
        }.min() ?? .infinity
      hasHappened = assessment.status >= event.status
    }

    let hasHappened: Bool
  }

  private func reading(
    at share: Double, of family: Family, _ event: ReverseEvent
  ) throws(StudyError) -> Reading {
    var matrices: [CorrelationMatrix] = []
    var sets = context.sets.filter { regime.requests.contains($0.key) }
    for (calibration, way) in zip(calibrations, family.calibrations) {
      let matrix = try Self.checked { () throws(CovarianceError) in try way.correlation(at: share) }
      matrices.append(matrix)
      do throws(ScenarioError) {
        sets[calibration.request] = try calibration.scenarios.recoloured(
          to: matrix, parallelism: context.settings.parallelism)
      } catch {
        throw .scenarios(error)
      }
    }
    do throws(MarginError) {
      let assessment = try requirement(
        of: regime, for: context.state,
        given: Evidence(sets: sets, parallelism: context.settings.parallelism))
      return Reading(share: share, matrices: matrices, assessment: assessment, regime, event)
    } catch {
      throw .margin(error)
    }
  }

  private static func checked<Value>(
    _ body: () throws(CovarianceError) -> Value
  ) throws(StudyError) -> Value {
    do throws(CovarianceError) {
      return try body()
    } catch {
      throw .scenarios(.covariance(error))
    }
  }

  /// A reading before the event and one at it.
  private struct Bracket: Sendable {
    var near: Reading
    var far: Reading
    /// What the headrooms count in the secant: halved where one end stays twice.
    private var nearWeight = 1.0
    private var farWeight = 1.0

    init(near: Reading, far: Reading) {
      self.near = near
      self.far = far
    }

    var width: Double { far.share - near.share }

    /// Where to look next: a little beyond where the secant is zero, so that the end at the event comes close as well.
    var next: Double {
      let (above, below) = (max(0, near.headroom) * nearWeight, max(0, -far.headroom) * farWeight)
      guard above + below > 0 else { return near.share + 0.5 * width }
      let secant = near.share + width * (above / (above + below))
      let inset = min(0.5 * width, 0.4 * CorrelationSearch.tolerance)
      return min(far.share - inset, max(near.share + inset, secant))
    }

    /// Puts a reading in the place of one end; −1 for the near one, 1 for the far one.
    mutating func cut(at reading: Reading, lastSide: Int) -> Int {
      if reading.hasHappened {
        far = reading
        farWeight = 1
        nearWeight = lastSide == 1 ? 0.5 * nearWeight : 1
        return 1
      }
      near = reading
      nearWeight = 1
      farWeight = lastSide == -1 ? 0.5 * farWeight : 1
      return -1
    }
  }

  /// How much of the way may lie between a matrix before the event and one at it.
  private static let tolerance = 1e-6
  private static let evaluations = 40
}

extension Matrix {
  /// The rows and columns of some numbers alone.
  fileprivate func keeping(_ places: [Int]) -> Matrix {
    Matrix(rows: places.count, columns: places.count) { self[places[$0], places[$1]] }
  }

  fileprivate func frobeniusDistance(from other: Matrix) -> Double {
    (self - other).elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
