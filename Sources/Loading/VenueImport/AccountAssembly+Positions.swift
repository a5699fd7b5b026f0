import Instruments

extension AccountAssembly {
  /// Answers that tell of one holding together: a request and its answer, two lists of one account.
  mutating func mergedPositions() -> [PositionDraft] {
    var kept: [PositionDraft] = []
    for next in draft.positions where next.origin == .list || next.origin == .simulation {
      add(next, to: &kept)
    }
    for next in draft.positions where next.origin == .request {
      // The answer goes before the request, which may name the leverage alone.
      if let index = kept.firstIndex(where: { $0.contract == next.contract && $0.quantity == next.quantity })
      {
        kept[index].fill(from: next)
      } else if !kept.contains(where: { $0.contract == next.contract && $0.origin == .simulation }) {
        kept.append(next)
      }
    }
    for next in draft.positions where next.origin == .sum {
      let legs = kept.indices.filter { kept[$0].contract == next.contract }
      guard let first = legs.first else {
        kept.append(next)
        continue
      }
      let held = legs.reduce(0.0) { $0 + kept[$1].quantity }
      if abs(held - next.quantity) > 1e-9 * abs(next.quantity) {
        problems.append(next.place.problem(Self.disagreement(next, held, with: kept[first].place)))
      } else if legs.count == 1 {
        kept[first].fill(from: next)
      }
    }
    return kept
  }

  private mutating func add(_ next: PositionDraft, to kept: inout [PositionDraft]) {
    guard let index = kept.firstIndex(where: { $0.contract == next.contract && $0.leg == next.leg }) else {
      return kept.append(next)
    }
    let first = kept[index]
    if first.place.file == next.place.file {
      let isApart = next.origin == .simulation || first.isolatedMargin != nil || next.isolatedMargin != nil
      if !isApart {
        let words = "\(next.contract.name) stands twice, first in line \(first.place.position.line)"
        problems.append(next.place.problem(.rule(words)))
      }
      kept.append(next)
    } else if first.quantity == next.quantity {
      kept[index].fill(from: next)
    } else {
      problems.append(next.place.problem(Self.disagreement(next, first.quantity, with: first.place)))
    }
  }

  private static func disagreement(
    _ next: PositionDraft, _ quantity: Double, with place: PayloadPlace
  ) -> LoadFault {
    .rule(
      "\(next.contract.name) has the size \(next.quantity) here and \(quantity) in \(place.file), line "
        + "\(place.position.line)")
  }

  mutating func resolved(_ draft: PositionDraft) -> Position? {
    guard let multiplier = draft.multiplier else {
      problems.append(
        draft.place.problem(
          .rule("the size of a contract is unknown: give the venue's answer of public/instruments as well")))
      return nil
    }
    var (entry, mark) = (draft.entry, draft.mark)
    var optionPrice: Double?
    if case .option(let option) = draft.contract {
      let forward = draft.index ?? priceInQuote(draft.contract.underlying)
      let scale = option.style == .inverse ? forward : 1
      optionPrice = scale.flatMap { scale in draft.mark.map { $0 * scale } }
      entry = scale.flatMap { scale in draft.entry.map { $0 * scale } }
      mark = forward
      sayHowItIsPriced(option, draft, price: optionPrice, forward: forward)
      if entry == nil {
        entry = optionPrice ?? forward
        assume("no entry price; it has no part in what an option is worth", at: draft.place)
      }
    } else if entry == nil, let mark {
      entry = mark
      assume("no entry price: the mark taken, so that no profit is unpaid", at: draft.place)
    }
    guard let entry else {
      problems.append(draft.place.problem(.rule("neither an entry price nor a mark is told")))
      return nil
    }
    if draft.leverage == nil, !draft.contract.hasStrike {
      assume("no leverage told; 1 taken", at: draft.place)
    }
    return checked(draft.place) { () throws(InstrumentError) in
      try Position(
        contract: draft.contract, quantity: draft.quantity, multiplier: multiplier, entryPrice: entry,
        markPrice: mark, leverage: draft.leverage ?? 1, isolatedMargin: draft.isolatedMargin,
        impliedVolatility: draft.impliedVolatility,
        optionPrice: draft.impliedVolatility == nil ? optionPrice : nil)
    }
  }

  private func priceInQuote(_ underlying: Underlying) -> Double? {
    prices[underlying.base].map { $0 / (underlying.quote == .usd ? 1 : prices[underlying.quote] ?? 1) }
  }

  /// What an option's volatility will be found from, and what stands against it.
  private mutating func sayHowItIsPriced(
    _ option: OptionContract, _ draft: PositionDraft, price: Double?, forward: Double?
  ) {
    if let forward { assume("the index of \(forward) taken as the forward of the option", at: draft.place) }
    guard draft.impliedVolatility == nil else { return }
    guard let price, let forward else {
      let words =
        "neither an implied volatility nor a mark and an index are told; the option needs one of them"
      return assume(words, at: draft.place)
    }
    let intrinsic = max(0, option.kind == .call ? forward - option.strike : option.strike - forward)
    if price <= intrinsic || price >= (option.kind == .call ? forward : option.strike) {
      let words =
        "no volatility makes the mark of \(price) at that forward; the option needs an impliedVolatility"
      assume(words, at: draft.place)
    }
  }

  mutating func resolved(_ draft: OrderDraft, among positions: [Position]) -> Order? {
    let held = positions.first { $0.contract == draft.contract }?.multiplier
    if draft.multiplier == nil {
      assume(
        held.map { "a contract stands for \(plain($0)), as in the position held" }
          ?? "a contract stands for 1, since the order does not tell; say --venue, or give its instruments",
        at: draft.place)
    }
    return checked(draft.place) { () throws(InstrumentError) in
      try Order(
        contract: draft.contract, quantity: draft.quantity, multiplier: draft.multiplier ?? held ?? 1,
        price: draft.price, leverage: draft.leverage ?? 1)
    }
  }
}

extension PositionDraft {
  /// Takes what another answer tells of the same holding.
  fileprivate mutating func fill(from other: PositionDraft) {
    multiplier = multiplier ?? other.multiplier
    entry = entry ?? other.entry
    mark = mark ?? other.mark
    index = index ?? other.index
    leverage = leverage ?? other.leverage
    isolatedMargin = isolatedMargin ?? other.isolatedMargin
    impliedVolatility = impliedVolatility ?? other.impliedVolatility
  }
}
