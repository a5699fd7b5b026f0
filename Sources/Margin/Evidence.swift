import LinearAlgebra
public import Parallel
public import Scenarios
public import Valuation

/// What is known of the future: one set of scenarios, or one law, for each request of a regime.
///
/// Errors and moved states need no rules of their own: they are the same requirement at other evidence. A section of
/// the scenarios gives a replicate for the simulation error, resampled history one for the calibration error, and a
/// law in closed form stands in for its draws where a requirement is wanted in every one of many states.
public struct Evidence: Sendable {
  /// What is known for one request.
  enum Item: Sendable {
    case sampled(ScenarioSet)
    case law(EllipticalLaw, over: ScenarioSet)
    /// The first draws of a set without a law in closed form, where one was asked for.
    case thinned(ScenarioSet, of: Int)
  }

  private let items: [ScenarioRequest: Item]
  /// Profits and losses the venue itself computed, in the place of revaluations on its grid.
  public let recorded: RecordedProfits?
  /// How many blocks may be at work at once; changes no result.
  public let parallelism: Parallelism
  /// What stands in for tails, where bounds of the requirement will do; `nil` for the tails themselves.
  let tailBounds: TailBounds?

  /// Gathers scenario sets; a request for a law is answered by the law of its set.
  ///
  /// - Parameters:
  ///   - sets: the sets, by request.
  ///   - recorded: profits and losses the venue itself computed, if they are to be used.
  ///   - parallelism: how many blocks may be at work at once.
  public init(
    sets: [ScenarioRequest: ScenarioSet], recorded: RecordedProfits? = nil, parallelism: Parallelism
  ) {
    var items: [ScenarioRequest: Item] = [:]
    for (request, set) in sets {
      if case .law = request, let law = set.calibration?.law {
        items[request] = .law(law, over: set)
      } else {
        items[request] = .sampled(set)
      }
    }
    self.init(items: items, recorded: recorded, parallelism: parallelism)
  }

  /// The grids a regime asks for over one book, which take neither history nor draws.
  ///
  /// - Parameters:
  ///   - regime: the rules.
  ///   - state: the book.
  ///   - recorded: profits and losses the venue itself computed, if they are to be used.
  public init(gridsOf regime: MarginRegime, over state: BookState, recorded: RecordedProfits? = nil) {
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in regime.requests {
      if case .grid(let grid) = request { sets[request] = ScenarioSet(grid, over: state.spotFactors) }
    }
    self.init(sets: sets, recorded: recorded, parallelism: .sequential)
  }

  private init(
    items: [ScenarioRequest: Item], recorded: RecordedProfits?, parallelism: Parallelism,
    tailBounds: TailBounds? = nil
  ) {
    self.items = items
    self.recorded = recorded
    self.parallelism = parallelism
    self.tailBounds = tailBounds
  }

  /// The same evidence at another parallelism.
  ///
  /// - Parameter parallelism: how many blocks may be at work at once.
  /// - Returns: evidence that gives the same results.
  public func at(_ parallelism: Parallelism) -> Evidence {
    Evidence(items: items, recorded: recorded, parallelism: parallelism, tailBounds: tailBounds)
  }

  /// The same evidence with bounds in the place of tails: no margin is lower for it, and equity is the same.
  ///
  /// - Parameter bounds: of this evidence, for the regime and the rows of the book it will be asked for.
  /// - Returns: evidence for upper bounds of a requirement.
  package func bounded(by bounds: TailBounds) -> Evidence {
    Evidence(items: items, recorded: recorded, parallelism: parallelism, tailBounds: bounds)
  }

  func item(_ request: ScenarioRequest, for term: String) throws(MarginError) -> Item {
    guard let item = items[request] else { throw .missingEvidence(term: term) }
    return item
  }

  func sampled(_ request: ScenarioRequest, for term: String) throws(MarginError) -> ScenarioSet {
    guard case .sampled(let set) = try item(request, for: term) else { throw .missingEvidence(term: term) }
    return set
  }

  /// The evidence with laws in the place of their draws, for requirements in many states.
  ///
  /// A drawn set without a law in closed form is cut to its first ``thinnedCount`` draws, or to the whole replicates among
  /// them and at least one. Books with options are refused under either.
  ///
  /// - Returns: evidence under which Gaussian and Student-t terms use their closed form; history stays as it is.
  public func inClosedForm() -> Evidence {
    changingDraws { set in
      if let law = set.calibration?.law { return .law(law, over: set) }
      let cut = set.replicates.map { Self.thinnedCount(of: set.count, replicates: $0) } ?? Self.thinnedCount
      return .thinned(cut < set.count ? set.selecting(Array(0..<cut)) : set, of: set.count)
    }
  }

  /// How many draws stand for a set without a law where its requirement is wanted in every one of many states.
  public static let thinnedCount = 4_096

  private static func thinnedCount(of draws: Int, replicates: Int) -> Int {
    let length = draws / replicates
    return length == 0 ? draws : max(1, thinnedCount / length) * length
  }

  /// How many draws stand for all where a set without a law in closed form was cut; `nil` where none was.
  public var thinnedDraws: Int? {
    items.values.compactMap { item in
      if case .thinned(let set, let all) = item, set.count < all { set.count } else { nil }
    }.max()
  }

  /// The evidence cut into equal sections of its draws.
  ///
  /// Where a set is made of replicates, a section is one of them, and all other draws are cut into as many.
  ///
  /// - Parameter count: how many sections where no set is made of replicates.
  /// - Returns: sections in the order of the draws, a remainder left out; history, laws and grids are the same in each.
  public func sections(_ count: Int) -> [Evidence] {
    let replicates = items.compactMap { request, item -> Int? in
      guard request.isDrawn, case .sampled(let set) = item, set.count > 0 else { return nil }
      return set.replicates
    }
    let count = replicates.min() ?? count
    return (0..<count).map { section in
      changingDraws { set in
        let length = set.count / count
        guard set.count > 0 else { return .sampled(set) }
        return .sampled(set.selecting(Array((section * length)..<((section + 1) * length))))
      }
    }
  }

  /// The evidence with drawn sets replaced.
  private func changingDraws(_ change: (ScenarioSet) -> Item) -> Evidence {
    var changed = items
    for (request, item) in items where request.isDrawn {
      if case .sampled(let set) = item { changed[request] = change(set) }
    }
    return Evidence(items: changed, recorded: recorded, parallelism: parallelism)
  }

  /// The evidence as it would have been had history been another sample of the same process.
  ///
  /// Every historical set takes the observations a bootstrap chose, and every law is estimated from them; sets of the
  /// same length take the same choice, so that differences between regimes keep their common randomness.
  ///
  /// - Parameter choose: gives the chosen observations for a sample of a given size, in order.
  /// - Throws: ``MarginError/scenarios(_:)``.
  /// - Returns: evidence under which drawn terms use the closed form of the law estimated anew, or draws from it where it has
  ///   none.
  public func resampled(choosing choose: (_ observations: Int) -> [Int]) throws(MarginError) -> Evidence {
    var resampled: [ScenarioRequest: Item] = [:]
    for (request, item) in items {
      switch item {
      case .sampled(let set), .law(_, over: let set), .thinned(let set, of: _):
        resampled[request] = try Self.remade(set, for: request, choosing: choose) ?? item
      }
    }
    return Evidence(items: resampled, recorded: recorded, parallelism: parallelism)
  }

  /// What a set would have been; `nil` where it rests on no sample.
  private static func remade(
    _ set: ScenarioSet, for request: ScenarioRequest, choosing choose: (_ observations: Int) -> [Int]
  ) throws(MarginError) -> Item? {
    if let calibration = set.calibration {
      do throws(ScenarioError) {
        switch try calibration.remade(fromObservations: choose(calibration.observations.columns)) {
        case .law(let law): return .law(law, over: set)
        case .drawn(let drawn): return .sampled(drawn)
        }
      } catch {
        throw .scenarios(error)
      }
    }
    guard case .historical = request else { return nil }
    return .sampled(set.resampled(choose(set.count)))
  }
}
