import Foundation
import Sampling
import TestSupport
import Testing

@Suite("Chi-squared variables")
struct ChiSquaredTests {
  let stream = DrawStream(seed: 77, stream: 2)

  func sample(_ degreesOfFreedom: Double, _ count: Int) -> [Double] {
    row(count) {
      fillChiSquared(degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: 0, into: &$0)
    }
  }

  @Test("The value for a scenario depends on neither start nor count", arguments: [0.7, 4])
  func startAndCount(degreesOfFreedom: Double) {
    for kernel in KernelClass.available {
      expectKeyedByScenario { first, values in
        fillChiSquared(
          degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: first, kernel: kernel,
          into: &values)
      }
    }
  }

  @Test("The kernel classes agree within 1e-12 of the value", arguments: [0.7, 4])
  func classesAgree(degreesOfFreedom: Double) {
    let rows = KernelClass.available.map { kernel in
      row(50_000) {
        fillChiSquared(
          degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: 0, kernel: kernel, into: &$0)
      }
    }
    #expect(zip(rows[0], rows[rows.count - 1]).allSatisfy { isClose($0, $1, relative: 1e-12) })
  }

  /// Each sample is refused with probability below 8.3e-8 if honest; the distribution functions are closed
  /// forms.
  @Test("The distribution function is chi-squared")
  func distribution() {
    let count = 1 << 18
    #expect(isBelievable(sample: sample(1, count)) { erf(($0 / 2).squareRoot()) })
    #expect(isBelievable(sample: sample(2, count)) { 1 - exp(-$0 / 2) })
    #expect(isBelievable(sample: sample(4, count)) { 1 - exp(-$0 / 2) * (1 + $0 / 2) })
    #expect(isBelievable(sample: sample(6, count)) { 1 - exp(-$0 / 2) * (1 + $0 / 2 + $0 * $0 / 8) })
  }

  /// Mean ν and variance 2ν, the latter with standard error sqrt((8ν² + 48ν) / n): twelve bands of 6 standard
  /// errors, a false-alarm rate below 1e-7 with allowance for the skewness of the sums.
  @Test(
    "Mean and variance for degrees of freedom that are no integer",
    arguments: [0.5, 1.5, 2.2, 3.7, 10.3, 250])
  func meanAndVariance(degreesOfFreedom: Double) {
    let count = 1 << 19
    let (mean, second, _, _) = moments(sample(degreesOfFreedom, count))
    let band = 6 / Double(count).squareRoot()
    #expect(isClose(mean, degreesOfFreedom, absolute: band * (2 * degreesOfFreedom).squareRoot()))
    let spread = (8 * degreesOfFreedom * degreesOfFreedom + 48 * degreesOfFreedom).squareRoot()
    #expect(isClose(second, 2 * degreesOfFreedom, absolute: band * spread))
  }

  /// Five means of products with bands of 6.5 standard errors: a false-alarm rate below 1e-8.
  @Test("Independent of the normals, of other streams and of neighbours")
  func independence() {
    let count = 1 << 17
    func standardised(_ values: [Double]) -> [Double] { values.map { ($0 - 4) / 8.0.squareRoot() } }
    let values = standardised(sample(4, count))
    let other = standardised(
      row(count) {
        fillChiSquared(
          degreesOfFreedom: 4, stream: DrawStream(seed: 77, stream: 3), firstScenario: 0, into: &$0)
      })
    let normals = row(count) {
      fillNormals(stream: stream, factor: stableIdentifier(of: "BTC"), firstScenario: 0, into: &$0)
    }
    let error = 1 / Double(count).squareRoot()
    #expect(abs(meanProduct(values[...], other[...])) < 6.5 * error)
    #expect(abs(meanProduct(values[...], normals[...])) < 6.5 * error)
    let squares = normals.map { ($0 * $0 - 1) / 2.0.squareRoot() }
    #expect(abs(meanProduct(values[...], squares[...])) < 6.5 * error)
    #expect(abs(meanProduct(values.dropLast(1), values.dropFirst(1))) < 6.5 * error)
    #expect(abs(meanProduct(values.dropLast(2), values.dropFirst(2))) < 6.5 * error)
  }

  @Test(
    "Finite and not negative, however few or many the degrees of freedom",
    arguments: [1e-3, 0.1, 2, 1e3, 1e15])
  func extremes(degreesOfFreedom: Double) {
    let values = sample(degreesOfFreedom, 20_000)
    #expect(values.allSatisfy { $0.isFinite && ($0 > 0 || (degreesOfFreedom < 0.1 && $0 == 0)) })
  }

  @Test("Degrees of freedom that are not above 0 or not finite are refused")
  func refused() async {
    await #expect(processExitsWith: .failure) { fill(0) }
    await #expect(processExitsWith: .failure) { fill(-1) }
    await #expect(processExitsWith: .failure) { fill(.nan) }
    await #expect(processExitsWith: .failure) { fill(.infinity) }
  }
}

private func fill(_ degreesOfFreedom: Double) {
  _ = row(1) {
    fillChiSquared(
      degreesOfFreedom: degreesOfFreedom, stream: DrawStream(seed: 1), firstScenario: 0, into: &$0)
  }
}
