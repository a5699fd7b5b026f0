import Reports
import Studies
import Testing

@Suite("Number text")
struct NumberTextTests {
  @Test(
    "digits and thousands",
    arguments: [
      (0, 0, "0"), (999.4, 0, "999"), (999.5, 0, "1,000"), (1_234_567.891, -2, "1,234,567.89"),
      (-1_234.5, -1, "-1,234.5"), (-0.004, -2, "0.00"), (0.004, -3, "0.004"), (1_249, 2, "1,200"),
      (1_250, 2, "1,300"), (-98_765, 3, "-99,000"), (0.05, -2, "0.05"), (1e15, 0, "1,000,000,000,000,000"),
      (1e30, 0, "1e+30"),
    ] as [(Double, Int, String)])
  func rounded(value: Double, place: Int, text: String) {
    #expect(NumberText.rounded(value, place: place) == text)
  }

  @Test(
    "whole numbers",
    arguments: [(0, "0"), (-1_000, "-1,000"), (100_000, "100,000"), (Int.min, "-9,223,372,036,854,775,808")])
  func whole(value: Int, text: String) {
    #expect(NumberText.whole(value) == text)
  }

  @Test(
    "the place of an error's second digit",
    arguments: [
      (12.34, 0), (1.234, -1), (9.96, 0), (0.0996, -2), (0.0994, -3), (98.7, 0), (1_234, 2), (99.6, 1),
    ])
  func errorPlace(error: Double, place: Int) {
    #expect(NumberText.errorPlace(error) == place)
  }

  @Test("an error has two significant digits, none below a cent")
  func errors() {
    #expect(AmountText.error(nil) == "–")
    #expect(AmountText.error(0) == "0")
    #expect(AmountText.error(1_234) == "1,200")
    #expect(AmountText.error(4.56) == "4.6")
    #expect(AmountText.error(0.0234) == "0.02")
    #expect(AmountText.error(0.001) == "<0.01")
  }

  @Test("a value has no digit finer than its finer error's last")
  func estimates() {
    let column = AmountText(for: [12_345.678])
    #expect(column.text(Estimate(value: 12_345.678)) == "12,346")
    #expect(
      column.text(Estimate(value: 12_345.678, simulationError: 345, calibrationError: 2_345)) == "12,350")
    #expect(column.text(Estimate(value: 12_345.678, calibrationError: 2_345)) == "12,300")
    #expect(column.text(Estimate(value: 12_345.678, simulationError: 0, calibrationError: 2_345)) == "12,300")
    let small = AmountText(for: [1.5, -999])
    #expect(small.text(Estimate(value: 1.5)) == "1.50")
    #expect(small.text(Estimate(value: 1.54321, simulationError: 1.23)) == "1.5")
    #expect(small.text(Double?.none) == "–")
    #expect(small.text(0) == "0")
  }

  // 1 − 0.025^(1/100000) = 0.0000368881 and 1 − 0.025^(1/30) = 0.1157: Clopper and Pearson (1934).
  @Test("nothing that happened prints its upper bound, everything its lower one")
  func boundsOfProbabilities() {
    #expect(EventProbability(count: 0, scenarios: 100_000, lower: 0, upper: 0.0000368881).text == "< 0.004 %")
    #expect(EventProbability(count: 0, scenarios: 30, lower: 0, upper: 0.1157).text == "< 12 %")
    #expect(EventProbability(count: 0, scenarios: 100, lower: 0, upper: 0.04).text == "< 4 %")
    #expect(
      EventProbability(count: 100_000, scenarios: 100_000, lower: 0.9999631119, upper: 1).text == "> 99.996 %"
    )
    #expect(EventProbability(count: 0, scenarios: 0, lower: 0, upper: 1).text == "–")
  }

  @Test("a frequency has no digit finer than its standard error's second")
  func frequencies() {
    #expect(EventProbability(count: 12_345, scenarios: 100_000, lower: 0, upper: 1).text == "12.35 %")
    #expect(EventProbability(count: 9, scenarios: 100_000, lower: 0, upper: 1).text == "0.0090 %")
    #expect(EventProbability(count: 13, scenarios: 30, lower: 0, upper: 1).text == "43.3 %")
    #expect(EventProbability(count: 13, scenarios: 1_030, lower: 0, upper: 1).countText == "13 of 1,030")
  }

  @Test(
    "multiples keep three digits",
    arguments: [(0, "0.00"), (0.0825, "0.0825"), (1.2345, "1.23"), (64, "64.00")] as [(Double, String)])
  func multiples(value: Double, text: String) {
    #expect(NumberText.multiple(value) == text)
  }
}
