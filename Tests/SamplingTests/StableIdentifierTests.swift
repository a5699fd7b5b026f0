import Sampling
import Testing

@Suite("Stable identifiers")
struct StableIdentifierTests {
  /// Values of the authors' published test vectors for 64-bit FNV-1a.
  @Test(
    "The published FNV-1a values",
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func publishedValues(name: String, identifier: UInt64) {
    #expect(stableIdentifier(of: name) == identifier)
  }

  @Test("Names of factors get identifiers of their own")
  func noCollisions() {
    let names = (0..<20_000).map { "spot/ASSET\($0)" }
    #expect(Set(names.map { stableIdentifier(of: $0) }).count == names.count)
  }

  @Test("Text that is equal but encoded differently is another name")
  func encodingMatters() {
    #expect(stableIdentifier(of: "\u{e9}") != stableIdentifier(of: "e\u{301}"))
  }
}
