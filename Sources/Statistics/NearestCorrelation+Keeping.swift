public import LinearAlgebra

extension NearestCorrelation {
  /// Repairs a matrix of which some correlations stay as they are.
  ///
  /// Newton's method with a multiplier for every kept correlation; where those leave no regular matrix, as a kept
  /// correlation of 1 or a kept singular block does, the problem is first put to the smaller matrices they leave. Kept
  /// correlations stay bit for bit, unless they fit only within rounding: then they may move by as much.
  ///
  /// - Parameters:
  ///   - matrix: A, n × n, finite and exactly symmetric; its diagonal and the range of what is not kept are free.
  ///   - pairs: the variables whose correlations are kept.
  ///   - minimumEigenvalue: δ in [0, 1], the least the smallest eigenvalue of the result may be.
  /// - Throws: `CovarianceError.keptCorrelationsContradict` where no correlation matrix has them all, `.notSquare`,
  ///   `.notFinite`, `.notSymmetric` or `.decomposition`.
  public init(
    to matrix: Matrix, keeping pairs: Set<CorrelationPair>, minimumEigenvalue: Double = 0
  ) throws(CovarianceError) {
    try matrix.requireFiniteSymmetric()
    precondition(
      pairs.allSatisfy { $0.second < matrix.rows }, "a kept pair is outside the matrix")
    if let unchanged = matrix.asCorrelation(minimumEigenvalue: minimumEigenvalue) {
      self.init(repaired: unchanged, from: matrix)
      return
    }
    let kept = try KeptCorrelations(pairs.sorted(), in: matrix, minimumEigenvalue: minimumEigenvalue)
    let search = try kept.dual.minimised(by: .newton)
    // What misses by less is rounding of the given numbers, such as a published table's.
    guard search.point.residual <= 1e-8 else { throw .keptCorrelationsContradict }
    let repaired = try CorrelationMatrix(roundedFrom: kept.face.lifted(search.point.semidefinite))
      .raised(minimumEigenvalue: minimumEigenvalue)
    var exact = repaired.matrix
    for pair in pairs {
      exact[pair.first, pair.second] = matrix[pair.first, pair.second]
      exact[pair.second, pair.first] = matrix[pair.first, pair.second]
    }
    self.init(
      repaired: exact.asCorrelation(minimumEigenvalue: minimumEigenvalue) ?? repaired, from: matrix,
      iterations: search.iterations, hasConverged: search.hasConverged)
  }
}

/// The matrices `U·Y·Uᵀ` with U of orthonormal columns: those with given null vectors.
struct SpectralFace {
  /// U, n × q.
  let basis: Matrix

  /// `U·Y·Uᵀ`, exactly symmetric.
  func lifted(_ reduced: Matrix) -> Matrix {
    let product = multiply(multiply(basis, reduced), transposed: basis)
    return Matrix(rows: product.rows, columns: product.rows) { product[max($0, $1), min($0, $1)] }
  }

  /// `Uᵀ·A·U`, exactly symmetric.
  func reduced(_ matrix: Matrix) -> Matrix {
    let product = multiply(transposed: basis, multiply(matrix, basis))
    return Matrix(rows: product.rows, columns: product.rows) { product[max($0, $1), min($0, $1)] }
  }
}

/// Variables whose kept correlations are 1 or −1: they are one variable, some of them turned.
private struct PerfectGroup {
  var members: [Int]
  var signs: [Double]

  /// The entries of its unit vector.
  var share: Double { 1 / Double(members.count).squareRoot() }
}

/// Kept correlations, and the problem that is left within them.
private struct KeptCorrelations {
  let face: SpectralFace
  let dual: SemidefiniteDual

  init(
    _ pairs: [CorrelationPair], in matrix: Matrix, minimumEigenvalue: Double
  ) throws(CovarianceError) {
    guard pairs.allSatisfy({ abs(matrix[$0.first, $0.second]) <= 1 }) else {
      throw .keptCorrelationsContradict
    }
    let groups = try KeptCorrelations.groups(pairs, in: matrix)
    guard minimumEigenvalue == 0 || groups.allSatisfy({ $0.members.count == 1 }) else {
      throw .keptCorrelationsContradict
    }
    let given = try KeptCorrelations.between(groups, pairs, in: matrix)
    let diagonal = groups.map { (1 - minimumEigenvalue) * Double($0.members.count) }

    var coordinates = FaceCoordinates(count: groups.count)
    for block in KeptCorrelations.completeBlocks(given, count: groups.count) {
      let kept = Matrix(rows: block.count, columns: block.count) { row, column in
        row == column
          ? diagonal[block[row]] : given[CorrelationPair(block[row], block[column])] ?? 0
      }
      try coordinates.reduce(block, to: kept)
    }
    coordinates.keep(diagonal: diagonal, given: given)

    let turned = Matrix(rows: matrix.rows, columns: groups.count) { row, group in
      guard let place = groups[group].members.firstIndex(of: row) else { return 0 }
      return groups[group].signs[place] * groups[group].share
    }
    face = SpectralFace(basis: multiply(turned, coordinates.basis))
    dual = SemidefiniteDual(
      target: face.reduced(matrix.withinReach), diagonal: coordinates.diagonal,
      given: coordinates.given)
  }

  /// The groups of perfectly correlated variables, most of them of one.
  private static func groups(
    _ pairs: [CorrelationPair], in matrix: Matrix
  ) throws(CovarianceError) -> [PerfectGroup] {
    let perfect = pairs.filter { abs(matrix[$0.first, $0.second]) >= 1 - 4 * .ulpOfOne }
    var signs = [Double?](repeating: nil, count: matrix.rows)
    var groups: [PerfectGroup] = []
    for variable in 0..<matrix.rows where signs[variable] == nil {
      var group = PerfectGroup(members: [variable], signs: [1])
      signs[variable] = 1
      var next = 0
      while next < group.members.count {
        let (member, sign) = (group.members[next], group.signs[next])
        next += 1
        for pair in perfect where pair.first == member || pair.second == member {
          let other = pair.first == member ? pair.second : pair.first
          let turned = sign * (matrix[pair.first, pair.second] < 0 ? -1 : 1)
          if let known = signs[other] {
            guard known == turned else { throw .keptCorrelationsContradict }
          } else {
            signs[other] = turned
            group.members.append(other)
            group.signs.append(turned)
          }
        }
      }
      groups.append(group)
    }
    return groups
  }

  /// What is kept between the groups, scaled to their unit vectors.
  private static func between(
    _ groups: [PerfectGroup], _ pairs: [CorrelationPair], in matrix: Matrix
  ) throws(CovarianceError) -> [CorrelationPair: Double] {
    var place: [Int: (group: Int, sign: Double)] = [:]
    for (index, group) in groups.enumerated() {
      for (member, sign) in zip(group.members, group.signs) { place[member] = (index, sign) }
    }
    var given: [CorrelationPair: Double] = [:]
    for pair in pairs {
      guard let first = place[pair.first], let second = place[pair.second] else { continue }
      let value = first.sign * second.sign * matrix[pair.first, pair.second]
      let known =
        first.group == second.group ? 1 : given[CorrelationPair(first.group, second.group)] ?? value
      guard abs(known - value) <= 1e-9 else { throw .keptCorrelationsContradict }
      if first.group != second.group { given[CorrelationPair(first.group, second.group)] = value }
    }
    return given.reduce(into: [:]) { scaled, entry in
      let (first, second) = (groups[entry.key.first], groups[entry.key.second])
      scaled[entry.key] = entry.value / (first.share * second.share)
    }
  }

  /// The connected blocks of which every pair is kept.
  private static func completeBlocks(
    _ given: [CorrelationPair: Double], count: Int
  ) -> [[Int]] {
    var neighbours = [Set<Int>](repeating: [], count: count)
    for pair in given.keys {
      neighbours[pair.first].insert(pair.second)
      neighbours[pair.second].insert(pair.first)
    }
    // A block is complete where all its members have the same closed neighbourhood.
    return (0..<count).compactMap { variable in
      let block = neighbours[variable].union([variable])
      guard block.count > 1, block.min() == variable,
        block.allSatisfy({ neighbours[$0].union([$0]) == block })
      else { return nil }
      return block.sorted()
    }
  }
}

/// Coordinates of the matrices that have given singular blocks on their diagonal.
private struct FaceCoordinates {
  /// q variables × coordinates, orthonormal columns.
  private(set) var basis: Matrix
  /// The diagonal in these coordinates.
  private(set) var diagonal: [Double] = []
  /// What is given off the diagonal in these coordinates.
  private(set) var given: [(pair: CorrelationPair, value: Double)] = []
  private var reducedBlocks: [(block: [Int], spectrum: SymmetricEigen, first: Int)] = []

  init(count: Int) {
    basis = .identity(count)
  }

  /// Takes a kept block to its eigenvectors of positive eigenvalue, where it is singular.
  mutating func reduce(_ block: [Int], to kept: Matrix) throws(CovarianceError) {
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(kept)
    } catch {
      throw .decomposition(error)
    }
    let (smallest, largest) = (spectrum.values.first ?? 0, spectrum.values.last ?? 0)
    guard smallest >= -1e-9 * max(largest, 1) else { throw .keptCorrelationsContradict }
    guard smallest <= 1e-12 * largest else { return }
    let first = spectrum.values.firstIndex { $0 > 1e-12 * largest } ?? spectrum.values.count
    reducedBlocks.append((block, spectrum, first))
  }

  /// Fixes what is given in the coordinates of the reduced blocks and of all other variables.
  mutating func keep(diagonal variances: [Double], given correlations: [CorrelationPair: Double]) {
    var columns: [[Double]] = []
    let inBlocks = Set(reducedBlocks.flatMap(\.block))
    var place: [Int: Int] = [:]
    for variable in variances.indices where !inBlocks.contains(variable) {
      place[variable] = columns.count
      columns.append(basis.column(variable))
      diagonal.append(variances[variable])
    }
    for pair in correlations.keys.sorted() {
      guard let first = place[pair.first], let second = place[pair.second] else { continue }
      given.append((CorrelationPair(first, second), correlations[pair] ?? 0))
    }
    for (block, spectrum, first) in reducedBlocks {
      let begin = columns.count
      for index in first..<block.count {
        var column = [Double](repeating: 0, count: variances.count)
        for (row, variable) in block.enumerated() { column[variable] = spectrum.vectors[row, index] }
        given += (begin..<columns.count).map { (CorrelationPair($0, columns.count), 0) }
        columns.append(column)
        diagonal.append(spectrum.values[index])
      }
    }
    basis = Matrix(rows: variances.count, columns: columns.count) { columns[$1][$0] }
  }
}
