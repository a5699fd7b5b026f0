import Reports
import Testing

@Suite("refusals.csv")
struct RefusalsCSVTests {
  @Test("a refusal with its reason")
  func reason() throws {
    let file = try RefusalsCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,family,reason
      demo,carry,historical-99,valueAtRisk,"SOL1 has 385 of the 500 observations this regime needs; shorten the look-back, leave the asset out, or name a proxy in the study's models"
      """
    #expect(lines(file).joined(separator: "\n") == expected)
  }
}
