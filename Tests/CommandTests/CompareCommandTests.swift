import CSV
import Foundation
import Testing

/// Small enough to be quick, large enough for every section of the draws to have a tail.
private let demo = "scenarios/studies/demo.yaml"
private let small = ["compare", demo, "--scenarios", "10000", "--quiet"]

@Suite struct CompareCommandTests {
  private static let results = [
    "requirement.csv", "components.csv", "safety.csv", "tail.csv", "covariance.csv", "coverage.csv",
    "changes.csv",
    "refusals.csv",
  ]

  @Test func everyResultFileHasTheSameBytesForAnyNumberOfThreadsAndTwiceTheSame() throws {
    let folder = try TemporaryFolder()
    for (name, jobs) in [("one", "1"), ("two", "2"), ("again", "2")] {
      let run = try ProgramRun(small + ["--jobs", jobs, "-o", folder.path(name), "--swap", "USDT=50000:BTC"])
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    for file in Self.results {
      let one = try Data(contentsOf: URL(fileURLWithPath: folder.path("one/\(file)")))
      #expect(!one.isEmpty)
      for other in ["two", "again"] {
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("\(other)/\(file)"))) == one, "\(file)")
      }
    }
  }

  @Test func rowsAfterTheAsOfDateChangeNoRequirement() throws {
    let folder = try TemporaryFolder()
    let market = ProgramRun.root.appendingPathComponent("notebooks-data/market/daily-close.csv")
    let lines = try String(contentsOf: market, encoding: .utf8).split(separator: "\n")
    // Every later price of every asset becomes another one; LUNA and SOL1 end, so their empty cells stay.
    let changed = lines.map { line -> String in
      guard line.prefix(10) > "2022-11-07", line.first?.isNumber == true else { return String(line) }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return ([String(cells[0])] + cells.dropFirst().map { $0.isEmpty ? "" : "\(1.5 * (Double($0) ?? 1))" })
        .joined(separator: ",")
    }
    _ = try folder.file("daily-close.csv", changed.joined(separator: "\n") + "\n")
    let base = try ProgramRun(small + ["--format", "csv"])
    let other = try ProgramRun(small + ["--format", "csv", "--market", folder.url.path])
    #expect(base.exitCode == 0 && other.exitCode == 0, "\(other.errors)")
    #expect(base.output == other.output)
  }

  @Test func anotherSeedChangesDrawnRequirementsOnly() throws {
    let base = try ProgramRun(small + ["--format", "csv"])
    let other = try ProgramRun(small + ["--format", "csv", "--seed", "8"])
    func margins(_ run: ProgramRun, _ regime: String) -> [Substring] {
      run.output.split(separator: "\n").filter { $0.contains(",\(regime),") && $0.contains("initial_margin") }
    }
    #expect(margins(base, "cross-collateral") == margins(other, "cross-collateral"))
    #expect(!margins(base, "value-at-risk-gaussian").isEmpty)
    #expect(margins(base, "value-at-risk-gaussian") != margins(other, "value-at-risk-gaussian"))
  }

  @Test func anExistingRunFolderIsKeptUnlessReplacementIsAsked() throws {
    let folder = try TemporaryFolder()
    #expect(try ProgramRun(small + ["-o", folder.path("run")]).exitCode == 0)
    let refused = try ProgramRun(small + ["-o", folder.path("run")])
    #expect(refused.exitCode == 2)
    #expect(refused.errors.contains("--force"))
    #expect(try ProgramRun(small + ["-o", folder.path("run"), "--force"]).exitCode == 0)
  }

  @Test func aDryRunComputesAndWritesNothing() throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun(["compare", demo, "--dry-run", "-o", folder.path("run")])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("requirement.csv"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
  }

  @Test func aRuleThatHitsEndsWithOneAndOneThatDoesNotWithZero() throws {
    #expect(try ProgramRun(small + ["--fail-on", "initial>1"]).exitCode == 1)
    #expect(try ProgramRun(small + ["--fail-on", "cross-collateral:equity<1"]).exitCode == 0)
    #expect(try ProgramRun(small + ["--fail-on", "nowhere:equity<1"]).exitCode == 64)
    #expect(try ProgramRun(small + ["--fail-on", "equity~1"]).exitCode == 64)
  }

  @Test func aStudyIsMadeOfFlagsAlone() throws {
    let run = try ProgramRun([
      "compare", "--account", "scenarios/accounts/cash-and-carry.yaml", "--regimes",
      "cross-collateral,value-at-risk-historical", "--scenarios", "10000", "--format", "csv",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("value-at-risk-historical"))
  }

  @Test(arguments: [
    "borrowed-balance", "cash-and-carry", "eth-btc-relative-value", "linear-inverse-mix", "luna-collateral",
    "market-neutral", "usdc-collateral", "wrong-way-risk",
  ]) func everyStoryAccountRunsUnderEveryRegime(account: String) throws {
    let run = try ProgramRun([
      "compare", demo, "--account", "scenarios/accounts/\(account).yaml", "--scenarios", "10000", "--quiet",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
  }
}

@Suite struct BadInputTests {
  @Test func everyProblemOfEveryFileIsReportedAtOnceWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let account = try folder.file(
      "account.yaml",
      """
      account: broken
      asOf: 2022-11-07
      balances:
        - {asset: BTC, quantity: .nan}
        - {asset: BTCC, quantity: 1}
      positions:
        - {contract: BTC/USDT:USDT, quantity: 1, entry: -5, levrage: 3}
      """)
    let run = try ProgramRun(["compare", demo, "--account", account, "--set", "levels=[0.4]"])
    #expect(run.exitCode == 2)
    #expect(run.output.isEmpty)
    for place in ["account.yaml:4:", "account.yaml:7:"] {
      #expect(run.errors.contains(place), "\(run.errors)")
    }
    #expect(run.errors.contains("leverage"))
    #expect(run.errors.contains("0.4"))
  }

  @Test func badInputWritesNothing() throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun(["compare", demo, "--set", "scenarios=none", "-o", folder.path("run")])
    #expect(run.exitCode == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
  }

  @Test(arguments: [
    ("judge.lookBack=100000", "look"), ("models.dustFloor=-1", "dustFloor"), ("reference=nowhere", "nowhere"),
    ("asOf=2031-01-01", "2031-01-01"), ("nonsense=1", "nonsense"),
  ]) func aSettingOutsideItsDomainIsNamed(setting: String, word: String) throws {
    let run = try ProgramRun(["compare", demo, "--set", setting])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(word), "\(run.errors)")
  }

  @Test func anAssetWithoutEnoughHistoryIsRefusedWithItsCount() throws {
    let folder = try TemporaryFolder()
    let account = try folder.file(
      "account.yaml",
      """
      account: short-lived
      asOf: 2022-10-09
      balances:
        - {asset: SOL1, quantity: 1000}
      positions:
        - {contract: BTC/USDT:USDT, quantity: -0.01, entry: 19000}
      """)
    let run = try ProgramRun(["compare", demo, "--account", account])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("SOL1"))
    #expect(run.errors.contains("500"), "\(run.errors)")
  }

  @Test func aCorrelationMatrixThatIsNotPositiveSemidefiniteIsRefusedOrRepaired() throws {
    let folder = try TemporaryFolder()
    let matrix = try folder.file(
      "correlation.csv", "asset,BTC,ETH,XRP\nBTC,1,0.9,-0.9\nETH,0.9,1,0.9\nXRP,-0.9,0.9,1\n")
    let base = ["compare", demo, "--scenarios", "10000", "--quiet", "--set"]
    let refused = try ProgramRun(base + ["models.correlation={file: \(matrix), repair: refuse}"])
    #expect(refused.exitCode == 2)
    #expect(refused.errors.contains("eigenvalue"), "\(refused.errors)")
    let repaired = try ProgramRun(base + ["models.correlation={file: \(matrix), repair: nearest}"])
    #expect(repaired.exitCode == 0, "\(repaired.errors)")
    #expect(repaired.output.contains("Frobenius"), "\(repaired.output)")
  }
}
