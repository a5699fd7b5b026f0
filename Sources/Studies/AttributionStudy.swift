import Instruments
public import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// What each regime demands of an account, allocated to what the account holds and to what moves.
public struct StudyAttribution: Sendable {
  /// The study's name.
  public let study: String
  /// The account's name.
  public let account: String
  /// The regime against which differences are taken.
  public let reference: String
  /// The regimes that could be computed, in the study's order.
  public let regimes: [RegimeAttribution]
  /// The regimes that could not.
  public let refusals: [RegimeRefusal]
}

/// What one regime demands, allocated.
public struct RegimeAttribution: Sendable {
  /// The regime.
  public let regime: MarginRegime
  /// The shares, first of initial and then of maintenance margin: rows, the account's own, factors.
  public let shares: [AttributedShare]
}

/// One share of a requirement, with its errors.
public struct AttributedShare: Sendable {
  /// What is allocated to.
  public enum Part: String, Hashable, Sendable, CaseIterable {
    /// A balance.
    case collateral
    /// A perpetual, a future or an option.
    case position
    /// An open order.
    case order
    /// What belongs to no row. Collateral, positions, orders and this add up to the requirement.
    case account
    /// A risk factor of a tail.
    case factor
    /// What a tail holds beyond the first order of options.
    case nonLinear
    /// Terms that are no tail. Factors, the non-linear part and these add up to the requirement as well.
    case otherTerms
  }

  /// Initial or maintenance margin.
  public let requirement: MarginComponent.Requirement
  /// What is allocated to.
  public let part: Part
  /// The row, the factor or the term.
  public let name: String
  /// The pool of a row; empty for others.
  public let pool: String
  /// The share, in USD; negative for a hedge.
  public let component: Estimate
  /// The share for one USD of a row's size; `nil` for others.
  public let marginal: Double?
  /// What the requirement is more than without the row, in USD; `nil` for others.
  public let incremental: Double?
  /// The share less that in the reference regime, in USD, under common random numbers; `nil` for the reference itself.
  public let differenceToReference: Estimate?
}

extension ComparisonStudy {
  /// Allocates what every regime demands to rows and to risk factors, with errors.
  ///
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole.
  /// - Returns: the allocation; a function of the study alone.
  public func attribution() throws(StudyError) -> StudyAttribution {
    let study = try meetingTarget().study
    let context = try ComparisonContext(study)
    let replicated = try ReplicatedEvidence(context)
    var allocated: [AllocatedRegime] = []
    var refusals: [RegimeRefusal] = []
    for regime in regimes {
      do throws(StudyError) {
        _ = try context.assessment(of: regime, for: context.state)
        allocated.append(try AllocatedRegime(regime, context, replicated))
      } catch {
        refusals.append(RegimeRefusal(regime: regime, reason: error))
      }
    }
    let reference = allocated.first { $0.regime.id == settings.reference }
    return StudyAttribution(
      study: name, account: account.id, reference: settings.reference,
      regimes: allocated.map { $0.result(against: $0.regime.id == settings.reference ? nil : reference) },
      refusals: refusals)
  }
}

/// A share's place in the allocation of a regime.
private struct ShareKey: Hashable {
  let requirement: MarginComponent.Requirement
  let part: AttributedShare.Part
  let name: String
  /// The number of a row; two rows may have one name.
  let row: Int?
}

/// The allocation of one regime, today's and at replicated evidence.
private struct AllocatedRegime {
  let regime: MarginRegime
  private let attribution: MarginAttribution
  private let incremental: [IncrementalMargin]
  private let simulation: [[ShareKey: Double]]
  private let calibration: [[ShareKey: Double]]?

  init(
    _ regime: MarginRegime, _ context: ComparisonContext, _ replicated: ReplicatedEvidence
  ) throws(StudyError) {
    self.regime = regime
    do throws(MarginError) {
      attribution = try Margin.attribution(of: regime, for: context.state, given: context.evidence)
      incremental = try incrementalMargins(of: regime, for: context.state, given: context.evidence)
    } catch {
      throw .margin(error)
    }
    let state = context.state
    (simulation, calibration) = try replicated.values(of: regime) { evidence throws(MarginError) in
      try Margin.attribution(of: regime, for: state, given: evidence).amounts
    }
  }

  func result(against reference: AllocatedRegime?) -> RegimeAttribution {
    let today = attribution.amounts
    let others = reference?.attribution.amounts
    // The reference may have shares this regime has not, whose difference counts too.
    let keys = Self.order(attribution, reference?.attribution)
    let shares = keys.map { key -> AttributedShare in
      let share = key.row.map { attribution[key.requirement].rows[$0] }
      let added = key.row.map { incremental[$0] }
      return AttributedShare(
        requirement: key.requirement, part: key.part, name: key.name, pool: share?.pool ?? "",
        component: estimate(today[key] ?? 0, simulation, calibration, key),
        marginal: share?.marginal,
        incremental: added.map { key.requirement == .initial ? $0.initial : $0.maintenance },
        differenceToReference: reference.map { reference in
          estimate(
            (today[key] ?? 0) - (others?[key] ?? 0), Self.paired(simulation, reference.simulation),
            calibration.flatMap { own in reference.calibration.map { Self.paired(own, $0) } }, key)
        })
    }
    return RegimeAttribution(regime: regime, shares: shares)
  }

  private func estimate(
    _ value: Double, _ simulation: [[ShareKey: Double]], _ calibration: [[ShareKey: Double]]?, _ key: ShareKey
  ) -> Estimate {
    func error(_ replicates: [[ShareKey: Double]], _ kind: ReplicatedEstimate.Kind) -> Double? {
      (try? ReplicatedEstimate(value: 0, replicates: replicates.map { $0[key] ?? 0 }, kind: kind))?
        .standardError
    }
    return Estimate(
      value: value, simulationError: error(simulation, .sections),
      calibrationError: calibration.flatMap { error($0, .bootstrap) })
  }

  /// Differences replicate by replicate; a regime without randomness is the same in every one.
  private static func paired(
    _ left: [[ShareKey: Double]], _ right: [[ShareKey: Double]]
  ) -> [[ShareKey: Double]] {
    if right.isEmpty { return left }
    if left.isEmpty { return right }
    return zip(left, right).map { left, right in left.merging(right.mapValues { 0 - $0 }, uniquingKeysWith: +)
    }
  }

  /// Every share's key, those of a reference without a counterpart last among their kind.
  private static func order(_ own: MarginAttribution, _ reference: MarginAttribution?) -> [ShareKey] {
    let keys = own.keys
    let known = Set(keys)
    let missing = (reference?.keys ?? []).filter { !known.contains($0) }
    return MarginComponent.Requirement.allCases.flatMap { requirement in
      AttributedShare.Part.allCases.flatMap { part in
        (keys + missing).filter { $0.requirement == requirement && $0.part == part }
      }
    }
  }
}

extension MarginAttribution {
  fileprivate subscript(requirement: MarginComponent.Requirement) -> RequirementAttribution {
    requirement == .initial ? initial : maintenance
  }

  /// Every share of both requirements, in a stable order.
  fileprivate var keys: [ShareKey] { shares.map(\.key) }

  /// Every share of both requirements, in USD.
  fileprivate var amounts: [ShareKey: Double] {
    Dictionary(shares.map { ($0.key, $0.amount) }, uniquingKeysWith: +)
  }

  private var shares: [(key: ShareKey, amount: Double)] {
    MarginComponent.Requirement.allCases.flatMap { requirement in
      let allocation = self[requirement]
      func share(_ part: AttributedShare.Part, _ name: String, _ amount: Double, row: Int? = nil) -> (
        key: ShareKey, amount: Double
      ) {
        (ShareKey(requirement: requirement, part: part, name: name, row: row), amount)
      }
      let rows = allocation.rows.map { share($0.kind.part, $0.name, $0.amount, row: $0.row) }
      let account = allocation.account.map { share(.account, $0.name, $0.amount) }
      let factors = allocation.factors.map { share(.factor, $0.factor.description, $0.amount) }
      return rows + account + factors
        + [
          share(.nonLinear, "", allocation.nonLinear), share(.otherTerms, "", allocation.otherTerms),
        ]
    }
  }
}

extension RowKind {
  fileprivate var part: AttributedShare.Part {
    switch self {
    case .balance: .collateral
    case .order: .order
    case .linear, .inverse, .option: .position
    }
  }
}
