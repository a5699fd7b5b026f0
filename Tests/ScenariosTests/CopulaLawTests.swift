import Instruments
import LinearAlgebra
import MarketData
import NumericalMethods
import Parallel
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct CopulaLawTests {
  private func drawn(
    _ moves: Matrix, _ model: CopulaModel, count: Int = 20_000, days: Int = 1,
    _ scaling: HorizonScaling = .overlapping
  ) throws -> ScenarioSet {
    let observations = moves.columns
    return try source(
      dailyHistory(moving: moves), count: count, parallelism: .threads(2)
    ).scenarios(
      for: draws(.studentTCopula(model), from: lastMoves(observations, days: days, scaling)))
  }

  private func fit(_ set: ScenarioSet, _ factor: String?, _ name: String) -> FittedParameter? {
    set.calibration?.fits.first { $0.factor == factor && $0.name == name }
  }

  /// The probability that both factors are beyond their quantiles of 1 − p, over p.
  ///
  /// Given T₁ = x the other is Student-t with ν + 1 degrees of freedom about ρx: a mean over the quantiles of T₁ beyond.
  private func jointShare(beyond probability: Double, _ degrees: Double, _ correlation: Double) -> Double {
    let law = StudentTDistribution(degreesOfFreedom: degrees)
    let conditional = StudentTDistribution(degreesOfFreedom: degrees + 1)
    let limit = -law.quantile(probability)
    let cells = 400
    var sum = 0.0
    for cell in 0..<cells {
      // Squares put more cells where the quantile runs away.
      let left = Double(cell) / Double(cells)
      let right = Double(cell + 1) / Double(cells)
      let share = 0.5 * (left * left + right * right)
      let x = -law.quantile(probability * share)
      let scale = ((degrees + x * x) * (1 - correlation * correlation) / (degrees + 1)).squareRoot()
      sum += (right * right - left * left) * conditional.survival((limit - correlation * x) / scale)
    }
    return sum
  }

  /// As the quantile goes to one the share goes to λ = 2·t_{ν+1}(−√((ν + 1)(1 − ρ)/(1 + ρ))).
  ///
  /// The draws beyond both 99 % quantiles are counted against the share there.
  @Test(
    "TAILDEP: extremes come together as often as theory says",
    arguments: [(4.0, 0.5, 0.2532), (8.0, -0.5, 0.0006), (10.0, 0.9, 0.4627)])
  func tailDependence(_ degrees: Double, _ correlation: Double, _ lambda: Double) throws {
    #expect(isClose(jointShare(beyond: 1e-13, degrees, correlation), lambda, absolute: 1e-3))
    let models = ScenarioModels(
      correlation: SuppliedCorrelation(
        assets: [try Asset("A0"), try Asset("A1")],
        matrix: Matrix(rows: [[1, correlation], [correlation, 1]]), repair: .refuse))
    let moves = studentTMoves(degreesOfFreedom: 5, correlation: 0.3, factors: 2, observations: 400)
    let count = 80_000
    let set = try source(dailyHistory(moving: moves), models: models, count: count).scenarios(
      for: draws(.studentTCopula(CopulaModel(degreesOfFreedom: degrees)), from: lastMoves(400)))
    let probability = 0.01 * jointShare(beyond: 0.01, degrees, correlation)
    for sign in [-1.0, 1] {
      let limits = try (0..<2).map { row in
        let margin = try FactorMargin(moves.row(row), tailShare: 0.1)
        return sign * margin.move(tailProbability: 0.01, isLower: sign < 0)
      }
      let both = (0..<count).reduce(0) { count, draw in
        let isBeyond = sign * set.moves[0, draw] > limits[0] && sign * set.moves[1, draw] > limits[1]
        return isBeyond ? count + 1 : count
      }
      #expect(isBelievable(count: both, trials: count, probability: probability))
    }
  }

  /// In the body a draw is at or below an order statistic with the probability of its rank.
  @Test func marginsAreThoseOfTheHistory() throws {
    let moves = studentTMoves(degreesOfFreedom: 3, correlation: 0.4, factors: 3, observations: 500)
    let set = try drawn(moves, CopulaModel(degreesOfFreedom: 4), count: 30_000)
    for factor in 0..<3 {
      let sorted = moves.row(factor).sorted()
      for rank in [50, 100, 200, 250, 400, 449] {
        // From the 51st to the 450th value the probability rises from 0.1 to 0.9 in 399 equal steps.
        let probability = 0.1 + 0.8 * Double(rank - 50) / 399
        let below = set.moves.row(factor).reduce(0) { $1 <= sorted[rank] + 1e-12 ? $0 + 1 : $0 }
        #expect(isBelievable(count: below, trials: 30_000, probability: probability))
      }
      // In the tails the fitted law, read at moves the history holds and at some it does not.
      for (side, sign) in [("lower", -1.0), ("upper", 1.0)] {
        let name = "spot:A\(factor)"
        let shape = try #require(fit(set, name, "\(side) tail shape")).value
        let scale = try #require(fit(set, name, "\(side) tail scale")).value
        let threshold = try #require(fit(set, name, "\(side) tail threshold")).value
        let law = try GeneralisedParetoDistribution(shape: shape, scale: scale)
        #expect(fit(set, name, "\(side) tail exceedances")?.value == 50)
        let test = try #require(fit(set, name, "\(side) tail Anderson–Darling p-value")).value
        #expect(test > 0 && test <= 1)
        for excess in [0.005, 0.02, 0.05] {
          let beyond = set.moves.row(factor).reduce(0) { sign * ($1 - threshold) > excess ? $0 + 1 : $0 }
          #expect(isBelievable(count: beyond, trials: 30_000, probability: 0.1 * law.survival(excess)))
        }
      }
    }
    #expect(set.calibration?.law == nil)
  }

  @Test func quantilesRiseWithoutAJump() throws {
    let moves = studentTMoves(degreesOfFreedom: 3, correlation: 0, factors: 1, observations: 300).row(0)
    let margin = try FactorMargin(moves, tailShare: 0.1)
    func quantile(_ probability: Double) -> Double {
      margin.move(tailProbability: min(probability, 1 - probability), isLower: probability < 0.5)
    }
    let sorted = moves.sorted()
    for (probability, move) in [
      (0.1, sorted[30]), (0.9, sorted[269]), (0.5, 0.5 * (sorted[149] + sorted[150])),
    ] {
      #expect(isClose(quantile(probability), move, absolute: 1e-12))
      #expect(isClose(quantile(probability + 1e-9), quantile(probability - 1e-9), absolute: 1e-8))
    }
    var last = -Double.infinity
    for step in 1..<20_000 {
      let move = quantile(Double(step) / 20_000)
      #expect(move >= last)
      last = move
    }
    #expect(quantile(1e-300) < quantile(1e-6))
  }

  /// Ties or a tail without a mean leave the order statistics to the extreme; too short a window is refused.
  @Test func tailsThatCannotBeFitted() throws {
    let still: [Double] = (0..<300).map { (day: Int) -> Double in
      guard day.isMultiple(of: 20) else { return 0 }
      return 0.001 * Double(day % 7 - 3)
    }
    let tied = try FactorMargin(still, tailShare: 0.1)
    guard case .empirical = tied.lower, case .empirical = tied.upper else {
      Issue.record("a tail fitted to ties")
      return
    }
    #expect(isClose(tied.move(tailProbability: 1e-12, isLower: true), -0.003, absolute: 1e-9))
    #expect(isClose(tied.move(tailProbability: 1e-12, isLower: false), 0.003, absolute: 1e-9))
    #expect(tied.move(tailProbability: 0.3, isLower: true) == 0)

    let wild = try GeneralisedParetoDistribution(shape: 2.5, scale: 0.01)
    let heavy: [Double] = (1...400).map { (index: Int) -> Double in
      let share = Double(index) / 401
      return index.isMultiple(of: 2) ? 0.04 * share : wild.upperQuantile(share)
    }
    guard case .empirical(.infiniteMean(let shape)) = try FactorMargin(heavy, tailShare: 0.2).upper else {
      Issue.record("a tail without a mean")
      return
    }
    #expect(shape >= 1)

    let moves = studentTMoves(degreesOfFreedom: 5, correlation: 0.3, factors: 2, observations: 150)
    #expect(throws: ScenarioError.estimation(.sampleTooSmall(count: 15, needed: 20), factor: "spot:A0")) {
      try drawn(moves, CopulaModel())
    }
    #expect(try drawn(moves, CopulaModel(tailShare: 0.2), count: 100).count == 100)
  }

  /// ν of 1,000 Student-t observations of six factors: the estimate has an error of about 5 %, six of them allowed.
  @Test(arguments: [3.0, 5, 12])
  func degreesOfFreedomAreRecovered(_ degrees: Double) throws {
    let moves = studentTMoves(degreesOfFreedom: degrees, correlation: 0.4, factors: 6, observations: 1_000)
    let correlation = Matrix(rows: 6, columns: 6) { $0 == $1 ? 1 : 0.4 }
    let fit = try CopulaDependence(moves, correlation: correlation)
    let error = try #require(fit.standardError)
    #expect(abs(fit.degreesOfFreedom - degrees) < 6 * error)
    #expect(error < 0.15 * degrees)
    // The margins have no part in it: any rising function of the moves gives the same ranks.
    let bent = Matrix(rows: 6, columns: 1_000) { row, column in Double.exp(20 * moves[row, column]) }
    #expect(try CopulaDependence(bent, correlation: correlation) == fit)
  }

  @Test func aNormalDependenceHasManyDegreesOfFreedom() throws {
    let moves = studentTMoves(degreesOfFreedom: 1e6, correlation: 0.4, factors: 6, observations: 1_000)
    let fit = try CopulaDependence(moves, correlation: Matrix(rows: 6, columns: 6) { $0 == $1 ? 1 : 0.4 })
    #expect(fit.degreesOfFreedom > 25)
  }

  /// The parameters of a synthetic history: shape 1/ν of a Student-t tail far out, and the fitted ν in the report.
  @Test func fitsOfASyntheticHistory() throws {
    let moves = studentTMoves(degreesOfFreedom: 4, correlation: 0.5, factors: 3, observations: 1_000)
    let set = try drawn(moves, CopulaModel(tailShare: 0.1), count: 100)
    let degrees = try #require(fit(set, nil, "copula degrees of freedom"))
    let error = try #require(degrees.standardError)
    #expect(abs(degrees.value - 4) < 6 * error + 0.5)
    for factor in 0..<3 {
      for side in ["lower", "upper"] {
        let shape = try #require(fit(set, "spot:A\(factor)", "\(side) tail shape"))
        let error = try #require(shape.standardError)
        #expect(abs(shape.value - 0.25) < 6 * error)
      }
    }
    // What was given is not a fit.
    let given = try drawn(moves, CopulaModel(degreesOfFreedom: 4), count: 100)
    #expect(fit(given, nil, "copula degrees of freedom") == nil)
  }

  /// Generalised Pareto moves: shape and scale come back within six of their errors.
  @Test func tailsOfKnownParametersAreRecovered() throws {
    let uniforms = SplitMixUniforms(count: 4_000)
    let law = try GeneralisedParetoDistribution(shape: 0.3, scale: 0.02)
    let moves: [Double] = uniforms.values.enumerated().map { (index: Int, uniform: Double) -> Double in
      guard index.isMultiple(of: 5) else { return 0.01 * (2 * uniform - 1) }
      return 0.01 + law.upperQuantile(uniform)
    }
    let margin = try FactorMargin(moves, tailShare: 0.19)
    guard case .fitted(let peaks) = margin.upper else {
      Issue.record("no tail")
      return
    }
    #expect(abs(peaks.fit.distribution.shape - 0.3) < 6 * peaks.fit.shapeStandardError)
    // Beyond a higher threshold the scale is β + ξ·(u − u₀).
    let scale = 0.02 + 0.3 * (peaks.threshold - 0.01)
    #expect(abs(peaks.fit.distribution.scale - scale) < 6 * peaks.fit.scaleStandardError)
  }

  @Test func squareRootScalingScalesTheMoves() throws {
    let moves = studentTMoves(
      degreesOfFreedom: 5, correlation: 0.3, factors: 2, observations: 300, volatility: 0.005)
    let one = try drawn(moves, CopulaModel(degreesOfFreedom: 5), count: 2_000)
    let four = try drawn(moves, CopulaModel(degreesOfFreedom: 5), count: 2_000, days: 4, .squareRoot)
    #expect(zip(one.moves.elements, four.moves.elements).allSatisfy { isClose($1, 2 * $0, relative: 1e-9) })
  }

  @Test func factorsThatNeverMovedStayAndModelsStayNormal() throws {
    var moves = studentTMoves(degreesOfFreedom: 5, correlation: 0.3, factors: 3, observations: 300)
    for column in 0..<300 { moves[1, column] = 0 }
    let coin = try Asset("A0")
    let models = ScenarioModels(basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.004)])
    let request = draws(.studentTCopula(CopulaModel(degreesOfFreedom: 3)), from: lastMoves(300))
    let set = try source(dailyHistory(moving: moves), models: models, count: 50_000).scenarios(for: request)
    #expect(set.moves.row(1).allSatisfy { $0 == 0 })
    for (quantile, probability) in [(1.959964, 0.05), (3.290527, 0.001)] {
      let beyond = set.moves.row(3).reduce(0) { abs($1) > 0.004 * quantile ? $0 + 1 : $0 }
      #expect(isBelievable(count: beyond, trials: 50_000, probability: probability))
    }
    #expect(set.calibration?.fits.contains { $0.factor == "spot:A1" } == false)
  }
}

/// Uniform numbers in (0, 1).
private struct SplitMixUniforms {
  let values: [Double]

  init(count: Int) {
    var state: UInt64 = 11
    values = (0..<count).map { _ in
      state &+= 0x9e37_79b9_7f4a_7c15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
      bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
      return (Double((bits ^ (bits >> 31)) >> 12) + 0.5) * 0x1p-52
    }
  }
}
