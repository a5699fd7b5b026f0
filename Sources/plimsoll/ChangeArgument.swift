import ArgumentParser
import Instruments
import Studies

/// `--add CONTRACT=QUANTITY[@PRICE][xLEVERAGE]`: a trade whose effect is asked for.
struct TradeArgument: ExpressibleByArgument {
  let contract: Contract
  let quantity: Double
  /// `nil` trades at the mark.
  let price: Double?
  /// `nil` takes that of the position held, or 1.
  let leverage: Double?

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="),
      let contract = try? Contract(name: String(argument[..<equals]))
    else { return nil }
    var terms = argument[argument.index(after: equals)...]
    leverage = Self.take("x", from: &terms)
    price = Self.take("@", from: &terms)
    guard let quantity = Double(terms), quantity.isFinite, quantity != 0, leverage ?? 1 >= 1, price ?? 1 > 0
    else {
      return nil
    }
    self.contract = contract
    self.quantity = quantity
  }

  /// Removes a suffix that begins with a mark and returns its number.
  private static func take(_ mark: Character, from text: inout Substring) -> Double? {
    guard let place = text.lastIndex(of: mark) else { return nil }
    let number = Double(text[text.index(after: place)...])
    text = text[..<place]
    return number ?? .nan
  }
}

/// `--swap FROM=QUANTITY:TO`: an exchange of collateral whose effect is asked for.
struct SwapArgument: ExpressibleByArgument {
  let change: AccountChange

  init?(argument: String) {
    let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    let terms = sides[1].split(separator: ":", omittingEmptySubsequences: false)
    guard terms.count == 2, let from = try? Asset(String(sides[0])), let to = try? Asset(String(terms[1])),
      let quantity = Double(terms[0]), quantity > 0, quantity.isFinite
    else { return nil }
    change = .swap(from: from, quantity: quantity, to: to)
  }
}
