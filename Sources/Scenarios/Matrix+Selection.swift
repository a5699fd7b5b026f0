import LinearAlgebra

extension Matrix {
  /// Some of the rows, in the order given; one may be given twice.
  func selecting(rows chosen: [Int]) -> Matrix {
    Matrix(rows: chosen.count, columns: columns, elements: chosen.flatMap { row($0) })
  }

  /// Some of the columns, in the order given; one may be given twice.
  func selecting(columns chosen: [Int]) -> Matrix {
    Matrix(rows: rows, columns: chosen.count) { self[$0, chosen[$1]] }
  }
}
