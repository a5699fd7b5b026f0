import Margin

extension RegimeFamily {
  /// The family in a table, where space is short.
  var word: String {
    switch self {
    case .segregated: "segregated"
    case .crossCollateral: "cross"
    case .allocated: "allocated"
    case .scenarioGrid: "grid"
    case .valueAtRisk: "VaR"
    }
  }
}

extension MarginStatus {
  /// The status in words.
  var words: String {
    switch self {
    case .healthy: "healthy"
    case .restricted: "restricted"
    case .marginCall: "margin call"
    case .liquidation: "liquidation"
    }
  }

  var emphasis: Emphasis {
    switch self {
    case .healthy: .good
    case .restricted: .attention
    case .marginCall, .liquidation: .bad
    }
  }
}
