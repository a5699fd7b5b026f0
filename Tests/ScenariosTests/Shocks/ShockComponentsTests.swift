import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ShockComponentsTests {
  @Test(arguments: [1, 2, 3])
  func anEigenvalueIsMultipliedAndTheMatrixScaledBack(component: Int) throws {
    let rows = [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]]
    let subject = try Subjects.make(try Subjects.spots("BTC", "ETH", "SOL"), rows)
    for (multiple, strength) in [(2.0, 1.0), (0.3, 1), (3, 0.5), (0, 0.9)] {
      let used = try subject.correlations(
        .eigenvalue(component: component, multiple: multiple), strength: strength)
      var place = -1
      let plain = try SymmetricEigen(Matrix(rows: rows)).applying { value in
        place += 1
        return place == 3 - component ? value * (1 + strength * (multiple - 1)) : value
      }
      for row in 0..<3 {
        for column in 0..<row {
          let expected = plain[row, column] / (plain[row, row] * plain[column, column]).squareRoot()
          #expect(isClose(used[row, column], expected, absolute: 1e-14))
        }
      }
    }
  }

  /// The moves along the component are multiplied; a factor that is no price keeps its own.
  @Test func otherFactorsKeepTheirMoves() throws {
    for number in 0..<20 {
      let subject = try Subjects.random(number)
      let before = subject.moments.correlation.matrix
      let law = try subject.after(.eigenvalue(component: 1, multiple: 2.5))
      let block = Matrix(rows: 4, columns: 4) { before[$0, $1] }
      let eigen = try SymmetricEigen(block)
      let vector = eigen.vectors.column(3)
      let map = Matrix(rows: 7, columns: 7) { row, column in
        let along = row < 4 && column < 4 ? (2.5.squareRoot() - 1) * vector[row] * vector[column] : 0
        return (row == column ? 1 : 0) + along
      }
      let plain = multiply(map, multiply(before, map.transposed()))
      for row in 0..<7 {
        for column in 0..<row {
          let expected = plain[row, column] / (plain[row, row] * plain[column, column]).squareRoot()
          #expect(isClose(law.record.used[row, column], expected, absolute: 1e-12))
        }
      }
      #expect(law.record.repairDistance < 1e-12)
    }
  }

  @Test func loadingsAreMultipliedAndWhatIsOwnFillsUp() throws {
    // Of a matrix that is nearly singular the twin loses its digits.
    for number in 1..<20 where !number.isMultiple(of: 10) {
      let subject = try Subjects.random(number)
      let before = subject.moments.correlation.matrix
      let eigen = try SymmetricEigen(Matrix(rows: 4, columns: 4) { before[$0, $1] })
      let loadings = (0..<4).map { row in
        [3, 2].map { eigen.vectors[row, $0] * eigen.values[$0].squareRoot() }
      }
      for multiple in [0, 0.5, 1.7, 30] {
        let law = try subject.after(
          .loadings(
            LoadingShock(components: 2, of: try Subjects.spots("ETH", "SOL"), multiple: multiple)))
        var changed = loadings
        var own = [1.0, 1, 1, 1]
        for row in [1, 2] {
          let length = (loadings[row][0] * loadings[row][0] + loadings[row][1] * loadings[row][1])
            .squareRoot()
          let factor = min(multiple, 1 / length)
          changed[row] = loadings[row].map { $0 * factor }
          own[row] = (max(0, 1 - multiple * multiple * length * length) / (1 - length * length)).squareRoot()
        }
        for row in 0..<4 {
          for column in 0..<row {
            let rest = before[row, column] - zip(loadings[row], loadings[column]).map(*).reduce(0, +)
            let expected =
              zip(changed[row], changed[column]).map(*).reduce(0, +) + rest * own[row] * own[column]
            #expect(isClose(law.record.used[row, column], expected, absolute: 1e-9))
          }
        }
        #expect(law.record.repairDistance < 1e-8)
      }
    }
  }

  @Test func aSingleFactorModelLosesItsLoading() throws {
    // All own parts are independent: with no loading a factor is uncorrelated, with all of it the other's correlation grows.
    let subject = try Subjects.make(
      try Subjects.spots("BTC", "ETH"), [[1, 0.6], [0.6, 1]])
    let none = try subject.correlations(.loadings(LoadingShock(components: 2, of: [], multiple: 0)))
    #expect(none[0, 1] == 0)
    let same = try subject.correlations(.loadings(LoadingShock(components: 1, of: [], multiple: 1)))
    #expect(same == subject.moments.correlation)
  }

  @Test func whatIsNoComponentIsRefused() throws {
    let factors = try Subjects.mixedFactors()
    let subject = try Subjects.random(1)
    for component in [0, -1, 5] {
      for step in [
        ShockStep.eigenvalue(component: component, multiple: 2),
        .loadings(LoadingShock(components: component, of: [], multiple: 2)),
      ] {
        guard case .outOfDomain(field: "component", _, _) = subject.refusal(of: step) else {
          Issue.record("\(step)")
          continue
        }
      }
    }
    for step in [
      ShockStep.eigenvalue(component: 1, multiple: -1), .eigenvalue(component: 1, multiple: .nan),
      .loadings(LoadingShock(components: 1, of: [], multiple: -1)),
      .loadings(LoadingShock(components: 1, of: [], multiple: .infinity)),
    ] {
      guard case .outOfDomain(field: "multiple", _, _) = subject.refusal(of: step) else {
        Issue.record("\(step)")
        continue
      }
    }
    #expect(
      subject.refusal(of: .loadings(LoadingShock(components: 1, of: [factors[4]], multiple: 2)))
        == .wrongKind(factors[4], needed: "a spot price"))
    // Two prices that are one: nothing is left of them without their component.
    let one = try Subjects.make(try Subjects.spots("BTC", "ETH"), [[1, 1], [1, 1]])
    guard case .outOfDomain(field: "multiple", _, _) = one.refusal(of: .eigenvalue(component: 1, multiple: 0))
    else {
      Issue.record("not refused")
      return
    }
  }
}
