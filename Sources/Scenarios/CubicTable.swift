/// A smooth function tabulated with its slope at equidistant points.
///
/// Between two points it is the cubic with their values and slopes, whose error is at most h⁴/384 times the greatest fourth
/// derivative; beyond the ends it is a straight line.
struct CubicTable: Sendable {
  private let origin: Double
  private let spacing: Double
  private let density: Double
  /// Value and slope times the spacing, point after point.
  private let nodes: [Double]

  /// Tabulates a function.
  ///
  /// - Parameters:
  ///   - range: the ends; finite, the upper above the lower.
  ///   - spacing: h, positive; the last point is the first at or beyond the upper end.
  ///   - function: the value and the slope at a point, both finite; `nil` ends the table before it.
  init(
    over range: ClosedRange<Double>, spacing: Double,
    _ function: (Double) -> (value: Double, slope: Double)?
  ) {
    var nodes: [Double] = []
    let last = Int(((range.upperBound - range.lowerBound) / spacing).rounded(.up))
    for index in 0...last {
      guard let node = function(range.lowerBound + Double(index) * spacing) else { break }
      precondition(node.value.isFinite && node.slope.isFinite, "a tabulated value that is not finite")
      nodes += [node.value, node.slope * spacing]
    }
    precondition(nodes.count >= 4, "a table of fewer than two points")
    origin = range.lowerBound
    self.spacing = spacing
    density = 1 / spacing
    self.nodes = nodes
  }

  /// The function at a point.
  ///
  /// - Parameter x: any finite number.
  /// - Returns: the interpolated value.
  @inline(__always)
  func callAsFunction(_ x: Double) -> Double {
    let position = (x - origin) * density
    let cells = nodes.count / 2 - 1
    let cell = max(0, min(Double(cells - 1), position.rounded(.down)))
    let base = 2 * Int(cell)
    let t = position - cell
    let left = nodes[base]
    let leftSlope = nodes[base + 1]
    let right = nodes[base + 2]
    let rightSlope = nodes[base + 3]
    if t < 0 { return left + t * leftSlope }
    if t > 1 { return right + (t - 1) * rightSlope }
    let rise = right - left
    let curve = (leftSlope - rise) + t * (2 * rise - leftSlope - rightSlope)
    // left + t·rise + t·(1 − t)·[(m₀ − r)·(1 − t) + (r − m₁)·t]
    return left + t * rise + t * (1 - t) * curve
  }
}
