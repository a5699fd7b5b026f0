public import CSV
public import Margin

/// Every term of one regime's number for one account, with what is needed to name it.
public struct ExplanationReport: Sendable {
  /// The account's name.
  public let account: String
  /// The rules.
  public let regime: MarginRegime
  /// The derivation, pool by pool.
  public let lines: [ExplanationLine]

  /// Joins a derivation with its names.
  ///
  /// - Parameters:
  ///   - account: the account's name.
  ///   - regime: the rules.
  ///   - lines: the derivation, pool by pool.
  public init(account: String, regime: MarginRegime, lines: [ExplanationLine]) {
    self.account = account
    self.regime = regime
    self.lines = lines
  }

  /// The derivation as a JSON document.
  public var json: JSONValue {
    [
      "schema": .string("plimsoll.explanation/1"), "account": .string(account), "regime": .string(regime.id),
      "family": .string(regime.family.rawValue), "summary": .string(regime.summary),
      "source": .string(regime.source), "assumptions": .strings(regime.assumptions),
      "lines": .array(
        lines.map { line in
          [
            "pool": .string(line.pool), "term": .string(line.term), "row": .string(line.row),
            "quantity": .string(line.quantity), "amount": .number(line.amount), "unit": .string(line.unit),
            "detail": .string(line.detail),
          ]
        }),
    ]
  }
}

/// `explanation.csv`: every term of one regime's number, down to the position.
///
/// ```csv
/// account,regime,pool,term,row,quantity,amount,unit,detail
/// carry,cross,account,brackets,BTC/USDT:USDT,maintenance,400,USD,marginal over 3 brackets
/// ```
/// Key: `account`, `regime`, `pool`, `term`, `row`, `quantity`. `row` is a balance or position, missing for what belongs
/// to all of them together; the lines of the term `requirement` are the components that add up to the margin.
public enum ExplanationCSV: ResultCSV {
  /// `explanation.csv`.
  public static let fileName = "explanation.csv"
  /// Keys, amount, unit, how it came about.
  public static let columns = [
    "account", "regime", "pool", "term", "row", "quantity", "amount", "unit", "detail",
  ]

  /// Pool by pool, in the order of the derivation.
  ///
  /// - Parameter report: the derivation.
  /// - Returns: rows in the order of the file.
  public static func rows(of report: ExplanationReport) -> [[CSVCell]] {
    report.lines.map { line in
      [
        .text(report.account), .text(report.regime.id), .text(line.pool), .text(line.term), .text(line.row),
        .text(line.quantity), .number(line.amount), .text(line.unit), .text(line.detail),
      ]
    }
  }
}
