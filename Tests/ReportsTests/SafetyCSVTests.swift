import Reports
import Testing

@Suite("safety.csv")
struct SafetyCSVTests {
  @Test("the reference regime under both judges")
  func reference() throws {
    let file = try SafetyCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,judge,view,metric,value,se_simulation,se_calibration,lower,upper,count,scenarios,unit
      demo,carry,cross,model,asHeld,restricted,0.00012,,,6e-05,0.00024,12,100000,probability
      demo,carry,cross,model,asHeld,margin_call,0.0001,,,5e-05,0.0002,10,100000,probability
      demo,carry,cross,model,asHeld,liquidation,0.0001,,,5e-05,0.0002,10,100000,probability
      demo,carry,cross,model,asHeld,bankruptcy,0.0,,,0.0,3.68881e-05,0,100000,probability
      demo,carry,cross,model,asHeld,uncovered_loss,0.0,0.0,,,,,100000,USD
      demo,carry,cross,model,asHeld,uncovered_loss_given_bankruptcy,,,,,,,100000,USD
      demo,carry,cross,model,asHeld,uncovered_loss_worst,0.0,,,,,,100000,USD
      demo,carry,cross,model,asHeld,uncovered_loss_difference,,,,,,,100000,USD
      demo,carry,cross,model,cashAtRequirement,restricted,0.45,,,0.225,0.9,45000,100000,probability
      demo,carry,cross,model,cashAtRequirement,margin_call,0.00034,,,0.00017,0.00068,34,100000,probability
      demo,carry,cross,model,cashAtRequirement,liquidation,0.00034,,,0.00017,0.00068,34,100000,probability
      demo,carry,cross,model,cashAtRequirement,bankruptcy,9e-05,,,4.5e-05,0.00018,9,100000,probability
      demo,carry,cross,model,cashAtRequirement,uncovered_loss,0.123456,0.0234,,,,,100000,USD
      demo,carry,cross,model,cashAtRequirement,uncovered_loss_given_bankruptcy,1371.7,,,,,,100000,USD
      demo,carry,cross,model,cashAtRequirement,uncovered_loss_worst,4321.5,,,,,,100000,USD
      demo,carry,cross,model,cashAtRequirement,uncovered_loss_difference,,,,,,,100000,USD
      demo,carry,cross,realised,asHeld,restricted,0.0,,,0.0,0.1157,0,30,probability
      demo,carry,cross,realised,asHeld,margin_call,0.0,,,0.0,0.1157,0,30,probability
      demo,carry,cross,realised,asHeld,liquidation,0.0,,,0.0,0.1157,0,30,probability
      demo,carry,cross,realised,asHeld,bankruptcy,0.0,,,0.0,0.1157,0,30,probability
      demo,carry,cross,realised,asHeld,uncovered_loss,0.0,,,,,,30,USD
      demo,carry,cross,realised,asHeld,uncovered_loss_given_bankruptcy,,,,,,,30,USD
      demo,carry,cross,realised,asHeld,uncovered_loss_worst,0.0,,,,,,30,USD
      demo,carry,cross,realised,asHeld,uncovered_loss_difference,,,,,,,30,USD
      demo,carry,cross,realised,cashAtRequirement,restricted,0.43333333333333335,,,0.21666666666666667,0.8666666666666667,13,30,probability
      demo,carry,cross,realised,cashAtRequirement,margin_call,0.03333333333333333,,,0.016666666666666666,0.06666666666666667,1,30,probability
      demo,carry,cross,realised,cashAtRequirement,liquidation,0.03333333333333333,,,0.016666666666666666,0.06666666666666667,1,30,probability
      demo,carry,cross,realised,cashAtRequirement,bankruptcy,0.0,,,0.0,0.1157,0,30,probability
      demo,carry,cross,realised,cashAtRequirement,uncovered_loss,0.0,,,,,,30,USD
      demo,carry,cross,realised,cashAtRequirement,uncovered_loss_given_bankruptcy,,,,,,,30,USD
      demo,carry,cross,realised,cashAtRequirement,uncovered_loss_worst,0.0,,,,,,30,USD
      demo,carry,cross,realised,cashAtRequirement,uncovered_loss_difference,,,,,,,30,USD
      """
    #expect(lines(file, "demo,carry,cross,").joined(separator: "\n") == expected)
  }

  @Test("a regime with a difference to it")
  func difference() throws {
    let file = try SafetyCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,judge,view,metric,value,se_simulation,se_calibration,lower,upper,count,scenarios,unit
      demo,carry,gaussian-99,model,cashAtRequirement,restricted,0.5,,,0.25,1.0,50000,100000,probability
      demo,carry,gaussian-99,model,cashAtRequirement,margin_call,0.021,,,0.0105,0.042,2100,100000,probability
      demo,carry,gaussian-99,model,cashAtRequirement,liquidation,0.021,,,0.0105,0.042,2100,100000,probability
      demo,carry,gaussian-99,model,cashAtRequirement,bankruptcy,0.01051,,,0.005255,0.02102,1051,100000,probability
      demo,carry,gaussian-99,model,cashAtRequirement,uncovered_loss,5.4321,0.345,,,,,100000,USD
      demo,carry,gaussian-99,model,cashAtRequirement,uncovered_loss_given_bankruptcy,516.9,,,,,,100000,USD
      demo,carry,gaussian-99,model,cashAtRequirement,uncovered_loss_worst,12345.6,,,,,,100000,USD
      demo,carry,gaussian-99,model,cashAtRequirement,uncovered_loss_difference,5.3086,0.341,,,,,100000,USD
      """
    #expect(lines(file, "demo,carry,gaussian-99,").joined(separator: "\n") == expected)
  }
}
