import Instruments
import Margin
import Scenarios

/// What the payloads of a venue say of an account, before it is put together.
struct AccountDraft {
  /// How a moment came to be known.
  enum MomentKind {
    /// The venue answered then.
    case answer
    /// Something was last changed then.
    case update
  }

  /// A moment the payload names.
  struct Moment {
    let kind: MomentKind
    let moment: Timestamp
  }

  var balances: [BalanceDraft] = []
  var positions: [PositionDraft] = []
  var orders: [OrderDraft] = []
  var prices: [PriceDraft] = []
  /// In USD, or in an asset whose price is found later.
  var stated: [(name: String, value: Double, asset: Asset?, place: PayloadPlace)] = []
  var figures: [VenueFigure] = []
  /// In units of the row's settlement asset.
  var rows: [String: [GridMove: Double]] = [:]
  /// In USD, by the asset of a balance.
  var balanceRows: [(asset: Asset, profits: [GridMove: Double], place: PayloadPlace)] = []
  /// In USD.
  var units: [Asset: [GridMove: Double]] = [:]
  var moments: [Moment] = []
  var assumptions: [ImportAssumption] = []
}

/// An amount held or owed.
struct BalanceDraft {
  let asset: Asset
  var quantity: Double
  var borrowed: Double?
  /// Whether the payload tells of it only beside something else; a wallet's own answer goes before it.
  var isRemark = false
  let place: PayloadPlace
}

/// A position, as far as one payload tells of it.
struct PositionDraft {
  /// Which of the two holdings of one contract it is.
  enum Leg {
    case net, long, short
  }

  /// What kind of answer tells of it.
  enum Origin {
    /// A list of positions, in which a holding stands once.
    case list
    /// A request, which its answer repeats.
    case request
    /// An answer to a request; holdings and what was asked for may stand apart.
    case simulation
    /// The sum of both legs, beside profits over a grid.
    case sum
  }

  let contract: Contract
  var leg: Leg = .net
  let quantity: Double
  /// What one contract stands for; `nil` where the payload alone does not tell.
  var multiplier: Double?
  /// In the quote asset; of an option the premium, in the asset in which it settles.
  var entry: Double?
  /// In the quote asset; of an option the premium, in the asset in which it settles.
  var mark: Double?
  /// The underlying's price in the quote asset, as the venue says with the position.
  var index: Double?
  var leverage: Double?
  var isolatedMargin: Double?
  /// Per year.
  var impliedVolatility: Double?
  var origin = Origin.list
  let place: PayloadPlace
}

/// An open order.
struct OrderDraft {
  let contract: Contract
  let quantity: Double
  /// What one contract stands for; `nil` where the order does not tell.
  var multiplier: Double?
  var price: Double?
  var leverage: Double?
  let place: PayloadPlace
}

/// A price of an asset that a payload names.
struct PriceDraft {
  /// How near a price is to the one the venue values balances at.
  enum Source: Int, Comparable {
    /// The venue's own USD price of the asset.
    case stated
    /// The USD value of a balance, divided by its quantity.
    case valued
    /// The index of a contract.
    case index
    /// The mark of a contract without expiry.
    case mark

    static func < (left: Source, right: Source) -> Bool { left.rawValue < right.rawValue }
  }

  let asset: Asset
  /// Positive and finite.
  let price: Double
  /// The asset in which it is quoted.
  let quote: Asset
  let source: Source
  let place: PayloadPlace
}

extension AccountDraft {
  /// Adds what another payload says.
  mutating func append(_ other: AccountDraft) {
    balances += other.balances
    positions += other.positions
    orders += other.orders
    prices += other.prices
    stated += other.stated
    figures += other.figures
    rows.merge(other.rows) { first, _ in first }
    balanceRows += other.balanceRows
    units.merge(other.units) { first, _ in first }
    moments += other.moments
    assumptions += other.assumptions
  }
}

extension PayloadReader {
  /// Keeps a price, where there is one.
  mutating func price(
    of asset: Asset, _ price: Double?, in quote: Asset = .usd, _ source: PriceDraft.Source,
    at node: PayloadNode
  ) {
    guard let price, price > 0, price.isFinite, asset != .usd else { return }
    draft.prices.append(
      PriceDraft(asset: asset, price: price, quote: quote, source: source, place: place(node)))
  }

  /// Keeps the price of an underlying that a contract's index or mark tells.
  mutating func prices(of position: PositionDraft, at node: PayloadNode) {
    let underlying = position.contract.underlying
    price(of: underlying.base, position.index, in: underlying.quote, .index, at: node)
    if case .perpetual = position.contract {
      price(of: underlying.base, position.mark, in: underlying.quote, .mark, at: node)
    }
  }

  /// The leg a key names; where it names none, long and short are netted.
  mutating func leg(
    _ key: String, of node: PayloadNode, _ words: KeyValuePairs<String, PositionDraft.Leg>
  ) -> PositionDraft.Leg? {
    if node[key] == nil || node[key]?.text == "" { return .net }
    return word(key, of: node, "position side", words)
  }

  /// The sign a side gives to a size; a size against its side is reported.
  mutating func signed(_ size: Double, _ leg: PositionDraft.Leg, at node: PayloadNode) -> Double? {
    switch leg {
    case .net: return size
    case .long where size >= 0: return size
    case .short where size <= 0: return size
    case .long, .short:
      let side = leg == .long ? "long" : "short"
      report(.rule("a \(side) position has a size of the other sign"), at: node)
      return nil
    }
  }
}
