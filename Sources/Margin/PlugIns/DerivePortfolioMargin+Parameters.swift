public import Instruments
public import Scenarios

extension DerivePortfolioMargin {
  /// What happens in a scenario.
  public enum Shock: Hashable, Sendable, CustomStringConvertible {
    /// The spot price and implied volatility move; forwards move as the spot price does.
    case move(GridMove)
    /// Volatility falls at low strikes and rises at high ones; every expiry counts as a loss.
    case linearSkew
    /// Volatility rises at both wings; every expiry counts as a loss.
    case absoluteSkew

    /// Such as `spot +18 %, volatility up` or `linear skew`.
    public var description: String {
      switch self {
      case .move(let move): move.description
      case .linearSkew: "linear skew"
      case .absoluteSkew: "absolute skew"
      }
    }

    /// The relative move of the spot price.
    var spot: Double {
      if case .move(let move) = self { move.spot } else { 0 }
    }
  }

  /// One scenario.
  public struct Scenario: Hashable, Sendable {
    /// What happens.
    public let shock: Shock
    /// What the profit or loss is multiplied by.
    public let dampening: Double

    /// Makes a scenario.
    ///
    /// - Parameters:
    ///   - shock: what happens.
    ///   - dampening: what the profit or loss is multiplied by; positive, finite.
    public init(_ shock: Shock, dampening: Double = 1) {
      precondition(dampening > 0 && dampening.isFinite, "a dampening of \(dampening)")
      self.shock = shock
      self.dampening = dampening
    }
  }

  /// How far one kind of skew goes at most: |relative move of volatility| ≤ base + slope·√τ.
  public struct SkewCap: Hashable, Sendable {
    /// The cap of an option that expires now.
    public let base: Double
    /// What the square root of the years to expiry adds to it.
    public let slope: Double

    /// Makes a cap.
    ///
    /// - Parameters:
    ///   - base: the cap of an option that expires now; 0 to 10.
    ///   - slope: what the square root of the years to expiry adds to it; −10 to 10.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(base: Double, slope: Double) throws(MarginError) {
      try requireDerive((0...10).contains(base) && abs(slope) <= 10, "a skew cap lies between 0 and 10")
      self.base = base
      self.slope = slope
    }
  }

  /// How the volatility of the wings moves.
  ///
  /// With k = ln(K/F), or |k| where the skew is absolute: σ·(1 + clamp(k·cap/k*, ±cap)), never negative, with
  /// k* = max(minimumWidth, √τ·widthScale·(widthVolatility + √τ·widthSlope)), about where the smile flattens out.
  public struct Skew: Hashable, Sendable {
    /// How far the linear skew goes.
    public let linear: SkewCap
    /// How far the absolute skew goes.
    public let absolute: SkewCap
    /// The least k*.
    public let minimumWidth: Double
    /// What k* is scaled by.
    public let widthScale: Double
    /// The volatility that makes up k*.
    public let widthVolatility: Double
    /// What the square root of the years to expiry adds to that volatility.
    public let widthSlope: Double

    /// Makes a skew.
    ///
    /// - Parameters:
    ///   - linear: how far the linear skew goes.
    ///   - absolute: how far the absolute skew goes.
    ///   - minimumWidth: the least k*; above 0, at most 10.
    ///   - widthScale: what k* is scaled by; 0 to 10.
    ///   - widthVolatility: the volatility that makes up k*; 0 to 10.
    ///   - widthSlope: what the square root of the years to expiry adds to it; −20 to 20.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(
      linear: SkewCap, absolute: SkewCap, minimumWidth: Double, widthScale: Double, widthVolatility: Double,
      widthSlope: Double
    ) throws(MarginError) {
      try requireDerive(
        minimumWidth > 0 && minimumWidth <= 10 && (0...10).contains(widthScale)
          && (0...10).contains(widthVolatility) && abs(widthSlope) <= 20,
        "the width of a skew is above 0, what it is made of at most 10")
      self.linear = linear
      self.absolute = absolute
      self.minimumWidth = minimumWidth
      self.widthScale = widthScale
      self.widthVolatility = widthVolatility
      self.widthSlope = widthSlope
    }
  }

  /// What the options of one expiry are discounted by in a scenario, beside their own discount factor.
  ///
  /// With r = max(0, −ln(discount factor)/τ): where they are worth something longBase·e^(−τ(r·longRate + longAddition)),
  /// where they are owed min(1/discount factor, shortBase·e^(τ(r·shortRate + shortAddition))).
  public struct StaticDiscount: Hashable, Sendable {
    /// The factor on positive values, before time counts.
    public let longBase: Double
    /// What of the interest rate counts for positive values.
    public let longRate: Double
    /// What is added to it per year.
    public let longAddition: Double
    /// The factor on negative values, before time counts.
    public let shortBase: Double
    /// What of the interest rate counts for negative values.
    public let shortRate: Double
    /// What is added to it per year.
    public let shortAddition: Double

    /// Makes a discount.
    ///
    /// - Parameters:
    ///   - longBase: the factor on positive values; above 0, at most 4.
    ///   - longRate: what of the interest rate counts for positive values; 0 to 10.
    ///   - longAddition: what is added to it per year; 0 to 10.
    ///   - shortBase: the factor on negative values; above 0, at most 4.
    ///   - shortRate: what of the interest rate counts for negative values; 0 to 10.
    ///   - shortAddition: what is added to it per year; 0 to 10.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(
      longBase: Double, longRate: Double, longAddition: Double, shortBase: Double, shortRate: Double,
      shortAddition: Double
    ) throws(MarginError) {
      let bases = [longBase, shortBase]
      let rates = [longRate, longAddition, shortRate, shortAddition]
      try requireDerive(
        bases.allSatisfy { $0 > 0 && $0 <= 4 } && rates.allSatisfy { (0...10).contains($0) },
        "the bases of a discount lie above 0 and at most at 4, its rates between 0 and 10")
      self.longBase = longBase
      self.longRate = longRate
      self.longAddition = longAddition
      self.shortBase = shortBase
      self.shortRate = shortRate
      self.shortAddition = shortAddition
    }
  }

  /// What a move of forwards apart from each other may cost: a share of what each expiry loses alone.
  public struct BasisContingency: Hashable, Sendable {
    /// The relative move of the spot price upwards.
    public let up: Double
    /// The relative move of the spot price downwards; negative.
    public let down: Double
    /// The share of an expiry that is now.
    public let addition: Double
    /// What a year to expiry adds to it.
    public let perYear: Double

    /// Makes a contingency.
    ///
    /// - Parameters:
    ///   - up: the relative move upwards; above 0, below 2.
    ///   - down: the relative move downwards; above −1, below 0.
    ///   - addition: the share of an expiry that is now; 0 to 20.
    ///   - perYear: what a year to expiry adds to it; 0 to 20.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(up: Double, down: Double, addition: Double, perYear: Double) throws(MarginError) {
      try requireDerive(
        up > 0 && up < 2 && down > -1 && down < 0 && (0...20).contains(addition)
          && (0...20).contains(perYear),
        "the basis moves up by less than 2 and down by less than 1, its factors lie between 0 and 20")
      self.up = up
      self.down = down
      self.addition = addition
      self.perYear = perYear
    }
  }

  /// What multiplies the worst loss.
  public struct LossFactors: Hashable, Sendable {
    /// The factor in the initial margin while the stablecoin holds.
    public let initial: Double
    /// The factor in the maintenance margin.
    public let maintenance: Double
    /// The price of the stablecoin below which the initial factor grows.
    public let pegThreshold: Double
    /// By what it grows for a price of one less.
    public let pegFactor: Double

    /// Makes factors.
    ///
    /// - Parameters:
    ///   - initial: the factor in the initial margin; 0.5 to 10.
    ///   - maintenance: the factor in the maintenance margin; 0.5 to 10.
    ///   - pegThreshold: the price of the stablecoin below which the initial factor grows; 0 to 100.
    ///   - pegFactor: by what it grows for a price of one less; 0 to 10.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(
      initial: Double, maintenance: Double, pegThreshold: Double, pegFactor: Double
    ) throws(MarginError) {
      try requireDerive(
        (0.5...10).contains(initial) && (0.5...10).contains(maintenance)
          && (0...100).contains(pegThreshold) && (0...10).contains(pegFactor),
        "loss factors lie between 0.5 and 10, that of the peg between 0 and 10")
      self.initial = initial
      self.maintenance = maintenance
      self.pegThreshold = pegThreshold
      self.pegFactor = pegFactor
    }

    /// The factor in the initial margin at a price of the stablecoin.
    func initial(stablePrice: Double) -> Double { initial + max(0, pegThreshold - stablePrice) * pegFactor }
  }

  /// What is charged for prices the venue does not trust: (1 − confidence)·rate, where confidence is below a threshold.
  public struct ConfidenceCharge: Hashable, Sendable {
    /// From which confidence on nothing is charged.
    public let threshold: Double
    /// USD for one USD at spot price, at no confidence at all.
    public let rate: Double

    /// Makes a charge.
    ///
    /// - Parameters:
    ///   - threshold: from which confidence on nothing is charged; 0 to 1.
    ///   - rate: USD for one USD at spot price, at no confidence at all; 0 to 20.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(threshold: Double, rate: Double) throws(MarginError) {
      try requireDerive(
        (0...1).contains(threshold) && (0...20).contains(rate),
        "a threshold of confidence lies between 0 and 1, its rate between 0 and 20")
      self.threshold = threshold
      self.rate = rate
    }

    /// What is charged on one USD.
    func rate(at confidence: Double) -> Double { confidence < threshold ? (1 - confidence) * rate : 0 }
  }

  /// Rates of a contingency, on value at spot price.
  public struct ContingencyRates: Hashable, Sendable {
    /// The rate in both margins.
    public let maintenance: Double
    /// What the initial margin adds to it.
    public let initialAddition: Double

    /// Makes rates.
    ///
    /// - Parameters:
    ///   - maintenance: the rate in both margins; 0 to 3.
    ///   - initialAddition: what the initial margin adds to it; 0 to 3.
    /// - Throws: ``MarginError/invalidTable(name:problem:)``.
    public init(maintenance: Double, initialAddition: Double) throws(MarginError) {
      try requireDerive(
        (0...3).contains(maintenance) && (0...3).contains(initialAddition),
        "a contingency lies between 0 and 3")
      self.maintenance = maintenance
      self.initialAddition = initialAddition
    }
  }

  /// How a balance counts as collateral.
  public struct Collateral: Hashable, Sendable {
    /// The base asset in whose scenarios its value moves, so that it hedges; `nil` for none.
    public let cancels: Asset?
    /// Its haircuts, charged as a contingency on its value.
    public let haircut: ContingencyRates

    /// Makes terms of one asset.
    ///
    /// - Parameters:
    ///   - cancels: the base asset in whose scenarios its value moves; `nil` for none.
    ///   - haircut: its haircuts.
    public init(cancels: Asset?, haircut: ContingencyRates) {
      self.cancels = cancels
      self.haircut = haircut
    }
  }
}

/// Refuses parameters outside their domain.
private func requireDerive(_ isSound: Bool, _ problem: String) throws(MarginError) {
  guard isSound else { throw .invalidTable(name: "derivePortfolioMargin", problem: problem) }
}
