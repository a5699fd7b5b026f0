package import Instruments
import Margin
import MarketData
import Scenarios
import Statistics
public import Studies
import Valuation

extension LoadedStudy {
  /// A study's faults where their user wrote them.
  ///
  /// - Parameter faults: from ``ComparisonStudy/faults()``.
  /// - Returns: problems of the study, account and regime files.
  public func problems(of faults: [StudyFault]) -> [LoadProblem] {
    faults.flatMap { fault in problems(of: fault.error, at: fault.locus) }
  }

  private func problems(of error: StudyError, at locus: StudyLocus) -> [LoadProblem] {
    let fault = LoadFault(error, market: study.history.assets)
    // Whoever asked for them first, supplied correlations stand in one place.
    if error.isAboutCorrelation { return [document.problem(at: ["models", "correlation"], fault)] }
    switch locus {
    case .asset(let asset):
      let places = account.value.places(of: asset).map { account.document.problem(at: $0, fault) }
      // A name the market does not know is wrong wherever it stands; thin history is one thing to be said once.
      if case .valuation(.noPrice) = error { return places }
      return Array(places.prefix(1))
    case .contract(let name):
      let key: PathStep =
        if case .valuation(.priceWithoutVolatility) = error { "optionPrice" } else { "contract" }
      return account.value.places(where: { $0.name == name })
        .map { account.document.problem(at: $0 + [key], fault) }
    case .term(let name, let regime):
      guard let loaded = regimes.first(where: { $0.value.id == regime }) else { return [] }
      let path = loaded.value.path(ofTerm: name) + error.keyOfWindow
      return [loaded.document.problem(at: path, fault)]
    case .judge: return [document.problem(at: ["judge"] + error.keyOfWindow, fault)]
    case .models: return [document.problem(at: ["models"], fault)]
    case .asOf:
      let isInStudy = document.root.position(of: ["asOf"]) != document.root.position
      return [(isInStudy ? document : account.document).problem(at: ["asOf"], fault)]
    case .reference: return [document.problem(at: ["reference"], fault)]
    }
  }

}

extension Account {
  /// The paths at which an asset is named.
  fileprivate func places(of asset: Asset) -> [[PathStep]] {
    let held = balances.indices.filter { balances[$0].asset == asset }
      .map { ["balances", .index($0), "asset"] as [PathStep] }
    let traded = places { $0.underlying.base == asset || $0.underlying.quote == asset }
    return held + traded.map { $0 + ["contract"] }
  }

  /// The paths of the positions and orders in some contracts.
  fileprivate func places(where isMeant: (Contract) -> Bool) -> [[PathStep]] {
    positions.indices.filter { isMeant(positions[$0].contract) }.map { ["positions", .index($0)] }
      + orders.indices.filter { isMeant(orders[$0].contract) }.map { ["orders", .index($0)] }
  }
}

extension MarginRegime {
  /// The path of a term's scenarios in its file.
  fileprivate func path(ofTerm name: String) -> [PathStep] {
    guard case .tailRisk(let term) = terms.first(where: { $0.name == name })?.term else {
      return ["terms", .key(name)]
    }
    let kind: PathStep =
      switch term.scenarios {
      case .historical: "historical"
      case .bootstrap(let request): request.dynamics == nil ? "blockBootstrap" : "filteredHistorical"
      case .law: "law"
      case .monteCarlo, .grid, .realised: "monteCarlo"
      }
    return ["terms", .key(name), "tailRisk", "scenarios", kind]
  }
}

extension StudyError {
  /// The key of a historical window that an error is about.
  fileprivate var keyOfWindow: [PathStep] {
    if case .scenarios(.covariance(.tooFewObservations)) = self { return ["lookBack"] }
    guard case .scenarios(.marketData(let error)) = self else { return [] }
    return switch error {
    case .lookBackTooLong, .periodOutside: ["lookBack"]
    case .horizonNotAMultiple, .unevenSpacing: ["horizon"]
    default: []
    }
  }

  fileprivate var isAboutCorrelation: Bool {
    if case .scenarios(.correlationNotPositiveSemidefinite) = self { true } else { false }
  }
}

extension LoadFault {
  /// What stops a study.
  ///
  /// - Parameters:
  ///   - error: the error.
  ///   - market: the assets of the market.
  package init(_ error: StudyError, market: [Asset]) {
    self =
      switch error {
      case .marketData(let error), .scenarios(.marketData(let error)): LoadFault(error)
      case .instrument(let error): LoadFault(error)
      case .margin(.valuation(let error)), .valuation(let error): LoadFault(error, market: market)
      case .margin(.statistics(let error)): LoadFault(error)
      case .margin(.scenarios(let error)): LoadFault(error, market: market)
      case .margin(let error): LoadFault(error)
      case .statistics(let error): LoadFault(error)
      case .shock(let error, scenarios: _, strengths: _):
        LoadFault(ScenarioError.shock(error), market: market)
      case .tail(let error): .rule("\(error)")
      case .scenarios(let error): LoadFault(error, market: market)
      case .swapExceedsBalance(let asset, let held, let wanted):
        .rule("a swap of \(wanted) \(asset) where the account holds \(held)")
      case .unknownReference(let name, let known): .unknownName(kind: "regime", name, known: known)
      }
  }

  init(_ error: ScenarioError, market: [Asset]) {
    self =
      switch error {
      case .marketData(let error): LoadFault(error)
      case .covariance(let error): LoadFault(error)
      case .correlationNotPositiveSemidefinite(let eigenvalue):
        .rule(
          "the correlation matrix is not positive semi-definite, its smallest eigenvalue is \(eigenvalue); "
            + "correct it, or ask for the nearest one with repair: nearest")
      case .unknownAsset(let asset):
        .unknownAsset(asset, market: market)
      case .degreesOfFreedom(let degrees): .expected("more than 2 degrees of freedom", found: "\(degrees)")
      case .outOfDomain(let field, let value, let allowed):
        .expected("\(field) to be \(allowed)", found: "\(value)")
      case .estimation(.sampleTooSmall(let held, let needed), let factor):
        .expected(
          "at least \(needed) moves of \(factor) (in each tail, for a copula): a longer look-back, or a wider tailShare",
          found: "\(held)")
      case .estimation(let error, let factor): .rule("\(factor): \(error)")
      case .horizonNotAMultiple(let step, let horizon):
        .expected("a horizon that is a whole multiple of \(step)", found: "\(horizon)")
      case .noClosedForm(let law): .rule("\(law) has no closed form; draw from it, as monteCarlo")
      case .shock(let error): LoadFault(error)
      case .tooFewScenarios(let count): .expected("more scenarios", found: "\(count)")
      }
  }

  init(_ error: ValuationError, market: [Asset]) {
    self =
      switch error {
      case .noPrice(let asset, _) where !market.contains(asset):
        .unknownAsset(asset, market: market)
      case .noPrice(let asset, let asOf): .rule("the market has no price of \(asset) at \(asOf)")
      case .expired(let contract, let expiry, let asOf):
        .rule("\(contract) expired at \(expiry), before the as-of date \(asOf)")
      case .inverseFaceNotUSD(let contract):
        .rule("\(contract) is inverse with a face that is not in USD, which is not covered")
      case .noImpliedVolatility(let contract): .rule("\(contract) needs impliedVolatility or optionPrice")
      case .priceWithoutVolatility(_, let price, let above, let below):
        .expected("an option price above \(plain(above)) and below \(plain(below))", found: plain(price))
      case .factorOutsideStudy(let factor): .rule("the market folder does not hold \(factor)")
      case .factorNotCovered(let factor, let missing, let total):
        .rule(
          "\(factor) is missing in \(missing) of the \(total) moves a regime or the judge needs; "
            + "name a proxy in the study, or take another window")
      }
  }
}
