/// A loss with its scenario, ordered worst first and by scenario among equals.
struct RankedLoss {
  var loss: Double
  var scenario: Int

  @inline(__always)
  func isWorse(than other: RankedLoss) -> Bool {
    loss > other.loss || (loss == other.loss && scenario < other.scenario)
  }
}

extension RankedLoss {
  /// Below this size, and for tails wider than an eighth, a threshold saves nothing.
  private static let smallestScreenedSample = 4_096

  /// The size of the regular subsample that sets the threshold.
  private static let probeCount = 1_024

  /// The worst `count` of the losses, worst first.
  ///
  /// A threshold read off a regular subsample leaves few candidates; the exact selection is made among them. A
  /// subsample that misleads costs a second pass over all losses, never a different answer.
  static func worst(_ count: Int, of losses: Span<Double>) throws(StatisticsError) -> [RankedLoss] {
    if losses.count < smallestScreenedSample, count <= largestKeptTail {
      return try kept(count, of: losses)
    }
    var candidates: [RankedLoss] = []
    if losses.count >= smallestScreenedSample, count <= losses.count / 8 {
      candidates = try screened(losses, threshold: threshold(keeping: count, of: losses))
    }
    if candidates.count < count {
      candidates = try screened(losses, threshold: -.infinity)
    }
    candidates.moveWorstToFront(count)
    candidates.removeSubrange(count...)
    candidates.sort { $0.isWorse(than: $1) }
    return candidates
  }

  /// A tail this short is kept in order while the losses pass by.
  private static let largestKeptTail = 32

  /// The worst `count` of few losses, worst first, in one pass that rarely stops.
  private static func kept(_ count: Int, of losses: Span<Double>) throws(StatisticsError) -> [RankedLoss] {
    var kept: [RankedLoss] = []
    kept.reserveCapacity(count)
    // The least of the losses kept; a later loss must exceed it, since ties go to the lower scenario.
    var threshold = -Double.infinity
    for scenario in losses.indices {
      let loss = losses[scenario]
      if loss <= threshold, loss > -.infinity { continue }
      guard loss.isFinite else { throw .notFinite(index: scenario) }
      let candidate = RankedLoss(loss: loss, scenario: scenario)
      if kept.count < count { kept.append(candidate) } else { kept[count - 1] = candidate }
      var place = kept.count - 1
      while place > 0, loss > kept[place - 1].loss {
        kept.swapAt(place, place - 1)
        place -= 1
      }
      if kept.count == count { threshold = kept[count - 1].loss }
    }
    return kept
  }

  /// A loss that about `count` losses, and a safety margin, reach.
  private static func threshold(keeping count: Int, of losses: Span<Double>) -> Double {
    let stride = losses.count / probeCount
    var probes: [RankedLoss] = []
    probes.reserveCapacity(probeCount)
    for probe in 0..<probeCount where losses[probe * stride].isFinite {
      probes.append(RankedLoss(loss: losses[probe * stride], scenario: probe * stride))
    }
    // Four binomial standard deviations above the expected number of hits: fewer than one random sample in 10,000
    // needs the second pass.
    let expected = Double(count) * Double(probeCount) / Double(losses.count)
    let kept = Int((expected + 4 * expected.squareRoot() + 4).rounded(.up))
    guard kept < probes.count else { return -.infinity }
    probes.moveWorstToFront(kept)
    return probes[..<kept].reduce(.infinity) { Swift.min($0, $1.loss) }
  }

  /// The losses that reach the threshold, in scenario order; every loss is checked.
  private static func screened(
    _ losses: Span<Double>, threshold: Double
  ) throws(StatisticsError) -> [RankedLoss] {
    var candidates: [RankedLoss] = []
    candidates.reserveCapacity(threshold == -.infinity ? losses.count : losses.count / 16)
    for scenario in losses.indices {
      let loss = losses[scenario]
      // One branch, rarely taken, is false only for finite losses below the threshold.
      if loss < threshold, loss > -.infinity { continue }
      guard loss.isFinite else { throw .notFinite(index: scenario) }
      candidates.append(RankedLoss(loss: loss, scenario: scenario))
    }
    return candidates
  }
}

extension [RankedLoss] {
  /// Partitions in place so that the worst `count` elements come first, in no particular order.
  ///
  /// Quickselect on a strict order, so equal losses cannot degrade it; deterministic pivots, with a full sort once
  /// they have been bad too often.
  mutating func moveWorstToFront(_ count: Int) {
    var first = 0
    var last = self.count - 1
    var roundsLeft = 64
    while first < last {
      if roundsLeft == 0 {
        self[first...last].sort { $0.isWorse(than: $1) }
        return
      }
      roundsLeft -= 1
      let pivotPosition = partition(first, last)
      if pivotPosition == count - 1 || pivotPosition == count { return }
      if pivotPosition < count {
        first = pivotPosition + 1
      } else {
        last = pivotPosition - 1
      }
    }
  }

  /// Moves what is worse than the middle of three to the left of it, the rest to the right.
  ///
  /// - Parameters:
  ///   - first: the first position of the range.
  ///   - last: the last position of the range.
  /// - Returns: the pivot's final position.
  private mutating func partition(_ first: Int, _ last: Int) -> Int {
    let middle = first + (last - first) / 2
    if self[middle].isWorse(than: self[first]) { swapAt(middle, first) }
    if self[last].isWorse(than: self[first]) { swapAt(last, first) }
    // The middle of the three goes last, where it is out of the partition's way.
    if self[middle].isWorse(than: self[last]) { swapAt(middle, last) }
    let pivot = self[last]
    var boundary = first
    for position in first..<last where self[position].isWorse(than: pivot) {
      swapAt(boundary, position)
      boundary += 1
    }
    swapAt(boundary, last)
    return boundary
  }
}
