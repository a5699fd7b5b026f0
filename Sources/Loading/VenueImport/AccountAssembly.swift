import Instruments
import Margin
import Scenarios

/// Puts together what the payloads of one account say.
struct AccountAssembly {
  let draft: AccountDraft
  private let options: ImportOptions
  private let formats: [VenueFormat]
  private let firstPlace: PayloadPlace?
  let asOf: Timestamp?
  private(set) var prices: [Asset: Double] = [:]
  var problems: [LoadProblem] = []
  var assumptions: [ImportAssumption]
  private(set) var unmapped: [UnmappedField] = []

  init(
    _ draft: AccountDraft, options: ImportOptions, formats: [VenueFormat], firstPlace: PayloadPlace?
  ) {
    self.firstPlace = firstPlace
    self.draft = draft
    self.options = options
    self.formats = formats
    assumptions = draft.assumptions
    let answers = draft.moments.filter { $0.kind == .answer }
    asOf = options.asOf ?? (answers.isEmpty ? draft.moments : answers).map(\.moment).max()
    choosePrices()
    takeDollarsAsOne()
  }

  /// The account; what is wrong with it is kept.
  mutating func account() -> Account {
    let balances = mergedBalances()
    let positions = mergedPositions().compactMap { resolved($0) }
    let orders = draft.orders.compactMap { resolved($0, among: positions) }
    sayWhatIsMissing()
    let venue = options.venue ?? formats.compactMap(\.venue).first
    var named: Set<VenueFormat> = []
    let sources = formats.filter { named.insert($0).inserted }.map(\.rawValue).joined(separator: ", ")
    return Account(
      id: options.id ?? venue?.rawValue ?? "imported",
      purpose: sources.isEmpty ? "" : "Imported from \(sources).",
      asOf: asOf, balances: balances, positions: positions, orders: orders, prices: prices, stated: stated())
  }

  /// Payloads that hold no part of an account are refused; a part that none of them tells of is said.
  private mutating func sayWhatIsMissing() {
    guard let place = firstPlace else { return }
    if formats.allSatisfy({ $0 == .okxInstruments }) {
      if !formats.isEmpty { problems.append(place.problem(.rule("sizes of contracts alone are no account"))) }
      return
    }
    if draft.balances.isEmpty { assume("no balance is told: the account holds none", at: place) }
    if draft.positions.isEmpty { assume("no position is told: the account has none", at: place) }
  }

  /// The venue's own scenario profits: those of balances in units of the asset, those of a contract that is held both ways
  /// in equal parts, since the venue prints one vector for both.
  ///
  /// - Parameter account: the account.
  /// - Returns: the profits by row and by risk unit.
  mutating func recorded(for account: Account) -> RecordedProfits {
    let held = Dictionary(grouping: account.positions) { $0.contract.name }.mapValues(\.count)
    var rows: [String: [GridMove: Double]] = [:]
    for (name, profits) in draft.rows {
      let parts = Double(held[name] ?? 1)
      rows[name] = profits.mapValues { $0 / parts }
    }
    for row in draft.balanceRows {
      guard let price = prices[row.asset] else {
        unmapped.append(
          UnmappedField(
            file: row.place.file, path: row.place.path, value: "\(row.profits.count) profits",
            reason: "without a price of \(row.asset) they cannot be turned into its units"))
        continue
      }
      if !draft.balances.contains(where: { $0.asset == row.asset }) {
        unmapped.append(
          UnmappedField(
            file: row.place.file, path: row.place.path, value: "\(row.profits.count) profits",
            reason: "no balance of \(row.asset) is told to which they belong"))
      }
      let profits = row.profits.mapValues { $0 / price }
      if profits.values.allSatisfy({ $0.isFinite }) {
        rows[row.asset.symbol] = profits
      } else {
        problems.append(row.place.problem(.rule("the profits have no finite value at \(price) USD")))
      }
    }
    return RecordedProfits(rows: rows, units: draft.units)
  }
}

// MARK: - Prices

extension AccountAssembly {
  /// Takes the price nearest to the venue's own, the first of several; contracts' prices are turned into USD.
  private mutating func choosePrices() {
    let ordered = draft.prices.enumerated().sorted { left, right in
      (left.element.source, left.offset) < (right.element.source, right.offset)
    }.map(\.element)
    for price in ordered where prices[price.asset] == nil {
      let quote = price.quote == .usd ? 1 : prices[price.quote]
      let value = price.price * (quote ?? 1)
      guard representableAmounts.contains(value) else {
        problems.append(price.place.problem(.expected("a price from 1e-18 to 1e18 USD", found: "\(value)")))
        continue
      }
      prices[price.asset] = value
      if quote == nil || price.source == .mark {
        var words: [String] = []
        if price.source == .mark { words.append("the mark taken as the price of \(price.asset)") }
        if quote == nil { words.append("\(price.quote) taken as 1 USD") }
        assume(words.joined(separator: ", "), at: price.place)
      }
    }
  }

  /// A dollar coin in which a position is quoted or settles, and whose price nothing tells, is taken as one.
  private mutating func takeDollarsAsOne() {
    let used =
      draft.positions.map { ($0.contract.underlying.quote, $0.place) }
      + draft.balances.map { ($0.asset, $0.place) }
    for (asset, place) in used where prices[asset] == nil && asset != .usd && asset.isPeggedToDollar {
      prices[asset] = 1
      assume("\(asset) taken as 1 USD", at: place)
    }
  }

  mutating func assume(_ words: String, at place: PayloadPlace) {
    assumptions.append(ImportAssumption(file: place.file, path: place.path, words: words))
  }

  /// Stated amounts in USD, those of one name together.
  private mutating func stated() -> [String: Double] {
    var sums: [String: Double] = [:]
    for amount in draft.stated {
      let isDollar = amount.asset.map { ["USD", "USDC", "USDT"].contains($0.symbol) } ?? true
      guard let price = amount.asset.flatMap({ prices[$0] }) ?? (isDollar || amount.value == 0 ? 1 : nil)
      else {
        unmapped.append(
          UnmappedField(
            file: amount.place.file, path: amount.place.path, value: "\(amount.value)",
            reason: "without a price of the asset it cannot be turned into USD"))
        continue
      }
      // An amount in a coin belongs to that coin's wallet.
      let name = amount.asset.map { "\(amount.name).\($0)" } ?? amount.name
      let sum = sums[name, default: 0] + amount.value * price
      guard sum.isFinite else {
        problems.append(
          amount.place.problem(.expected("an amount with a finite USD value", found: "\(amount.value)")))
        continue
      }
      sums[name] = sum
    }
    return sums
  }
}

// MARK: - Balances

extension AccountAssembly {
  /// Whether a sum of cash in USD is told coin by coin in a wallet's own answer; one that is not is taken as USD.
  private mutating func isKnownBetter(_ balance: BalanceDraft) -> Bool {
    guard balance.isRemark, balance.asset == .usd else { return false }
    if formats.contains(.bybitWallet) { return true }
    assume("cash worth \(balance.quantity) USD, in which coins is not told; USD taken", at: balance.place)
    return false
  }

  /// One balance an asset, in the order of the files; two answers of one asset must agree.
  private mutating func mergedBalances() -> [Balance] {
    var kept: [BalanceDraft] = []
    for next in draft.balances where !isKnownBetter(next) {
      guard let index = kept.firstIndex(where: { $0.asset == next.asset }) else {
        kept.append(next)
        continue
      }
      let first = kept[index]
      if first.isRemark && !next.isRemark {
        kept[index] = next
      } else if !next.isRemark {
        let isSame = first.place.file != next.place.file && first.quantity == next.quantity
        if isSame {
          kept[index].borrowed = first.borrowed ?? next.borrowed
        } else {
          problems.append(
            next.place.problem(
              .rule(
                "\(next.asset) has the balance \(next.quantity) here and \(first.quantity) in \(first.place.file), "
                  + "line \(first.place.position.line)")))
        }
      }
    }
    return kept.compactMap { draft in
      checked(draft.place) { () throws(InstrumentError) in
        try Balance(asset: draft.asset, quantity: draft.quantity, borrowed: draft.borrowed)
      }
    }
  }

  mutating func checked<Value>(
    _ place: PayloadPlace, _ make: () throws(InstrumentError) -> Value
  ) -> Value? {
    do throws(InstrumentError) {
      return try make()
    } catch {
      if case .outOfDomain(let field, let value, let allowed) = error {
        problems.append(place.problem(.expected("\(allowed) for \(field)", found: "\(value)")))
      } else {
        problems.append(place.problem(LoadFault(error)))
      }
      return nil
    }
  }
}
