import Foundation
import Sampling
import TestSupport
import Testing

@Suite("Normals")
struct NormalsTests {
  let stream = DrawStream(seed: 0xfeed_beef_0bad_cafe, stream: 3)
  let factor = stableIdentifier(of: "spot/ETH")

  @Test("The normal is the quantile of the uniform, bit for bit", arguments: KernelClass.available)
  func quantileOfUniform(kernel: KernelClass) {
    let normals = row(5_001) {
      fillNormals(stream: stream, factor: factor, firstScenario: 3, kernel: kernel, into: &$0)
    }
    let quantiles = row(5_001) {
      fillUniforms(stream: stream, factor: factor, firstScenario: 3, kernel: kernel, into: &$0)
      replaceByNormalQuantiles(&$0, kernel: kernel)
    }
    #expect(bits(normals) == bits(quantiles))
  }

  @Test("The value for a scenario depends on neither start nor count", arguments: KernelClass.available)
  func startAndCount(kernel: KernelClass) {
    expectKeyedByScenario { first, values in
      fillNormals(stream: stream, factor: factor, firstScenario: first, kernel: kernel, into: &values)
    }
  }

  @Test("The kernel classes agree within 1e-13")
  func classesAgree() {
    let rows = KernelClass.available.map { kernel in
      row(100_000) {
        fillNormals(stream: stream, factor: factor, firstScenario: 0, kernel: kernel, into: &$0)
      }
    }
    #expect(zip(rows[0], rows[rows.count - 1]).allSatisfy { isClose($0, $1, absolute: 1e-13) })
  }

  /// Recorded once: a change here changes every published figure of every seed.
  @Test("The bits of a kernel class never change", arguments: KernelClass.available)
  func recordedBits(kernel: KernelClass) {
    let recorded: [KernelClass: UInt64] = [
      .portable: 4_519_390_274_880_675_667, .x86_64v3: 14_063_590_202_568_592_915,
    ]
    let sample = row(100_000) {
      fillNormals(stream: stream, factor: factor, firstScenario: 0, kernel: kernel, into: &$0)
    }
    let digest = sample.reduce(0 as UInt64) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 }
    #expect(digest == recorded[kernel])
  }

  @Test("Rows of factors over a range of scenarios")
  func rowsOfFactors() {
    let block = normals(stream: stream, factors: [factor, 9], scenarios: 11..<31)
    #expect(block.count == 40)
    let wide = normals(stream: stream, factors: [1, 9, factor], scenarios: 0..<50)
    #expect(bits(block[0..<20]) == bits(wide[111..<131]))
    #expect(bits(block[20..<40]) == bits(wide[61..<81]))
    #expect(normals(stream: stream, factors: [], scenarios: 0..<5).isEmpty)
    #expect(normals(stream: stream, factors: [1, 2], scenarios: 5..<5).isEmpty)
  }

  /// Four moments, each with a band of 5.5 standard errors (3.8e-8), and eight counts by Chernoff's bound
  /// (8.3e-8).
  @Test("Moments and tail counts of four million draws", arguments: KernelClass.available)
  func momentsAndTails(kernel: KernelClass) {
    let count = 1 << 22
    let sample = row(count) {
      fillNormals(stream: stream, factor: factor, firstScenario: 0, kernel: kernel, into: &$0)
    }
    let (mean, second, third, fourth) = moments(sample)
    let band = 5.5 / Double(count).squareRoot()
    #expect(isClose(mean, 0, absolute: band))
    #expect(isClose(second, 1, absolute: 2.0.squareRoot() * band))
    #expect(isClose(third / (second * second.squareRoot()), 0, absolute: 6.0.squareRoot() * band))
    #expect(isClose(fourth / (second * second), 3, absolute: 24.0.squareRoot() * band))

    for threshold in [1.4395314709384563, 2.3263478740408411, 3.0902323061678135, 4.26] {
      let probability = 0.5 * erfc(threshold / 2.0.squareRoot())
      var above = 0
      var below = 0
      for value in sample {
        if value > threshold { above += 1 }
        if value < -threshold { below += 1 }
      }
      #expect(isBelievable(count: above, trials: count, probability: probability))
      #expect(isBelievable(count: below, trials: count, probability: probability))
    }
  }

  /// One sample, refused with probability below 8.3e-8 if honest.
  @Test("The distribution function is normal")
  func distribution() {
    let sample = row(1 << 18) { fillNormals(stream: stream, factor: 4, firstScenario: 0, into: &$0) }
    #expect(isBelievable(sample: sample) { 0.5 * erfc(-$0 / 2.0.squareRoot()) })
  }

  /// 72 means of products with bands of 6 and 6.5 standard errors: a false-alarm rate below 4e-7, the
  /// skewness of products of squares included.
  @Test("Factors, streams, seeds and neighbours are independent")
  func independence() {
    let count = 1 << 17
    let keys: [(stream: DrawStream, factor: UInt64)] = [
      (DrawStream(seed: 1), 0), (DrawStream(seed: 1), 1), (DrawStream(seed: 1), 1 << 32),
      (DrawStream(seed: 1), stableIdentifier(of: "BTC")), (DrawStream(seed: 1, stream: 1), 0),
      (DrawStream(seed: 1, stream: 1), 1), (DrawStream(seed: 2), 0), (DrawStream(seed: 1 << 32), 0),
    ]
    let rows = keys.map { key in
      row(count) { fillNormals(stream: key.stream, factor: key.factor, firstScenario: 0, into: &$0) }
    }
    let squares = rows.map { $0.map { ($0 * $0 - 1) / 2.0.squareRoot() } }
    let error = 1 / Double(count).squareRoot()
    for i in rows.indices {
      for j in rows.indices.dropFirst(i + 1) {
        #expect(abs(meanProduct(rows[i][...], rows[j][...])) < 6 * error, "rows \(i) and \(j)")
        #expect(abs(meanProduct(squares[i][...], squares[j][...])) < 6.5 * error, "squares of \(i) and \(j)")
      }
      for lag in [1, 2] {
        let product = meanProduct(rows[i].dropLast(lag), rows[i].dropFirst(lag))
        #expect(abs(product) < 6.01 * error, "row \(i) at lag \(lag)")
      }
    }
  }
}
