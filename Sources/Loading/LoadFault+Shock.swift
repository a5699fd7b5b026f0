import MarketData
import Scenarios

extension LoadFault {
  /// Why a shock cannot be applied.
  ///
  /// - Parameter error: the shock's error.
  init(_ error: ShockError) {
    self =
      switch error {
      case .misplaced(let step, let rule): .rule("step \(step + 1): \(rule)")
      case .unknownFactor(let factor): .rule("the study has no factor \(factor)")
      case .doesNotMove(let factor):
        .rule("\(Self.words(for: factor)) does not move in the calibration and has no correlations")
      case .wrongKind(let factor, let needed): .expected(needed, found: Self.words(for: factor))
      case .contradictoryMoves(let factors):
        .rule(
          "the moves given of \(factors.map(Self.words).joined(separator: ", ")) exclude one another: these factors are tied "
            + "together")
      case .infeasible(let first, let second, let wanted, let lower, let upper):
        .expected(
          "a correlation of \(Self.words(for: first)) and \(Self.words(for: second)) from \(lower) to \(upper), which the "
            + "others leave room for, or repair: nearest", found: "\(wanted)")
      case .notPositiveSemidefinite(let eigenvalue):
        .rule(
          "the shocked correlations are no correlation matrix, its smallest eigenvalue would be \(eigenvalue); ask for a "
            + "repair: nearest, nearestKeeping or shrink")
      case .cannotBeKept:
        .rule("no correlation matrix has all the correlations asked for; ask for repair: nearest or shrink")
      case .outOfDomain(let field, let value, let allowed):
        .expected("\(field) to be \(allowed)", found: "\(value)")
      case .views(let error): .rule("\(error)")
      case .noObservations: .rule("views need the observations of a calibration, and this one has none")
      case .window(let error): LoadFault(error)
      case .covariance(let error): LoadFault(error)
      }
  }
}
