import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

extension CombineExpression {
  static let testTerms = ["a", "b", "c", "gain"]

  /// A random expression over ``testTerms``.
  static func random(_ generator: inout SeededGenerator, depth: Int) -> CombineExpression {
    let kind = depth == 0 ? generator.next() % 3 : generator.next() % 7
    var arguments: [CombineExpression] {
      (0..<(2 + Int(generator.next() % 2))).map { _ in random(&generator, depth: depth - 1) }
    }
    switch kind {
    case 0: return .amount((1_000 * generator.uniform()).rounded())
    case 1, 2: return .term(testTerms[Int(generator.next() % 4)])
    case 3: return .sum(arguments)
    case 4:
      return .multiple((20 * generator.uniform() - 6).rounded() / 8, random(&generator, depth: depth - 1))
    case 5: return .maximum(arguments)
    default: return .minimum(arguments)
    }
  }

  /// The value of the expression by recursion on its definition.
  func twin(_ amount: (String) -> Double) -> Double {
    switch self {
    case .amount(let fixed): return fixed
    case .term(let name): return amount(name)
    case .sum(let parts):
      var total = 0.0
      for part in parts { total += part.twin(amount) }
      return total
    case .multiple(let factor, let part): return factor * part.twin(amount)
    case .maximum(let parts): return parts.map { $0.twin(amount) }.reduce(-.infinity, Swift.max)
    case .minimum(let parts): return parts.map { $0.twin(amount) }.reduce(.infinity, Swift.min)
    }
  }

  /// The sum of the absolute values of everything that enters.
  func gross(_ amount: (String) -> Double) -> Double {
    switch self {
    case .amount(let fixed): return abs(fixed)
    case .term(let name): return abs(amount(name))
    case .multiple(let factor, let part): return abs(factor) * part.gross(amount)
    case .sum(let parts), .maximum(let parts), .minimum(let parts):
      return parts.reduce(0) { $0 + $1.gross(amount) }
    }
  }
}

@Suite struct CombineExpressionTests {
  /// A regime whose terms a, b, c are rates on a notional of a million, and whose `gain` is a certain loss or gain.
  private func amounts(
    _ expression: CombineExpression, rates: [Double], gain: Double
  ) throws -> (assessment: MarginAssessment, batch: RequirementBatch) {
    var ledger = Ledger()
    ledger.balance(sol, worth: 1_000_000, price: 30)
    ledger.position(btc, settling: .usd, notional: 1_000_000)
    let request = ScenarioRequest.grid(GridRequest(points: [GridPoint(spot: 0)], unmoved: []))
    var moves = gridSet(GridRequest(points: [GridPoint(spot: 0), GridPoint(spot: 0)], unmoved: [])).moves
    for scenario in 0..<2 { moves[2, scenario] = gain / 1_000_000 }
    let set = ScenarioSet(
      factors: testFactors, moves: moves, labels: .draws([0, 1]),
      coverage: testFactors.factors.map { _ in FactorCoverage(source: .history) })
    let terms =
      try zip(["a", "b", "c"], rates).map {
        NamedTerm(name: $0, term: .charge(try ChargeTerm(base: .grossNotional, rate: $1)))
      } + [NamedTerm(name: "gain", term: tailTerm(of: request))]
    let rules = MarginRegime(
      id: "test", summary: "", family: .valueAtRisk, source: "", pooling: .single, collateral: .marketValue,
      rules: try TermRules(terms: terms, initial: expression, maintenance: .amount(0)), levels: .classic)
    let evidence = Evidence(sets: [request: set], parallelism: .sequential)
    return (
      try requirement(of: rules, for: ledger.state, given: evidence),
      try requirements(of: rules, for: ledger.state.repeated(3), given: evidence)
    )
  }

  @Test("components add up to the requirement, which is the expression floored at zero; one of them binds")
  func partsAddUp() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<4_000 {
      let expression = CombineExpression.random(&generator, depth: 4)
      let rates = (0..<3).map { _ in (1_000 * generator.uniform()).rounded() / 1_000_000 }
      let gain = -(2_000 * (generator.uniform() - 0.5)).rounded()
      let (assessment, batch) = try amounts(expression, rates: rates, gain: gain)
      func amount(_ name: String) -> Double {
        name == "gain" ? -gain : rates[CombineExpression.testTerms.firstIndex(of: name) ?? 0] * 1_000_000
      }
      let expected = max(0, expression.twin(amount))
      let parts = assessment.components.filter { $0.requirement == .initial }
      let gross = parts.reduce(0) { $0 + abs($1.amount) }
      #expect(isClose(assessment.initial, expected, absolute: 1e-9), "\(expression)")
      #expect(abs(parts.reduce(0) { $0 + $1.amount } - assessment.initial) <= 1e-12 * gross, "\(expression)")
      #expect(parts.count(where: \.isBinding) == 1, "\(expression)")
      #expect(batch.pools[0].initial == [Double](repeating: batch.pools[0].initial[0], count: 3))
      #expect(isClose(batch.pools[0].initial[0], assessment.initial, relative: 1e-12, absolute: 1e-9))
    }
  }

  private func initialParts(_ text: String, rates: [Double], gain: Double = 0) throws -> [MarginComponent] {
    try amounts(CombineExpression(parsing: text), rates: rates, gain: gain).assessment.components
      .filter { $0.requirement == .initial }
  }

  @Test("a floor that acts is an uplift of what it adds, one that does not is an uplift of nothing")
  func floors() throws {
    let acting = try initialParts("max(2 * a, b, c)", rates: [0.001, 0.002, 0.005])
    #expect(acting.map(\.name) == ["2.0 × a", "uplift to c"])
    #expect(acting.map(\.amount) == [2_000, 3_000])
    #expect(acting.map(\.isBinding) == [false, true])
    let idle = try initialParts("max(2 * a, b, c)", rates: [0.004, 0.002, 0.005])
    #expect(idle.map(\.name) == ["2.0 × a", "uplift to b, c"])
    #expect(idle.map(\.amount) == [8_000, 0])
    #expect(idle.map(\.isBinding) == [true, false])
  }

  @Test("a cap that acts takes away, and a floor equal to the rule does not act")
  func caps() throws {
    let capped = try initialParts("min(a, b)", rates: [0.004, 0.002, 0])
    #expect(capped.map(\.name) == ["a", "cap at b"])
    #expect(capped.map(\.amount) == [4_000, -2_000])
    #expect(capped.map(\.isBinding) == [false, true])
    let tied = try initialParts("max(a, b)", rates: [0.002, 0.002, 0])
    #expect(tied.map(\.isBinding) == [true, false])
  }

  @Test("in a sum the largest addend decides, and inside it what decides there")
  func decidingAddend() throws {
    let small = try initialParts("max(a, b) + c", rates: [0.001, 0.002, 0.009])
    #expect(small.map(\.name) == ["a", "uplift to b", "c"])
    #expect(small.map(\.isBinding) == [false, false, true])
    let large = try initialParts("1.5 * (max(a, b) + c)", rates: [0.001, 0.009, 0.002])
    #expect(large.map(\.name) == ["1.5 × a", "1.5 × uplift to b", "1.5 × c"])
    #expect(large.map(\.isBinding) == [false, true, false])
  }

  @Test("what is subtracted is a part of its own, and never the one that decides")
  func differences() throws {
    let parts = try initialParts("a - 0.5 * b - c", rates: [0.009, 0.002, 0.003])
    #expect(parts.map(\.name) == ["a", "-0.5 × b", "less c"])
    #expect(parts.map(\.amount) == [9_000, -1_000, -3_000])
    #expect(parts.map(\.isBinding) == [true, false, false])
    let capped = try initialParts("a - max(b, c)", rates: [0.009, 0.002, 0.003])
    #expect(capped.map(\.name) == ["a", "less b", "less uplift to c"])
    #expect(capped.map(\.amount) == [9_000, -2_000, -1_000])
  }

  @Test("a certain gain never makes a requirement negative")
  func upliftToZero() throws {
    let parts = try initialParts("gain + a", rates: [0.001, 0, 0], gain: 5_000)
    #expect(parts.map(\.name) == ["gain", "a", "uplift to zero"])
    #expect(parts.map(\.isBinding) == [false, false, true])
    #expect(isClose(parts[2].amount, 4_000, relative: 1e-12))
    let assessment = try amounts(CombineExpression(parsing: "gain"), rates: [0, 0, 0], gain: 5_000).assessment
    #expect(assessment.initial == 0)
    #expect(assessment.binding == "uplift to zero")
  }
}
