import Margin
import Parallel
import Scenarios
import Statistics
import Valuation

/// The requirements of a state at replicated evidence: sections of the draws, and resampled history.
///
/// Replicate b of every regime and of every state sees the same draws, so that errors of differences come out right.
struct RequirementReplicates: Sendable {
  /// One pair a section; empty where no draws were used.
  let simulation: [RequirementAmounts]
  /// One pair a resample; empty where no history was used, `nil` where a law estimated anew has no closed form.
  let calibration: [RequirementAmounts]?

  /// Adds the errors to a number computed from the amounts.
  func estimate(
    _ value: Double, _ quantity: any KeyPath<RequirementAmounts, Double> & Sendable
  ) -> Estimate {
    Estimate(
      value: value, simulationError: Self.error(simulation.map { $0[keyPath: quantity] }, .sections),
      calibrationError: calibration.flatMap { Self.error($0.map { $0[keyPath: quantity] }, .bootstrap) })
  }

  /// The difference of initial margins, replicate by replicate.
  func initialDifference(to other: RequirementReplicates, _ value: Double) -> Estimate {
    Estimate(
      value: value,
      simulationError: Self.error(Self.differences(simulation, other.simulation), .sections),
      calibrationError: calibration.flatMap { own in
        other.calibration.flatMap { Self.error(Self.differences(own, $0), .bootstrap) }
      })
  }

  /// A requirement without randomness has the same amount in every replicate, and no replicates at all.
  private static func differences(_ left: [RequirementAmounts], _ right: [RequirementAmounts]) -> [Double] {
    if right.isEmpty { return left.map(\.initial) }
    if left.isEmpty { return right.map(\.initial) }
    return zip(left, right).map { $0.initial - $1.initial }
  }

  private static func error(_ replicates: [Double], _ kind: ReplicatedEstimate.Kind) -> Double? {
    (try? ReplicatedEstimate(value: 0, replicates: replicates, kind: kind))?.standardError
  }
}

/// The sums of both requirements over pools, in USD.
struct RequirementAmounts: Hashable, Sendable {
  let initial: Double
  let maintenance: Double

  init(_ assessment: RequirementBatch) {
    initial = assessment.pools.reduce(0) { $0 + $1.initial[0] }
    maintenance = assessment.pools.reduce(0) { $0 + $1.maintenance[0] }
  }
}

/// Evidence replicated once for all regimes and states of a study.
struct ReplicatedEvidence: Sendable {
  private let sections: [Evidence]
  private let resamples: [Evidence]
  /// Why there is no error of calibration, if there is none.
  let failure: ScenarioError?
  private let parallelism: Parallelism

  init(_ context: ComparisonContext) throws(StudyError) {
    let settings = context.settings
    let evidence = context.estimationEvidence.at(.sequential)
    parallelism = settings.parallelism
    sections = evidence.sections(Self.sectionCount(of: settings.scenarioCount))
    let bootstrap = settings.bootstrap
    do throws(MarginError) {
      resamples = try mapBlocks(of: bootstrap.replicates, size: 1, parallelism: parallelism) {
        (replicate, _) throws(MarginError) in
        try evidence.resampled { observations in
          Self.indices(observations, replicate, bootstrap, seed: settings.seed)
        }
      }
      failure = nil
    } catch .scenarios(let error) {
      // A law that cannot be estimated from one resample leaves the requirements themselves untouched.
      failure = error
      resamples = []
    } catch {
      throw .margin(error)
    }
  }

  /// The draws alone replicated, for errors of simulation.
  init(drawsOf context: ComparisonContext) {
    let settings = context.settings
    parallelism = settings.parallelism
    sections = context.estimationEvidence.at(.sequential)
      .sections(Self.sectionCount(of: settings.scenarioCount))
    resamples = []
    failure = nil
  }

  /// At least about a thousand draws a section, so that a 99 % tail has ten members, and at most 64 sections; of few draws at
  /// least 8 sections, however short.
  static func sectionCount(of draws: Int) -> Int { min(64, max(8, draws / 1_024)) }

  func replicates(
    of regime: MarginRegime, for state: BookState
  ) throws(StudyError) -> RequirementReplicates {
    let (simulation, calibration) = try values(of: regime) { evidence throws(MarginError) in
      RequirementAmounts(try requirements(of: regime, for: BookStates(state), given: evidence))
    }
    return RequirementReplicates(simulation: simulation, calibration: calibration)
  }

  /// What a computation gives at every section of the draws and at every resample of history; nothing where the regime uses
  /// none, `nil` resamples where a law estimated anew has no closed form.
  func values<Value: Sendable>(
    of regime: MarginRegime, _ compute: @Sendable (Evidence) throws(MarginError) -> Value
  ) throws(StudyError) -> (simulation: [Value], calibration: [Value]?) {
    let requests = regime.requests
    return (
      requests.contains(where: \.isDrawn) ? try values(at: sections, compute) ?? [] : [],
      requests.contains(where: \.isEstimated) ? try values(at: resamples, compute) : []
    )
  }

  private func values<Value: Sendable>(
    at evidence: [Evidence], _ compute: @Sendable (Evidence) throws(MarginError) -> Value
  ) throws(StudyError) -> [Value]? {
    do throws(MarginError) {
      return try mapBlocks(of: evidence.count, size: 1, parallelism: parallelism) {
        (replicate, _) throws(MarginError) in try compute(evidence[replicate])
      }
    } catch .noClosedForm {
      return nil
    } catch {
      throw .margin(error)
    }
  }

  /// The observations of one resample: circular blocks, at most a quarter of the sample long so that there is something to
  /// choose.
  static func indices(
    _ observations: Int, _ replicate: Int, _ bootstrap: CalibrationBootstrap, seed: UInt64
  ) -> [Int] {
    let resampling = try? BlockBootstrap(
      dateCount: observations, blockLength: min(bootstrap.blockLength, max(1, observations / 4)),
      replicateCount: bootstrap.replicates, seed: seed)
    return resampling?.indices(replicate: replicate) ?? Array(0..<observations)
  }
}
