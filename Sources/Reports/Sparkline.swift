/// A curve drawn with the eight block elements: one letter a value.
package struct Sparkline: Sendable {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The value of the lowest block.
  private let lowest: Double
  private let step: Double

  /// Chooses the scale that several curves share.
  ///
  /// - Parameter values: all values of all curves, finite; the scale begins at zero where none is below it.
  package init(for values: [Double]) {
    lowest = min(0, values.min() ?? 0)
    step = ((values.max() ?? 0) - lowest) / Double(Self.blocks.count)
  }

  /// A curve.
  ///
  /// - Parameters:
  ///   - values: in order; `nil` leaves a blank.
  ///   - width: how many letters at most; of more values the last of each stretch is drawn.
  /// - Returns: the letters.
  package func text(_ values: [Double?], width: Int) -> String {
    let count = min(width, values.count)
    guard count > 1 else { return String(values.map(letter)) }
    return String((0..<count).map { place in letter(values[place * (values.count - 1) / (count - 1)]) })
  }

  private func letter(_ value: Double?) -> Character {
    guard let value else { return " " }
    guard step > 0 else { return Self.blocks[0] }
    let place = Int(((value - lowest) / step).rounded(.down))
    return Self.blocks[max(0, min(Self.blocks.count - 1, place))]
  }
}
