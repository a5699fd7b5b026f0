import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing

@Suite struct AttributionStudyTests {
  private func study(_ threads: Int = 1) throws -> ComparisonStudy {
    let history = try syntheticHistory(seed: 21, days: 320)
    var settings = settings(
      asOf: day(299), scenarios: 16_384, bootstrap: CalibrationBootstrap(replicates: 20))
    settings.parallelism = .threads(threads)
    return ComparisonStudy(
      name: "test", account: try mixedAccount(history, at: settings.asOf, isolated: true),
      regimes: try everyRegime(), history: history, settings: settings)
  }

  private let rowParts: [AttributedShare.Part] = [.collateral, .position, .order, .account]

  @Test("rows, and factors once more, add up to every requirement")
  func sums() throws {
    let study = try study()
    let comparison = try study.compare()
    let attribution = try study.attribution()
    #expect(attribution.refusals.isEmpty)
    #expect(attribution.regimes.map(\.regime.id) == comparison.results.map(\.regime.id))
    for (one, result) in zip(attribution.regimes, comparison.results) {
      for requirement in MarginComponent.Requirement.allCases {
        let shares = one.shares.filter { $0.requirement == requirement }
        let total = requirement == .initial ? result.assessment.initial : result.assessment.maintenance
        let gross = shares.reduce(0) { $0 + abs($1.component.value) } + total
        for parts in [rowParts, AttributedShare.Part.allCases.filter { !rowParts.contains($0) }] {
          let sum = shares.filter { parts.contains($0.part) }.reduce(0) { $0 + $1.component.value }
          #expect(abs(sum - total) <= 1e-12 * gross, "\(one.regime.id) \(requirement) \(parts)")
        }
      }
    }
  }

  @Test("differences to the reference add up to the difference of the margins, with a common error")
  func differences() throws {
    let study = try study()
    let comparison = try study.compare()
    for one in try study.attribution().regimes {
      let result = try comparison.result(one.regime.id)
      let shares = one.shares.filter { $0.requirement == .initial && rowParts.contains($0.part) }
      guard let difference = result.differenceToReference else {
        #expect(shares.allSatisfy { $0.differenceToReference == nil })
        continue
      }
      let sum = shares.reduce(0) { $0 + ($1.differenceToReference?.value ?? 0) }
      #expect(isClose(sum, difference.value, relative: 1e-9), "\(one.regime.id)")
      let hasDraws = one.regime.requests.contains(where: \.isDrawn)
      #expect(shares.contains { ($0.differenceToReference?.simulationError ?? 0) > 0 } == hasDraws)
      #expect(shares.contains { ($0.component.simulationError ?? 0) > 0 } == hasDraws, "\(one.regime.id)")
    }
  }

  @Test("the same digits for any number of threads")
  func determinism() throws {
    func digits(_ threads: Int) throws -> [String] {
      try study(threads).attribution().regimes.flatMap { one in
        one.shares.map {
          "\($0.name) \($0.component) \($0.incremental ?? 0) \($0.differenceToReference as Any)"
        }
      }
    }
    #expect(try digits(1) == digits(3))
  }

  @Test("draws are doubled until the target is met, and are the same draws")
  func targetError() throws {
    var study = try study()
    study.settings.scenarioCount = 2_048
    study.settings.targetError = 0.02
    let met = try study.compare()
    for result in met.results {
      guard let error = result.initial.simulationError else { continue }
      #expect(error <= 0.02 * result.initial.value, "\(result.regime.id)")
    }
    #expect(met.settings.scenarioCount > 2_048)
    #expect(met.settings.scenarioCount.isMultiple(of: 2_048))
    #expect(met.notes.contains { $0.contains("meet the target of 0.02") })
    study.settings.targetError = nil
    study.settings.scenarioCount = met.settings.scenarioCount
    let plain = try study.compare()
    #expect(plain.results.map(\.initial) == met.results.map(\.initial))
    // A regime alone that draws nothing has nothing to add draws for.
    study.settings.targetError = 0.01
    study.regimes = study.regimes.filter { !$0.requests.contains(where: \.isDrawn) }
    #expect(try study.compare().notes.contains { $0.contains("no draws were added") })
  }
}
