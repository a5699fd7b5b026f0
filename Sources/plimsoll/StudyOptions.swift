import ArgumentParser
import Instruments
import Loading
import MarketData
import Parallel
import Studies

/// What every command that reads a study takes: a study file, flags in its place, or both.
struct StudyOptions: ParsableArguments {
  @Argument(
    help: "The study file. Without one, --account and --regimes make the study.", completion: .file())
  var study: String?

  @Option(help: "An account file in the place of the study's.", completion: .file())
  var account: String?

  @Option(help: "Regimes in the place of the study's: names or files, separated by commas.")
  var regimes: String?

  @Option(
    help: "The market folder, or one price file. Default: PLIMSOLL_MARKET, then notebooks-data/market above.")
  var market: String?

  @Option(
    help:
      "The as-of date, YYYY-MM-DD: no later price is used for any requirement, unless a shock asks for it.")
  var asOf: String?

  @Option(help: "The seed of every random draw.")
  var seed: UInt64?

  @Option(help: "How many scenarios every Monte Carlo set holds.")
  var scenarios: Int?

  @Option(
    help:
      "The largest relative simulation error of any initial margin, or drawn estimate, such as 1%: draws are doubled until it is met."
  )
  var targetError: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: "Any other setting of the study, such as judge.lookBack=250; may be repeated.")
  var settings: [String] = []

  @Option(help: "How many threads may work at once; changes no result. Default: all cores.")
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a whole number of at least 1.") }
    if study == nil, account == nil {
      throw ValidationError("Name a study file, or an --account and --regimes.")
    }
  }

  /// The study with everything the flags put in its place.
  ///
  /// - Parameter adding: what a command puts there besides.
  /// - Throws: `LoadError` with every problem of every file.
  /// - Returns: the study and everything it names.
  func load(_ adding: (inout StudyOverrides) -> Void = { _ in }) throws(LoadError) -> LoadedStudy {
    var overrides = overrides
    adding(&overrides)
    var loaded = try LoadedStudy(contentsOf: study, overrides: overrides)
    if let jobs { loaded.study.settings.parallelism = .threads(jobs) }
    return loaded
  }

  private var overrides: StudyOverrides {
    let named = [
      asOf.map { "asOf=\($0)" }, seed.map { "seed=\($0)" }, scenarios.map { "scenarios=\($0)" },
      targetError.map { "targetError=\($0)" },
    ]
    return StudyOverrides(
      account: account, regimes: (regimes ?? "").split(separator: ",").map(String.init), market: market,
      settings: settings + named.compactMap { $0 })
  }
}
