import ArgumentParser
import Foundation
import Loading
import Margin

/// Lists regimes: what they are, how they put margin together, where they come from.
struct RegimesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regimes", abstract: "List regimes: what they are and how they put margin together.")

  @Argument(help: "Regime files or folders of them.", completion: .directory)
  var places: [String] = ["scenarios/regimes"]

  func run() throws {
    var collector = LoadCollector()
    let regimes = places.flatMap(files).compactMap { file in
      collector.collect { () throws(LoadError) in try Loaded<MarginRegime>(regimeFile: file) }
    }
    try loading { () throws(LoadError) in try collector.finish() }
    let text = regimes.map { description(of: $0.value, in: $0.file) }.joined(separator: "\n")
    try StandardStreams.print(Array(text.utf8))
  }

  private func files(in place: String) -> [String] {
    guard case .folder = InputFile.kind(of: place) else { return [place] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { "\(place)/\($0)" }
  }

  private func description(of regime: MarginRegime, in file: String) -> String {
    var lines = [
      regime.id, "  \(regime.summary)", "  family   \(regime.family.rawValue)",
      "  IM       \(regime.initial)",
      "  MM       \(regime.maintenance)", "  source   \(regime.source)", "  file     \(file)",
    ]
    if let from = regime.effectiveFrom { lines.append("  from     \(from)") }
    lines += regime.assumptions.map { "  assumes  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }
}
