import Instruments
import MarketData

extension ErrorProse {
  /// What a factor is called by people: the asset itself for its price.
  static func name(of factor: RiskFactor) -> String {
    switch factor {
    case .spot(let asset): "\(asset)"
    case .basis(let asset, let style): "the basis of \(style.rawValue) \(asset) contracts"
    case .volatility(let asset): "the implied volatility of \(asset)"
    }
  }

  /// How a factor becomes part of a study.
  static func remedy(outside factor: RiskFactor) -> String {
    switch factor {
    case .spot: "add its prices to the market folder, or leave the asset out of the account"
    case .basis: "name a basis model in the study's models"
    case .volatility: "leave the options out of the account"
    }
  }

  static func degreesOfFreedom(_ degrees: Double) -> String {
    "a Student-t law with \(number(degrees)) degrees of freedom has no finite variance; it takes more than 2"
  }

  /// A number as it was given; an error may be about one that is not finite.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "not a number" }
    if value.isInfinite { return value > 0 ? "infinite" : "minus infinity" }
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }

  static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "one \(noun)" : "\(count) \(noun)s"
  }

  static func duration(_ seconds: Int) -> String {
    switch seconds {
    case 86_400: "one day"
    case 3_600: "one hour"
    case _ where seconds % 86_400 == 0: "\(seconds / 86_400) days"
    case _ where seconds % 3_600 == 0: "\(seconds / 3_600) hours"
    default: "\(seconds) seconds"
    }
  }

  static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
