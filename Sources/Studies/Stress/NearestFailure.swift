/// The point nearest to the origin at which a function that is positive there is no longer positive.
///
/// The design point of structural reliability: from several directions, the first root along a ray is found, the function
/// is linearised there, and the next ray is the one towards the nearest point of the linearised boundary, taken in part
/// where it leads no nearer (Hasofer, Lind: An exact and invariant first order reliability format, 1974; Rackwitz, Fiessler:
/// Structural reliability under combined random load sequences, 1978). Where the function is linear between the origin's
/// side of the boundary and the point, one step is exact. A compass search over directions follows, for boundaries with
/// edges and jumps.
package struct NearestFailure: Hashable, Sendable {
  /// The point: the function is not positive there, and is positive at all points looked at before it on its ray.
  package let point: [Double]
  /// The point on the same ray, nearer to the origin by the tolerance of the root, at which the function is positive.
  package let before: [Double]
  /// Its distance from the origin.
  package let distance: Double
  /// How many linearisations led to it.
  package let iterations: Int
  /// Whether the last step was as short as the tolerance says, or no direction beside the point's fails nearer.
  package let hasConverged: Bool
  /// Whether the function is linear about the point, so that the point is the closed form.
  package let isLinear: Bool

  fileprivate static let relativeTolerance = 1e-8
}

/// Looks for a ``NearestFailure``.
package struct NearestFailureSearch<Failure: Error> {
  /// What a search may cost.
  package struct Effort: Hashable, Sendable {
    /// How many points along a ray are looked at for the first root.
    package let scanPoints: Int
    /// From how many of the directions that fail nearest a linearisation starts.
    package let starts: Int
    /// How many linearisations one start may take.
    package let iterations: Int
    /// Whether directions beside the answer are searched.
    package let isPolished: Bool

    /// For functions of which thousands of values are had at once.
    package static var thorough: Effort {
      Effort(scanPoints: 64, starts: 6, iterations: 50, isPolished: true)
    }
    /// For functions of which every value is dear.
    package static var sparing: Effort {
      Effort(scanPoints: 16, starts: 2, iterations: 12, isPolished: false)
    }
  }

  /// The function at many points at once.
  private let values: (_ points: [[Double]]) throws(Failure) -> [Double]
  /// How far along a direction of length one points may be.
  private let farthest: (_ direction: [Double]) -> Double
  private let effort: Effort

  /// Makes a search.
  ///
  /// - Parameters:
  ///   - effort: what it may cost.
  ///   - farthest: how far along a direction of length one points may be; positive.
  ///   - values: the function at many points at once; positive at the origin.
  package init(
    effort: Effort, farthest: @escaping (_ direction: [Double]) -> Double,
    values: @escaping (_ points: [[Double]]) throws(Failure) -> [Double]
  ) {
    self.effort = effort
    self.farthest = farthest
    self.values = values
  }

  /// Looks from some directions.
  ///
  /// - Parameter directions: of one dimension, at least one; those of length zero are left out.
  /// - Throws: what the function throws.
  /// - Returns: the nearest point found; `nil` where no ray fails.
  package func nearest(from directions: [[Double]]) throws(Failure) -> NearestFailure? {
    let starts = try roots(along: directions.compactMap(Self.unit))
    var best: Progress?
    for start in starts.prefix(effort.starts) {
      let descended = try descended(from: start)
      if descended.root.far < best?.root.far ?? .infinity { best = descended }
    }
    guard var best else { return nil }
    if effort.isPolished {
      for _ in 0..<Self.polishes {
        guard let nearer = try polished(best.root) else {
          best.hasConverged = true
          break
        }
        var next = try descended(from: nearer)
        next.iterations += best.iterations
        best = next
      }
    }
    return NearestFailure(
      point: best.root.point, before: best.root.direction.map { $0 * best.root.near },
      distance: best.root.far,
      iterations: best.iterations, hasConverged: best.hasConverged, isLinear: try isLinear(about: best.root))
  }

  // MARK: Rays

  /// Where a ray first fails: between two distances that rounding hardly tells apart.
  private struct Root {
    let direction: [Double]
    let near: Double
    let far: Double

    var point: [Double] { direction.map { $0 * far } }
  }

  /// A step of a ray: positive at its beginning, not at its end.
  private struct Bracket {
    var near: Double
    var far: Double
    var nearValue: Double
    var farValue: Double

    var width: Double { far - near }

    /// Where a straight line between both ends is zero.
    var secant: Double {
      let drop = nearValue - farValue
      return drop > 0 ? near + width * (nearValue / drop) : near + 0.5 * width
    }
  }

  /// The first roots along all of several rays, the nearest first; rays that do not fail are left out.
  private func roots(along directions: [[Double]]) throws(Failure) -> [Root] {
    let points = effort.scanPoints
    var distances: [[Double]] = []
    for direction in directions {
      let end = farthest(direction)
      // Closer together where points are likelier.
      distances.append(
        (1...points).map { end * Double($0) / Double(points) * Double($0) / Double(points) })
    }
    let origin = try values([[Double](repeating: 0, count: directions.first?.count ?? 0)])
    let scanned = try values(
      zip(directions, distances).flatMap { direction, distances in
        distances.map { distance in direction.map { $0 * distance } }
      })
    var roots: [Root] = []
    for (place, direction) in directions.enumerated() {
      let own = Array(scanned[(place * points)..<((place + 1) * points)])
      guard let bracket = Self.bracket(distances[place], own, origin: origin[0]) else { continue }
      roots.append(try refined(bracket, along: direction))
    }
    return roots.enumerated().sorted { ($0.element.far, $0.offset) < ($1.element.far, $1.offset) }
      .map(\.element)
  }

  /// The first root along a ray no farther than a limit.
  private func root(
    along direction: [Double], within limit: Double, origin: Double
  ) throws(Failure) -> Root? {
    let end = min(limit, farthest(direction))
    let distances = (1...Self.pointsWithin).map { end * Double($0) / Double(Self.pointsWithin) }
    let own = try values(distances.map { distance in direction.map { $0 * distance } })
    guard let bracket = Self.bracket(distances, own, origin: origin) else { return nil }
    return try refined(bracket, along: direction)
  }

  private static func bracket(_ distances: [Double], _ values: [Double], origin: Double) -> Bracket? {
    guard let first = values.firstIndex(where: { $0 <= 0 }) else { return nil }
    return Bracket(
      near: first == 0 ? 0 : distances[first - 1], far: distances[first],
      nearValue: first == 0 ? origin : values[first - 1], farValue: values[first])
  }

  /// Cuts a bracket: about the secant's zero, and in the middle.
  private func refined(_ bracket: Bracket, along direction: [Double]) throws(Failure) -> Root {
    var bracket = bracket
    for _ in 0..<Self.cuts where bracket.width > Self.rootTolerance * bracket.far {
      let secant = bracket.secant
      let beside = 0.4 * Self.rootTolerance * bracket.far
      let inner = [secant - beside, secant + beside, bracket.near + 0.5 * bracket.width]
        .filter { $0 > bracket.near && $0 < bracket.far }.sorted()
      let found = try values(inner.map { distance in direction.map { $0 * distance } })
      var next = bracket
      let reached = found.firstIndex { $0 <= 0 } ?? inner.count
      if reached > 0 { (next.near, next.nearValue) = (inner[reached - 1], found[reached - 1]) }
      if reached < inner.count { (next.far, next.farValue) = (inner[reached], found[reached]) }
      // Neighbouring numbers cannot be told apart any further.
      if next.width == bracket.width { break }
      bracket = next
    }
    return Root(direction: direction, near: bracket.near, far: bracket.far)
  }

  // MARK: Linearisations

  private struct Progress {
    var root: Root
    var iterations = 0
    var hasConverged = false
  }

  /// Follows linearisations towards nearer points.
  private func descended(from start: Root) throws(Failure) -> Progress {
    var progress = Progress(root: start)
    let origin = try values([[Double](repeating: 0, count: start.direction.count)])[0]
    while progress.iterations < effort.iterations {
      progress.iterations += 1
      let root = progress.root
      guard let wanted = Self.unit(try gradient(at: root.point).map { -$0 }) else { break }
      guard let next = try step(from: root, towards: wanted, origin: origin) else { break }
      progress.root = next
      let change = Self.norm(zip(next.point, root.point).map { $0 - $1 })
      if change <= NearestFailure.relativeTolerance * next.far {
        progress.hasConverged = true
        break
      }
    }
    return progress
  }

  /// The root in a new direction, or as far towards it as leads nearer; `nil` where none does.
  private func step(
    from root: Root, towards wanted: [Double], origin: Double
  ) throws(Failure) -> Root? {
    var share = 1.0
    while share > Self.leastShare {
      let mixed = zip(root.direction, wanted).map { $0 + share * ($1 - $0) }
      if let direction = Self.unit(mixed),
        let next = try self.root(along: direction, within: root.far * (1 + 1e-9), origin: origin),
        next.far <= root.far * (1 + 1e-12)
      {
        return next
      }
      share *= 0.5
    }
    return nil
  }

  /// The gradient by central differences.
  private func gradient(at point: [Double]) throws(Failure) -> [Double] {
    let step = Self.differenceStep * max(1, Self.norm(point))
    var points: [[Double]] = []
    for place in point.indices {
      for shift in [step, -step] {
        var shifted = point
        shifted[place] += shift
        points.append(shifted)
      }
    }
    let found = try values(points)
    return point.indices.map { (found[2 * $0] - found[2 * $0 + 1]) / (2 * step) }
  }

  /// Whether the gradient is the same at a point of the boundary and on the way to it, and points along the ray.
  private func isLinear(about root: Root) throws(Failure) -> Bool {
    let there = try gradient(at: root.point)
    let before = try gradient(at: root.direction.map { $0 * root.near * 0.999 })
    let size = Self.norm(there)
    guard size > 0, let wanted = Self.unit(there.map { -$0 }) else { return false }
    let turn = Self.norm(zip(wanted, root.direction).map { $0 - $1 })
    return Self.norm(zip(there, before).map { $0 - $1 }) <= Self.linearTolerance * size
      && turn <= Self.linearTolerance
  }

  // MARK: Directions beside the answer

  /// A nearer root found among directions around one, ever closer to it; `nil` where there is none.
  private func polished(_ root: Root) throws(Failure) -> Root? {
    let origin = try values([[Double](repeating: 0, count: root.direction.count)])[0]
    var best = root
    var angle = Self.firstAngle
    while angle > Self.lastAngle {
      let radius = best.far * (1 - 1e-9)
      let directions = Self.tangents(to: best.direction).flatMap { tangent in
        [angle, -angle].compactMap { angle in
          Self.unit(zip(best.direction, tangent).map { $0 + angle * $1 })
        }
      }.filter { farthest($0) >= radius }
      let found = try values(directions.map { direction in direction.map { $0 * radius } })
      let lowest = found.indices.min { (found[$0], $0) < (found[$1], $1) }
      if let lowest, found[lowest] <= 0,
        let nearer = try self.root(along: directions[lowest], within: radius, origin: origin)
      {
        best = nearer
      } else {
        angle *= 0.5
      }
    }
    return best.far < root.far * (1 - NearestFailure.relativeTolerance) ? best : nil
  }

  /// Directions of length one at right angles to one and to each other: the columns of the reflection that takes the longest
  /// axis of the direction to it, but for that.
  private static func tangents(to direction: [Double]) -> [[Double]] {
    let longest = direction.indices.max { abs(direction[$0]) < abs(direction[$1]) } ?? 0
    var mirror = direction
    mirror[longest] += direction[longest] < 0 ? -1 : 1
    let square = mirror.reduce(0) { $0 + $1 * $1 }
    return direction.indices.filter { $0 != longest }.map { axis in
      direction.indices.map { ($0 == axis ? 1.0 : 0) - 2 * mirror[$0] * mirror[axis] / square }
    }
  }

  private static func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The vector at length one; `nil` where it has none.
  private static func unit(_ vector: [Double]) -> [Double]? {
    let length = norm(vector)
    return length > 0 && length.isFinite ? vector.map { $0 / length } : nil
  }

  private static var rootTolerance: Double { 1e-12 }
  private static var cuts: Int { 60 }
  private static var pointsWithin: Int { 16 }
  private static var differenceStep: Double { 1e-4 }
  private static var linearTolerance: Double { 1e-6 }
  private static var leastShare: Double { 1e-3 }
  private static var polishes: Int { 4 }
  private static var firstAngle: Double { 0.25 }
  private static var lastAngle: Double { 1e-7 }
}
