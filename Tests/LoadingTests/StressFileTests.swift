import Foundation
import Instruments
import Loading
import MarketData
import Scenarios
import Statistics
import Studies
import Testing

/// The `stress` block of a study, the shocks it names, and what the command line makes of both.
struct StressFileTests {
  private static let study = """
    study: small
    account: ../accounts/test.yaml
    regimes: [test]
    scenarios: 1_000
    models: {basis: [{asset: BTC, style: linear, dailyVolatility: 0}]}
    judge: {law: gaussian, lookBack: 5, horizon: 1 d}

    """

  private static let market =
    "date,BTC,USDT,ETH\n"
    + (1...10).map { day in
      "2022-11-\(day < 10 ? "0" : "")\(day),\(20_000 + 100 * (day % 3)),\(1 + 0.001 * Double(day % 2)),"
        + "\(1_500 + 7 * day)\n"
    }.joined()

  private func folder(_ stress: String, _ changes: [String: String] = [:]) throws -> TemporaryFolder {
    let files = [
      "scenarios/studies/s.yaml": Self.study + stress, "scenarios/accounts/test.yaml": Sound.account,
      "scenarios/regimes/test.yaml": Sound.regime("lookBack: 500", "lookBack: 4"),
      "scenarios/shocks/one.yaml": "shock: one\nsteps:\n  - blend: {to: allOne}\n",
      "scenarios/shocks/cloud.yaml": "shock: cloud\nsteps:\n  - perturbation: {deviation: 0.1}\n",
      "notebooks-data/market/daily-close.csv": Self.market,
    ]
    return try TemporaryFolder(files.merging(changes) { $1 })
  }

  private func load(
    _ folder: borrowing TemporaryFolder, _ overrides: StudyOverrides = StudyOverrides()
  ) throws(LoadError) -> LoadedStudy {
    var overrides = overrides
    overrides.market = "\(folder.path)/notebooks-data/market"
    return try LoadedStudy(contentsOf: "\(folder.path)/scenarios/studies/s.yaml", overrides: overrides)
  }

  private func plan(_ stress: String, _ overrides: StudyOverrides = StudyOverrides()) throws -> StressPlan {
    let folder = try folder(stress)
    return try load(folder, overrides).requiredStress()
  }

  private func problems(
    _ stress: String, _ changes: [String: String] = [:], _ overrides: StudyOverrides = StudyOverrides()
  ) throws -> [String] {
    let folder = try folder(stress, changes)
    let path = folder.path
    return lines { () throws(LoadError) in try load(folder, overrides).requiredStress() }
      .map { $0.replacingOccurrences(of: "\(path)/scenarios/", with: "") }
  }

  private let one: [ShockStep] = [.blend(CorrelationBlend(target: .allOne))]

  // MARK: - What is read

  @Test func aCurveIsRead() throws {
    let plan = try plan("stress: {sweep: {shock: one}}\n")
    #expect(plan.axes == [StressAxis(shock: try Shock(name: "one", steps: one), points: 101)])
    #expect((plan.draws, plan.target, plan.isReversed) == (1, 0.01, false))
  }

  @Test func everyKeyIsRead() throws {
    let plan = try plan(
      """
      stress:
        sweep: {shock: ../shocks/one.yaml, strengths: [0, 0.25, 1]}
        against: {shock: {steps: [{regulatory: low}, {perturbation: {deviation: 0.1}}]}, points: 3}
        draws: 7
        target: 2.5%
        reverse: true
      """)
    #expect(plan.axes.map(\.strengths) == [[0, 0.25, 1], [0, 0.5, 1]])
    #expect(plan.axes.map(\.shock.name) == ["one", "against"])
    #expect(plan.axes[1].shock.steps == [.regulatory(.low, repair: .nearest), .perturbation(deviation: 0.1)])
    #expect((plan.draws, plan.target, plan.isReversed) == (7, 0.025, true))
  }

  @Test func aSurfaceHasFewerPointsAndACloudMoreMatrices() throws {
    let surface = try plan("stress: {sweep: {shock: one}, against: {shock: cloud}}\n")
    #expect(surface.axes.map(\.strengths.count) == [11, 11])
    #expect(surface.draws == 200)
    #expect(try plan("stress: {sweep: {shock: cloud}}\n").draws == 200)
    #expect(try plan("stress: {sweep: {shock: cloud}, draws: 1}\n").draws == 1)
  }

  @Test func theReverseQuestionNeedsNoShock() throws {
    let plan = try plan("stress: {reverse: true}\n")
    #expect(plan.axes.isEmpty)
    #expect(plan.isReversed)
  }

  @Test func shockFilesStandAmongTheFilesReadEachOnce() throws {
    let folder = try folder("stress: {sweep: {shock: one}, against: {shock: one}}\n")
    let files = try load(folder).files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
    #expect(
      files == [
        "studies/s.yaml", "accounts/test.yaml", "regimes/test.yaml", "shocks/one.yaml",
        "market/daily-close.csv",
      ])
  }

  @Test func aStudyWithoutStressIsReadAndSaysWhatIsMissingWhenAsked() throws {
    let folder = try folder("")
    #expect(try load(folder).stress == nil)
    #expect(
      try problems("") == [
        "studies/s.yaml:1:1: the study has no stress block: add one such as stress: {sweep: {shock: "
          + "correlations-to-one}}, or give --shock"
      ])
  }

  // MARK: - The command line

  @Test func shocksOfTheCommandLineTakeTheStudysPlace() throws {
    let stress = "stress: {sweep: {shock: one, points: 5}, against: {shock: one, points: 4}, target: 5%}\n"
    let curve = try plan(stress, StudyOverrides(shocks: ["cloud"]))
    #expect(curve.axes.map(\.shock.name) == ["cloud"])
    #expect(curve.axes.map(\.strengths.count) == [101])
    #expect(curve.target == 0.05)
    let surface = try plan("", StudyOverrides(shocks: ["cloud", "one"], points: 3))
    #expect(surface.axes.map(\.shock.name) == ["cloud", "one"])
    #expect(surface.axes.map(\.strengths) == [[0, 0.5, 1], [0, 0.5, 1]])
  }

  @Test func pointsOfTheCommandLineTakeThePlaceOfStrengths() throws {
    let stress = "stress: {sweep: {shock: one, strengths: [0.5]}, against: {shock: one, points: 4}}\n"
    #expect(try plan(stress, StudyOverrides(points: 2)).axes.map(\.strengths) == [[0, 1], [0, 1]])
    #expect(
      try plan("stress: {sweep: {shock: one}}\n", StudyOverrides(settings: ["stress.sweep.points=3"])).axes[0]
        .strengths == [0, 0.5, 1])
    #expect(
      try plan("", StudyOverrides(settings: ["stress.sweep.points=3", "stress.draws=2"], shocks: ["cloud"]))
        == StressPlan(
          axes: [
            StressAxis(shock: try Shock(name: "cloud", steps: [.perturbation(deviation: 0.1)]), points: 3)
          ], draws: 2))
    #expect(try plan("", StudyOverrides(settings: ["stress.reverse=true"])).isReversed)
  }

  @Test func theCommandLineIsBlamedForItsOwn() throws {
    #expect(
      try problems("", [:], StudyOverrides(shocks: ["oen"])) == [
        "--shock oen:1:1: stress.sweep.shock: unknown shock 'oen'; did you mean 'one'? allowed are cloud, one"
      ])
    #expect(
      try problems("", [:], StudyOverrides(shocks: ["one"], points: 1)) == [
        "--points 1:1:1: stress.sweep.points: expected a whole number from 2 to 10001, found '1'"
      ])
    #expect(
      try problems("", [:], StudyOverrides(points: 5)) == [
        "--points 5:1:1: stress.sweep: the key 'shock' is missing"
      ])
    #expect(
      try problems("", [:], StudyOverrides(shocks: ["./none.yaml"])) == [
        "--shock ./none.yaml:1:1: stress.sweep.shock: expected a file, found nothing at ./none.yaml"
      ])
  }

  // MARK: - What is refused, where its user wrote it

  @Test(arguments: [
    (
      "stress: {}", "7:9: stress: nothing is to be done: add sweep: {shock: NAME}, or reverse: true"
    ),
    (
      "stress: {reverse: false, target: 1%}",
      "7:9: stress: nothing is to be done: add sweep: {shock: NAME}, or reverse: true"
    ),
    (
      "stress: {against: {shock: one}, reverse: true}",
      "7:19: stress.against: a surface needs a first shock as well: add sweep"
    ),
    ("stress: {sweep: one}", "7:17: stress.sweep: expected a mapping of keys, found 'one'"),
    ("stress: {sweep: {points: 5}}", "7:17: stress.sweep: the key 'shock' is missing"),
    (
      "stress: {sweep: {shock: onne}}",
      "7:25: stress.sweep.shock: unknown shock 'onne'; did you mean 'one'? allowed are cloud, one"
    ),
    (
      "stress: {sweep: {shock: nowhere/one.yaml}}",
      "7:25: stress.sweep.shock: expected a file, found nothing at studies/nowhere/one.yaml"
    ),
    (
      "stress: {sweep: {shock: [one]}}",
      "7:25: stress.sweep.shock: expected the name or file of a shock, or a shock with steps, found a list"
    ),
    (
      "stress: {sweep: {shock: {steps: [{regulatory: x}]}}}",
      "7:47: stress.sweep.shock.steps[0].regulatory: unknown correlation scenario 'x'; allowed are low, high"
    ),
    (
      "stress: {sweep: {shock: one, points: 10_002}}",
      "7:38: stress.sweep.points: expected a whole number from 2 to 10001, found '10_002'"
    ),
    (
      "stress: {sweep: {shock: one, points: 5, strengths: [0, 1]}}",
      "7:52: stress.sweep.strengths: give points or strengths, not both"
    ),
    (
      "stress: {sweep: {shock: one, strengths: []}}",
      "7:41: stress.sweep.strengths: expected a list of at least 1, found 0"
    ),
    (
      "stress: {sweep: {shock: one, strengths: [0, 0.5, 0.5]}}",
      "7:50: stress.sweep.strengths[2]: expected more than 0.5, the strength before, found '0.5'"
    ),
    (
      "stress: {sweep: {shock: one, strengths: [0, 1.5]}}",
      "7:45: stress.sweep.strengths[1]: expected a number from 0 to 1, found '1.5'"
    ),
    (
      "stress: {sweep: {shock: one}, draws: 0}",
      "7:38: stress.draws: expected a whole number from 1 to 1000000, found '0'"
    ),
    (
      "stress: {sweep: {shock: one}, draws: 9}",
      "7:38: stress.draws: no step of the shock is random: draws belong to randomCorrelation and perturbation alone; "
        + "leave them out"
    ),
    (
      "stress: {sweep: {shock: one}, target: 1}",
      "7:39: stress.target: expected a share above 0 and below 1, such as 0.01 or 1%, found '1'"
    ),
    (
      "stress: {sweep: {shock: one}, reverse: yes}",
      "7:40: stress.reverse: unknown truth value 'yes'; allowed are true, false"
    ),
    (
      "stress: {sweep: {shock: cloud, points: 10_001}}",
      "7:9: stress: expected at most 1000000 points, random matrices counted, found 10001 of 200 each"
    ),
    (
      "stress: {sweep: {shock: one, points: 1_001}, against: {shock: one, points: 1_000}}",
      "7:9: stress: expected at most 1000000 points, random matrices counted, found 1001000 of 1 each"
    ),
    (
      "stress: {swep: {shock: one}, reverse: true}",
      "7:10: stress: unknown key 'swep'; did you mean 'sweep'? allowed are sweep, against, draws, target, reverse"
    ),
  ])
  func whatIsWrongIsSaidWhereItStands(_ stress: String, _ message: String) throws {
    #expect(try problems(stress) == ["studies/s.yaml:\(message)"])
  }

  @Test func whatTheMarketOrTheModelsDoNotHaveIsNamedInTheShockFile() throws {
    let shock = """
      shock: one
      steps:
        - blend:
            to: {window: {from: 2022-11-05, to: 2022-11-30}}
            among: [BTC, BTK]
        - basisDecoupling: {asset: BTC, style: inverse, correlation: 0.9}
        - basisDecoupling: {asset: BTC, style: linear, correlation: 0.9}
        - volatility: {multiple: 2, of: [{impliedVolatility: ETH}, {basis: XYZ, style: linear}]}
        - blend: {to: {window: 7}}
        - blend: {to: {window: {from: 2022-11-03, to: 2022-11-10}}}
        - mixture:
            probability: 0.1
            stressed:
              - conditional: {given: {BTC: -0.1, DOGE: -0.2}}
      """
    let found = try problems("stress: {sweep: {shock: one}}\n", ["scenarios/shocks/one.yaml": shock])
    #expect(
      found == [
        "shocks/one.yaml:4:20: steps[0].blend.to.window: the period 2022-11-05 to 2022-11-30 is not wholly inside the data "
          + "used, which run from 2022-11-02 to 2022-11-10",
        "shocks/one.yaml:5:20: steps[0].blend.among[1]: unknown asset 'BTK'; the market has BTC, USDT, ETH",
        "shocks/one.yaml:6:30: steps[1].basisDecoupling.asset: the study has no model of the basis of inverse BTC contracts; "
          + "add {asset: BTC, style: inverse, dailyVolatility: 0} to its models.basis",
        "shocks/one.yaml:8:36: steps[3].volatility.of[0]: the study has no model of the implied volatility of ETH; add one "
          + "of ETH to its models.volatility",
        "shocks/one.yaml:8:62: steps[3].volatility.of[1]: unknown asset 'XYZ'; the market has BTC, USDT, ETH",
        "shocks/one.yaml:9:26: steps[4].blend.to.window: a look-back of 7 is longer than the 6 moves there are up to "
          + "2022-11-07",
        "shocks/one.yaml:14:44: steps[6].mixture.stressed[0].conditional.given.DOGE: unknown asset 'DOGE'; the market has BTC, "
          + "USDT, ETH",
      ], "\(found.joined(separator: "\n"))")
  }

  @Test func aShockStatedInPlaceIsCheckedInTheStudy() throws {
    #expect(
      try problems("stress: {sweep: {shock: {steps: [{decoupling: {of: [DOGE]}}]}}}\n") == [
        "studies/s.yaml:7:53: stress.sweep.shock.steps[0].decoupling.of[0]: unknown asset 'DOGE'; the market has BTC, "
          + "USDT, ETH"
      ])
  }

  @Test func anUnsoundStudyHidesNoProblemOfTheShocksItNames() throws {
    let found = try problems(
      "stress: {sweep: {shock: one, points: x}, against: {shock: none}}\nseed: -1\n",
      ["scenarios/shocks/one.yaml": "shock: one\nsteps: []\n"])
    #expect(
      found == [
        "shocks/one.yaml:2:8: steps: expected a list of at least 1, found 0",
        "studies/s.yaml:7:38: stress.sweep.points: expected a whole number from 2 to 10001, found 'x'",
        "studies/s.yaml:7:59: stress.against.shock: unknown shock 'none'; did you mean 'one'? allowed are cloud, one",
        "studies/s.yaml:8:7: seed: expected a whole number from 0 to 18446744073709551615, found '-1'",
      ], "\(found.joined(separator: "\n"))")
  }

  @Test func aShockFileIsToldByItsFirstKeys() throws {
    let folder = try folder("")
    guard case .shock(let shock) = try LoadedInput(contentsOf: "\(folder.path)/scenarios/shocks/one.yaml")
    else {
      Issue.record("the file was not read as a shock")
      return
    }
    #expect(shock.value.steps == one)
  }
}
