/// A minimum of a function of several variables, and what it took to find.
public struct VectorMinimum: Hashable, Sendable {
  /// The argument of the smallest value met.
  public let argument: [Double]

  /// The smallest value met; infinity where the function was finite nowhere.
  public let value: Double

  /// How often the function was called.
  public let evaluations: Int

  /// Whether the simplex shrank to the tolerance before the calls ran out.
  public let converged: Bool
}

/// A local minimum of a function of few variables without derivatives, by the simplex of Nelder and Mead.
///
/// Reflection 1, expansion 2, contraction ½, shrinkage ½. Once the simplex has shrunk it is built anew around the best
/// point, and the search ends when a new simplex finds nothing lower: a degenerate simplex does not pass for a
/// minimum. Nelder, Mead: A simplex method for function minimization (1965).
///
/// - Parameters:
///   - start: the first point, finite, at least one coordinate.
///   - steps: the size of the first simplex along each coordinate, finite and not zero.
///   - tolerance: the spread of the values over the simplex, relative to their size, that ends a search; positive.
///   - maximumEvaluations: how often the function may be called, at least one more than there are coordinates.
///   - function: the function; infinity and NaN mark points outside its domain.
/// - Returns: the smallest value met, with its argument.
public func nelderMeadMinimum(
  from start: [Double], steps: [Double], tolerance: Double = 1e-12, maximumEvaluations: Int = 4_000,
  of function: ([Double]) -> Double
) -> VectorMinimum {
  precondition(!start.isEmpty && start.count == steps.count, "each coordinate needs its step")
  precondition(tolerance > 0, "the tolerance must be positive")
  precondition(maximumEvaluations > start.count, "the first simplex must be affordable")
  var simplex = Simplex(around: start, steps: steps, function)
  var settled = false
  while simplex.evaluations < maximumEvaluations {
    if simplex.spread > tolerance {
      simplex.improve(function)
      continue
    }
    if settled { break }
    let before = simplex.best.value
    simplex.rebuild(steps: steps.map { 0.1 * $0 }, function)
    while simplex.spread > tolerance, simplex.evaluations < maximumEvaluations { simplex.improve(function) }
    settled = before - simplex.best.value <= 4 * tolerance * (1 + abs(before))
  }
  return VectorMinimum(
    argument: simplex.best.argument, value: simplex.best.value, evaluations: simplex.evaluations,
    converged: settled && simplex.best.value.isFinite)
}

/// One more point than there are coordinates, the lowest first.
private struct Simplex {
  struct Vertex {
    var argument: [Double]
    var value: Double
  }

  private var vertices: [Vertex] = []
  private(set) var evaluations = 0

  init(around start: [Double], steps: [Double], _ function: ([Double]) -> Double) {
    vertices = [evaluated(start, function)]
    rebuild(steps: steps, function)
  }

  var best: Vertex { vertices[0] }

  /// How far the values still differ, relative to their size.
  var spread: Double {
    let difference = vertices[vertices.count - 1].value - best.value
    // Infinity less infinity: no point of the domain was found, and none will be.
    guard !difference.isNaN else { return 0 }
    return difference / (1 + abs(best.value))
  }

  /// Starts again around the best point.
  mutating func rebuild(steps: [Double], _ function: ([Double]) -> Double) {
    let centre = best
    vertices = [centre]
    for coordinate in steps.indices {
      var argument = centre.argument
      argument[coordinate] += steps[coordinate]
      vertices.append(evaluated(argument, function))
    }
    order()
  }

  /// One step: the worst point is replaced, or all are drawn towards the best.
  mutating func improve(_ function: ([Double]) -> Double) {
    let last = vertices.count - 1
    let worst = vertices[last]
    let reflected = evaluated(along(-1, from: worst), function)
    if reflected.value < best.value {
      let expanded = evaluated(along(-2, from: worst), function)
      vertices[last] = expanded.value < reflected.value ? expanded : reflected
    } else if reflected.value < vertices[last - 1].value {
      vertices[last] = reflected
    } else {
      let outside = reflected.value < worst.value
      let contracted = evaluated(along(outside ? -0.5 : 0.5, from: worst), function)
      if contracted.value < min(reflected.value, worst.value) {
        vertices[last] = contracted
      } else {
        shrink(function)
      }
    }
    order()
  }

  private mutating func shrink(_ function: ([Double]) -> Double) {
    let centre = best.argument
    for index in 1..<vertices.count {
      let argument = zip(centre, vertices[index].argument).map { $0 + 0.5 * ($1 - $0) }
      vertices[index] = evaluated(argument, function)
    }
  }

  /// The point at a multiple of the way from the centre of all other points to the worst.
  private func along(_ factor: Double, from worst: Vertex) -> [Double] {
    let share = 1 / Double(vertices.count - 1)
    return worst.argument.indices.map { coordinate in
      var centre = 0.0
      for vertex in vertices.dropLast() { centre += share * vertex.argument[coordinate] }
      return centre + factor * (worst.argument[coordinate] - centre)
    }
  }

  private mutating func evaluated(_ argument: [Double], _ function: ([Double]) -> Double) -> Vertex {
    evaluations += 1
    let value = function(argument)
    return Vertex(argument: argument, value: value.isNaN ? .infinity : value)
  }

  /// Insertion keeps the order of equal values, so the path is one definite path.
  private mutating func order() {
    for index in 1..<vertices.count {
      var place = index
      while place > 0, vertices[place].value < vertices[place - 1].value {
        vertices.swapAt(place, place - 1)
        place -= 1
      }
    }
  }
}
