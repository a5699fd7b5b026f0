import Instruments
import Loading
import Margin
import MarketData
import Scenarios
import Studies
import Testing

struct LoadedInputTests {
  private func kind(_ path: String) throws -> String {
    let market = "\(repository)/notebooks-data/market"
    let input = try LoadedInput(
      contentsOf: "\(repository)/\(path)", overrides: StudyOverrides(market: market))
    return switch input {
    case .account(let loaded): "account \(loaded.value.id)"
    case .regime(let loaded): "regime \(loaded.value.id)"
    case .shock(let loaded): "shock \(loaded.value.name)"
    case .study(let loaded): "study \(loaded.study.name)"
    case .market(let loaded): "market of \(loaded.history.times.count) rows"
    }
  }

  @Test(arguments: [
    ("scenarios/accounts/luna-collateral.yaml", "account luna-collateral"),
    ("scenarios/regimes/segregated.yaml", "regime segregated"), ("scenarios/studies/demo.yaml", "study demo"),
    ("scenarios/shocks/crash.yaml", "shock crash"),
    ("notebooks-data/market", "market of 1461 rows"),
    ("notebooks-data/market/daily-close.csv", "market of 1461 rows"),
  ])
  func aFileTellsItsKind(_ path: String, _ found: String) throws {
    #expect(try kind(path) == found)
  }

  @Test func aFileOfNoKindIsAProblem() throws {
    let folder = try TemporaryFolder(["x.yaml": "\na: 1\n"])
    let path = "\(folder.path)/x.yaml"
    #expect(
      lines { () throws(LoadError) in try LoadedInput(contentsOf: path) } == [
        "\(path):2:1: expected an account, a regime, a shock or a study, which begin with that word, found none"
      ])
  }
}
