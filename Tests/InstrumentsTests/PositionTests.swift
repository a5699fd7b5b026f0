import Instruments
import Testing

private let positive = "a number from 1e-18 to 1e18"

private func position(
  quantity: Double = 1, multiplier: Double = 1, entry: Double = 100, mark: Double? = nil,
  leverage: Double = 1,
  isolated: Double? = nil, volatility: Double? = nil
) throws -> Position {
  try Position(
    contract: Contract(name: "BTC/USDT:USDT"), quantity: quantity, multiplier: multiplier, entryPrice: entry,
    markPrice: mark, leverage: leverage, isolatedMargin: isolated, impliedVolatility: volatility,
    sleeve: "carry")
}

@Suite struct PositionTests {
  @Test func aPositionKeepsWhatItIsGiven() throws {
    let position = try position(
      quantity: -2, multiplier: 0.001, entry: 99, mark: 101, leverage: 12.5, isolated: 0, volatility: 0.6)
    #expect(position.contract.name == "BTC/USDT:USDT")
    #expect(position.quantity == -2)
    #expect(position.multiplier == 0.001)
    #expect(position.entryPrice == 99)
    #expect(position.markPrice == 101)
    #expect(position.leverage == 12.5)
    #expect(position.isolatedMargin == 0)
    #expect(position.impliedVolatility == 0.6)
    #expect(position.sleeve == "carry")
  }

  @Test(arguments: [0, -0.0, .infinity, -Double.infinity])
  func quantitiesAreFiniteAndNotZero(_ value: Double) {
    #expect(
      throws: InstrumentError.outOfDomain(
        field: "quantity", value: value, allowed: "a number other than zero, from -1e18 to 1e18")
    ) { try position(quantity: value) }
  }

  @Test(arguments: [0.999, 0, -5, Double.infinity])
  func leverageIsAtLeastOne(_ value: Double) {
    #expect(
      throws: InstrumentError.outOfDomain(
        field: "leverage", value: value, allowed: "a finite number of at least one")
    ) { try position(leverage: value) }
  }

  @Test(arguments: [-1e-300, -1, Double.infinity])
  func isolatedMarginIsNotNegative(_ value: Double) {
    #expect(
      throws: InstrumentError.outOfDomain(
        field: "isolatedMargin", value: value, allowed: "a number from 0 to 1e18")
    ) { try position(isolated: value) }
  }

  @Test(arguments: [0, -1, .infinity, -Double.infinity])
  func pricesMultipliersAndVolatilitiesArePositive(_ value: Double) {
    #expect(throws: InstrumentError.outOfDomain(field: "multiplier", value: value, allowed: positive)) {
      try position(multiplier: value)
    }
    #expect(throws: InstrumentError.outOfDomain(field: "entry", value: value, allowed: positive)) {
      try position(entry: value)
    }
    #expect(throws: InstrumentError.outOfDomain(field: "mark", value: value, allowed: positive)) {
      try position(mark: value)
    }
    #expect(throws: InstrumentError.outOfDomain(field: "impliedVolatility", value: value, allowed: positive))
    {
      try position(volatility: value)
    }
  }

  /// NaN is unequal to itself, so only the kind of the error can be compared.
  @Test func nothingIsNaN() {
    #expect(throws: InstrumentError.self) { try position(quantity: .nan) }
    #expect(throws: InstrumentError.self) { try position(multiplier: .nan) }
    #expect(throws: InstrumentError.self) { try position(entry: .nan) }
    #expect(throws: InstrumentError.self) { try position(mark: .nan) }
    #expect(throws: InstrumentError.self) { try position(leverage: .nan) }
    #expect(throws: InstrumentError.self) { try position(isolated: .nan) }
    #expect(throws: InstrumentError.self) { try position(volatility: .nan) }
  }
}
