import ArgumentParser
import Reports
import Studies

/// The flags of a walk through history beside a comparison.
struct WalkForwardOptions: ParsableArguments {
  @Flag(
    name: .customLong("walk-forward"),
    help:
      "Judge every regime out of sample: each day's requirement against the move that followed, over the whole history."
  )
  var isWanted = false

  @Option(
    name: .customLong("walk-forward-every"),
    help:
      "Requirements are estimated anew every so many days of the walk, 1 where left out: more for slow estimators."
  )
  var every: Int?

  func validate() throws {
    if let every, every < 1 {
      throw ValidationError("--walk-forward-every takes a whole number of at least 1.")
    }
    if every != nil, !isWanted { throw ValidationError("--walk-forward-every belongs to --walk-forward.") }
  }

  /// What `--dry-run` says of it: nothing where no walk is asked for.
  func plan(_ output: String?) -> String {
    guard isWanted else { return "" }
    let frequency = (every ?? 1) == 1 ? "day" : "\(every ?? 1) days"
    let written = output.map { folder in WalkForwardFiles.names.map { "writes     \(folder)/\($0)" } } ?? []
    return (["walk       through the whole history, estimates every \(frequency)"] + written)
      .joined(separator: "\n") + "\n"
  }

  /// The walk, if it is asked for; how far it is, is told on standard error once it has taken longer than two seconds.
  func walk(_ study: ComparisonStudy, isSilent: Bool) throws(StudyError) -> WalkForward? {
    guard isWanted else { return nil }
    let progress = ProgressLine(isSilent: isSilent)
    var shown = 0
    let walk = try study.walkForward(WalkForwardSettings(recalibratedEvery: every ?? 1)) { days, total in
      // Where lines cannot be overwritten, one for every tenth of the way.
      let step = StandardStreams.showsProgress ? days : 10 * days / total
      guard step > shown else { return }
      progress.enter("walk forward: estimate \(days) of \(total)")
      shown = step
    }
    progress.finish()
    return walk
  }
}
