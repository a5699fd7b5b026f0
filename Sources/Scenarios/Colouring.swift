import LinearAlgebra
import MarketData
import Statistics

/// How independent normals become normals with a covariance: the matrix A of A·Z, A·Aᵀ = Σ.
struct Colouring: Sendable {
  /// A, factor × coordinate.
  let matrix: Matrix
  /// What each column of A multiplies; `nil` where nothing moves and no number is drawn.
  let coordinates: [BaseDraws.Coordinate?]
  /// The standard deviation of each factor.
  let deviations: [Double]

  /// Joins the parts.
  ///
  /// - Parameters:
  ///   - matrix: A, factor × coordinate.
  ///   - coordinates: what each column of A multiplies.
  ///   - deviations: the standard deviation of each factor.
  init(matrix: Matrix, coordinates: [BaseDraws.Coordinate?], deviations: [Double]) {
    self.matrix = matrix
    self.coordinates = coordinates
    self.deviations = deviations
  }

  /// How many numbers a scenario takes.
  var dimensions: Int { coordinates.reduce(0) { $1 == nil ? $0 : $0 + 1 } }

  /// The factors that move.
  var moving: [Int] { deviations.indices.filter { deviations[$0] > 0 } }

  /// The lower triangular factor of a covariance, every coordinate keyed by the name of a factor: it moves continuously
  /// with the covariance, and a factor added at the end changes no draw before it.
  ///
  /// - Parameters:
  ///   - covariance: Σ, factor × factor.
  ///   - factors: the factors.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  init(triangular covariance: Matrix, of factors: FactorSpace) throws(ScenarioError) {
    do throws(LinearAlgebraError) {
      matrix = try CovarianceFactor(covariance).lower
    } catch {
      throw .covariance(.decomposition(error))
    }
    deviations = covariance.diagonal.map { $0.squareRoot() }
    coordinates = factors.factors.indices.map { [matrix] place in
      matrix[place, place] > 0 ? .init(named: factors.factors[place].description) : nil
    }
  }

  /// The principal components of a covariance, V·√Λ with the largest first, every coordinate a dimension of Sobol points.
  ///
  /// - Parameters:
  ///   - covariance: Σ, factor × factor.
  ///   - first: the dimension of the largest component.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  init(principal covariance: Matrix, firstDimension first: Int) throws(ScenarioError) {
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    let moving = deviations.reduce(0) { $1 > 0 ? $0 + 1 : $0 }
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(covariance)
    } catch {
      throw .covariance(.decomposition(error))
    }
    let last = deviations.count - 1
    matrix = Matrix(rows: deviations.count, columns: moving) { row, column in
      // An eigenvector of the factors that move has nothing but rounding in the others.
      deviations[row] == 0
        ? 0 : spectrum.vectors[row, last - column] * max(0, spectrum.values[last - column]).squareRoot()
    }
    coordinates = (0..<moving).map { .init(0, dimension: first + $0) }
    self.deviations = deviations
  }

  /// One number for all spot factors, one of its own for every other: all spot factors at the same quantile.
  ///
  /// - Parameters:
  ///   - deviations: the standard deviation of each factor.
  ///   - factors: the factors.
  ///   - first: the dimension of the common number in Sobol points.
  init(comonotone deviations: [Double], of factors: FactorSpace, firstDimension first: Int) {
    let others = Self.byVariance(deviations.indices.filter { !factors.isSpot($0) }, deviations)
    matrix = Matrix(rows: deviations.count, columns: others.count + 1) { row, column in
      let own = column == 0 ? factors.isSpot(row) : others[column - 1] == row
      return own ? deviations[row] : 0
    }
    coordinates =
      [.init(named: "comonotone", dimension: first)]
      + others.enumerated().map { place, factor in
        .init(named: factors.factors[factor].description, dimension: first + 1 + place)
      }
    self.deviations = deviations
  }

  /// A number of its own for every factor; in Sobol points the largest variance comes first.
  ///
  /// - Parameters:
  ///   - deviations: the standard deviation of each factor.
  ///   - factors: the factors.
  ///   - first: the dimension of the factor with the largest variance in Sobol points.
  init(independent deviations: [Double], of factors: FactorSpace, firstDimension first: Int) {
    matrix = Matrix(rows: deviations.count, columns: deviations.count) { $0 == $1 ? deviations[$0] : 0 }
    var coordinates = [BaseDraws.Coordinate?](repeating: nil, count: deviations.count)
    for (place, factor) in Self.byVariance(Array(deviations.indices), deviations).enumerated() {
      coordinates[factor] = .init(named: factors.factors[factor].description, dimension: first + place)
    }
    self.coordinates = coordinates
    self.deviations = deviations
  }

  /// The factors that move, the most variable first, the earlier one of equals.
  private static func byVariance(_ factors: [Int], _ deviations: [Double]) -> [Int] {
    factors.filter { deviations[$0] > 0 }.sorted {
      deviations[$0] == deviations[$1] ? $0 < $1 : deviations[$0] > deviations[$1]
    }
  }
}

extension FactorSpace {
  /// Whether a factor is the price of an asset.
  func isSpot(_ place: Int) -> Bool {
    if case .spot = factors[place] { true } else { false }
  }
}

extension Dependence {
  /// A covariance with the same variances and this dependence.
  ///
  /// - Parameters:
  ///   - covariance: as it was estimated, factor × factor.
  ///   - factors: the factors.
  /// - Returns: factor × factor.
  func applied(to covariance: Matrix, of factors: FactorSpace) -> Matrix {
    guard self != .estimated else { return covariance }
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    return Matrix(rows: covariance.rows, columns: covariance.columns) { row, column in
      if row == column { return covariance[row, row] }
      let isTogether = self == .comonotone && factors.isSpot(row) && factors.isSpot(column)
      return isTogether ? deviations[row] * deviations[column] : 0
    }
  }

  /// Correlations with this dependence.
  ///
  /// - Parameters:
  ///   - correlation: as it was estimated, factor × factor.
  ///   - moving: the factors that move.
  ///   - factors: the factors.
  /// - Throws: ``ScenarioError/covariance(_:)``.
  /// - Returns: factor × factor.
  func applied(
    to correlation: CorrelationMatrix, moving: [Int], of factors: FactorSpace
  ) throws(ScenarioError) -> CorrelationMatrix {
    guard self != .estimated else { return correlation }
    var units = Matrix(rows: factors.count, columns: factors.count, repeating: 0)
    for place in moving { units[place, place] = 1 }
    var matrix = applied(to: units, of: factors)
    for place in 0..<factors.count { matrix[place, place] = 1 }
    do throws(CovarianceError) {
      return try CorrelationMatrix(matrix)
    } catch {
      throw .covariance(error)
    }
  }

  /// The spectrum of the correlations after this dependence.
  func applied(to spectrum: CorrelationSpectrum, movingSpots: Int) -> CorrelationSpectrum {
    guard self != .estimated else { return spectrum }
    let together = self == .comonotone ? Double(max(1, movingSpots)) : 1
    return CorrelationSpectrum(
      smallest: together > 1 ? 0 : 1, largest: together, repairDistance: spectrum.repairDistance,
      effectiveObservations: spectrum.effectiveObservations)
  }
}
