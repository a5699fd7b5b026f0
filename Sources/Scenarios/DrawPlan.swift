import LinearAlgebra
import MarketData
import Parallel

/// How the moves of a set come from base draws: colour, mix, and give each factor its law.
struct DrawPlan: Sendable {
  /// What a coloured normal becomes.
  enum Law: Sendable {
    /// Itself, times the mixing scale of its scenario.
    case elliptical
    /// The move at the same quantile of a rescaled Student-t law; without a common mixing variable.
    case independentStudentT(StudentTQuantileMap, degreesOfFreedom: Double)
    /// The move at the same quantile of the factor's own history.
    case copula(CopulaLaw)
    /// Itself, scaled down, and jumps.
    case jumps(JumpLaw)
  }

  /// Where the mixing variable of a scenario comes from.
  enum Mixing: Sendable {
    /// There is none.
    case none
    /// Keyed draws of a chi-squared variable.
    case keyed(degreesOfFreedom: Double)
    /// A dimension of Sobol points.
    case dimension(MixingScaleMap, BaseDraws.Coordinate, degreesOfFreedom: Double)
  }

  /// One volatility and the coordinate of its own moves.
  struct OwnVolatility: Sendable {
    let response: VolatilityResponses.Response
    let coordinate: BaseDraws.Coordinate
  }

  let factors: FactorSpace
  private(set) var base: BaseDraws
  let colouring: Colouring
  let mixing: Mixing
  let law: Law
  /// What is added to the moves of a factor; zero but after a shock.
  let offsets: [Double]
  let volatilities: [OwnVolatility]
  let rootDays: Double

  /// Scenarios are made in blocks of this many, with absolute boundaries.
  static let blockSize = 4_096

  /// Factor × scenario, in blocks with absolute boundaries: a block's bits depend on its number alone.
  ///
  /// A volatility's own draws are normal whatever the law; the covariance does not hold them.
  func moves(_ parallelism: Parallelism) -> Matrix {
    var result = [Double](repeating: 0, count: factors.count * base.count)
    let moving = colouring.moving
    result.fillColumnBlocks(
      rows: factors.count, columns: base.count, blockSize: Self.blockSize, parallelism: parallelism,
      workspace: { DrawWorkspace(colouring.matrix, width: Self.blockSize) }
    ) { (workspace: inout DrawWorkspace, _, scenarios, block) in
      fill(&workspace, from: scenarios.lowerBound)
      for row in moving {
        block.withRow(row) { fillMoves(of: row, &workspace, from: scenarios.lowerBound, into: &$0) }
      }
      for row in offsets.indices where offsets[row] != 0 {
        block.withRow(row) { target in
          for place in target.indices { target[place] += offsets[row] }
        }
      }
      for volatility in volatilities {
        let spot = volatility.response.spot
        let follows = colouring.deviations[spot] > 0 || offsets[spot] != 0
        if follows {
          block.withRow(spot) { moves in
            for place in moves.indices { workspace.spot[place] = moves[place] }
          }
        }
        block.withRow(volatility.response.volatility) { target in
          fillVolatility(volatility, follows, &workspace, from: scenarios.lowerBound, into: &target)
        }
      }
    }
    return Matrix(rows: factors.count, columns: base.count, elements: result)
  }

  /// Coloured normals, mixing scales and common jumps of a block.
  private func fill(_ workspace: inout DrawWorkspace, from first: Int) {
    for (row, coordinate) in colouring.coordinates.enumerated() {
      guard let coordinate else { continue }
      workspace.normals.withMutableRow(row) { base.fillNormals(coordinate, from: first, into: &$0) }
    }
    multiply(colouring.matrix, workspace.normals, into: &workspace.coloured)
    var scale = workspace.scale.mutableSpan
    fillScale(from: first, into: &scale)
    if case .jumps(let jumps) = law {
      var common = workspace.common.mutableSpan
      jumps.fillCommon(base, from: first, into: &common)
    }
  }

  /// The mixing scales of consecutive scenarios; what is there already where there are none.
  private func fillScale(from first: Int, into scale: inout MutableSpan<Double>) {
    guard let degrees = mixing.degreesOfFreedom else { return }
    base.fill(.mixing(degreesOfFreedom: degrees), from: first, into: &scale) { scale in
      switch mixing {
      case .none: break
      case .keyed: base.fillSharedScale(degreesOfFreedom: degrees, from: first, into: &scale)
      case .dimension(let map, let coordinate, _):
        base.fillNormals(coordinate, from: first, into: &scale)
        for index in scale.indices { scale[index] = map(scale[index]) }
      }
    }
  }

  private func fillMoves(
    of row: Int, _ workspace: inout DrawWorkspace, from first: Int, into target: inout MutableSpan<Double>
  ) {
    let deviation = colouring.deviations[row]
    switch law {
    case .elliptical:
      workspace.coloured.withRow(row) { source in
        for place in target.indices { target[place] = source[place] * workspace.scale[place] }
      }
    case .independentStudentT(let quantile, let degrees):
      let size = deviation * ((degrees - 2) / degrees).squareRoot()
      workspace.coloured.withRow(row) { source in
        for place in target.indices { target[place] = size * quantile(source[place] / deviation) }
      }
    case .copula(let copula):
      guard let margin = copula.margins[row] else { return copyNormals(of: row, workspace, into: &target) }
      // Undoes the rescaling of the Student-t draws.
      let degrees = copula.degreesOfFreedom
      let size = copula.moveScales[row]
      let unit = (isMixed ? (degrees / (degrees - 2)).squareRoot() : 1) / deviation
      workspace.coloured.withRow(row) { source in
        for place in target.indices {
          let t = source[place] * workspace.scale[place] * unit
          let probability = copula.tail.probability(beyond: abs(t))
          target[place] = size * margin.move(tailProbability: probability, isLower: t < 0)
        }
      }
    case .jumps(let jumps):
      guard factors.isSpot(row) else { return copyNormals(of: row, workspace, into: &target) }
      jumps.fillOwn(of: row, base, from: first, into: &target)
      for place in target.indices { target[place] = workspace.common[place] + target[place] }
      let scale = jumps.diffusionScale
      workspace.coloured.withRow(row) { source in
        for place in target.indices { target[place] = scale * source[place] + deviation * target[place] }
      }
    }
  }

  private var isMixed: Bool { mixing.degreesOfFreedom != nil }

  private func copyNormals(
    of row: Int, _ workspace: borrowing DrawWorkspace, into target: inout MutableSpan<Double>
  ) {
    workspace.coloured.withRow(row) { source in
      for place in target.indices { target[place] = source[place] }
    }
  }

  private func fillVolatility(
    _ volatility: OwnVolatility, _ follows: Bool, _ workspace: inout DrawWorkspace, from first: Int,
    into target: inout MutableSpan<Double>
  ) {
    let model = volatility.response.model
    var span = workspace.own.mutableSpan
    base.fillNormals(volatility.coordinate, from: first, into: &span)
    let deviation = model.dailyVolatility * rootDays
    for place in target.indices {
      target[place] = model.move(
        spot: follows ? workspace.spot[place] : 0, independent: deviation * workspace.own[place])
    }
  }
}

extension DrawPlan {
  /// The plan with every number it takes drawn ahead: another colouring of it only colours, mixes and gives laws.
  ///
  /// - Parameter parallelism: how many blocks may be at work at once.
  /// - Returns: a plan of the same moves.
  func keepingNumbers(_ parallelism: Parallelism) -> DrawPlan {
    var plan = self
    let coordinates = colouring.coordinates.compactMap { $0 } + volatilities.map(\.coordinate)
    for coordinate in coordinates {
      plan.base.keep(.normals(coordinate), parallelism) {
        base.fillNormals(coordinate, from: $0, into: &$1)
      }
    }
    if let degrees = mixing.degreesOfFreedom {
      plan.base.keep(.mixing(degreesOfFreedom: degrees), parallelism) { fillScale(from: $0, into: &$1) }
    }
    guard case .jumps(let jumps) = law else { return plan }
    plan.base.keep(jumps.commonRow, parallelism) { jumps.fillCommon(base, from: $0, into: &$1) }
    for row in colouring.moving where factors.isSpot(row) {
      plan.base.keep(jumps.ownRow(of: row), parallelism) {
        jumps.fillOwn(of: row, base, from: $0, into: &$1)
      }
    }
    return plan
  }

  /// A plan with the same numbers.
  ///
  /// - Parameters:
  ///   - colouring: other colours.
  ///   - mixing: another mixing variable.
  ///   - law: another law.
  ///   - offsets: what is added to the moves, one a factor.
  /// - Returns: a plan of other moves.
  func changed(colouring: Colouring, mixing: Mixing, law: Law, offsets: [Double]) -> DrawPlan {
    DrawPlan(
      factors: factors, base: base, colouring: colouring, mixing: mixing, law: law, offsets: offsets,
      volatilities: volatilities, rootDays: rootDays)
  }
}

extension DrawPlan.Mixing {
  /// The degrees of freedom of the mixing variable; `nil` where there is none.
  var degreesOfFreedom: Double? {
    switch self {
    case .none: nil
    case .keyed(let degrees), .dimension(_, _, let degrees): degrees
    }
  }
}

/// The buffers of one thread.
private struct DrawWorkspace: ~Copyable {
  var normals: Matrix
  var coloured: Matrix
  var scale: [Double]
  /// The own draws of one volatility.
  var own: [Double]
  /// The moves of the price one volatility follows.
  var spot: [Double]
  /// The common jumps.
  var common: [Double]

  init(_ colouring: Matrix, width: Int) {
    normals = Matrix(rows: colouring.columns, columns: width, repeating: 0)
    coloured = Matrix(rows: colouring.rows, columns: width, repeating: 0)
    scale = [Double](repeating: 1, count: width)
    own = [Double](repeating: 0, count: width)
    spot = own
    common = own
  }
}
