internal import RealModule

/// The logarithm of the moment generating function, `log E[exp(t·Q)]`, of a standardised quadratic function of
/// normals.
///
/// `K(t) = Σ [½·b²·t²/(1 − 2λt) − ½·log(1 − 2λt) − λt]`, for `1 − 2λt > 0` throughout.
struct CumulantFunction {
  /// b² and λ of each normal, over the standard deviation.
  private let terms: [(square: Double, lambda: Double)]
  /// The least upper bound of the arguments at which K is finite; above 0.5, perhaps infinite.
  let upperBound: Double

  /// - Parameter law: any law; it is standardised.
  init(_ law: QuadraticGaussian) {
    let standard = law.standardised
    // Normals without a square of their own are one normal.
    var square = 0.0
    var terms: [(square: Double, lambda: Double)] = []
    for (b, lambda) in zip(standard.linear, standard.quadratic) {
      if lambda == 0 { square += b * b } else { terms.append((b * b, lambda)) }
    }
    if square > 0 { terms.append((square, 0)) }
    self.terms = terms
    let largest = terms.reduce(0) { max($0, $1.lambda) }
    upperBound = largest > 0 ? 0.5 / largest : .infinity
  }

  /// K at a real argument, with its first two derivatives.
  func values(at t: Double) -> (value: Double, first: Double, second: Double) {
    var value = 0.0
    var first = 0.0
    var second = 0.0
    for (square, lambda) in terms {
      let x = 2 * lambda * t
      let inverse = 1 / (1 - x)
      value += 0.5 * (square * t * t * inverse + logRemainder(x))
      first += square * t * (1 - 0.5 * x) * inverse * inverse + lambda * x * inverse
      second += (square * inverse + 2 * lambda * lambda) * inverse * inverse
    }
    return (value, first, second)
  }

  /// K at a complex argument, with the branch that is continuous off the real axis.
  func value(at t: ComplexNumber) -> ComplexNumber {
    var value = ComplexNumber(0, 0)
    for (square, lambda) in terms {
      let x = t * (2 * lambda)
      let rest = ComplexNumber(1 - x.real, 0 - x.imaginary)
      value = value + (t * t * square / rest - rest.logarithm - x) * 0.5
    }
    return value
  }

  /// `−log(1 − x) − x`, without cancellation near 0.
  private func logRemainder(_ x: Double) -> Double {
    guard abs(x) < 0.02 else { return -Double.log(1 - x) - x }
    // x²/2 + x³/3 + …; the terms left out are below 1e-18 of the first.
    var sum = 0.0
    for power in (2...12).reversed() { sum = sum * x + 1 / Double(power) }
    return sum * x * x
  }
}

/// A complex number, as far as contour integrals need it.
struct ComplexNumber {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  var squaredLength: Double { real * real + imaginary * imaginary }

  /// The principal logarithm.
  var logarithm: ComplexNumber {
    ComplexNumber(0.5 * .log(squaredLength), .atan2(y: imaginary, x: real))
  }

  var exponential: ComplexNumber {
    let length = Double.exp(real)
    return ComplexNumber(length * .cos(imaginary), length * .sin(imaginary))
  }

  static func + (a: ComplexNumber, b: ComplexNumber) -> ComplexNumber {
    ComplexNumber(a.real + b.real, a.imaginary + b.imaginary)
  }

  static func - (a: ComplexNumber, b: ComplexNumber) -> ComplexNumber {
    ComplexNumber(a.real - b.real, a.imaginary - b.imaginary)
  }

  static func * (a: ComplexNumber, b: ComplexNumber) -> ComplexNumber {
    ComplexNumber(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  static func * (a: ComplexNumber, factor: Double) -> ComplexNumber {
    ComplexNumber(a.real * factor, a.imaginary * factor)
  }

  static func / (a: ComplexNumber, b: ComplexNumber) -> ComplexNumber {
    let scale = 1 / b.squaredLength
    return ComplexNumber(
      (a.real * b.real + a.imaginary * b.imaginary) * scale,
      (a.imaginary * b.real - a.real * b.imaginary) * scale)
  }
}
