import MarketData
import Scenarios
import Studies

/// What a study's `stress` says, before the shocks it names are read.
struct StressBlock: Sendable {
  /// The keys of the axes, in order.
  enum AxisKey: String, CaseIterable, Sendable {
    /// Of a curve.
    case sweep
    /// What makes it a surface.
    case against

    /// Where the axis stands in a study.
    var path: [PathStep] { ["stress", .key(rawValue)] }
  }

  /// A shock and where it is applied.
  struct Axis: Sendable {
    let shock: ShockName
    let grid: StrengthGrid?
  }

  /// A shock stated in place, or the name of a file.
  enum ShockName: Sendable {
    case stated(ShockPart<Shock>)
    case named
  }

  /// Strengths, or how many.
  enum StrengthGrid: Sendable {
    case points(Int)
    case strengths([Double])
  }

  let axes: [(key: AxisKey, axis: Axis)]
  let draws: Int?
  let target: Double
  let isReversed: Bool
}

extension StressBlock {
  /// The most strengths an axis has.
  static let mostPoints = 10_001
  /// The most points a stress has, random matrices counted.
  static let mostEvaluations = 1_000_000
  /// Random matrices a point, where a shock draws them.
  static let standardDraws = 200

  /// The strengths of an axis; fewer on each of two.
  ///
  /// - Parameters:
  ///   - axis: one of the axes.
  ///   - shock: its shock.
  /// - Returns: the axis.
  func axis(_ axis: Axis, _ shock: Shock) -> StressAxis {
    switch axis.grid {
    case .strengths(let strengths): StressAxis(shock: shock, strengths: strengths)
    case .points(let points): StressAxis(shock: shock, points: points)
    case nil: StressAxis(shock: shock, points: axes.count == 1 ? 101 : 11)
    }
  }
}

extension Form where Value == StressBlock {
  /// What `plimsoll stress` does with a study.
  static var stress: Form {
    .mapping { fields in
      let sweep = fields.optional("sweep", as: .axis("sweep"))
      let against = fields.optional("against", as: .axis("against"))
      let draws = fields.optional("draws", as: .whole(atLeast: 1, atMost: StressBlock.mostEvaluations))
      let target = fields.optional("target", as: .share)
      let isReversed = fields.optional("reverse", as: .truth)
      if fields.has("against"), !fields.has("sweep") {
        fields.report(.rule("a surface needs a first shock as well: add sweep"), at: "against")
      } else if !fields.has("sweep"), !fields.has("reverse") || isReversed == false {
        fields.report(.rule("nothing is to be done: add sweep: {shock: NAME}, or reverse: true"))
      }
      guard fields.isSound else { return nil }
      return StressBlock(
        axes: (sweep.map { [(.sweep, $0)] } ?? []) + (against.map { [(.against, $0)] } ?? []), draws: draws,
        target: target ?? 0.01, isReversed: isReversed ?? false)
    }
  }
}

extension Form where Value == StressBlock.Axis {
  /// `{shock: NAME, points: 101}` or `{shock: NAME, strengths: [0, 0.5, 1]}`.
  ///
  /// - Parameter name: of a shock stated in place that has none.
  /// - Returns: the form.
  fileprivate static func axis(_ name: String) -> Form {
    .mapping { fields in
      let shock = fields.required("shock", as: .shock(named: name))
      let points = fields.optional("points", as: .whole(atLeast: 2, atMost: StressBlock.mostPoints))
      let strengths = fields.optional("strengths", as: .strengths)
      if fields.has("points"), fields.has("strengths") {
        fields.report(.rule("give points or strengths, not both"), at: "strengths")
      }
      guard let shock, fields.isSound else { return nil }
      return StressBlock.Axis(
        shock: shock, grid: strengths.map { .strengths($0) } ?? points.map { .points($0) })
    }
  }
}

extension Form where Value == StressBlock.ShockName {
  fileprivate static func shock(named name: String) -> Form {
    let stated = Form<ShockPart<Shock>>.shock(named: name)
    return Form { node, path, reader in
      if case .mapping = node.content { return stated.read(node, path, &reader).map { .stated($0) } }
      if node.text?.isEmpty == false { return .named }
      reader.report(
        .expected("the name or file of a shock, or a shock with steps", found: node.found), at: node.position,
        path: path)
      return nil
    }
  }
}

extension Form where Value == [Double] {
  /// Ascending strengths within [0, 1].
  fileprivate static var strengths: Form {
    let list = Form<[Located<Double>]>.list(of: Form<Double>.within(0...1).located, atLeast: 1)
    return Form { node, path, reader in
      if case .list(let items) = node.content, items.count > StressBlock.mostPoints {
        reader.report(
          .expected("at most \(StressBlock.mostPoints) strengths", found: "\(items.count)"),
          at: node.position, path: path)
        return nil
      }
      guard let strengths = list.read(node, path, &reader) else { return nil }
      var isSound = true
      for (before, strength) in zip(strengths, strengths.dropFirst()) where strength.value <= before.value {
        reader.report(
          .expected("more than \(plain(before.value)), the strength before", found: strength.node.found),
          at: strength.node.position, path: strength.path)
        isSound = false
      }
      return isSound ? strengths.map(\.value) : nil
    }
  }
}

extension SourceDocument {
  /// The document with the command line's shocks in the place of its own.
  ///
  /// - Parameter names: one for a curve, two for a surface; none leaves the document as it is.
  /// - Returns: the changed document.
  func stressed(by names: [String]) -> SourceDocument {
    precondition(names.count <= StressBlock.AxisKey.allCases.count, "\(names.count) shocks")
    guard !names.isEmpty else { return self }
    var changed = self
    for (place, axis) in StressBlock.AxisKey.allCases.enumerated() {
      let name = names.indices.contains(place) ? names[place] : nil
      changed = changed.changing(axis.path[0]) { stress in
        let cleared = stress.removing(axis.rawValue)
        return name.map { name in
          cleared.replacing([axis.path[1], "shock"], with: .scalar(name, option: "--shock \(name)"))
        } ?? cleared
      }
    }
    return changed
  }

  /// The document with another number of strengths on each axis.
  ///
  /// - Parameter points: how many; `nil` leaves the document as it is.
  /// - Returns: the changed document.
  func stressed(at points: Int?) -> SourceDocument {
    guard let points else { return self }
    let count = SourceNode.scalar("\(points)", option: "--points \(points)")
    return changing("stress") { stress in
      let axes = StressBlock.AxisKey.allCases.filter { stress.value(at: [.key($0.rawValue)]) != nil }
      return (axes.isEmpty ? [.sweep] : axes).reduce(stress) { stress, axis in
        let old =
          stress.value(at: [.key(axis.rawValue)]) ?? SourceNode(position: count.position, content: .nothing)
        let new = old.removing("strengths").replacing(["points"], with: count)
        return stress.replacing([.key(axis.rawValue)], with: new)
      }
    }
  }

  private func changing(_ key: PathStep, _ change: (SourceNode) -> SourceNode) -> SourceDocument {
    guard case .key(let name) = key else { return self }
    let old = root.value(at: [key]) ?? SourceNode(position: root.position, content: .mapping([]))
    return replacing(name, with: change(old))
  }
}

extension SourceNode {
  /// The mapping without a key; anything else as it is.
  fileprivate func removing(_ key: String) -> SourceNode {
    guard case .mapping(let entries) = content else { return self }
    return SourceNode(position: position, content: .mapping(entries.filter { $0.name != key }))
  }
}
