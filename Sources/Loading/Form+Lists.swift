extension Form {
  /// A list.
  ///
  /// - Parameters:
  ///   - item: how an entry is read.
  ///   - least: how many entries there must be.
  /// - Returns: the form.
  package static func list<Item>(of item: Form<Item>, atLeast least: Int = 0) -> Form where Value == [Item] {
    Form { node, path, reader in
      guard case .list(let nodes) = node.content else {
        reader.report(.expected("a list", found: node.found), at: node.position, path: path)
        return nil
      }
      guard nodes.count >= least else {
        reader.report(
          .expected("a list of at least \(least)", found: "\(nodes.count)"), at: node.position, path: path)
        return nil
      }
      let items = nodes.enumerated().compactMap { index, node in
        item.read(node, path + [.index(index)], &reader)
      }
      return items.count == nodes.count ? items : nil
    }
  }
}

/// One row of a table in which every row but the last ends somewhere.
package struct SteppedRow<Entry: Sendable>: Sendable {
  /// Where the row begins, when its writer says so.
  package let from: Located<Double>?
  /// Where the row ends; `nil` for no end.
  package let upTo: Located<Double>?
  /// What else the row says.
  package let entry: Entry
}

extension Form {
  /// A row with `upTo`, and `from` for those who want their table checked for gaps.
  ///
  /// - Parameter entry: reads the other keys.
  /// - Returns: the form.
  package static func steppedRow<Entry>(
    _ entry: @escaping @Sendable (inout FieldReader) -> Entry?
  ) -> Form where Value == SteppedRow<Entry> {
    .mapping { fields in
      let from = fields.optional("from", as: Form<Double>.notNegative.located)
      let upTo = fields.optional("upTo", as: Form<Double>.positive.located)
      guard let entry = entry(&fields), fields.isSound else { return nil }
      return SteppedRow(from: from, upTo: upTo, entry: entry)
    }
  }

  /// A table of rows that follow one another without gap or overlap, the last without end.
  ///
  /// - Parameter row: how a row is read.
  /// - Returns: the form.
  package static func steps<Entry>(_ row: Form<SteppedRow<Entry>>) -> Form
  where Value == [SteppedRow<Entry>] {
    let list = Form<[Located<SteppedRow<Entry>>]>.list(of: row.located, atLeast: 1)
    return Form { node, path, reader in
      guard let rows = list.read(node, path, &reader) else { return nil }
      let before = reader.problems.count
      var end = 0.0
      for (index, row) in rows.enumerated() {
        if let from = row.value.from, from.value != end {
          reader.report(
            .expected("\(plain(end)), where the row before ends", found: from.node.found),
            at: from.node.position,
            path: from.path)
        }
        let isLast = index == rows.count - 1
        switch row.value.upTo {
        case .some(let upTo) where isLast:
          reader.report(
            .rule("the last row must have no upTo, so that nothing lies above the table"),
            at: upTo.node.position,
            path: upTo.path)
        case .some(let upTo) where upTo.value <= end:
          reader.report(
            .expected("more than \(plain(end)), where the row before ends", found: upTo.node.found),
            at: upTo.node.position, path: upTo.path)
        case .none where !isLast:
          reader.report(
            .rule("only the last row may leave out upTo"), at: row.node.position, path: row.path)
        default: break
        }
        end = max(end, row.value.upTo?.value ?? end)
      }
      return reader.problems.count == before ? rows.map(\.value) : nil
    }
  }
}
