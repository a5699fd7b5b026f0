import Instruments

extension LoadFault {
  /// What a venue's name of a contract lacks.
  init(_ error: VenueInstrumentError) {
    switch error {
    case .unknownForm(let symbol, let venue, let allowed):
      self = .expected(
        "a \(venue) contract such as \(allowed.joined(separator: ", "))", found: "'\(shortened(symbol))'")
    case .unreadable(let part, let text, let symbol, _, let allowed):
      self = .expected(
        "\(allowed) for the \(part.rawValue) in '\(shortened(symbol))'", found: "'\(shortened(text))'")
    case .spotPair(let symbol, let venue, _):
      self = .expected("a contract", found: "the \(venue) spot pair '\(shortened(symbol))'")
    case .notNamed(let contract, let venue, _):
      self = .rule("\(venue) has no name for '\(shortened(contract))'")
    }
  }
}
