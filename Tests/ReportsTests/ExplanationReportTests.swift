import Foundation
import Margin
import Parallel
import Reports
import Testing

@Suite("Explanation")
struct ExplanationReportTests {
  private static func report() throws -> ExplanationReport {
    let regime = try Sample.crossRegime()
    let lines = try explanation(
      of: regime, for: try Sample.state(), given: Evidence(sets: [:], parallelism: .sequential))
    return ExplanationReport(account: "carry", regime: regime, lines: lines)
  }

  @Test("the page, letter by letter")
  func page() throws {
    let expected = """
      carry under cross
      A charge on gross notional.
      family  cross
      source  made for tests (from 2022-01-01)
      IM      charge
      MM      0.5 * charge
      - assumes: one haircut for all sizes

      Pool account

      term         row            quantity            amount  unit  how
      ─────────────────────────────────────────────────────────────────────────────────────────────
      equity       BTC            marketValue      50,000.00  USD   balance
                   BTC            counted          45,000.00  USD   tiered collateral value of BTC
                   USDT           marketValue      10,000.00  USD   balance
                   BTC/USDT:USDT  marketValue        -500.00  USD   linear
                   USDT           counted           9,500.00  USD   tiered collateral value of USDT
      charge                      amount            4,000.00  USD   0.1 × grossNotional
      requirement  charge         initial           4,000.00  USD   binds
                   0.5 × charge   maintenance       2,000.00  USD   binds
      pool                        equity           54,500.00  USD
                                  initial           4,000.00  USD
                                  maintenance       2,000.00  USD
                                  available        50,500.00  USD   equity less initial margin
                                  ratio             0.036697        healthy
                   BTC            available         2.020000  BTC   at its debt rate
                   USDT           available    50,500.000000  USDT  at its debt rate

      """
    #expect(ExplanationTable(try Self.report()).text == expected)
  }

  @Test("the file, byte by byte")
  func file() throws {
    let expected = """
      account,regime,pool,term,row,quantity,amount,unit,detail
      carry,cross,account,equity,BTC,marketValue,50000.0,USD,balance
      carry,cross,account,equity,BTC,counted,45000.0,USD,tiered collateral value of BTC
      carry,cross,account,equity,USDT,marketValue,10000.0,USD,balance
      carry,cross,account,equity,BTC/USDT:USDT,marketValue,-500.0,USD,linear
      carry,cross,account,equity,USDT,counted,9500.0,USD,tiered collateral value of USDT
      carry,cross,account,charge,,amount,4000.0,USD,0.1 × grossNotional
      carry,cross,account,requirement,charge,initial,4000.0,USD,binds
      carry,cross,account,requirement,0.5 × charge,maintenance,2000.0,USD,binds
      carry,cross,account,pool,,equity,54500.0,USD,
      carry,cross,account,pool,,initial,4000.0,USD,
      carry,cross,account,pool,,maintenance,2000.0,USD,
      carry,cross,account,pool,,available,50500.0,USD,equity less initial margin
      carry,cross,account,pool,,ratio,0.03669724770642202,1,healthy
      carry,cross,account,pool,BTC,available,2.02,BTC,at its debt rate
      carry,cross,account,pool,USDT,available,50500.0,USDT,at its debt rate

      """
    #expect(String(decoding: try ExplanationCSV.file(of: try Self.report()).bytes, as: UTF8.self) == expected)
  }

  @Test("the document is JSON with every line")
  func json() throws {
    let report = try Self.report()
    let parsed = try JSONSerialization.jsonObject(with: Data(try report.json.bytes())) as? [String: Any]
    #expect((parsed?["lines"] as? [[String: Any]])?.count == report.lines.count)
    #expect(parsed?["regime"] as? String == "cross")
  }
}
