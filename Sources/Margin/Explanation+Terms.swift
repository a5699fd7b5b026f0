import Instruments
import LinearAlgebra
import Scenarios
import Statistics
import Valuation

extension CollateralSchedule {
  /// What each settlement asset of a pool counts for.
  func explanation(of pool: MarginPool, in state: BookState) -> [ExplanationLine] {
    let counted = pool.rows.filter { optionValue == .counted || state.rows[$0].kind != .option }
    let assets = Dictionary(grouping: counted) { state.rows[$0].settlement }.sorted { $0.key < $1.key }
    let left = pool.rows.filter { !counted.contains($0) }.map { row in
      ExplanationLine(
        pool: pool.name, term: "equity", row: state.rows[row].name, quantity: "marketValue",
        amount: state.values[row], unit: "USD", detail: "option, not counted")
    }
    return left
      + assets.flatMap { asset, rows -> [ExplanationLine] in
        let terms = terms(of: asset)
        let apart = unrealised == .atMarketValue ? rows.filter { state.rows[$0].kind.isPosition } : []
        let tiered = rows.filter { !apart.contains($0) }.reduce(0) { $0 + state.values[$1] }
        let counted =
          tiered.isZero ? 0 : terms.countedValue(of: tiered, price: state.settlementPrices[rows[0]])
        let atMarket = apart.reduce(0) { $0 + state.values[$1] }
        let values = rows.map { row in
          ExplanationLine(
            pool: pool.name, term: "equity", row: state.rows[row].name, quantity: "marketValue",
            amount: state.values[row], unit: "USD", detail: state.rows[row].kind.rawValue)
        }
        let detail = tiered < 0 ? "debt × \(terms.debtRatio)" : "tiered collateral value of \(asset)"
        return values + [
          ExplanationLine(
            pool: pool.name, term: "equity", row: asset.symbol, quantity: "counted",
            amount: counted + atMarket,
            unit: "USD",
            detail: detail)
        ]
      }
  }
}

/// One line of the derivation of a term, before it is known which pool it stands in.
struct TermLine {
  let term: String
  let row: String
  let quantity: String
  let amount: Double
  let detail: String

  func line(inPool pool: String) -> ExplanationLine {
    ExplanationLine(
      pool: pool, term: term, row: row, quantity: quantity, amount: amount, unit: "USD", detail: detail)
  }
}

extension NamedTerm {
  /// The lines of one term in one pool or unit, in the first state; `path` names it among nested terms.
  func explanation(in batch: PoolBatch, path: String) throws(MarginError) -> [TermLine] {
    func line(_ row: String, _ quantity: String, _ amount: Double, _ detail: String) -> TermLine {
      TermLine(term: path, row: row, quantity: quantity, amount: amount, detail: detail)
    }
    switch term {
    case .rateSum(let term): return term.explanation(in: batch, line)
    case .optionRule(let term): return try term.explanation(in: batch, name, line)
    case .riskUnits(let term): return try term.explanation(in: batch, path: path)
    default: break
    }
    let amounts = try amounts(in: batch)
    let detail = term.detail + (amounts.binding.isEmpty ? "" : "; binding: \(amounts.binding)")
    let total =
      amounts.initial[0] == amounts.maintenance[0]
      ? [line("", "amount", amounts.initial[0], detail)]
      : [
        line("", "initial", amounts.initial[0], detail),
        line("", "maintenance", amounts.maintenance[0], detail),
      ]
    switch term {
    case .tailRisk(let tail): return total + (try tail.explanation(in: batch, name, line))
    case .scenarioGrid(let grid):
      return total
        + (try grid.profits(in: batch, name: name).map { point, profit in
          line(point.move.description, "profit", profit, point.weight == 1 ? "" : "weight \(point.weight)")
        })
    case .plugIn(let plugIn):
      return total
        + (try plugIn.rule.figures(in: batch, name: name).map {
          line($0.row, $0.quantity, $0.amount, $0.detail)
        })
    default: return total
    }
  }
}

private typealias LineMaker = (String, String, Double, String) -> TermLine

extension RateSum {
  fileprivate func explanation(in batch: PoolBatch, _ line: LineMaker) -> [TermLine] {
    charges(in: batch, 0).flatMap { contract, initial, maintenance -> [TermLine] in
      let row = batch.states.rows[contract.row]
      let size = contract.size(in: batch.states, 0)
      let law = law(of: row.asset)
      let quantity = batch.states.baseQuantity(of: contract.row, notional: size.worst, in: 0)
      let most = law.reading(notional: size.worst, quantity: quantity).maximumLeverage
      let orders = contract.orders.isEmpty ? "" : ", \(size.worst) with the worst side of its orders"
      return [
        line(row.name, "notional", size.held, row.kind.rawValue + orders),
        line(
          row.name, "initial", initial,
          initialRule == .chosenLeverage
            ? "leverage \(row.leverage), at most \(most) at its size" : "leverage \(most), that of its size"),
        line(row.name, "maintenance", maintenance, law.detail),
      ]
    }
  }
}

extension OptionRule {
  fileprivate func explanation(
    in batch: PoolBatch, _ name: String, _ line: LineMaker
  ) throws(MarginError) -> [TermLine] {
    var lines: [TermLine] = []
    for row in batch.rows(where: { $0.kind == .option }) {
      let (initial, maintenance) = try margins(of: row, in: batch.states, 0, name)
      let one = batch.states.rows[row]
      let side = one.units < 0 ? "short" : "long"
      lines.append(line(one.name, "initial", initial, "\(side), mark \(abs(batch.states.values[row, 0]))"))
      lines.append(line(one.name, "maintenance", maintenance, side))
    }
    return lines
  }
}

extension TailRiskTerm {
  fileprivate func explanation(
    in batch: PoolBatch, _ name: String, _ line: LineMaker
  ) throws(MarginError) -> [TermLine] {
    if isPlain, case .sampled(let set) = try batch.evidence.item(scenarios, for: name), set.weights == nil {
      let losses = try losses(ofRowsIn: batch.pool, batch.states.state(at: 0), under: set, batch.evidence)
      let place = measure == .valueAtRisk ? "loss in the binding scenario" : "mean loss in the tail"
      return zip(batch.pool.rows, losses).map { line(batch.states.rows[$0].name, "loss", $1, place) }
    }
    let shares = try shares(in: batch, name)
    return batch.pool.rows.map { row in
      line(batch.states.rows[row].name, "share", shares.rows[row], "change of the tail with the row's size")
    }
      + shares.account.sorted { $0.key < $1.key }.map {
        line($0.key, "share", $0.value, "between the scenarios of the tail")
      }
  }
}

extension RiskUnits {
  /// The lines of every unit, its terms under their own paths, then its margins.
  fileprivate func explanation(in batch: PoolBatch, path: String) throws(MarginError) -> [TermLine] {
    var lines: [TermLine] = []
    var total = (initial: 0.0, maintenance: 0.0)
    for (asset, unit) in units(in: batch) {
      guard let rules = rules(of: asset) else { throw .assetNotCovered(term: path, asset: asset) }
      let place = "\(path).\(asset)"
      for term in rules.terms { lines += try term.explanation(in: unit, path: "\(place).\(term.name)") }
      let result = try rules.result(in: unit)
      total.initial += result.initial[0]
      total.maintenance += result.maintenance[0]
      lines.append(
        TermLine(
          term: place, row: "", quantity: "initial", amount: result.initial[0],
          detail: rules.initial.description))
      lines.append(
        TermLine(
          term: place, row: "", quantity: "maintenance", amount: result.maintenance[0],
          detail: rules.maintenance.description))
    }
    let words = "units added up, spot \(spot.rawValue)"
    return lines + [
      TermLine(term: path, row: "", quantity: "initial", amount: total.initial, detail: words),
      TermLine(term: path, row: "", quantity: "maintenance", amount: total.maintenance, detail: words),
    ]
  }
}

extension RateLaw {
  /// The law in words and numbers.
  fileprivate var detail: String {
    switch self {
    case .brackets(let schedule): "\(schedule.application.rawValue) over \(schedule.brackets.count) brackets"
    case .affine(let law): "\(law.maintenanceRate) + \(law.slope) a unit"
    case .power(let law): "max(\(law.maintenanceFloor), \(law.factor) × notional^\(law.power))"
    }
  }
}

extension TailRiskTerm {
  /// What is not a plain tail of all moves, in words; empty for what is.
  fileprivate var readingWords: String {
    let reading: String =
      switch reading {
      case .whole: ""
      case .eachAsset(.largest): ", the largest of each asset alone"
      case .eachAsset(.twoLargest): ", the two largest of each asset alone"
      case .eachAsset(.sum): ", each asset alone added up"
      case .subsamples(let count, .mean): ", mean over \(count) parts of the sample"
      case .subsamples(let count, .standardDeviation):
        ", standard deviation over \(count) parts of the sample"
      case .subsamples(let count, .largest): ", the largest over \(count) parts of the sample"
      case .liquidityHorizons: ", cascade of liquidity horizons"
      }
    let rule = measure == .valueAtRisk && quantile != .lowerQuantile ? ", \(quantile.rawValue)" : ""
    return rule + reading
  }
}

extension MarginTerm {
  /// The rule in words and numbers.
  var detail: String {
    switch self {
    case .rateSum(let term): "rates on size, initial margin by \(term.initialRule.rawValue)"
    case .optionRule: "rates on options"
    case .loan(let term): "debt × \(term.initialRate) initial, × \(term.maintenanceRate) maintenance"
    case .haircut: "market value less counted value"
    case .tailRisk(let term): "\(term.measure.rawValue) at \(term.confidence)\(term.readingWords)"
    case .scenarioGrid(let term): "worst of \(term.grid.points.count) points"
    case .charge(let term):
      "\(term.rate) × \(term.base.rawValue)" + (term.above > 0 ? " above \(term.above) USD per asset" : "")
    case .rollCharge(let term): "Σ |delta| × max(\(term.annualRate) a year, \(term.minimumRate))"
    case .riskUnits(let term): "units, spot \(term.spot.rawValue)"
    case .stated(let name): "stated by the venue: \(name)"
    case .plugIn: "a rule of its own"
    }
  }
}
