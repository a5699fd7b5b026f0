import MarketData
public import Scenarios
import Statistics

extension ErrorProse {
  /// Why a shock cannot be applied.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: ShockError) -> String {
    switch error {
    case .misplaced(let step, let rule): "step \(step + 1) of the shock stands in the wrong place: \(rule)"
    case .unknownFactor(let factor):
      "the shock names \(name(of: factor)), which the study does not know; \(remedy(outside: factor))"
    case .doesNotMove(let factor):
      "the shock changes correlations of \(name(of: factor)), which does not move in the calibration; leave it out, or give "
        + "it a volatility first"
    case .wrongKind(let factor, let needed):
      "a step of the shock speaks of \(name(of: factor)), and needs \(needed)"
    case .contradictoryMoves(let factors):
      "the shock gives moves of \(list(factors.map(name(of:)))) that cannot happen together: these factors are perfectly tied"
    case .infeasible(let first, let second, let wanted, let lower, let upper):
      "a correlation of \(rounded(wanted)) between \(name(of: first)) and \(name(of: second)) is impossible beside the others: "
        + "it lies between \(rounded(lower)) and \(rounded(upper)); stay inside, or ask for a repair (repair: nearest)"
    case .notPositiveSemidefinite(let smallest):
      "the shocked correlations are no correlation matrix: their smallest eigenvalue is \(number(smallest)); ask for a repair "
        + "(repair: nearest, nearestKeeping or shrink)"
    case .cannotBeKept:
      "no correlation matrix has all the correlations the shock asks for; ask for another repair (repair: nearest or shrink)"
    case .outOfDomain(let field, let value, let allowed): "\(field) is \(number(value)), not \(allowed)"
    case .views(let error): error.description
    case .noObservations: "views need the observations of a calibration, and this one has none"
    case .window(let error): "the window of the shock does not serve: \(text(of: error))"
    case .covariance(let error): text(of: error)
    }
  }

  private static func rounded(_ correlation: Double) -> String { NumberText.rounded(correlation, place: -4) }
}
