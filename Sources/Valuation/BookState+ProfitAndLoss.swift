public import LinearAlgebra
public import Parallel
public import Scenarios

/// Scenarios are worked on in blocks of this many, with absolute boundaries, so that results never depend on threads.
public let scenarioBlockSize = 4_096

extension BookState {
  /// The P&L of groups of rows in every scenario of a set.
  ///
  /// Linear rows are exposures · moves, summed over the factors in their order; options are revalued.
  ///
  /// - Parameters:
  ///   - set: the scenarios.
  ///   - groups: the indices of the rows of each group.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ValuationError`` when the set does not cover the book.
  /// - Returns: group × scenario, in USD, gains positive.
  public func profitAndLoss(
    under set: ScenarioSet, of groups: [[Int]], parallelism: Parallelism
  ) throws(ValuationError) -> Matrix {
    let binding = try FactorBinding(rows, in: set.factors)
    try binding.requireCoverage(by: set)
    let linear = groups.map { $0.filter { rows[$0].kind != .option } }
    let options = groups.map { $0.filter { rows[$0].kind == .option } }
    let today = BookStates(self)
    var exposures: [[Double]] = []
    for group in linear { exposures.append(try today.exposures(to: set.factors, of: group).column(0)) }
    let everyOption = Set(options.flatMap { $0 }).sorted()
    var result = [Double](repeating: 0, count: groups.count * set.count)
    result.fillColumnBlocks(
      rows: groups.count, columns: set.count, blockSize: scenarioBlockSize, parallelism: parallelism
    ) { [exposures] (_, scenarios, block) in
      var revalued: [Int: [Double]] = [:]
      for option in everyOption {
        revalued[option] = values(
          ofOption: option, after: set, binding.rows[option], scenarios: scenarios)
      }
      for group in groups.indices {
        block.withRow(group) { row in
          for (factor, exposure) in exposures[group].enumerated() where exposure != 0 {
            let first = factor * set.count + scenarios.lowerBound
            for place in 0..<scenarios.count { row[place] += exposure * set.moves.elements[first + place] }
          }
          for option in options[group] {
            guard let after = revalued[option] else { continue }
            for place in 0..<scenarios.count { row[place] += after[place] - values[option] }
          }
        }
      }
    }
    return Matrix(rows: groups.count, columns: set.count, elements: result)
  }
}

extension BookState {
  /// The P&L of the whole account in every scenario of a set.
  ///
  /// An isolated position cannot lose more than is left of its margin.
  ///
  /// - Parameters:
  ///   - set: the scenarios.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ValuationError`` when the set does not cover the book.
  /// - Returns: one P&L a scenario, in USD, gains positive.
  public func accountProfitAndLoss(
    under set: ScenarioSet, parallelism: Parallelism
  ) throws(ValuationError) -> [Double] {
    let shared = rows.indices.filter { rows[$0].isolated == nil }
    let isolated = Dictionary(grouping: rows.indices.filter { rows[$0].isolated != nil }) {
      rows[$0].isolated ?? 0
    }
    .sorted { $0.key < $1.key }.map(\.value)
    let gains = try profitAndLoss(under: set, of: [shared] + isolated, parallelism: parallelism)
    var total = gains.row(0)
    for (place, group) in isolated.enumerated() {
      let equity = max(0, group.reduce(0) { $0 + values[$1] })
      for scenario in total.indices { total[scenario] += max(-equity, gains[place + 1, scenario]) }
    }
    return total
  }
}
