/// The program's version, as `--version` and `run.json` give it.
enum Version {
  static let text = "0.1.0"
}
