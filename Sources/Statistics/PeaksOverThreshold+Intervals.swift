internal import NumericalMethods
internal import RealModule

extension PeaksOverThreshold {
  /// An interval for the value at risk from the profile of the likelihood.
  ///
  /// All values whose likelihood, maximised over the other parameter, is within ½·χ²₁ of the largest; unlike a standard
  /// error it knows that heavy tails are less certain upwards. The share of losses above the threshold is taken as
  /// given. McNeil: Extreme value theory for risk managers (1999).
  ///
  /// - Parameters:
  ///   - confidence: c, with 1 − c at most the tail's share.
  ///   - coverage: the level of the interval.
  /// - Returns: the interval, in the unit of the losses; `nil` where the profile does not fall far enough on a side.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample.
  public func valueAtRiskInterval(
    at confidence: Confidence, coverage: Confidence = .ninetyFivePercent
  ) throws(EstimationError) -> ClosedRange<Double>? {
    let estimate = try tail.valueAtRisk(at: confidence)
    // At the threshold itself the quantile is known: it depends on no parameter.
    guard estimate > threshold else { return estimate...estimate }
    let t = Double.log(tailShare / confidence.tailProbability)
    return interval(
      estimate: estimate - threshold, coverage, shapes: -0.5...GeneralisedParetoFit.greatestShape
    ) {
      $0 / boxCox(t, $1)
    }
  }

  /// An interval for the expected shortfall from the profile of the likelihood.
  ///
  /// - Parameters:
  ///   - confidence: c, with 1 − c at most the tail's share.
  ///   - coverage: the level of the interval.
  /// - Returns: the interval, in the unit of the losses; `nil` where the profile does not fall far enough on a side.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample, `.infiniteMean` for ξ ≥ 1.
  public func expectedShortfallInterval(
    at confidence: Confidence, coverage: Confidence = .ninetyFivePercent
  ) throws(EstimationError) -> ClosedRange<Double>? {
    let estimate = try tail.expectedShortfall(at: confidence)
    let t = Double.log(tailShare / confidence.tailProbability)
    return interval(estimate: estimate - threshold, coverage, shapes: -0.5...0.999_999) {
      $0 * (1 - $1) / (1 + boxCox(t, $1))
    }
  }

  /// An interval for the shape ξ from the profile of the likelihood.
  ///
  /// - Parameter coverage: the level of the interval.
  /// - Returns: the interval; `nil` where the profile does not fall far enough inside (−1/2, 5).
  public func shapeInterval(coverage: Confidence = .ninetyFivePercent) -> ClosedRange<Double>? {
    let limit = fit.logLikelihood - drop(coverage)
    let shape = fit.distribution.shape
    let scale = fit.distribution.scale
    func height(_ shape: Double) -> Double {
      // The scale is searched over factors of itself.
      let best = brentMinimum(in: -3...3, tolerance: 1e-9) { factor in
        -likelihood(shape, scale * .exp(factor))
      }
      return -best.value - limit
    }
    guard
      height(GeneralisedParetoFit.leastShape) < 0, height(GeneralisedParetoFit.greatestShape) < 0,
      let lower = try? brentRoot(in: GeneralisedParetoFit.leastShape...shape, tolerance: 1e-9, of: height),
      let upper = try? brentRoot(in: shape...GeneralisedParetoFit.greatestShape, tolerance: 1e-9, of: height)
    else { return nil }
    return lower...upper
  }

  /// How far the likelihood may fall: half the chi-squared quantile.
  private func drop(_ coverage: Confidence) -> Double {
    0.5 * ChiSquaredDistribution(degreesOfFreedom: 1).quantile(coverage.value)
  }

  private func likelihood(_ shape: Double, _ scale: Double) -> Double {
    GeneralisedParetoFit.logLikelihood(
      fit.excesses, GeneralisedParetoDistribution(unchecked: shape, scale: scale))
  }

  /// The interval of a distance from the threshold that, with the shape, determines the scale.
  private func interval(
    estimate: Double, _ coverage: Confidence, shapes: ClosedRange<Double>,
    scale: (_ distance: Double, _ shape: Double) -> Double
  ) -> ClosedRange<Double>? {
    let limit = fit.logLikelihood - drop(coverage)
    func height(_ logDistance: Double) -> Double {
      let distance = Double.exp(logDistance)
      return profile(shapes) { shape in likelihood(shape, scale(distance, shape)) } - limit
    }
    let centre = Double.log(estimate)
    guard
      let lower = crossing(from: centre, step: -0.1, height),
      let upper = crossing(from: centre, step: 0.1, height)
    else { return nil }
    return threshold + .exp(lower)...threshold + .exp(upper)
  }

  /// The largest likelihood over the shapes; a coarse search first, since parts of the range may be impossible.
  private func profile(_ shapes: ClosedRange<Double>, _ likelihood: (Double) -> Double) -> Double {
    let count = 32
    let width = (shapes.upperBound - shapes.lowerBound) / Double(count)
    // Half steps from the ends, so that neither end is called.
    let points = (0..<count).map { shapes.lowerBound + (Double($0) + 0.5) * width }
    let heights = points.map(likelihood)
    guard let best = heights.indices.max(by: { heights[$0] < heights[$1] }) else { return -.infinity }
    let around =
      max(shapes.lowerBound, points[best] - width)...min(shapes.upperBound, points[best] + width)
    return max(heights[best], -brentMinimum(in: around, tolerance: 1e-9) { -likelihood($0) }.value)
  }

  /// Where the profile falls below its limit, seen from the estimate in one direction.
  private func crossing(from centre: Double, step: Double, _ height: (Double) -> Double) -> Double? {
    var near = centre
    var step = step
    for _ in 0..<40 {
      let far = near + step
      if height(far) < 0 {
        let interval = min(near, far)...max(near, far)
        return try? brentRoot(in: interval, tolerance: 1e-9) { max(-1e6, height($0)) }
      }
      near = far
      step *= 1.3
    }
    return nil
  }
}
