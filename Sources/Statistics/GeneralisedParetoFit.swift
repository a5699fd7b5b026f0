internal import NumericalMethods
internal import RealModule

/// A generalised Pareto law fitted to excesses by maximum likelihood.
///
/// With θ = ξ/β the likelihood is maximal at `ξ(θ) = mean log(1 + θ·y)`, so one number is searched for: over a grid that
/// covers the domain, then by Brent's method. The domain is ξ > −1/2, where the usual errors exist (Smith 1985).
///
/// Grimshaw: Computing maximum likelihood estimates for the generalized Pareto distribution (1993).
public struct GeneralisedParetoFit: Hashable, Sendable {
  /// The fitted law of the excesses.
  public let distribution: GeneralisedParetoDistribution

  /// The excesses, ascending.
  public let excesses: [Double]

  /// The logarithm of the likelihood at the estimates.
  public let logLikelihood: Double

  /// The least number of excesses a fit takes.
  public static let leastCount = 20

  /// The lower end of the domain of the shape.
  static let leastShape = -0.5

  /// The upper end: tails without a finite mean are fitted, as far as this.
  static let greatestShape = 5.0

  /// Fits a law to excesses.
  ///
  /// - Parameter sample: excesses above a threshold, positive, independent, any order, at least `leastCount`.
  /// - Throws: `EstimationError.sampleTooSmall`, `.notFinite` naming the first that is not a positive number,
  ///   `.noVariation` where all are equal, `.noMaximum` where the likelihood rises to the edge of the domain.
  public init(excesses sample: [Double]) throws(EstimationError) {
    guard sample.count >= Self.leastCount else {
      throw .sampleTooSmall(count: sample.count, needed: Self.leastCount)
    }
    if let index = sample.firstIndex(where: { !($0 > 0 && $0.isFinite) }) { throw .notFinite(index: index) }
    let sorted = sample.sorted()
    guard sorted[0] < sorted[sorted.count - 1] else { throw .noVariation(index: nil) }
    let moments = SampleMoments(sorted)
    let found = try ShapeSearch(sorted.map { $0 / moments.mean }).law()
    excesses = sorted
    distribution = GeneralisedParetoDistribution(unchecked: found.shape, scale: found.scale * moments.mean)
    logLikelihood = Self.logLikelihood(sorted, distribution)
  }

  /// The number of excesses.
  public var count: Int { excesses.count }

  /// The variances of (ξ, β) and their covariance, for many excesses: `(1+ξ)²/n`, `2β²(1+ξ)/n`, `−β(1+ξ)/n`.
  ///
  /// Smith: Estimating tails of probability distributions (1987).
  var covariance: (shape: Double, scale: Double, both: Double) {
    let size = Double(count)
    let one = 1 + distribution.shape
    let scale = distribution.scale
    return (one * one / size, 2 * scale * scale * one / size, -scale * one / size)
  }

  /// The standard error of the shape.
  public var shapeStandardError: Double { covariance.shape.squareRoot() }

  /// The standard error of the scale.
  public var scaleStandardError: Double { covariance.scale.squareRoot() }

  /// The logarithm of the likelihood of excesses under a law.
  static func logLikelihood(_ excesses: [Double], _ law: GeneralisedParetoDistribution) -> Double {
    guard let largest = excesses.last, largest < law.largestExcess else { return -.infinity }
    var sum = CompensatedSum()
    for excess in excesses { sum += law.logDensity(excess) }
    return sum.value
  }
}

/// The search for θ over excesses of mean 1, ascending.
private struct ShapeSearch {
  private let excesses: [Double]
  private let largest: Double

  init(_ excesses: [Double]) {
    self.excesses = excesses
    largest = excesses[excesses.count - 1]
  }

  /// The law with the largest likelihood in the domain.
  func law() throws(EstimationError) -> (shape: Double, scale: Double) {
    // With u = log(1 + θ·max) the shape rises from its least to its greatest value; below −36 rounding is left of θ.
    let lower = coordinate(shape: GeneralisedParetoFit.leastShape, in: -36...0)
    let upper = coordinate(shape: GeneralisedParetoFit.greatestShape, in: 0...700)
    let below = (1...16).reversed().map { lower * Double($0 * $0) / 256 }
    let points = below + (0...32).map { upper * Double($0) / 32 }
    let heights = points.map(likelihood)
    let last = points.count - 1
    let peaks = (1..<last).filter { heights[$0] >= heights[$0 - 1] && heights[$0] > heights[$0 + 1] }
    guard let peak = peaks.max(by: { heights[$0] < heights[$1] }), heights[peak] > heights[last] else {
      throw .noMaximum
    }
    let around = points[peak - 1]...points[peak + 1]
    let width = 1e-4 * (around.upperBound - around.lowerBound)
    let best = polished(brentMinimum(in: around) { -likelihood($0) }.argument, width: width)
    let shape = shape(best)
    return (shape, scale(best, shape))
  }

  /// The zero of the derivative beside an argument that a search of values left half the digits of.
  private func polished(_ u: Double, width: Double) -> Double {
    // Near θ = 0, where the derivative's terms cancel, the value's digits have to do.
    guard abs(u) > 1e-3 else { return u }
    return (try? brentRoot(in: u - width...u + width, of: slope)) ?? u
  }

  /// The derivative of the likelihood an excess by log θ, times ξ: `ξ·(1 − A) − A` with `A = mean θy/(1 + θy)`.
  private func slope(_ u: Double) -> Double {
    let theta = theta(u)
    var sum = 0.0
    for excess in excesses { sum += theta * excess / (1 + theta * excess) }
    let mean = sum / Double(excesses.count)
    return shape(u) * (1 - mean) - mean
  }

  private func theta(_ u: Double) -> Double { .expMinusOne(u) / largest }

  private func shape(_ u: Double) -> Double {
    let theta = theta(u)
    var sum = 0.0
    for excess in excesses { sum += .log(onePlus: theta * excess) }
    return sum / Double(excesses.count)
  }

  /// ξ/θ, and its limit, the mean.
  private func scale(_ u: Double, _ shape: Double) -> Double { u == 0 ? 1 : shape / theta(u) }

  /// The logarithm of the likelihood an excess, maximal in ξ for this θ.
  private func likelihood(_ u: Double) -> Double {
    let shape = shape(u)
    return -.log(scale(u, shape)) - shape - 1
  }

  private func coordinate(shape target: Double, in range: ClosedRange<Double>) -> Double {
    var lower = range.lowerBound
    var upper = range.upperBound
    for _ in 0..<26 {
      let middle = 0.5 * (lower + upper)
      if shape(middle) < target { lower = middle } else { upper = middle }
    }
    return 0.5 * (lower + upper)
  }
}
