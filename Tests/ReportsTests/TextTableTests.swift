import Reports
import Testing

@Suite("Text table")
struct TextTableTests {
  @Test("columns are as wide as their widest text; lines end without blanks")
  func alignment() {
    var table = TextTable([
      .init("name", alignment: .left), .init("two", "lines"), .init("note", alignment: .left),
    ])
    table.append([.init("a"), .init("1,000"), .init("")])
    table.append([.init("longer"), .init("–"), .init("ok", .bad)])
    #expect(
      table.lines(.plain) == [
        "          two", "name    lines  note", "───────────────────", "a       1,000", "longer      –  ok",
      ])
    #expect(table.lines(.coloured).last == "longer      –  \u{1B}[31mok\u{1B}[0m")
  }

  @Test("a group stands above its columns, and widens the last of them where they are too narrow")
  func groups() {
    var table = TextTable([
      .init("name", alignment: .left), .init("a", group: "both"), .init("b", group: "both"),
      .init("c", group: "alone"),
    ])
    table.append([.init("x"), .init("100"), .init("2"), .init("3")])
    #expect(
      table.lines(.plain) == [
        "      both ─  alone", "name    a  b      c", "───────────────────", "x     100  2      3",
      ])
  }

  @Test("text breaks at blanks, and a word that is too long stands alone")
  func breaking() {
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("one two", width: 5, first: "- ", indent: "  ") == ["- one", "  two"])
    #expect(wrapped("overlong", width: 3) == ["overlong"])
    #expect(wrapped("", width: 3, first: "- ") == ["- "])
  }
}
