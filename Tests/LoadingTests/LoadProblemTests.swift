import Loading
import Testing

struct LoadProblemTests {
  private func problem(_ file: String, _ line: Int, _ column: Int, _ words: String) -> LoadProblem {
    LoadProblem(
      file: file, position: SourcePosition(line: line, column: column), path: "", fault: .rule(words))
  }

  @Test func problemsStandOnceInTheOrderOfFilesAndPlaces() {
    let error = LoadError([
      problem("b.yaml", 1, 1, "third"), problem("a.yaml", 10, 2, "second"), problem("a.yaml", 9, 7, "first"),
      problem("a.yaml", 10, 2, "second"),
    ])
    #expect(error.description == "a.yaml:9:7: first\na.yaml:10:2: second\nb.yaml:1:1: third")
  }

  @Test func thePathStandsBeforeTheMessage() {
    let problem = LoadProblem(file: "a.yaml", path: "positions[2].entry", fault: .missingKey("mark"))
    #expect(problem.message == "positions[2].entry: the key 'mark' is missing")
    #expect((problem.line, problem.column) == (1, 1))
  }

  @Test func aCollectorKeepsTheProblemsOfEveryLoad() {
    var collector = LoadCollector()
    let good = collector.collect { () throws(LoadError) in 7 }
    let bad: Int? = collector.collect { () throws(LoadError) in throw LoadError([problem("b", 2, 1, "x")]) }
    collector.add([problem("a", 1, 1, "y")])
    #expect(good == 7)
    #expect(bad == nil)
    #expect(lines { () throws(LoadError) in try collector.finish() } == ["a:1:1: y", "b:2:1: x"])
  }
}
