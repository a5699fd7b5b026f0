public import Instruments
public import MarketData
import NumericalMethods
import RealModule

extension VolatilitySurface {
  /// The implied volatility at a strike.
  ///
  /// - Parameters:
  ///   - strike: the strike in the quote asset; positive, finite.
  ///   - expiry: a moment after the surface's.
  /// - Returns: the volatility per year; positive.
  public func volatility(strike: Double, expiry: Timestamp) -> Double {
    precondition(strike > 0 && strike.isFinite, "a strike of \(strike)")
    return volatility(atLogMoneyness: .log(strike / forward(at: expiry)), expiry: expiry)
  }

  /// The strike at which an option has a delta, its volatility being that of the surface at this strike.
  ///
  /// Delta is ∂V/∂F of the undiscounted Black-76 price, without the premium. Where a smile so steep that it admits
  /// arbitrage gives several such strikes, one of them.
  ///
  /// - Parameters:
  ///   - delta: in (0, 1) for a call, in (−1, 0) for a put.
  ///   - expiry: a moment after the surface's.
  /// - Returns: the strike in the quote asset; positive.
  public func strike(delta: Double, expiry: Timestamp) -> Double {
    forward(at: expiry) * .exp(logMoneyness(delta: delta, expiry: expiry))
  }

  /// The implied volatility at the strike at which an option has a delta.
  ///
  /// - Parameters:
  ///   - delta: in (0, 1) for a call, in (−1, 0) for a put.
  ///   - expiry: a moment after the surface's.
  /// - Returns: the volatility per year; positive.
  public func volatility(delta: Double, expiry: Timestamp) -> Double {
    volatility(atLogMoneyness: logMoneyness(delta: delta, expiry: expiry), expiry: expiry)
  }

  /// The log-moneyness k at which d₁ = −k/√w + √w/2 is the quantile of the call's delta.
  private func logMoneyness(delta: Double, expiry: Timestamp) -> Double {
    precondition(delta != 0 && abs(delta) < 1, "a delta of \(delta)")
    let quantile = delta > 0 ? normalQuantile(delta) : -normalQuantile(-delta)
    func excess(_ logMoneyness: Double) -> Double {
      let deviation = totalVariance(atLogMoneyness: logMoneyness, expiry: expiry).squareRoot()
      return deviation / 2 - logMoneyness / deviation - quantile
    }
    // k = w/2 − d₁·√w, whatever w is: the largest w bounds it on both sides.
    let deviation = greatestTotalVariance(expiry: expiry).squareRoot()
    let reach = abs(quantile) * deviation * (1 + 1e-9) + 1e-9 * deviation
    do {
      return try brentRoot(in: -reach...(deviation * deviation / 2 + reach), of: excess)
    } catch {
      preconditionFailure("no strike for a delta of \(delta): \(error)")
    }
  }

  private func greatestTotalVariance(expiry: Timestamp) -> Double {
    let corners = slices.flatMap(\.points).map(\.logMoneyness)
    return corners.map { totalVariance(atLogMoneyness: $0, expiry: expiry) }.max() ?? 0
  }
}
