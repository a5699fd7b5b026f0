import Foundation
import Sampling
import Testing

@Suite("Philox4x32")
struct Philox4x32Tests {
  struct KnownAnswer {
    var name: String
    var counter: SIMD4<UInt32>
    var key: SIMD2<UInt32>
    var block: SIMD4<UInt32>
  }

  static func knownAnswers() throws -> [KnownAnswer] {
    let url = try #require(Bundle.module.url(forResource: "Resources/kat_vectors", withExtension: nil))
    let text = try String(contentsOf: url, encoding: .utf8)
    return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: " ")
      let words = try fields.dropFirst().map { try #require(UInt32($0, radix: 16)) }
      try #require(words.count == 10)
      return KnownAnswer(
        name: String(fields[0]), counter: SIMD4(words[0..<4]), key: SIMD2(words[4..<6]),
        block: SIMD4(words[6..<10]))
    }
  }

  @Test("The known answers PHILOX-0, PHILOX-F and PHILOX-PI")
  func knownAnswersHold() throws {
    let answers = try Self.knownAnswers()
    #expect(answers.map(\.name) == ["PHILOX-0", "PHILOX-F", "PHILOX-PI"])
    for answer in answers {
      #expect(Philox4x32.block(counter: answer.counter, key: answer.key) == answer.block, "\(answer.name)")
    }
  }
}
