public import Instruments

extension Loaded<Account> {
  /// Reads an account file.
  ///
  /// - Parameter path: the file, YAML or JSON.
  /// - Throws: ``LoadError`` with every problem.
  public init(accountFile path: String) throws(LoadError) {
    try self.init(contentsOf: path, as: .account)
  }

  /// Reads the text of an account file.
  ///
  /// - Parameters:
  ///   - text: YAML or JSON.
  ///   - file: the name under which problems are reported.
  /// - Throws: ``LoadError`` with every problem.
  public init(accountText text: String, file: String) throws(LoadError) {
    try self.init(text: text, file: file, as: .account)
  }
}

extension Form where Value == Account {
  /// An account.
  static var account: Form {
    .mapping { fields in
      let id = fields.required("account", as: .identifier)
      let purpose = fields.optional("purpose", as: .words)
      let asOf = fields.optional("asOf", as: .moment)
      let balances = fields.required("balances", as: .list(of: .balance))
      let positions = fields.optional("positions", as: .list(of: .position))
      let orders = fields.optional("orders", as: .list(of: .order))
      let prices = fields.optional("prices", as: .table(keys: .asset, values: .price))
      let stated = fields.optional("stated", as: .table(keys: .identifier, values: .finite))
      guard let id, let balances, fields.isSound else { return nil }
      return Account(
        id: id, purpose: purpose ?? "", asOf: asOf, balances: balances, positions: positions ?? [],
        orders: orders ?? [],
        prices: Dictionary((prices ?? []).map { ($0.key, $0.value) }) { first, _ in first },
        stated: Dictionary((stated ?? []).map { ($0.key, $0.value) }) { first, _ in first })
    }
  }
}

extension Form where Value == Balance {
  /// A balance.
  static var balance: Form {
    .mapping { fields in
      let asset = fields.required("asset", as: .asset)
      let quantity = fields.required("quantity", as: .finite)
      let borrowed = fields.optional("borrowed", as: .notNegative)
      let sleeve = fields.optional("sleeve", as: .words)
      guard let asset, let quantity, fields.isSound else { return nil }
      return fields.checked { () throws(InstrumentError) in
        try Balance(asset: asset, quantity: quantity, borrowed: borrowed, sleeve: sleeve)
      }
    }
  }
}

extension Form where Value == Position {
  /// A position.
  static var position: Form {
    .mapping { fields in
      let contract = fields.required("contract", as: .contract)
      let quantity = fields.required("quantity", as: .notZero)
      let multiplier = fields.optional("multiplier", as: .positive)
      let entry = fields.required("entry", as: .positive)
      let mark = fields.optional("mark", as: .positive)
      let leverage = fields.optional("leverage", as: .atLeast(1))
      let isolatedMargin = fields.optional("isolatedMargin", as: .notNegative)
      let volatility = fields.optional("impliedVolatility", as: .positive)
      let optionPrice = fields.optional("optionPrice", as: .positive)
      let discountFactor = fields.optional("discountFactor", as: .positive)
      let confidence = fields.optional("confidence", as: .within(0...1))
      let sleeve = fields.optional("sleeve", as: .words)
      if let contract, !contract.isOption {
        for key in ["impliedVolatility", "optionPrice", "discountFactor"] where fields.has(key) {
          fields.report(.rule("only an option has a key \(key)"), at: key)
        }
      }
      if volatility != nil, optionPrice != nil {
        fields.report(
          .rule("give an implied volatility or a price to find it from, not both"), at: "optionPrice")
      }
      guard let contract, let quantity, let entry, fields.isSound else { return nil }
      return fields.checked { () throws(InstrumentError) in
        try Position(
          contract: contract, quantity: quantity, multiplier: multiplier ?? 1, entryPrice: entry,
          markPrice: mark, leverage: leverage ?? 1, isolatedMargin: isolatedMargin,
          impliedVolatility: volatility, optionPrice: optionPrice, discountFactor: discountFactor ?? 1,
          confidence: confidence ?? 1, sleeve: sleeve)
      }
    }
  }
}

extension Form where Value == Order {
  /// An open order.
  static var order: Form {
    .mapping { fields in
      let contract = fields.required("contract", as: .contract)
      let quantity = fields.required("quantity", as: .notZero)
      let multiplier = fields.optional("multiplier", as: .positive)
      let price = fields.optional("price", as: .positive)
      let leverage = fields.optional("leverage", as: .atLeast(1))
      guard let contract, let quantity, fields.isSound else { return nil }
      return fields.checked { () throws(InstrumentError) in
        try Order(
          contract: contract, quantity: quantity, multiplier: multiplier ?? 1, price: price,
          leverage: leverage ?? 1)
      }
    }
  }
}

extension Contract {
  fileprivate var isOption: Bool {
    if case .option = self { true } else { false }
  }
}

extension FieldReader {
  /// Makes a domain value; what the domain type refuses is reported at the key it names.
  fileprivate mutating func checked<Value>(_ make: () throws(InstrumentError) -> Value) -> Value? {
    do throws(InstrumentError) {
      return try make()
    } catch {
      if case .outOfDomain(let field, _, _) = error {
        report(LoadFault(error), at: field)
      } else {
        report(LoadFault(error))
      }
      return nil
    }
  }
}
