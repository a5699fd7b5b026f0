import Studies
import TestSupport
import Testing

@Suite struct NearestFailureTests {
  private func search(
    _ effort: NearestFailureSearch<Never>.Effort = .thorough, farthest: Double = 100,
    _ function: @escaping ([Double]) -> Double
  ) -> NearestFailureSearch<Never> {
    NearestFailureSearch(effort: effort, farthest: { _ in farthest }) { points in points.map(function) }
  }

  private let axes = [[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]

  @Test func aHalfSpaceIsMetAtItsFootInClosedForm() throws {
    let normal = [1.0, -2, 0.5]
    let square = 5.25
    let found = try #require(
      search { point in 3 + zip(normal, point).reduce(0) { $0 + $1.0 * $1.1 } }.nearest(from: axes))
    for (got, wanted) in zip(found.point, normal.map { -3 * $0 / square }) {
      #expect(isClose(got, wanted, relative: 1e-9))
    }
    #expect(isClose(found.distance, 3 / square.squareRoot(), relative: 1e-11))
    #expect(found.isLinear && found.hasConverged)
  }

  @Test func aCurvedBoundaryIsMetWhereItIsNearest() throws {
    // The ball about (3, 4, 0) of radius 2 is met at distance 3; its far side is no answer.
    let found = try #require(
      search { point in
        let (x, y, z) = (point[0] - 3, point[1] - 4, point[2])
        return x * x + y * y + z * z - 4
      }.nearest(from: [[1, 1, 0.1]]))
    #expect(isClose(found.distance, 3, relative: 1e-9))
    #expect(isClose(found.point[0], 1.8, relative: 1e-5) && isClose(found.point[1], 2.4, relative: 1e-5))
    #expect(found.hasConverged && !found.isLinear)
  }

  @Test func ofSeveralFacesTheNearestIsFound() throws {
    // Faces at distances 2, 1.5 and 3, whichever the search begins with.
    let found = try #require(
      search { point in
        min(2 - point[0], 1.5 - (0.6 * point[1] + 0.8 * point[2]), 3 + point[2])
      }.nearest(from: axes))
    #expect(isClose(found.distance, 1.5, relative: 1e-9))
    #expect(isClose(found.point[1], 0.9, relative: 1e-6) && isClose(found.point[2], 1.2, relative: 1e-6))
  }

  @Test func anEdgeThatPointsInwardIsFoundThoughItHasNoGradient() throws {
    // Fails only where both coordinates are beyond 1: the edge at (1, 1) is nearest.
    let found = try #require(
      search { point in max(1 - point[0], 1 - point[1]) }.nearest(from: [[1, 0.2, 0.1], [0.3, 1, -0.1]]))
    #expect(isClose(found.distance, 2.0.squareRoot(), relative: 1e-5))
  }

  @Test func aJumpIsTakenJustBeyond() throws {
    let found = try #require(
      search { point in point[0] + point[1] > 1 ? -5 : 3 - 0.1 * point[2] }.nearest(from: axes))
    #expect(isClose(found.distance, 0.5.squareRoot(), relative: 1e-5))
    #expect(found.point[0] + found.point[1] > 1)
    #expect(found.before[0] + found.before[1] <= 1)
  }

  @Test func whereNothingFailsThereIsNoPoint() {
    #expect(search { _ in 1 }.nearest(from: axes) == nil)
    #expect(search(farthest: 4) { 5 - $0[0] }.nearest(from: axes) == nil)
  }

  @Test func aSparingSearchFindsSmoothBoundaries() throws {
    let found = try #require(
      search(.sparing) { point in
        4 - point[0] - 0.5 * point[1] - 0.02 * point[0] * point[0]
      }.nearest(from: axes))
    #expect(found.hasConverged)
    let finer = try #require(
      search { point in
        4 - point[0] - 0.5 * point[1] - 0.02 * point[0] * point[0]
      }.nearest(from: axes))
    #expect(isClose(found.distance, finer.distance, relative: 1e-9))
  }
}
