import Instruments
import LinearAlgebra
import Scenarios
import Valuation

/// What is charged on one size, in USD.
struct DeriveCharge {
  /// In both margins.
  let maintenance: Double
  /// What the initial margin adds.
  let addition: Double
  /// What the initial margin adds for want of confidence.
  let distrust: Double

  init(_ rates: DerivePortfolioMargin.ContingencyRates, on size: Double, distrust: Double) {
    maintenance = rates.maintenance * size
    addition = rates.initialAddition * size
    self.distrust = distrust
  }
}

/// What a unit comes to in one state, in USD.
struct DeriveUnitResult {
  /// Dampened, one a scenario.
  let profits: [Double]
  /// What the options are worth, one an expiry.
  let marks: [Double]
  /// The basis contingency, one an expiry; not positive.
  let basis: [Double]
  /// Of contracts, then of each expiry.
  let charges: [DeriveCharge]

  var basisTotal: Double { basis.reduce(0, +) }
  var worst: Double { profits.reduce(basisTotal) { min($0, $1) } }
}

/// What an account comes to in one state, in USD.
struct DeriveAccount {
  let initialFactor: Double
  /// One a unit.
  let units: [DeriveUnitResult]
  /// One a holding.
  let collateral: [DeriveCharge]
  let initial: Double
  let maintenance: Double
}

extension DeriveBook {
  /// What the account comes to in one state.
  func account(in state: Int) -> DeriveAccount {
    let factor = rule.lossFactors.initial(stablePrice: stablePrice(in: state))
    let results = units.map { result(of: $0, in: state) }
    let collateral = holdings.map { holding in
      let value = batch.states.values[holding.row, state] * batch.share(of: holding.row, in: state)
      let counted = max(0, value)
      return DeriveCharge(holding.haircut, on: counted, distrust: holding.confidenceRate * counted)
    }
    let charges = results.flatMap(\.charges) + collateral
    let contingency = charges.reduce(0) { $0 + $1.maintenance }
    let addition = charges.reduce(0) { $0 + $1.addition + $1.distrust }
    let worst = results.reduce(0) { $0 + $1.worst }
    return DeriveAccount(
      initialFactor: factor, units: results, collateral: collateral,
      initial: -worst * factor + contingency + addition,
      maintenance: -worst * rule.lossFactors.maintenance + contingency)
  }

  private func result(of unit: DeriveUnit, in state: Int) -> DeriveUnitResult {
    let books = unit.expiries.map {
      ExpiryBook(rows: $0.rows, years: $0.years, state: state, states: batch.states)
    }
    let marks = books.map { $0.value() }
    let linear = linearSensitivity(of: unit, in: state)
    let profits = rule.scenarios.map { scenario in
      var profit = linear * scenario.shock.spot
      for (index, book) in books.enumerated() {
        let value = scenario.shock.value(of: book, under: rule)
        let discount = unit.expiries[index].discount
        let gain = value * (value >= 0 ? discount.long : discount.short) - marks[index]
        profit += scenario.shock.isSkew ? -abs(gain) : gain
      }
      return profit * scenario.dampening
    }
    return DeriveUnitResult(
      profits: profits, marks: marks, basis: zip(books, marks).map { basisContingency(of: $0, mark: $1) },
      charges: charges(on: unit, in: state))
  }

  /// What contracts and hedging collateral gain for a relative move of one of the spot price, in USD.
  private func linearSensitivity(of unit: DeriveUnit, in state: Int) -> Double {
    let states = batch.states
    let contracts = unit.contracts.joined().reduce(0) { sum, row in
      // An inverse contract pays in coin, so that what it has gained moves with the coin too.
      let gained = states.rows[row].kind == .inverse ? states.values[row, state] : 0
      return sum + states.notionals[row, state] + gained
    }
    return unit.cancelling.reduce(contracts) {
      $0 + states.values[$1, state] * batch.share(of: $1, in: state)
    }
  }

  private func basisContingency(of book: ExpiryBook, mark: Double) -> Double {
    let basis = rule.basis
    let worst = min(0, book.value(spot: basis.up) - mark, book.value(spot: basis.down) - mark)
    return worst * (basis.addition + basis.perYear * book.years)
  }

  /// What is charged on sizes at spot price.
  private func charges(on unit: DeriveUnit, in state: Int) -> [DeriveCharge] {
    let size = spotSize(of: unit.contracts, in: state)
    let contracts = DeriveCharge(rule.perpetuals, on: size, distrust: unit.confidenceRate * size)
    return [contracts]
      + unit.expiries.map { expiry in
        let spot = batch.states.spotPrices[expiry.rows[0], state]
        return DeriveCharge(
          rule.options, on: expiry.nakedShorts * spot,
          distrust: expiry.confidenceRate * expiry.grossUnits * spot)
      }
  }

  /// The value of contracts at spot price, net contract by contract.
  private func spotSize(of contracts: [[Int]], in state: Int) -> Double {
    let states = batch.states
    return contracts.reduce(0) { sum, rows in
      let net = rows.reduce(0) { net, row in
        let isInverse = states.rows[row].kind == .inverse
        return net
          + (isInverse
            ? states.notionals[row, state] : states.rows[row].units * states.spotPrices[row, state])
      }
      return sum + abs(net)
    }
  }
}
