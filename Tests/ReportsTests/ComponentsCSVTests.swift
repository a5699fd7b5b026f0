import Reports
import Testing

@Suite("components.csv")
struct ComponentsCSVTests {
  @Test("the addends of two pools, and what binds")
  func addends() throws {
    let file = try ComponentsCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,pool,requirement,component,amount,unit,is_binding,scenario
      demo,carry,segregated,BTC,initial,charge,0.0,USD,true,
      demo,carry,segregated,BTC,maintenance,0.5 × charge,0.0,USD,true,
      demo,carry,segregated,USDT,initial,charge,4000.0,USD,true,
      demo,carry,segregated,USDT,maintenance,0.5 × charge,2000.0,USD,true,
      """
    #expect(lines(file, "demo,carry,segregated,").joined(separator: "\n") == expected)
  }
}
