import Foundation

/// Whether `count` successes in `trials` are believable for a success probability.
///
/// Chernoff's bound holds for every number of trials: an honest count is refused with probability below
/// 2·exp(-17) = 8.3e-8.
func isBelievable(count: Int, trials: Int, probability: Double) -> Bool {
  let observed = Double(count) / Double(trials)
  func term(_ a: Double, _ b: Double) -> Double { a == 0 ? 0 : a * log(a / b) }
  let divergence = term(observed, probability) + term(1 - observed, 1 - probability)
  return Double(trials) * divergence < 17
}

/// Whether a sample is believable for a continuous distribution function, by the Kolmogorov-Smirnov distance
/// D.
///
/// The bound of Dvoretzky, Kiefer and Wolfowitz with Massart's constant, P(D > d) <= 2·exp(-2nd²), holds for
/// every n: an honest sample is refused with probability below 2·exp(-17) = 8.3e-8.
func isBelievable(sample: [Double], distribution: (Double) -> Double) -> Bool {
  let count = Double(sample.count)
  var distance = 0.0
  for (rank, value) in sample.sorted().enumerated() {
    let probability = distribution(value)
    distance = max(distance, Double(rank + 1) / count - probability, probability - Double(rank) / count)
  }
  return 2 * count * distance * distance < 17
}

/// Pearson's statistic of counts against equal expectations.
func pearsonStatistic(_ counts: [Int]) -> Double {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}

/// Whether Pearson's statistic is believable for k degrees of freedom.
///
/// The bounds of Laurent and Massart (2000) for chi-squared variables, k - 2·sqrt(kt) and k + 2·sqrt(kt) + 2t
/// with t = 16: an honest statistic is refused with probability below 2·exp(-16) = 2.3e-7, but for the small
/// error of taking counts of thousands as normal.
func isBelievable(pearsonStatistic: Double, degreesOfFreedom: Int) -> Bool {
  let spread = 2 * (Double(degreesOfFreedom) * 16).squareRoot()
  return abs(pearsonStatistic - Double(degreesOfFreedom) - 16) < spread + 16
}

/// The mean, and the central moments of orders two to four.
func moments(_ sample: [Double]) -> (mean: Double, second: Double, third: Double, fourth: Double) {
  let count = Double(sample.count)
  var sum = 0.0
  for value in sample { sum += value }
  let mean = sum / count
  var second = 0.0
  var third = 0.0
  var fourth = 0.0
  for value in sample {
    let square = (value - mean) * (value - mean)
    second += square
    third += square * (value - mean)
    fourth += square * square
  }
  return (mean, second / count, third / count, fourth / count)
}

/// The mean of the products of two rows of the same length.
func meanProduct(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count)
}
