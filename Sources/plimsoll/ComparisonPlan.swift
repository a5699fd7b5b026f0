import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Reports
import RunFolder
import Scenarios
import Studies

/// What a comparison would do, for `--dry-run`.
struct ComparisonPlan {
  private let loaded: LoadedStudy
  private let output: String?
  private let fileNames: [String]

  /// - Parameters:
  ///   - loaded: the study.
  ///   - output: the run folder to be written, if any.
  ///   - files: the plain names of the files it will hold.
  init(_ loaded: LoadedStudy, output: String?, files: [String] = ComparisonFiles.names) {
    self.loaded = loaded
    self.output = output
    fileNames = files
  }

  var text: String {
    let study = loaded.study
    let settings = study.settings
    let assets = study.history.assets
    var requests: [String] = []
    for request in study.regimes.flatMap(\.requests) where !requests.contains(request.summary) {
      requests.append(request.summary)
    }
    let bytes = (assets.count + settings.models.basis.count) * settings.scenarioCount * 8
    let lines = [
      "study      \(study.name)", "account    \(study.account.id), as of \(settings.asOf)",
      "regimes    \(study.regimes.map(\.id).joined(separator: ", "))",
      "reference  \(settings.reference)",
      "market     \(loaded.market.path): \(assets.map(\.symbol).joined(separator: ", "))",
      "history    \(study.history.times[0]) to \(study.history.times[study.history.times.count - 1])",
      "scenarios  \(settings.scenarioCount) a drawn set, seed \(settings.seed), \(bytes / 1_048_576) MiB each",
    ]
    let sets = requests.map { "set        \($0)" }
    let changes = study.changes.map { "change     \($0)" }
    let files = loaded.files.map { "reads      \($0)" }
    let written = output.map { folder in
      (fileNames + [RunFolder.manifestName]).map { "writes     \(folder)/\($0)" }
    }
    return (lines + sets + changes + files + (written ?? ["writes     nothing"])).joined(separator: "\n")
      + "\n"
  }
}
