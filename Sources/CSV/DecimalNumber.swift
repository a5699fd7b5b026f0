/// Reads a decimal number: `-?digits(.digits)?([eE][+-]?digits)?`, and nothing else.
///
/// No white space, no leading plus, no hexadecimal, no `inf` or `nan`. The result is the nearest `Double`, ties to even.
/// Where the digits fit in 53 bits and the power of ten is exact, one rounding makes it (W. D. Clinger, "How to read
/// floating point numbers accurately", 1990); otherwise the standard library does.
///
/// - Parameter bytes: the whole field.
/// - Returns: `nil` where the bytes are no such number or its size is beyond the largest `Double`.
func decimalNumber(_ bytes: Span<UInt8>) -> Double? {
  guard let parts = DecimalParts(bytes) else { return nil }
  if let magnitude = parts.exactMagnitude { return parts.isNegative ? -magnitude : magnitude }
  guard let text = try? UTF8Span(validating: bytes), let value = Double(String(copying: text)) else {
    return nil
  }
  return value.isFinite ? value : nil
}

/// A number as sign, digits and power of ten.
private struct DecimalParts {
  var isNegative = false
  private var digits: UInt64 = 0
  private var exponent = 0
  private var digitsFit = true

  /// Every power of ten that a `Double` holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
  private static let largestExactInteger: UInt64 = 1 << 53

  init?(_ bytes: Span<UInt8>) {
    var next = 0
    if bytes.count > 0, bytes[0] == UInt8(ascii: "-") {
      isNegative = true
      next = 1
    }
    guard readDigits(bytes, &next) > 0 else { return nil }
    if next < bytes.count, bytes[next] == UInt8(ascii: ".") {
      next += 1
      let decimals = readDigits(bytes, &next)
      guard decimals > 0 else { return nil }
      exponent = -decimals
    }
    if next < bytes.count, bytes[next] | 0x20 == UInt8(ascii: "e") {
      next += 1
      guard readExponent(bytes, &next) else { return nil }
    }
    guard next == bytes.count else { return nil }
  }

  /// The size of the number where one exact product or quotient gives it.
  var exactMagnitude: Double? {
    guard digitsFit, digits <= Self.largestExactInteger, abs(exponent) < Self.powersOfTen.count else {
      return nil
    }
    let power = Self.powersOfTen[abs(exponent)]
    return exponent < 0 ? Double(digits) / power : Double(digits) * power
  }

  private mutating func readDigits(_ bytes: Span<UInt8>, _ next: inout Int) -> Int {
    let start = next
    while next < bytes.count, let digit = Self.digit(bytes[next]) {
      // Digits past 2^53 leave the fast path for good; stopping the sum there keeps it from overflowing.
      digitsFit = digitsFit && digits <= Self.largestExactInteger
      if digitsFit { digits = digits * 10 + UInt64(digit) }
      next += 1
    }
    return next - start
  }

  private mutating func readExponent(_ bytes: Span<UInt8>, _ next: inout Int) -> Bool {
    var isDownwards = false
    if next < bytes.count, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
      isDownwards = bytes[next] == UInt8(ascii: "-")
      next += 1
    }
    let start = next
    var value = 0
    while next < bytes.count, let digit = Self.digit(bytes[next]) {
      value = min(value * 10 + Int(digit), 1_000_000)
      next += 1
    }
    exponent += isDownwards ? -value : value
    return next > start
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    let value = byte &- UInt8(ascii: "0")
    return value <= 9 ? value : nil
  }
}
