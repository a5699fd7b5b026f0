import NumericalMethods
import Testing

@Suite struct CompensatedSumTests {
  @Test func smallTermsSurviveLargeOnes() {
    var sum = CompensatedSum()
    for term in [1, 1e100, 1, -1e100] { sum += term }
    #expect(sum.value == 2)
  }

  @Test func aMillionTenths() {
    var sum = CompensatedSum()
    for _ in 0..<1_000_000 { sum += 0.1 }
    #expect(sum.value == 100_000)
  }

  @Test func anEmptySumIsZero() {
    #expect(CompensatedSum().value == 0)
  }
}
