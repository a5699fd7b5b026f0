/// Reads the measures of the tail off many samples of one size, one after another.
///
/// It keeps the worst losses but not whose they are, and its buffer from sample to sample: a requirement in every one of
/// many states asks for the value alone. The numbers are those of ``TailRisk`` with the default quantile rule, bit for
/// bit.
public struct TailReader: Sendable {
  private let confidence: Confidence
  private let position: TailPosition
  private let scan = TailScan()
  /// The worst losses so far, worst first.
  private var worst: [Double]

  /// A reader for samples of one size.
  ///
  /// - Parameters:
  ///   - sampleSize: the number of losses in a sample; at least 1.
  ///   - confidence: the level.
  public init(sampleSize: Int, at confidence: Confidence) {
    self.confidence = confidence
    position = TailPosition(count: sampleSize, confidence: confidence)
    worst = [Double](repeating: -.infinity, count: position.countBeyond + 1)
  }

  /// The measures of one sample.
  ///
  /// - Parameter losses: as many losses as the reader was made for, losses positive, any order.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity.
  /// - Returns: the value at risk and the expected shortfall, in the sample's unit.
  public mutating func read(
    _ losses: Span<Double>
  ) throws(StatisticsError) -> (valueAtRisk: Double, expectedShortfall: Double) {
    precondition(losses.count == position.rank + position.countBeyond, "a sample of another size")
    guard worst.count <= Self.longestKeptTail else {
      let tail = try TailRisk(ofLosses: losses, at: confidence)
      return (tail.valueAtRisk, tail.expectedShortfall)
    }
    try keepWorst(of: losses)
    return (worst[worst.count - 1], TailRisk.expectedShortfall(descending: worst, position))
  }

  /// A tail this short is kept in order while the losses pass by; a longer one is selected.
  private static let longestKeptTail = 64

  private mutating func keepWorst(of losses: Span<Double>) throws(StatisticsError) {
    let last = worst.count - 1
    for place in worst.indices { worst[place] = -.infinity }
    var threshold = -Double.infinity
    var index = scan.next(in: losses, from: 0, above: threshold)
    while index < losses.count {
      let loss = losses[index]
      guard loss.isFinite else { throw .notFinite(index: index) }
      var place = last
      while place > 0, loss > worst[place - 1] {
        worst[place] = worst[place - 1]
        place -= 1
      }
      worst[place] = loss
      threshold = worst[last]
      index = scan.next(in: losses, from: index + 1, above: threshold)
    }
  }
}
