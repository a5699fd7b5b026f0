/// How a sample's quantile is read off its ascending losses `L_(1) ≤ … ≤ L_(n)`.
///
/// Conventions differ visibly on short samples, so the rule is named in every result.
public enum QuantileRule: Hashable, Sendable, CaseIterable {
  /// The order statistic `L_(⌈n·c⌉)`: always a loss that occurred (R type 1).
  case orderStatistic

  /// Linear interpolation at `h = (n − 1)·c + 1` between its neighbours (R type 7, the default of R and numpy).
  ///
  /// Hyndman, Fan: Sample quantiles in statistical packages (1996).
  case type7
}
