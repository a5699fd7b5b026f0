import Reports
import Testing

@Suite("coverage.csv")
struct CoverageCSVTests {
  @Test("complete, late and dusty, and without history")
  func factors() throws {
    let file = try CoverageCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,scenarios,factor,source,observations,missing,dust,without_move,first,last
      demo,carry,"historical 1 d, 4 observations",spot:BTC,history,4,0,0,0,2022-10-22,2022-10-25
      demo,carry,"historical 1 d, 4 observations",spot:LUNA,history,2,1,1,2,2022-10-23,2022-10-24
      demo,carry,"historical 1 d, 4 observations",basis:BTC:linear,constant,,,,0,,
      """
    #expect(lines(file).joined(separator: "\n") == expected)
  }
}
