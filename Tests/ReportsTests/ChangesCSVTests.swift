import Reports
import Testing

@Suite("changes.csv")
struct ChangesCSVTests {
  @Test("exact, estimated and impossible effects")
  func effects() throws {
    let file = try ChangesCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,change,regime,metric,value,se_simulation,se_calibration,unit
      demo,carry,trade -0.5 BTC/USDT:USDT,cross,initial_margin_after,5250.0,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,cross,initial_margin_difference,1250.0,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,cross,equity_difference,-12.5,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,gaussian-99,initial_margin_after,1100.5,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,gaussian-99,initial_margin_difference,-99.5,4.56,31.2,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,gaussian-99,equity_difference,,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,student-99,initial_margin_after,,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,student-99,initial_margin_difference,,,,USD
      demo,carry,trade -0.5 BTC/USDT:USDT,student-99,equity_difference,,,,USD
      """
    #expect(lines(file).joined(separator: "\n") == expected)
  }
}
