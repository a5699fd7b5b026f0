internal import NumericalMethods

/// The mean and the central moments of finite numbers, to nearly all digits.
///
/// Two passes of compensated sums; the second corrects for the rounding of the mean.
struct SampleMoments {
  let count: Int
  let mean: Double

  /// The sum of the squared deviations from the mean.
  let squares: Double

  /// The sum of the cubed deviations from the mean.
  let cubes: Double

  /// The sum of the fourth powers of the deviations from the mean.
  let fourths: Double

  /// - Parameter values: at least one, finite.
  init(_ values: [Double]) {
    count = values.count
    let size = Double(values.count)
    // Scaling first would save sums beyond the largest number; no loss or return comes near it.
    var total = CompensatedSum()
    for value in values { total += value }
    let provisional = total.value / size
    var first = CompensatedSum()
    var second = CompensatedSum()
    var third = CompensatedSum()
    var fourth = CompensatedSum()
    for value in values {
      let deviation = value - provisional
      let square = deviation * deviation
      first += deviation
      second += square
      third += square * deviation
      fourth += square * square
    }
    // δ is what the rounding of the mean left over; the moments are moved by it.
    let delta = first.value / size
    let constant = values.allSatisfy { $0 == values[0] }
    mean = constant ? values[0] : provisional + delta
    squares = constant ? 0 : second.value - size * delta * delta
    cubes = constant ? 0 : third.value - 3 * delta * second.value + 2 * size * delta * delta * delta
    fourths =
      constant
      ? 0
      : fourth.value - 4 * delta * third.value + 6 * delta * delta * second.value
        - 3 * size * delta * delta * delta * delta
  }

  /// The deviation with divisor n − 1; needs two values.
  var standardDeviation: Double { (squares / Double(count - 1)).squareRoot() }
}
