/// Columns of text, aligned for a terminal with letters of one width.
package struct TextTable {
  package enum Alignment {
    case left
    case right
  }

  package struct Column {
    /// The lines above the column, aligned at the bottom.
    let title: [String]
    /// What stands above it and its neighbours of the same group; empty for none.
    let group: String
    let alignment: Alignment

    package init(_ title: String..., group: String = "", alignment: Alignment = .right) {
      self.title = title
      self.group = group
      self.alignment = alignment
    }
  }

  package struct Cell {
    let text: String
    var emphasis = Emphasis.none

    package init(_ text: String, _ emphasis: Emphasis = .none) {
      self.text = text
      self.emphasis = emphasis
    }
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  private static let gap = "  "

  package init(_ columns: [Column]) {
    self.columns = columns
  }

  package mutating func append(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "\(cells.count) cells in \(columns.count) columns")
    rows.append(cells)
  }

  /// The lines: groups, titles, a rule, the rows; none of them ends in blanks.
  package func lines(_ style: TableStyle) -> [String] {
    var widths = columns.indices.map { column in
      max(columns[column].title.map(\.count).max() ?? 0, rows.map { $0[column].text.count }.max() ?? 0)
    }
    for group in groups where !columns[group.lowerBound].group.isEmpty {
      let missing = columns[group.lowerBound].group.count - span(group, widths)
      widths[group.upperBound - 1] += max(0, missing)
    }
    let height = columns.map(\.title.count).max() ?? 0
    let titles = (0..<height).map { line in
      columns.map { column in
        Cell(line < height - column.title.count ? "" : column.title[line - height + column.title.count])
      }
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1))
    return groupLine(widths) + titles.map { line($0, widths, style) } + [rule]
      + rows.map { line($0, widths, style) }
  }

  /// The runs of neighbours of one group.
  private var groups: [Range<Int>] {
    var groups: [Range<Int>] = []
    for index in columns.indices {
      if let last = groups.last, columns[last.lowerBound].group == columns[index].group {
        groups[groups.count - 1] = last.lowerBound..<index + 1
      } else {
        groups.append(index..<index + 1)
      }
    }
    return groups
  }

  private func span(_ group: Range<Int>, _ widths: [Int]) -> Int {
    widths[group].reduce(0, +) + Self.gap.count * (group.count - 1)
  }

  /// The names of the groups, each drawn out over its columns; no line where there are none.
  private func groupLine(_ widths: [Int]) -> [String] {
    guard columns.contains(where: { !$0.group.isEmpty }) else { return [] }
    var line = ""
    var pending = ""
    for group in groups {
      let name = columns[group.lowerBound].group
      let width = span(group, widths)
      if name.isEmpty {
        pending += String(repeating: " ", count: width)
      } else {
        let fill = width - name.count - 1
        line += pending + name + (fill > 0 ? " " + String(repeating: "─", count: fill) : "")
        pending = fill == 0 ? " " : ""
      }
      pending += Self.gap
    }
    return [line]
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: TableStyle) -> String {
    var line = ""
    var pending = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[index] - cell.text.count)
      let isLeft = columns[index].alignment == .left
      if !isLeft { pending += padding }
      if !cell.text.isEmpty {
        line += pending + cell.emphasis.applied(to: cell.text, style)
        pending = ""
      }
      pending += (isLeft ? padding : "") + Self.gap
    }
    return line
  }
}

/// Text broken into lines at blanks.
///
/// - Parameters:
///   - text: the text.
///   - width: the longest line; a longer word gets a line of its own.
///   - first: what the first line begins with.
///   - indent: what all other lines begin with.
/// - Returns: at least one line.
package func wrapped(_ text: String, width: Int, first: String = "", indent: String = "") -> [String] {
  var lines: [String] = []
  var line = first
  var isFresh = true
  for word in text.split(separator: " ") {
    if !isFresh, line.count + 1 + word.count > width {
      lines.append(line)
      line = indent
      isFresh = true
    }
    line += (isFresh ? "" : " ") + word
    isFresh = false
  }
  return lines + [line]
}
