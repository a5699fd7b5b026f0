import CSV
import Instruments
import LinearAlgebra
import Scenarios

/// One correlation and where it stands.
private struct Cell {
  let value: Double
  let position: SourcePosition
  let path: [PathStep]
}

/// Checks that cells make a correlation matrix but for its eigenvalues, which only the whole study can complete.
private func faults(of cells: [[Cell]], assets: [Asset]) -> [(cell: Cell, fault: LoadFault)] {
  var faults: [(Cell, LoadFault)] = []
  for (row, cellsOfRow) in cells.enumerated() {
    for (column, cell) in cellsOfRow.enumerated() {
      let pair = "\(assets[row]) and \(assets[column])"
      if row == column, cell.value != 1 {
        faults.append((cell, .expected("1 on the diagonal", found: "\(cell.value)")))
      } else if abs(cell.value) > 1 {
        faults.append((cell, .expected("a correlation from -1 to 1", found: "\(cell.value)")))
      } else if column < row, cells[column][row].value != cell.value {
        faults.append(
          (
            cell,
            .expected(
              "\(cells[column][row].value), as above the diagonal for \(pair)", found: "\(cell.value)")
          ))
      }
    }
  }
  return faults
}

private func supplied(_ cells: [[Cell]], assets: [Asset], repair: CorrelationRepair) -> SuppliedCorrelation {
  SuppliedCorrelation(
    assets: assets, matrix: Matrix(rows: cells.map { $0.map(\.value) }), repair: repair)
}

extension Form where Value == CorrelationPlan {
  /// `{file: …, repair: …}` or `{assets: […], matrix: [[…]], repair: …}`.
  static var correlation: Form {
    .mapping { fields in
      let repair = fields.optional("repair", as: Form<CorrelationRepair>.choice("repair"))
      if fields.has("file") {
        let file = fields.required("file", as: .words)
        return file.map { .file($0, repair: repair ?? .refuse) }
      }
      let assets = fields.required("assets", as: .list(of: .asset, atLeast: 2))
      let row = Form<[Located<Double>]>.list(of: Form<Double>.finite.located)
      let matrix = fields.required("matrix", as: Form<[[Located<Double>]]>.list(of: row))
      guard let assets, let matrix, fields.isSound else { return nil }
      guard matrix.count == assets.count, matrix.allSatisfy({ $0.count == assets.count }) else {
        fields.report(
          .rule("the matrix must have a row and a column for each of the \(assets.count) assets"),
          at: "matrix")
        return nil
      }
      let cells = matrix.map { $0.map { Cell(value: $0.value, position: $0.node.position, path: $0.path) } }
      for (cell, fault) in faults(of: cells, assets: assets) {
        fields.report(fault, at: cell.position, path: cell.path)
      }
      return .stated(supplied(cells, assets: assets, repair: repair ?? .refuse))
    }
  }
}

extension SuppliedCorrelation {
  /// Reads a square CSV: a header of assets behind one name, and one row an asset in the same order.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: the file as its user named it.
  ///   - repair: what to do when the completed matrix is not positive semi-definite.
  /// - Throws: ``LoadError`` with every problem.
  init(bytes: [UInt8], file: String, repair: CorrelationRepair) throws(LoadError) {
    var reader = CSVReader(bytes)
    var problems: [LoadProblem] = []
    func report(_ fault: LoadFault, at position: CSVPosition) {
      problems.append(
        LoadProblem(
          file: file, position: SourcePosition(line: position.line, column: position.column), fault: fault))
    }
    var assets: [Asset] = []
    for column in reader.columns.indices.dropFirst() {
      do throws(InstrumentError) {
        assets.append(try Asset(reader.columns[column]))
      } catch {
        report(LoadFault(error), at: reader.position(column))
      }
    }
    var cells: [[Cell]] = []
    while reader.nextRow() {
      if cells.count < assets.count, reader.text(0) != assets[cells.count].symbol {
        report(
          .expected(
            "the row of \(assets[cells.count]), in the order of the header",
            found: "'\(shortened(reader.text(0)))'"),
          at: reader.position(0))
      }
      cells.append(
        reader.columns.indices.dropFirst().map { column in
          let value = try? reader.number(column)
          if value == nil {
            report(
              .expected("a correlation from -1 to 1", found: "'\(shortened(reader.text(column)))'"),
              at: reader.position(column))
          }
          let place = reader.position(column)
          return Cell(
            value: value ?? 0, position: SourcePosition(line: place.line, column: place.column), path: [])
        })
    }
    for problem in reader.problems { report(.csv(problem.error), at: problem.position) }
    if problems.isEmpty, cells.count != assets.count || assets.count < 2 {
      report(
        .rule(
          "the matrix must have a row for each of the \(assets.count) assets of its header, at least two"),
        at: CSVPosition(line: 1, column: 1))
    }
    if problems.isEmpty {
      problems += faults(of: cells, assets: assets).map { cell, fault in
        LoadProblem(file: file, position: cell.position, fault: fault)
      }
    }
    guard problems.isEmpty else { throw LoadError(problems) }
    self = supplied(cells, assets: assets, repair: repair)
  }
}
