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
  }

  private let items: [ScenarioRequest: Item]
  /// Profits and losses the venue itself computed, in the place of revaluations on its grid.
  public let recorded: RecordedProfits?
  /// How many blocks may be at work at once; changes no result.
  public let parallelism: Parallelism

  /// Gathers scenario sets.
  ///
  /// - Parameters:
  ///   - sets: the sets, by request.
  ///   - recorded: profits and losses the venue itself computed, if they are to be used.
  ///   - parallelism: how many blocks may be at work at once.
  public init(
    sets: [ScenarioRequest: ScenarioSet], recorded: RecordedProfits? = nil, parallelism: Parallelism
  ) {
    self.init(items: sets.mapValues { .sampled($0) }, recorded: recorded, parallelism: parallelism)
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

  private init(items: [ScenarioRequest: Item], recorded: RecordedProfits?, parallelism: Parallelism) {
    self.items = items
    self.recorded = recorded
    self.parallelism = parallelism
  }

  /// The same evidence at another parallelism.
  ///
  /// - Parameter parallelism: how many blocks may be at work at once.
  /// - Returns: evidence that gives the same results.
  public func at(_ parallelism: Parallelism) -> Evidence {
    Evidence(items: items, recorded: recorded, parallelism: parallelism)
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
  /// - Returns: evidence under which Gaussian and Student-t terms use their closed form; history stays as it is.
  public func inClosedForm() -> Evidence {
    Evidence(
      items: items.mapValues { item in
        guard case .sampled(let set) = item, let law = set.calibration?.law else { return item }
        return .law(law, over: set)
      }, recorded: recorded, parallelism: parallelism)
  }

  /// The evidence cut into equal sections of its draws.
  ///
  /// - Parameter count: how many sections.
  /// - Returns: sections in the order of the draws, a remainder left out; history and grids are the same in each.
  public func sections(_ count: Int) -> [Evidence] {
    (0..<count).map { section in
      Evidence(
        items: items.mapValues { item in
          guard case .sampled(let set) = item, set.calibration != nil else { return item }
          let length = set.count / count
          return .sampled(set.selecting(Array((section * length)..<((section + 1) * length))))
        }, recorded: recorded, parallelism: parallelism)
    }
  }

  /// The evidence as it would have been had history been another sample of the same process.
  ///
  /// Every historical set takes the observations a bootstrap chose, and every law is estimated from them; sets of the
  /// same length take the same choice, so that differences between regimes keep their common randomness.
  ///
  /// - Parameter choose: gives the chosen observations for a sample of a given size, in order.
  /// - Throws: ``MarginError/scenarios(_:)``.
  /// - Returns: evidence under which drawn terms use the closed form of the law estimated anew.
  public func resampled(choosing choose: (_ observations: Int) -> [Int]) throws(MarginError) -> Evidence {
    var resampled: [ScenarioRequest: Item] = [:]
    for (request, item) in items {
      guard case .sampled(let set) = item else {
        resampled[request] = item
        continue
      }
      resampled[request] = try self.resampled(set, for: request, choosing: choose)
    }
    return Evidence(items: resampled, recorded: recorded, parallelism: parallelism)
  }

  private func resampled(
    _ set: ScenarioSet, for request: ScenarioRequest, choosing choose: (_ observations: Int) -> [Int]
  ) throws(MarginError) -> Item {
    if let calibration = set.calibration {
      do throws(ScenarioError) {
        let chosen = choose(calibration.observations.columns)
        switch try calibration.remade(fromObservations: chosen) {
        case .law(let law): return .law(law, over: set)
        case .drawn(let drawn): return .sampled(drawn)
        }
      } catch {
        throw .scenarios(error)
      }
    }
    guard case .historical = request else { return .sampled(set) }
    return .sampled(set.resampled(choose(set.count)))
  }
}
