import Foundation
import Instruments
import Loading
import Margin
import Testing

/// Files broken at random: whatever stands in them, a reader gives a value or problems inside the file, and never traps.
struct BrokenFileTests {
  /// SplitMix64 (Steele, Lea, Flood, 2014).
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces = [
    " ", "\n", ":", "-", "{", "}", "[", "]", "\"", "'", "#", "&a", "*a", "~", "0", "-1", ".nan", "1e999", ",",
    "|", ">",
    "quantity: 1", "\t", "é", "\u{1F4A5}", "\r", "!!str", "---", "? ", "<<", "\u{0}",
  ]

  private func broken(_ text: String, _ generator: inout Generator) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<scalars.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0:
        scalars.removeSubrange(place..<min(scalars.count, place + Int.random(in: 1...8, using: &generator)))
      case 1:
        let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
        scalars.insert(contentsOf: piece.unicodeScalars, at: place)
      default:
        let end = min(scalars.count, place + Int.random(in: 1...40, using: &generator))
        scalars.insert(contentsOf: scalars[place..<end], at: place)
      }
      if scalars.isEmpty { scalars = ["a"] }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private func check(
    _ sound: String, seed: UInt64, _ load: (String) throws(LoadError) -> Void
  ) {
    var generator = Generator(state: seed)
    var refused = 0
    for _ in 0..<400 {
      let text = broken(sound, &generator)
      do throws(LoadError) {
        try load(text)
      } catch {
        refused += 1
        let last = text.unicodeScalars.count { $0 == "\n" || $0 == "\r" } + 2
        #expect(
          error.problems.allSatisfy { (1...last).contains($0.line) && $0.column >= 1 }, "\(error)\n\(text)")
      }
    }
    #expect(refused > 200)
  }

  @Test(arguments: [1, 2] as [UInt64])
  func accounts(_ seed: UInt64) {
    check(Sound.account, seed: seed) { text throws(LoadError) in
      _ = try Loaded<Account>(accountText: text, file: "a")
    }
  }

  @Test(arguments: [3, 4] as [UInt64])
  func regimes(_ seed: UInt64) {
    check(Sound.regime, seed: seed) { text throws(LoadError) in
      _ = try Loaded<MarginRegime>(regimeText: text, file: "r")
    }
  }

  @Test(arguments: [5, 6] as [UInt64])
  func prices(_ seed: UInt64) {
    let wide = "date,BTC,ETH\n2022-01-01,1,1\n2022-01-02,2,1\n2022-01-03,3,1\n2022-01-04,4,1\n"
    check(wide, seed: seed) { text throws(LoadError) in _ = try LoadedMarket(text: text, file: "m") }
    let klines = (0..<3).map { day in
      "\(1_640_995_200_000 + day * 86_400_000),1,1,1,5,9,\(1_641_081_599_999 + day * 86_400_000),1,1,1,1,0\n"
    }.joined()
    check(klines, seed: seed) { text throws(LoadError) in
      _ = try LoadedMarket(text: text, file: "BTCUSDT.csv")
    }
  }
}
