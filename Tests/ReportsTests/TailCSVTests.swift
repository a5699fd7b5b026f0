import Reports
import Testing

@Suite("tail.csv")
struct TailCSVTests {
  @Test("a sample too small for an interval says how many scenarios it takes")
  func tooSmall() throws {
    let file = try TailCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,scenarios,used_by,level,measure,method,value,se_simulation,lower,upper,interval_needs,sample_size,effective_sample_size,binding_scenario,unit
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99;judge,0.75,value_at_risk,sample,30.0,8.5,,,13,4,4.0,draw 3,USD
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99;judge,0.75,expected_shortfall,sample,40.0,,,,,4,4.0,,USD
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99;judge,0.75,value_at_risk,closed_form,31.5,,,,,,,,USD
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99;judge,0.75,expected_shortfall,closed_form,42.25,,,,,,,,USD
      """
    #expect(lines(file).joined(separator: "\n") == expected)
  }
}
