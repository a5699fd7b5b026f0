import LinearAlgebra
import Parallel
import Statistics
import TestSupport
import Testing

/// Colouring draws with a covariance factor, as scenario generators do: blocks of scenarios on several threads.
@Suite struct CovarianceColouringTests {
  static let block = 4_096

  @Test(arguments: [1, 4_095, 4_096, 4_097, 10_000])
  func bitsDoNotDependOnThreadsOrOnTheNumberOfScenarios(scenarios: Int) throws {
    let factors = 20
    let data = correlatedObservations(dates: 400, assets: factors, seed: 20)
    let factor = try CovarianceFactor(CovarianceEstimator.sample.estimate(data).matrix).lower
    let draws = correlatedObservations(dates: factors, assets: 12_000, seed: 21)
    let whole = multiply(factor, draws, tileColumns: Self.block)
    let expected = Matrix(rows: factors, columns: scenarios) { whole[$0, $1] }

    let used = Matrix(rows: factors, columns: scenarios) { draws[$0, $1] }
    for parallelism in [Parallelism.sequential, .threads(2), .threads(5)] {
      #expect(coloured(used, by: factor, parallelism) == expected)
    }
  }

  @Test func colouredDrawsHaveTheCovariance() throws {
    // The draws are made exactly white first, so the covariance comes back but for rounding.
    let raw = correlatedObservations(dates: 500, assets: 4, seed: 22)
    let target = try CovarianceEstimator.sample.estimate(
      correlatedObservations(dates: 90, assets: 4, seed: 23))
    let mean = multiply(transposed: raw, [Double](repeating: 1.0 / 500, count: 500))
    let centred = Matrix(rows: 4, columns: 500) { raw[$1, $0] - mean[$0] }
    let white = try Cholesky(symmetricProduct(rowsOf: centred, scale: 1.0 / 499)).whitened(centred)
    let moves = coloured(white, by: try CovarianceFactor(target.matrix).lower, .threads(2))
    let estimate = try CovarianceEstimator.sample.estimate(moves.transposed())
    #expect(estimate.matrix.maximumAbsoluteDifference(from: target.matrix) <= 1e-15)
  }

  private func coloured(_ draws: Matrix, by factor: Matrix, _ parallelism: Parallelism) -> Matrix {
    var moves = [Double](repeating: .nan, count: factor.rows * draws.columns)
    moves.fillColumnBlocks(
      rows: factor.rows, columns: draws.columns, blockSize: Self.block, parallelism: parallelism,
      workspace: { Matrix(rows: factor.rows, columns: Self.block, repeating: 0) }
    ) { (tile: inout Matrix, _, columns, part) in
      multiplyColumns(factor, draws, columns: columns, into: &tile)
      for row in 0..<factor.rows {
        tile.withRow(row) { source in
          part.withRow(row) { target in
            for index in target.indices { target[index] = source[index] }
          }
        }
      }
    }
    return Matrix(rows: factor.rows, columns: draws.columns, elements: moves)
  }
}
