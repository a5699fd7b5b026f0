import Statistics
import TestSupport
import Testing

@Suite struct TailDependenceTests {
  /// TAILDEP: McNeil, Frey, Embrechts: Quantitative risk management (2005), table 5.1.
  static let table: [(degreesOfFreedom: Double, expected: [Double])] = [
    (2, [0.0577, 0.1817, 0.3910, 0.7177]), (4, [0.0117, 0.0756, 0.2532, 0.6298]),
    (8, [0.0006, 0.0150, 0.1173, 0.5086]), (10, [0.0001, 0.0069, 0.0819, 0.4627]),
  ]

  @Test("TAILDEP: the textbook's table at correlations of −.5, 0, .5 and .9", arguments: table)
  func reference(degreesOfFreedom: Double, expected: [Double]) {
    for (correlation, figure) in zip([-0.5, 0, 0.5, 0.9], expected) {
      let dependence = studentTTailDependence(
        correlation: correlation, degreesOfFreedom: degreesOfFreedom)
      #expect(isClose(dependence, figure, absolute: 5e-5))
    }
  }

  @Test("0 and 1 at the ends, rising with the correlation, falling with the degrees of freedom") func shape()
  {
    for degrees in [0.5, 3, 50] {
      #expect(studentTTailDependence(correlation: -1, degreesOfFreedom: degrees) == 0)
      #expect(studentTTailDependence(correlation: 1, degreesOfFreedom: degrees) == 1)
      var last = 0.0
      for step in -99...99 {
        let dependence = studentTTailDependence(
          correlation: Double(step) / 100, degreesOfFreedom: degrees)
        #expect(dependence > last)
        #expect(
          dependence
            > studentTTailDependence(correlation: Double(step) / 100, degreesOfFreedom: degrees + 1))
        last = dependence
      }
    }
    // Next to the normal copula nothing is left.
    #expect(studentTTailDependence(correlation: 0.5, degreesOfFreedom: 1e4) < 1e-100)
  }

  @Test func parametersOutsideTheirDomainStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = studentTTailDependence(correlation: 1.1, degreesOfFreedom: 4)
    }
    await #expect(processExitsWith: .failure) {
      _ = studentTTailDependence(correlation: 0, degreesOfFreedom: 0)
    }
  }
}
