package import LinearAlgebra
import MarketData
package import Parallel
import Statistics

/// The moments that moves have before they are recoloured, with what every map from them needs.
package struct RecolouringBase: Sendable {
  package let moments: FactorMoments
  /// The places of the factors that move.
  package let moving: [Int]
  /// The symmetric root of their correlations C, eigenvalues raised to the floor.
  fileprivate let root: Matrix
  /// Its inverse.
  fileprivate let inverseRoot: Matrix
  /// The same with zero in the directions in which observations do not move.
  fileprivate let projectedInverseRoot: Matrix
  /// Whether there are such directions.
  fileprivate let isSingular: Bool

  /// The least ratio of an eigenvalue of correlations to the largest.
  static let eigenvalueFloor = CovarianceFactor.defaultEigenvalueFloor

  /// Takes roots once.
  ///
  /// - Parameter moments: of the moves as they are.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  package init(_ moments: FactorMoments) throws(ScenarioError) {
    self.moments = moments
    moving = moments.moving
    let spectrum = try moments.correlation.matrix.selecting(moving, moving).spectrum()
    let floor = Self.eigenvalueFloor * (spectrum.values.last ?? 0)
    root = spectrum.applying { max($0, floor).squareRoot() }
    inverseRoot = spectrum.applying { 1 / max($0, floor).squareRoot() }
    isSingular = (spectrum.values.first ?? 1) < floor
    projectedInverseRoot =
      isSingular ? spectrum.applying { $0 < floor ? 0 : 1 / $0.squareRoot() } : inverseRoot
  }
}

/// The map that gives moves other moments: x′ = m′ + A·(x − m).
///
/// Over the factors that move, A = D′·M·D⁻¹ with D the volatilities and M = C^(−½)·(C^½·C′·C^½)^½·C^(−½) the symmetric map
/// between the correlations C and C′: the one that moves standardised moves least in mean square, whatever the order of the
/// factors, and continuously with C′. It is computed as C′^½·W·C^(−½) with W the orthogonal polar factor of C′^½·C^½, which is
/// exact for singular matrices as well. Eigenvalues below a floor of the largest are raised to it where they are divided by.
/// Olkin, Pukelsheim: The distance between two random vectors with given dispersion matrices (1982).
///
/// A factor that begins to move takes its regression on the others after they were recoloured, and what is left of it from
/// a number of its own, if the moves are drawn; of observations it has none, since a draw would not be history.
package struct Recolouring: Sendable {
  /// The correlations of the factors that move and keep on moving.
  private struct Mixing: Sendable {
    /// C′^½·W, factor × whitened coordinate.
    let colours: Matrix
    /// Standardised observations to standardised observations.
    let observed: Matrix
  }

  /// The factors that begin to move.
  private struct Fresh: Sendable {
    let places: [Int]
    /// Their regression on the others, all standardised: fresh × moving.
    let loadings: Matrix
    /// What is left, as a root of its covariance: fresh × fresh.
    let residual: Matrix
  }

  private let base: RecolouringBase
  private let target: FactorMoments
  /// What volatilities are multiplied by, one a moving factor.
  private let ratios: [Double]
  private let mixing: Mixing?
  private let fresh: Fresh?

  /// Prepares a map.
  ///
  /// - Parameters:
  ///   - base: the moments before.
  ///   - target: the moments after, of the same factors.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  package init(from base: RecolouringBase, to target: FactorMoments) throws(ScenarioError) {
    self.base = base
    self.target = target
    let moving = base.moving
    ratios = moving.map { target.volatilities[$0] / base.moments.volatilities[$0] }
    let wanted = target.correlation.matrix.selecting(moving, moving)
    let isKept = wanted == base.moments.correlation.matrix.selecting(moving, moving)
    let places = target.moving.filter { base.moments.volatilities[$0] == 0 }
    guard !isKept || !places.isEmpty else {
      mixing = nil
      fresh = nil
      return
    }
    let spectrum = try wanted.spectrum()
    mixing = isKept ? nil : try Self.mixing(base, spectrum)
    fresh = places.isEmpty ? nil : try Self.fresh(places, moving, spectrum, target.correlation.matrix)
  }

  /// Whether moves stay as they are.
  package var isIdentity: Bool { mixing == nil && fresh == nil && scaled.isEmpty && shifted.isEmpty }

  /// The factors that begin to move.
  var begun: [Int] { fresh?.places ?? [] }

  private var scaled: [Int] { ratios.indices.filter { ratios[$0] != 1 } }

  private var shifted: [Int] {
    target.means.indices.filter { target.means[$0] != base.moments.means[$0] }
  }

  private static func mixing(
    _ base: RecolouringBase, _ spectrum: SymmetricEigen
  ) throws(ScenarioError) -> Mixing {
    let floor = RecolouringBase.eigenvalueFloor * (spectrum.values.last ?? 0)
    let root = spectrum.applying { max($0, 0).squareRoot() }
    let floored = spectrum.applying { max($0, floor).squareRoot() }
    let colours = multiply(root, try multiply(floored, base.root).nearestOrthogonal())
    var observed = multiply(colours, base.projectedInverseRoot)
    if base.isSingular {
      // Directions without variance cannot be given any; volatilities are kept all the same.
      let reached = multiply(observed, base.root)
      let lengths = (0..<reached.rows).map { row in
        reached.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      observed = observed.scaled(
        rows: lengths.map { $0 > 0 ? 1 / $0 : 1 }, columns: [Double](repeating: 1, count: observed.columns))
    }
    return Mixing(colours: colours, observed: observed)
  }

  private static func fresh(
    _ places: [Int], _ moving: [Int], _ spectrum: SymmetricEigen, _ correlation: Matrix
  ) throws(ScenarioError) -> Fresh {
    let floor = RecolouringBase.eigenvalueFloor * (spectrum.values.last ?? 0)
    let joint = correlation.selecting(places, moving)
    let loadings = multiply(joint, spectrum.applying { $0 > floor ? 1 / $0 : 0 })
    let explained = multiply(loadings, transposed: joint)
    let own = correlation.selecting(places, places)
    let left = Matrix(rows: places.count, columns: places.count) { row, column in
      own[row, column] - 0.5 * (explained[row, column] + explained[column, row])
    }
    let residual = try left.spectrum().applying {
      $0 > RecolouringBase.eigenvalueFloor ? $0.squareRoot() : 0
    }
    return Fresh(places: places, loadings: loadings, residual: residual)
  }
}

// MARK: Drawn moves

extension Recolouring {
  /// What is added to drawn moves whose means are those of the base times the ratio of volatilities, one a factor.
  var offsets: [Double] {
    var offsets = zip(target.means, base.moments.means).map { $0 - $1 }
    for (place, factor) in base.moving.enumerated() where ratios[place] != 1 {
      offsets[factor] = target.means[factor] - ratios[place] * base.moments.means[factor]
    }
    return offsets
  }

  /// What drawn moves are multiplied by, one a factor.
  var volatilityRatios: [Double] {
    var all = [Double](repeating: 1, count: target.factors.count)
    for (place, factor) in base.moving.enumerated() { all[factor] = ratios[place] }
    return all
  }

  /// A · old colouring: the same normals in other colours.
  ///
  /// - Parameters:
  ///   - colouring: of the base.
  ///   - orthogonal: the base's whitened colours, as ``Colouring/whitened(by:)`` gives them.
  /// - Returns: a colouring with a coordinate of its own, keyed by its name, for each factor that begins to move.
  func recoloured(_ colouring: Colouring, whitened orthogonal: Matrix) -> Colouring {
    let columns = colouring.drawnColumns
    let begun = begun
    var matrix = Matrix(
      rows: colouring.matrix.rows, columns: colouring.matrix.columns + begun.count, repeating: 0)
    var colours = Matrix(rows: base.moving.count, columns: columns.count, repeating: 0)
    let mixed = mixing.map { multiply($0.colours, orthogonal) }
    for (place, factor) in base.moving.enumerated() {
      for (number, column) in columns.enumerated() {
        let old = colouring.matrix[factor, column]
        colours[place, number] = mixed?[place, number] ?? old / base.moments.volatilities[factor]
        matrix[factor, column] =
          mixed.map { target.volatilities[factor] * $0[place, number] } ?? ratios[place] * old
      }
    }
    if let fresh {
      let joint = multiply(fresh.loadings, colours)
      for (place, factor) in fresh.places.enumerated() {
        let volatility = target.volatilities[factor]
        for (number, column) in columns.enumerated() {
          matrix[factor, column] = volatility * joint[place, number]
        }
        for other in fresh.places.indices {
          matrix[factor, colouring.matrix.columns + other] = volatility * fresh.residual[place, other]
        }
      }
    }
    return Colouring(
      matrix: matrix,
      coordinates: colouring.coordinates
        + begun.map { .init(named: target.factors.factors[$0].description) },
      deviations: target.volatilities)
  }
}

extension Colouring {
  /// The columns for which numbers are drawn.
  fileprivate var drawnColumns: [Int] { coordinates.indices.filter { coordinates[$0] != nil } }

  /// C^(−½)·D⁻¹·A of the factors that move, orthogonal but for rounding and made so: what turns whitened coordinates into
  /// those that are drawn.
  ///
  /// - Parameter base: the moments the colouring gives.
  /// - Returns: moving factor × drawn coordinate.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  func whitened(by base: RecolouringBase) throws(ScenarioError) -> Matrix {
    let columns = drawnColumns
    precondition(columns.count == base.moving.count, "as many numbers as factors that move")
    let colours = Matrix(rows: base.moving.count, columns: columns.count) { row, column in
      matrix[base.moving[row], columns[column]] / base.moments.volatilities[base.moving[row]]
    }
    return try multiply(base.inverseRoot, colours).nearestOrthogonal()
  }
}

// MARK: Observed moves

extension Recolouring {
  /// The map applied to moves that are not drawn anew.
  ///
  /// - Parameters:
  ///   - moves: factor × scenario, with the moments of the base.
  ///   - parallelism: how many blocks may be at work at once; changes no bit.
  /// - Returns: factor × scenario.
  package func applied(to moves: Matrix, _ parallelism: Parallelism) -> Matrix {
    guard !isIdentity else { return moves }
    let rows = mixing == nil ? [] : base.moving
    let dense = denseMap(of: rows + begun)
    let mixed = Set(rows + begun)
    let single = Set(
      shifted.filter { !mixed.contains($0) } + scaled.map { base.moving[$0] }.filter { !mixed.contains($0) })
    let (ratios, before, after) = (volatilityRatios, base.moments.means, target.means)
    var result = moves.elements
    result.fillColumnBlocks(
      rows: moves.rows, columns: moves.columns, blockSize: DrawPlan.blockSize, parallelism: parallelism,
      workspace: { MapWorkspace(dense) }
    ) { (workspace: inout MapWorkspace, _, _, block) in
      if dense.rows > 0 {
        for (place, factor) in base.moving.enumerated() {
          block.withRow(factor) { source in
            workspace.centred.withMutableRow(place) { target in
              for index in source.indices { target[index] = source[index] - before[factor] }
            }
          }
        }
        multiply(dense, workspace.centred, into: &workspace.mapped)
        for (place, factor) in (rows + begun).enumerated() {
          block.withRow(factor) { target in
            workspace.mapped.withRow(place) { source in
              for index in target.indices { target[index] = after[factor] + source[index] }
            }
          }
        }
      }
      for factor in single {
        let (ratio, mean) = (ratios[factor], after[factor])
        let offset = mean - before[factor]
        block.withRow(factor) { target in
          if ratio == 1 {
            for index in target.indices { target[index] += offset }
          } else {
            for index in target.indices { target[index] = mean + ratio * (target[index] - before[factor]) }
          }
        }
      }
    }
    return Matrix(rows: moves.rows, columns: moves.columns, elements: result)
  }

  /// The rows of A for some factors: factor × moving factor.
  private func denseMap(of rows: [Int]) -> Matrix {
    let moving = base.moving
    guard !rows.isEmpty else { return Matrix(rows: 0, columns: moving.count, repeating: 0) }
    let unit = mixing?.observed ?? .identity(moving.count)
    let joint = fresh.map { multiply($0.loadings, unit) }
    let ownRows = mixing == nil ? 0 : moving.count
    return Matrix(rows: rows.count, columns: moving.count) { row, column in
      let entry = row < ownRows ? unit[row, column] : joint?[row - ownRows, column] ?? 0
      return target.volatilities[rows[row]] * entry / base.moments.volatilities[moving[column]]
    }
  }
}

/// The buffers of one thread.
private struct MapWorkspace {
  var centred: Matrix
  var mapped: Matrix

  init(_ map: Matrix) {
    centred = Matrix(rows: map.columns, columns: DrawPlan.blockSize, repeating: 0)
    mapped = Matrix(rows: map.rows, columns: DrawPlan.blockSize, repeating: 0)
  }
}

// MARK: Matrices

extension Matrix {
  /// Some rows and columns.
  func selecting(_ rows: [Int], _ columns: [Int]) -> Matrix {
    Matrix(rows: rows.count, columns: columns.count) { self[rows[$0], columns[$1]] }
  }

  /// The spectrum, with errors of this target.
  fileprivate func spectrum() throws(ScenarioError) -> SymmetricEigen {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen(self)
    } catch {
      throw .covariance(.decomposition(error))
    }
  }

  /// The orthogonal polar factor G·(GᵀG)^(−½): the orthogonal matrix that is nearest.
  ///
  /// The spectrum of GᵀG scales singular values close to one, and Newton–Schulz steps X·(3·I − XᵀX)/2 make them one: the
  /// spectrum alone knows nothing of those below 1e-8 of the largest. Higham: Functions of matrices (2008), chapter 8.
  fileprivate func nearestOrthogonal() throws(ScenarioError) -> Matrix {
    guard rows > 0 else { return self }
    let squares = symmetricProduct(columnsOf: self)
    let spectrum = try squares.spectrum()
    let least = 4 * spectrum.rounding
    var factor = multiply(self, spectrum.applying { 1 / max($0, least).squareRoot() })
    let identity = Matrix.identity(rows)
    let tolerance = 8 * Double(rows) * .ulpOfOne
    // Each step multiplies a small singular value by 3/2; what stays small is rounding.
    for _ in 0..<Self.newtonSchulzLimit {
      let excess = symmetricProduct(columnsOf: factor) - identity
      if excess.maximumAbsoluteElement <= tolerance { break }
      factor = multiply(factor, identity - excess.scaled(by: 0.5))
    }
    return factor
  }

  private static let newtonSchulzLimit = 64
}
