import Sampling
import TestSupport
import Testing

@Suite("Student-t scale")
struct StudentTScaleTests {
  let stream = DrawStream(seed: 4_711, stream: 1)

  func studentT(_ degreesOfFreedom: Double, _ count: Int) -> [Double] {
    let scales = row(count) {
      fillStudentTScale(degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: 0, into: &$0)
    }
    let normals = row(count) {
      fillNormals(stream: stream, factor: stableIdentifier(of: "spot/BTC"), firstScenario: 0, into: &$0)
    }
    return zip(scales, normals).map { $0 * $1 }
  }

  @Test("The scale is sqrt((ν - 2) / W)")
  func definition() {
    let scales = row(1_000) {
      fillStudentTScale(degreesOfFreedom: 4.5, stream: stream, firstScenario: 7, into: &$0)
    }
    let mixing = row(1_000) {
      fillChiSquared(degreesOfFreedom: 4.5, stream: stream, firstScenario: 7, into: &$0)
    }
    #expect(scales == mixing.map { (2.5 / $0).squareRoot() })
  }

  @Test("The value for a scenario depends on neither start nor count")
  func startAndCount() {
    expectKeyedByScenario { first, values in
      fillStudentTScale(degreesOfFreedom: 5, stream: stream, firstScenario: first, into: &values)
    }
  }

  /// Ten counts by Chernoff's bound, each refused with probability below 8.3e-8 if honest: in all below 9e-7.
  @Test(
    "T-UNIT: one draw in a hundred lies beyond the 99 % quantile of the unit-variance law",
    arguments: [
      (3.0, 2.621576017704), (4.0, 2.649491906789), (5.0, 2.606463569384), (6.0, 2.565978006277),
      (10.0, 2.471990552991),
    ])
  func tailCounts(degreesOfFreedom: Double, quantile: Double) {
    let count = 1 << 19
    let sample = studentT(degreesOfFreedom, count)
    let above = sample.count { $0 > quantile }
    let below = sample.count { $0 < -quantile }
    #expect(isBelievable(count: above, trials: count, probability: 0.01))
    #expect(isBelievable(count: below, trials: count, probability: 0.01))
  }

  /// At ν = 10 the kurtosis is 4, so the variance has standard error sqrt(3 / n), at ν = 30 it is 3 + 6/26:
  /// bands of 6 standard errors, a false-alarm rate below 1e-7 with allowance for the skewness of the sums.
  @Test("T-UNIT: unit variance", arguments: [(10.0, 4.0), (30.0, 3.0 + 6.0 / 26.0)])
  func unitVariance(degreesOfFreedom: Double, kurtosis: Double) {
    let count = 1 << 20
    let (mean, second, _, _) = moments(studentT(degreesOfFreedom, count))
    let band = 6 / Double(count).squareRoot()
    #expect(isClose(mean, 0, absolute: band))
    #expect(isClose(second, 1, absolute: band * (kurtosis - 1).squareRoot()))
  }

  @Test("Degrees of freedom without a variance are refused")
  func refused() async {
    await #expect(processExitsWith: .failure) {
      _ = row(1) {
        fillStudentTScale(degreesOfFreedom: 2, stream: DrawStream(seed: 1), firstScenario: 0, into: &$0)
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = row(1) {
        fillStudentTScale(degreesOfFreedom: .nan, stream: DrawStream(seed: 1), firstScenario: 0, into: &$0)
      }
    }
  }
}
