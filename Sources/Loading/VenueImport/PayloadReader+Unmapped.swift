extension PayloadReader {
  /// All that was not used, alike fields together.
  func unmapped() -> [UnmappedField] {
    var walk = UnmappedWalk(file: document.file)
    visit(root, &walk)
    var fields = walk.fields
    if !zeroPositions.isEmpty {
      let count = zeroPositions.count
      let names = zeroPositions.prefix(5).joined(separator: ", ") + (count > 5 ? ", …" : "")
      fields.append(
        UnmappedField(
          file: document.file, path: "", value: counted(count, "position"), reason: "of size zero (\(names))")
      )
    }
    if walk.zeros > 0 {
      fields.append(
        UnmappedField(
          file: document.file, path: "", value: counted(walk.zeros, "field"),
          reason: "zero, with no place in an account"))
    }
    if walk.empties > 0 {
      fields.append(
        UnmappedField(
          file: document.file, path: "", value: counted(walk.empties, "field"), reason: "empty"))
    }
    return fields
  }

  private func visit(_ node: PayloadNode, _ walk: inout UnmappedWalk) {
    if let reason = covered[node.node.position] {
      if !reason.isEmpty { walk.note(node, reason) }
      return
    }
    switch node.node.content {
    case .mapping: for entry in node.entries { visit(entry.node, &walk) }
    case .list: for item in node.items { visit(item, &walk) }
    case .nothing: walk.empties += 1
    case .scalar(let text, _):
      if used.contains(node.node.position) { return }
      if text.isEmpty {
        walk.empties += 1
      } else if venueDecimal(text) == 0 {
        walk.zeros += 1
      } else {
        walk.note(node, nil)
      }
    }
  }
}

/// The fields met so far that were not used.
private struct UnmappedWalk {
  let file: String
  var zeros = 0
  var empties = 0
  private var order: [String] = []
  private var groups: [String: (path: String, value: String, count: Int, reason: String)] = [:]

  init(file: String) {
    self.file = file
  }

  /// Notes a value; without a reason of its own its name tells why.
  mutating func note(_ node: PayloadNode, _ reason: String?) {
    let alike = printed(node.path.map { if case .index = $0 { .index(0) } else { $0 } })
    if groups[alike] != nil {
      groups[alike]?.count += 1
      return
    }
    let name = node.path.last { if case .key = $0 { true } else { false } }
    let key = if case .key(let text)? = name { text } else { "" }
    let isSecret = UnmappedReason.identifies(key)
    let value =
      isSecret ? "(not shown)" : node.text.map { "\"\(shortened($0))\"" } ?? node.node.found
    order.append(alike)
    groups[alike] = (printed(node.path), value, 1, reason ?? UnmappedReason.words(for: key))
  }

  var fields: [UnmappedField] {
    order.compactMap { name in
      groups[name].map { group in
        UnmappedField(
          file: file, path: group.path, value: group.value, others: group.count - 1, reason: group.reason)
      }
    }
  }
}

private func counted(_ count: Int, _ word: String) -> String {
  count == 1 ? "1 \(word)" : "\(count) \(word)s"
}
