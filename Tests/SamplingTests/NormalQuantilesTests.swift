import Sampling
import TestSupport
import Testing

@Suite("Normal quantiles")
struct NormalQuantilesTests {
  /// mpmath 1.3 at 60 digits: the root of Φ(x) = p for the double nearest to the p written here.
  static let reference: [(probability: Double, quantile: Double)] = [
    (2.2250738585072014e-308, -37.519379347144499821),
    (1e-300, -37.047096299361199237),
    (1e-200, -30.205594179579643063),
    (1e-100, -21.273453560965324294),
    (1e-50, -14.933337534788488981),
    (1e-20, -9.2623400897984075796),
    (1.1102230246251565e-16, -8.2095361516013868556),
    (1e-12, -7.0344838253011319326),
    (1.3887943864964e-11, -6.6579046435011038061),
    (1.3887943864965e-11, -6.6579046435010932197),
    (1e-10, -6.3613409024040561991),
    (1e-6, -4.7534243088228989573),
    (0.0001, -3.7190164854556805523),
    (0.001, -3.0902323061678135354),
    (0.005, -2.5758293035489007538),
    (0.01, -2.3263478740408410931),
    (0.02425, -1.9729610513118848376),
    (0.05, -1.644853626951472688),
    (0.075, -1.4395314709384559349),
    (0.0750000001, -1.4395314702320187914),
    (0.1, -1.2815515655446004353),
    (0.25, -0.6744897501960817432),
    (0.4, -0.25334710313579974132),
    (0.499, -0.0025066308995717662317),
    (0.499999999, -2.5066283428845326712e-9),
    (0.5000000001, 2.5066284820303539022e-10),
    (0.51, 0.025068908258711058033),
    (0.6, 0.25334710313579974132),
    (0.75, 0.6744897501960817432),
    (0.9, 1.2815515655446005935),
    (0.9249999999, 1.4395314702320190855),
    (0.925, 1.4395314709384562291),
    (0.95, 1.6448536269514722843),
    (0.975, 1.9599639845400538556),
    (0.99, 2.3263478740408407676),
    (0.995, 2.5758293035489004539),
    (0.999, 3.0902323061678132778),
    (0.9999999, 5.1993375822906610937),
    (0.9999999999999999, 8.2095361516013868556),
  ]

  func quantiles(of probabilities: [Double], kernel: KernelClass) -> [Double] {
    var values = probabilities
    var span = values.mutableSpan
    replaceByNormalQuantiles(&span, kernel: kernel)
    return values
  }

  @Test("Within 4 units in the last place of high-precision values", arguments: KernelClass.available)
  func highPrecision(kernel: KernelClass) {
    let values = quantiles(of: Self.reference.map(\.probability), kernel: kernel)
    for (value, expected) in zip(values, Self.reference) {
      #expect(unitsInLastPlace(value, from: expected.quantile) <= 4, "at \(expected.probability)")
    }
  }

  /// The published values are those of the decimal levels; the nearest doubles move them by up to 4e-16.
  @Test("N-VAR: the quantiles at the usual levels", arguments: KernelClass.available)
  func usualLevels(kernel: KernelClass) {
    let expected = [
      1.6448536269514727, 1.9599639845400542, 2.3263478740408411, 2.5758293035489008, 3.0902323061678135,
    ]
    let upper = quantiles(of: [0.95, 0.975, 0.99, 0.995, 0.999], kernel: kernel)
    let lower = quantiles(of: [0.05, 0.025, 0.01, 0.005, 0.001], kernel: kernel)
    for index in expected.indices {
      #expect(isClose(upper[index], expected[index], absolute: 2e-15))
      #expect(isClose(-lower[index], expected[index], absolute: 2e-15))
    }
  }

  /// Three relative errors of up to 8 units in the last place meet here: the two kernels' and the twin's.
  @Test("The kernels agree with the plain twin and with each other", arguments: KernelClass.available)
  func plainTwin(kernel: KernelClass) {
    let count = 1 << 17
    let stream = DrawStream(seed: 3)
    var probabilities = row(count) { fillUniforms(stream: stream, factor: 1, firstScenario: 0, into: &$0) }
    // Half of them spread over the whole range of exponents.
    for index in stride(from: 0, to: count, by: 2) {
      let exponent = -1 - Int(stream.word(factor: 2, scenario: index) % 1_020)
      probabilities[index] = Double(sign: .plus, exponent: exponent, significand: 1 + probabilities[index])
    }
    let values = quantiles(of: probabilities, kernel: kernel)
    var isNear = true
    var isNearPortable = true
    for (index, value) in quantiles(of: probabilities, kernel: .portable).enumerated() {
      let twin = plainNormalQuantile(probabilities[index])
      isNear = isNear && isClose(values[index], twin, relative: 3e-15)
      isNearPortable = isNearPortable && isClose(values[index], value, relative: 3e-15)
    }
    #expect(isNear)
    #expect(isNearPortable)
  }

  @Test("Increasing in the probability, odd about a half", arguments: KernelClass.available)
  func shape(kernel: KernelClass) {
    let probabilities = (1..<65_536).map { Double($0) / 65_536 }
    let values = quantiles(of: probabilities, kernel: kernel)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(values, values.reversed()).allSatisfy { $0 == -$1 })
    #expect(values[32_767] == 0)
  }

  @Test("Any number of probabilities", arguments: KernelClass.available)
  func counts(kernel: KernelClass) {
    let probabilities = (1...2_100).map { Double($0) / 2_101 }
    let whole = quantiles(of: probabilities, kernel: kernel)
    for count in [0, 1, 2, 3, 4, 5, 1_023, 1_024, 1_025, 2_047] {
      #expect(
        bits(quantiles(of: Array(probabilities.prefix(count)), kernel: kernel)) == bits(whole.prefix(count)))
    }
  }

  @Test("The public function gives the same")
  func publicFunction() {
    var values = [0.01, 0.5, 0.99]
    var span = values.mutableSpan
    replaceByNormalQuantiles(&span)
    #expect(values == quantiles(of: [0.01, 0.5, 0.99], kernel: .current))
  }

  @Test("Probabilities outside (0, 1) are refused, and so is NaN")
  func refused() async {
    await #expect(processExitsWith: .failure) { _ = row(1) { replaceByNormalQuantiles(&$0) } }
    await #expect(processExitsWith: .failure) {
      var values = [0.5, 0.0]
      var span = values.mutableSpan
      replaceByNormalQuantiles(&span)
    }
    await #expect(processExitsWith: .failure) {
      var values = [1.0]
      var span = values.mutableSpan
      replaceByNormalQuantiles(&span)
    }
  }
}
