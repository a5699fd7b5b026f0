public import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Valuation

/// What part of a study's input a fault lies in, so that it can be shown where its user wrote it.
public enum StudyLocus: Hashable, Sendable {
  /// An asset the account holds or trades.
  case asset(Asset)
  /// A contract the account trades or has offered to trade.
  case contract(String)
  /// A term of a regime.
  case term(String, regime: String)
  /// The judge's law.
  case judge
  /// The study's models.
  case models
  /// The as-of date.
  case asOf
  /// The reference regime.
  case reference
}

/// A fault that would stop a study or one of its regimes.
public struct StudyFault: Hashable, Sendable {
  /// Where it lies.
  public let locus: StudyLocus
  /// What it is.
  public let error: StudyError
}

extension ComparisonStudy {
  /// Everything that would stop the study or one of its regimes, found without drawing a scenario.
  ///
  /// - Returns: the faults, each once; empty for a study that can run.
  public func faults() -> [StudyFault] {
    var faults: [StudyFault] = []
    if !regimes.contains(where: { $0.id == settings.reference }) {
      let error = StudyError.unknownReference(settings.reference, known: regimes.map(\.id))
      faults.append(StudyFault(locus: .reference, error: error))
    }
    let market: MarketSnapshot
    do throws(MarketDataError) {
      market = try MarketSnapshot(of: history, at: settings.asOf)
    } catch {
      return faults + [StudyFault(locus: .asOf, error: .marketData(error))]
    }
    faults += accountFaults(in: market)
    do throws(ScenarioError) {
      let source = try ScenarioSource(
        history: history, asOf: settings.asOf, models: settings.models, seed: settings.seed,
        count: settings.scenarioCount, parallelism: .sequential)
      faults += scenarioFaults(source)
    } catch {
      faults.append(StudyFault(locus: .models, error: .scenarios(error)))
    }
    var seen: Set<StudyFault> = []
    return faults.filter { seen.insert($0).inserted }
  }

  private func accountFaults(in market: MarketSnapshot) -> [StudyFault] {
    var faults: [StudyFault] = []
    for asset in account.pricedAssets
    where account.prices[asset] == nil && market.price(of: asset) == nil {
      let error = StudyError.valuation(.noPrice(asset, asOf: market.asOf))
      faults.append(StudyFault(locus: .asset(asset), error: error))
    }
    // Each position and each order is valued apart, so that every one that cannot be is named.
    let apart =
      account.positions.map { (name: $0.contract.name, positions: [$0], orders: [Order]()) }
      + account.orders.map { (name: $0.contract.name, positions: [], orders: [$0]) }
    for part in apart {
      let alone = Account(
        id: account.id, balances: [], positions: part.positions, orders: part.orders, prices: account.prices)
      do throws(ValuationError) {
        _ = try BookState(of: alone, in: market)
      } catch .noPrice {
        continue
      } catch {
        faults.append(StudyFault(locus: .contract(part.name), error: .valuation(error)))
      }
    }
    return faults
  }

  private func scenarioFaults(_ source: ScenarioSource) -> [StudyFault] {
    var faults: [StudyFault] = []
    for regime in regimes {
      for term in regime.terms {
        for request in term.term.requests {
          faults += self.faults(of: request, source, at: .term(term.name, regime: regime.id))
        }
      }
    }
    return faults + self.faults(of: settings.judge.request, source, at: .judge)
  }

  private func faults(of request: ScenarioRequest, _ source: ScenarioSource, at locus: StudyLocus)
    -> [StudyFault]
  {
    let coverage: [FactorCoverage]
    do throws(ScenarioError) {
      coverage = try source.coverage(of: request)
    } catch {
      return [StudyFault(locus: locus, error: .scenarios(error))]
    }
    return account.pricedAssets.compactMap { asset in
      guard asset != .usd, let place = source.factors.index(of: .spot(asset)),
        !coverage[place].isComplete, let history = coverage[place].history
      else { return nil }
      let total = history.observations + history.missing + history.dust
      let error = ValuationError.factorNotCovered(
        .spot(asset), missing: coverage[place].missing.count, of: total)
      return StudyFault(locus: .asset(asset), error: .valuation(error))
    }
  }
}

extension Account {
  /// Every asset whose price the account depends on, in order of appearance, each once.
  var pricedAssets: [Asset] {
    var seen: Set<Asset> = []
    let named =
      balances.map(\.asset)
      + (positions.map(\.contract) + orders.map(\.contract)).flatMap {
        [$0.underlying.base, $0.underlying.quote]
      }
    return named.filter { seen.insert($0).inserted }
  }
}
