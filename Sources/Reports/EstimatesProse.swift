import Scenarios
import Statistics
public import Studies
import Valuation

extension ErrorProse {
  /// Why an estimator has no figure.
  ///
  /// - Parameter error: what stopped it.
  /// - Returns: what is wrong and what is allowed.
  public static func text(of error: TailEstimationError) -> String {
    switch error {
    case .scenarios(let error): text(of: error)
    case .valuation(let error): text(of: error)
    case .statistics(let error): text(of: error)
    case .estimation(let error): "\(error)"
    case .quadratic(let error): "\(error)"
    case .importance(let error): "\(error)"
    case .isolatedPositions:
      "a law in closed form does not know that an isolated position loses at most its margin; draws do"
    case .noClosedForm: "the law has no closed form for this account; draws have"
    }
  }
}
