import Foundation
import Testing

/// The README says what the program does: its table is the program's, and its commands run.
@Suite struct ReadmeTests {
  private static let text = try? String(
    contentsOf: ProgramRun.root.appendingPathComponent("README.md"), encoding: .utf8)

  /// The fenced blocks of the README with their language.
  private static var blocks: [(language: Substring, lines: [Substring])] {
    var blocks: [(Substring, [Substring])] = []
    var current: (Substring, [Substring])?
    for line in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let finished = current { blocks.append(finished) }
        current = current == nil ? (line.dropFirst(3), []) : nil
      } else {
        current?.1.append(line)
      }
    }
    return blocks
  }

  @Test func thePrintedTableIsTheProgramsOutput() throws {
    let printed = try #require(Self.blocks.first { $0.language.isEmpty }).lines
    let run = try ProgramRun(["compare", "scenarios/studies/demo.yaml", "--quiet"])
    let output = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(printed.count > 40)
    for (line, (shown, real)) in zip(printed, output).enumerated() {
      #expect(shown == real, "line \(line + 1) of the README's table")
    }
  }

  @Test func everyCommandOfTheReadmeRuns() throws {
    let folder = try TemporaryFolder()
    let commands = Self.blocks.filter { $0.language == "sh" }.flatMap(\.lines)
      .map { $0.split(separator: "#", maxSplits: 1)[0] }.filter { $0.hasPrefix("plimsoll ") }
    #expect(commands.count >= 8)
    for (number, command) in commands.enumerated() {
      var words = Self.words(of: command.dropFirst("plimsoll ".count))
      if let place = words.firstIndex(of: "-o") { words[place + 1] = folder.path("run \(number)") }
      if ["compare", "stress"].contains(words[0]), !words.contains("--scenarios") {
        words += ["--scenarios", "10000"]
      }
      let run = try ProgramRun(words)
      #expect([0, 1].contains(run.exitCode), "\(command): \(run.errors)")
      #expect(!run.output.isEmpty, "\(command)")
    }
  }

  /// The words of a command line; double quotes hold one together.
  private static func words(of command: Substring) -> [String] {
    command.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
      index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
    }
  }

  @Test func theMadeUpVenueOfTheReadmeIsARegimeOfItsOwn() throws {
    let folder = try TemporaryFolder()
    let regime = try #require(Self.blocks.first { $0.language == "yaml" }).lines.joined(separator: "\n")
    let file = try folder.file("harbour.yaml", regime)
    let run = try ProgramRun([
      "compare", "--account", "scenarios/accounts/cash-and-carry.yaml", "--regimes", file, "--scenarios",
      "10000",
      "--format", "csv", "--market", "notebooks-data/market",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("harbour"))
  }
}
