import ArgumentParser

/// The safe-load line of a margin account.
@main
struct Plimsoll: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plimsoll",
    abstract: "How much margin an account needs under every regime, and how safe each answer is.",
    discussion: """
      Exit codes: 0 done (a margin call is a result, not a failure); 1 a regime could not be computed or a --fail-on \
      rule hit; 2 bad input, nothing written; 64 wrong usage; 130 interrupted.
      """,
    version: Version.text,
    subcommands: [
      CompareCommand.self, EstimateCommand.self, StressCommand.self, ExplainCommand.self,
      ValidateCommand.self,
      RegimesCommand.self, ImportCommand.self,
      CompareVenueCommand.self,
    ])
}
