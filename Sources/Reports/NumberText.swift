package import Studies

/// Numbers as people read them: thousands separated, no digit finer than what is known.
package enum NumberText {
  /// What stands where there is no value.
  package static let empty = "–"

  /// A number rounded to a decimal place, such as `-1,234.50`.
  ///
  /// - Parameters:
  ///   - value: the number, finite.
  ///   - place: the power of ten of the last digit: 2 for hundreds, 0 for units, −2 for hundredths.
  /// - Returns: the number with a comma between thousands.
  package static func rounded(_ value: Double, place: Int) -> String {
    let unit = power(abs(place))
    let scaled = (place >= 0 ? abs(value) / unit : abs(value) * unit).rounded()
    guard let count = Int(exactly: scaled), let whole = place > 0 ? multiplied(count, place) : count else {
      return "\(value)"
    }
    let decimals = max(0, -place)
    var digits = String(whole)
    if digits.count <= decimals {
      digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
    }
    let sign = value < 0 && whole != 0 ? "-" : ""
    let units = grouped(String(digits.dropLast(decimals)))
    return sign + units + (decimals > 0 ? "." + digits.suffix(decimals) : "")
  }

  /// A whole number with a comma between thousands.
  package static func whole(_ value: Int) -> String {
    (value < 0 ? "-" : "") + grouped(String(value.magnitude))
  }

  /// The place of the second significant digit of an error once it is rounded there.
  ///
  /// - Parameter error: positive and finite.
  /// - Returns: a power of ten.
  package static func errorPlace(_ error: Double) -> Int {
    var place = leadingPlace(error) - 1
    // An error such as 0.0996 is 0.10 once it is rounded.
    if (error / power(place)).rounded() >= 100 { place += 1 }
    return place
  }

  /// The power of ten of the first significant digit of a positive number.
  package static func leadingPlace(_ value: Double) -> Int {
    var place = 0
    while place < largestPlace, value >= power(place + 1) { place += 1 }
    while place > -largestPlace, value < power(place) { place -= 1 }
    return place
  }

  /// A percentage, such as `62.3 %`.
  package static func percent(_ fraction: Double?, place: Int = -1) -> String {
    fraction.map { rounded($0 * 100, place: place) + " %" } ?? empty
  }

  /// A multiple with at least three significant digits and two decimals, such as `1.25` or `0.0825`.
  package static func multiple(_ value: Double) -> String {
    rounded(value, place: value > 0 ? min(-2, leadingPlace(value) - 2) : -2)
  }

  private static let largestPlace = 300

  private static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  private static func multiplied(_ count: Int, _ place: Int) -> Int? {
    guard place <= 18 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(
      by: (0..<place).reduce(1) { unit, _ in unit * 10 })
    return overflow ? nil : product
  }

  private static func grouped(_ digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    groups.insert(rest, at: 0)
    return groups.joined(separator: ",")
  }
}

/// How the USD amounts of one column of a table are written.
package struct AmountText {
  /// The place of the last digit where no error says less: units, or hundredths in a column of small amounts.
  let place: Int

  /// Chooses the digits of a column.
  ///
  /// - Parameter amounts: all amounts of the column.
  package init(for amounts: [Double]) {
    place = amounts.contains { abs($0) >= 1_000 } ? 0 : -2
  }

  /// An amount that was not estimated.
  package func text(_ amount: Double?) -> String {
    amount.map { $0 == 0 ? "0" : NumberText.rounded($0, place: place) } ?? NumberText.empty
  }

  /// An estimate, no digit finer than the finer of its two errors.
  package func text(_ estimate: Estimate?) -> String {
    guard let estimate else { return NumberText.empty }
    return text(estimate.value, noFinerThan: [estimate])
  }

  /// An amount, no digit finer than any of the estimates it belongs to or is made of.
  package func text(_ amount: Double, noFinerThan estimates: [Estimate]) -> String {
    let coarsest = estimates.map(place(of:)).max() ?? place
    return amount == 0 ? "0" : NumberText.rounded(amount, place: coarsest)
  }

  /// The place of the last digit of an estimate, that of the finer of its two errors.
  private func place(of estimate: Estimate) -> Int {
    let errors = [estimate.simulationError, estimate.calibrationError].compactMap { $0 }.filter { $0 > 0 }
    return max(place, errors.map(NumberText.errorPlace).min() ?? place)
  }

  /// A standard error in two significant digits, none below a cent.
  package static func error(_ error: Double?) -> String {
    guard let error else { return NumberText.empty }
    guard error > 0 else { return "0" }
    let place = NumberText.errorPlace(error)
    return error < 0.005 ? "<0.01" : NumberText.rounded(error, place: max(-2, place))
  }
}

extension EventProbability {
  /// The frequency in percent, no digit finer than its standard error's second; the bound where nothing or everything
  /// happened.
  package var text: String {
    guard scenarios > 0 else { return NumberText.empty }
    if count == 0 { return "< " + NumberText.boundingPercent(upper) }
    if count == scenarios { return "> " + NumberText.complementPercent(lower) }
    let error = (probability * (1 - probability) / Double(scenarios)).squareRoot()
    return NumberText.percent(probability, place: min(0, NumberText.errorPlace(error * 100)))
  }

  /// The count, such as `3 of 30`.
  package var countText: String { "\(NumberText.whole(count)) of \(NumberText.whole(scenarios))" }
}

extension NumberText {
  /// A probability rounded up: to its first digit below one percent, to whole percents above.
  fileprivate static func boundingPercent(_ bound: Double) -> String {
    let place = bound > 0 ? min(0, leadingPlace(bound * 100)) : 0
    return rounded(up(bound * 100, place: place), place: place) + " %"
  }

  /// A probability close to one, rounded down by the same rule.
  fileprivate static func complementPercent(_ bound: Double) -> String {
    let rest = max(0, 1 - bound) * 100
    let place = rest > 0 ? min(0, leadingPlace(rest)) : 0
    return rounded(100 - up(rest, place: place), place: place) + " %"
  }

  private static func up(_ value: Double, place: Int) -> Double {
    let unit = power(place)
    // What is a whole number of units but for rounding stays one.
    return (value / unit * (1 - 1e-12)).rounded(.up) * unit
  }
}
