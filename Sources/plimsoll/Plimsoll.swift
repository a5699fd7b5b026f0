import ArgumentParser

/// The safe-load line of a margin account.
@main
struct Plimsoll: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plimsoll", abstract: "How much margin an account needs under every regime, and how safe each is.")
}
