import Loading
import Testing

struct SourceDocumentTests {
  private func document(_ text: String) throws(LoadError) -> SourceDocument {
    try SourceDocument(text: text, file: "f.yaml")
  }

  // MARK: - Syntax

  @Test(arguments: [
    ("a: [1, 2\nb: 3\n", "f.yaml:2:2: "), ("a: 1\n b: 2\n", "f.yaml:2:3: "),
    ("a: \"x\nb: 1\n", "f.yaml:3:1: "),
    ("a:\n\t- 1\n", "f.yaml:2:1: "), ("a: 1\n---\nb: 2\n", "f.yaml:2:1: "), ("{\"a\": 1,,}", "f.yaml:1:9: "),
  ])
  func brokenSyntaxIsAProblemWithItsPlace(_ text: String, _ start: String) {
    let found = lines { () throws(LoadError) in try SourceDocument(text: text, file: "f.yaml") }
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(start + "not YAML or JSON: ") == true, "\(found)")
  }

  @Test func jsonIsReadWithTheSamePlaces() throws {
    let json = try document("{\n  \"a\": [1, {\"b\": \"x\"}]\n}")
    let problem = json.problem(at: ["a", 1, "b"], .rule("here"))
    #expect(problem.description == "f.yaml:2:18: a[1].b: here")
  }

  @Test func anEmptyFileIsNothing() throws {
    #expect(try document("").root.content == .nothing)
    #expect(try document("# only a comment\n").root.content == .nothing)
    #expect(try document("a:\n").root.content != .nothing)
  }

  @Test func wordsThatYAMLReadsAsBooleansStayWords() throws {
    guard case .mapping(let entries) = try document("no: off\nyes: 1.50\n").root.content else {
      Issue.record("no mapping")
      return
    }
    #expect(entries.map(\.name) == ["no", "yes"])
    #expect(entries.map(\.value.text) == ["off", "1.50"])
  }

  // MARK: - Keys that stand twice

  @Test func keysThatStandTwiceAreKeptWithTheirPlaces() throws {
    let text = "a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\n\"a\": 4\n"
    guard case .mapping(let entries) = try document(text).root.content else {
      Issue.record("no mapping")
      return
    }
    #expect(entries.map(\.name) == ["a", "b", "a", "a"])
    #expect(entries.map(\.key.position.line) == [1, 2, 3, 4])
    guard case .mapping(let inner) = entries[1].value.content else {
      Issue.record("no inner mapping")
      return
    }
    #expect(inner.map(\.name) == ["x", "y", "x"])
    #expect(inner.map(\.key.position.column) == [5, 11, 17])
  }

  // MARK: - Hostile text

  @Test func aliasesOfAliasesAreRefusedBeforeTheyAreExpanded() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let found = lines { () throws(LoadError) in try document(text) }
    #expect(found.count == 1)
    #expect(
      found.first?.hasSuffix(": the document expands to more than 1000000 values") == true, "\(found)")
  }

  @Test func aliasesMayStillBeUsed() throws {
    let expected = try document("a: [1, 2]\nb: [1, 2]\n")
    #expect(plain(try document("a: &a [1, 2]\nb: *a\n").root) == plain(expected.root))
  }

  @Test(arguments: [202, 900, 20_000])
  func nestingIsBounded(_ depth: Int) {
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(lines { () throws(LoadError) in try document(text) }.count == 1)
  }

  @Test func aMessageQuotesLittleOfAForeignFile() throws {
    let text = String(repeating: "lorem ipsum ", count: 500)
    let found = accountLines(text)
    #expect(
      found == [
        "a.yaml:1:1: expected a mapping of keys, found 'lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum…'"
      ], "\(found)")
    #expect(
      accountLines("account: a\n\(String(repeating: "k", count: 500)): 1\n").allSatisfy { $0.count < 250 })
    #expect(shortened("a\nb") == "a b")
  }

  // MARK: - Places of characters

  @Test(arguments: [
    ("e: max(a, bb)\n", 7, 1, 11), ("e: \"max(a, bb)\"\n", 7, 1, 12), ("e: 'max(a, bb)'\n", 4, 1, 9),
    ("e: max(a,\n  bb)\n", 7, 2, 3), ("e: >-\n  max(a,\n  bb)\n", 7, 3, 3), ("e: max(a, bb)\n", 10, 1, 14),
  ])
  func charactersOfAScalarHaveTheirPlace(_ text: String, offset: Int, line: Int, column: Int) throws {
    let document = try document(text)
    guard case .mapping(let entries) = document.root.content else {
      Issue.record("no mapping")
      return
    }
    let place = document.position(ofCharacter: offset, in: entries[0].value)
    #expect(place == SourcePosition(line: line, column: column))
  }

  // MARK: - Values from the command line

  @Test func settingsReplaceAddAndAppend() throws {
    let changed = try document("a: 1\nb: {c: [1, 2]}\n").setting(
      ["a=7", "b.c[1]=x", "b.c[9]=last", "d.e=[1, {f: 2}]"], option: "--set")
    let expected = try document("a: 7\nb: {c: [1, x, last]}\nd: {e: [1, {f: 2}]}\n")
    #expect(plain(changed.root) == plain(expected.root))
  }

  @Test func aProblemWithASettingNamesTheOption() throws {
    let changed = try document("a: 1\n").setting(["a=[1, two]"], option: "--set")
    #expect(
      changed.problem(at: ["a", 1], .rule("here")).description == "--set a=[1, two]:1:5: a[1]: here")
  }

  @Test func settingsThatAreNoneAreAllReported() throws {
    let document = try document("a: 1\n")
    let found = lines { () throws(LoadError) in
      try document.setting(["a", "=1", "b[x]=1", "c=[1", "d=1"], option: "--set")
    }
    #expect(found.count == 4)
    #expect(found[0] == "--set =1:1:1: expected path=value, such as judge.lookBack=250, found '=1'")
  }

  /// A tree without places.
  private func plain(_ node: SourceNode) -> String {
    switch node.content {
    case .nothing: "~"
    case .scalar(let text, _): text
    case .list(let items): "[\(items.map(plain).joined(separator: ","))]"
    case .mapping(let entries): "{\(entries.map { "\($0.name):\(plain($0.value))" }.joined(separator: ","))}"
    }
  }
}
