public import LinearAlgebra
internal import NumericalMethods
internal import RealModule

/// Draws of normal variables that make large losses common, each with the ratio of its true density to the one it was drawn
/// from.
///
/// The loss Q = k + Σ bⱼ·Zⱼ + Σ λⱼ·Zⱼ² has the cumulant function ψ(t) = k·t + Σ ½·[(t·bⱼ)²/(1 − 2tλⱼ) − log(1 − 2tλⱼ)]. Under
/// the density twisted by exp(θQ − ψ(θ)) the Zⱼ are independent still, Zⱼ ~ N(θbⱼ/(1 − 2θλⱼ), 1/(1 − 2θλⱼ)), and the mean
/// of Q is ψ′(θ): θ is the one that makes it the threshold. Each draw counts exp(−θQ + ψ(θ)), which is small where Q is large.
/// The loss of interest need not be Q: it only has to be large where Q is.
///
/// Glasserman, Heidelberger, Shahabuddin: Variance reduction techniques for estimating value-at-risk (2000).
public struct ImportanceSampling: Hashable, Sendable {
  /// The law of the loss Q that guides the draws.
  public let law: QuadraticGaussian
  /// The mean of Q under the draws, in the unit of the law.
  public let threshold: Double
  /// θ > 0, per unit of the law.
  public let twist: Double

  /// The twist over the standardised law, and its cumulant function there.
  private let standardTwist: Double
  private let standardCumulant: Double

  /// Twists a law so that its mean becomes a threshold.
  ///
  /// - Parameters:
  ///   - law: the law of the loss.
  ///   - threshold: above the mean of the loss and below the largest it can take.
  /// - Throws: ``ImportanceSamplingError/notFinite``, ``ImportanceSamplingError/thresholdNotAboveMean(threshold:mean:)``,
  ///   ``ImportanceSamplingError/thresholdBeyondSupport(threshold:largest:)``, ``ImportanceSamplingError/notConverged``.
  public init(_ law: QuadraticGaussian, threshold: Double) throws(ImportanceSamplingError) {
    guard threshold.isFinite else { throw .notFinite }
    let target = (threshold - law.mean) / law.standardDeviation
    guard target > 0 else { throw .thresholdNotAboveMean(threshold: threshold, mean: law.mean) }
    let largest = law.support.upper
    guard threshold < largest else { throw .thresholdBeyondSupport(threshold: threshold, largest: largest) }
    let cumulants = CumulantFunction(law)
    standardTwist = try Self.argument(of: cumulants, withMean: target)
    standardCumulant = cumulants.values(at: standardTwist).value
    self.law = law
    self.threshold = threshold
    twist = standardTwist / law.standardDeviation
    guard twist.isFinite, standardCumulant.isFinite else { throw .notFinite }
  }

  /// Twists a law so that its mean becomes its own value at risk, by inversion of its characteristic function.
  ///
  /// - Parameters:
  ///   - law: the law of the loss.
  ///   - confidence: the level.
  /// - Throws: ``ImportanceSamplingError``.
  public init(_ law: QuadraticGaussian, at confidence: Confidence) throws(ImportanceSamplingError) {
    let threshold: Double
    do throws(QuadraticGaussianError) {
      threshold = try CharacteristicFunctionInversion(law).valueAtRisk(at: confidence).value
    } catch {
      throw .quadratic(error)
    }
    try self.init(law, threshold: threshold)
  }

  /// The twisted draws that standard normals become.
  ///
  /// - Parameter normals: independent standard normals, variable × scenario; as many variables as the law has.
  /// - Returns: the variables Z, the likelihood ratios and Q in every scenario.
  public func sample(normals: Matrix) -> ImportanceSample {
    precondition(normals.rows == law.linear.count, "one row of normals a variable")
    let count = normals.columns
    var variables = normals
    var losses = [Double](repeating: 0, count: count)
    for (row, (b, lambda)) in zip(law.linear, law.quadratic).enumerated() {
      let spread = 1 / (1 - 2 * standardTwist * (lambda / law.standardDeviation))
      let mean = standardTwist * (b / law.standardDeviation) * spread
      let deviation = spread.squareRoot()
      variables.withMutableRow(row) { values in
        for scenario in values.indices {
          let value = mean + deviation * values[scenario]
          values[scenario] = value
          losses[scenario] += value * (b + lambda * value)
        }
      }
    }
    var ratios = losses
    for scenario in 0..<count {
      losses[scenario] += law.constant
      let standard = (losses[scenario] - law.mean) / law.standardDeviation
      ratios[scenario] = .exp(standardCumulant - standardTwist * standard)
    }
    return ImportanceSample(variables: variables, likelihoodRatios: ratios, losses: losses)
  }

  /// The argument at which the derivative of a cumulant function is a number above zero.
  private static func argument(
    of cumulants: CumulantFunction, withMean target: Double
  ) throws(ImportanceSamplingError) -> Double {
    func excess(_ t: Double) -> Double { cumulants.values(at: t).first - target }
    var lower = 0.0
    var upper = cumulants.upperBound.isFinite ? 0.5 * cumulants.upperBound : 1
    for _ in 0..<80 where excess(upper) < 0 {
      lower = upper
      upper = cumulants.upperBound.isFinite ? 0.5 * (upper + cumulants.upperBound) : 2 * upper
    }
    guard excess(upper) >= 0 else { throw .notConverged }
    do throws(RootError) {
      return try brentRoot(in: lower...upper, of: excess)
    } catch {
      throw .notConverged
    }
  }
}

/// Twisted draws with what each counts.
public struct ImportanceSample: Hashable, Sendable {
  /// The variables Z, variable × scenario.
  public let variables: Matrix
  /// The true density over the one drawn from, one a scenario; their expectation is 1.
  public let likelihoodRatios: [Double]
  /// The quadratic loss Q, one a scenario.
  public let losses: [Double]
}

/// Why draws cannot be twisted.
public enum ImportanceSamplingError: Error, Hashable, Sendable {
  /// A number that is NaN or infinite.
  case notFinite
  /// The threshold is not in the upper tail: nothing would be gained.
  case thresholdNotAboveMean(threshold: Double, mean: Double)
  /// The loss never reaches the threshold.
  case thresholdBeyondSupport(threshold: Double, largest: Double)
  /// Student-t variables have a variance above two degrees of freedom, and a finite number of them.
  case degreesOfFreedomOutOfRange(Double)
  /// A search did not settle.
  case notConverged
  /// There are not as many ratios as losses.
  case ratioCount(count: Int, losses: Int)
  /// The sample holds fewer losses than the figure needs.
  case sampleTooSmall(count: Int, needed: Int)
  /// The ratios of all losses together do not reach the tail's probability.
  case tailNotReached(tailProbability: Double, mass: Double)
  /// The quadratic law itself has no such figure.
  case quadratic(QuadraticGaussianError)
}

/// A quadratic function of normal factor moves, with the independent normals it is made of.
///
/// For moves X with covariance C = LLᵀ and the spectrum ½·LᵀΓL = V·diag(λ)·Vᵀ, it is X = (LV)·Z: the loadings turn draws of Z
/// into moves.
public struct QuadraticGaussianBasis: Hashable, Sendable {
  /// The law of θ + δᵀX + ½·XᵀΓX in the basis of ``loadings``.
  public let law: QuadraticGaussian
  /// LV, factor × variable.
  public let loadings: Matrix

  /// Diagonalises a quadratic function.
  ///
  /// - Parameters:
  ///   - constant: θ.
  ///   - delta: δ, one a factor.
  ///   - gamma: Γ, factor × factor, symmetric.
  ///   - factor: the factor L of the covariance of the moves.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.decomposition`, `.noVariance` or `.overflow`.
  public init(
    constant: Double = 0, delta: [Double], gamma: Matrix, factor: CovarianceFactor
  ) throws(QuadraticGaussianError) {
    let count = delta.count
    let lower = factor.lower
    precondition(
      gamma.rows == count && gamma.columns == count && lower.rows == count,
      "delta, gamma and covariance must have the same factors")
    guard constant.isFinite, delta.allSatisfy(\.isFinite), gamma.isFinite else { throw .notFinite }
    let coupled = multiply(transposed: lower, multiply(gamma, lower))
    guard coupled.isFinite else { throw .overflow }
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(
        Matrix(rows: count, columns: count) { 0.25 * (coupled[$0, $1] + coupled[$1, $0]) })
    } catch {
      throw .decomposition(error)
    }
    loadings = multiply(lower, spectrum.vectors)
    law = try QuadraticGaussian(
      constant: constant, linear: multiply(transposed: loadings, delta), quadratic: spectrum.values)
  }
}

extension ImportanceSamplingError: CustomStringConvertible {
  /// What is wrong, in a sentence without a capital or a full stop.
  public var description: String {
    switch self {
    case .notFinite: "a threshold, a loss or a likelihood ratio is not a finite number"
    case .thresholdNotAboveMean(let threshold, let mean):
      "the threshold \(threshold) is not above the mean loss of \(mean): plain draws reach it often enough"
    case .thresholdBeyondSupport(let threshold, let largest):
      "no loss reaches the threshold \(threshold): the largest is \(largest)"
    case .degreesOfFreedomOutOfRange(let degrees):
      "Student-t draws need a finite number of degrees of freedom above 2, not \(degrees)"
    case .notConverged: "no twist puts the mean at the threshold"
    case .ratioCount(let count, let losses): "\(count) likelihood ratios for \(losses) losses"
    case .sampleTooSmall(let count, let needed): "\(count) losses are too few; it takes \(needed)"
    case .tailNotReached(let tail, let mass):
      "the draws carry a probability of \(mass) only, and the tail is \(tail)"
    case .quadratic(let error): "\(error)"
    }
  }
}
