import Scenarios

extension Form where Value == ShockPart<Shock> {
  /// A shock.
  static var shock: Form { shock(named: nil) }

  /// A shock.
  ///
  /// - Parameter name: the name of one that states none; `nil` where it must.
  /// - Returns: the form.
  static func shock(named name: String?) -> Form {
    .mapping { fields in
      let stated =
        name == nil ? fields.required("shock", as: .identifier) : fields.optional("shock", as: .identifier)
      let purpose = fields.optional("purpose", as: .words)
      let steps = fields.required("steps", as: .steps)
      guard let steps, let name = stated ?? name, fields.isSound else { return nil }
      do throws(ShockError) {
        let shock = try Shock(name: name, purpose: purpose ?? "", steps: steps.value)
        return ShockPart(value: shock, factors: steps.factors, windows: steps.windows)
      } catch {
        fields.report(LoadFault(error), at: "steps")
        return nil
      }
    }
  }
}

extension Form where Value == ShockPart<[ShockStep]> {
  /// The steps of a shock, in order.
  fileprivate static var steps: Form {
    list { steps in
      var places = Array(steps.indices)
      var found: [(Int, String)] = []
      // A shock names the first step that is out of place; without it, the next.
      while !places.isEmpty {
        do throws(ShockError) {
          _ = try Shock(name: "", steps: places.map { steps[$0] })
          break
        } catch .misplaced(let step, let rule) {
          found.append((places.remove(at: step), rule))
        } catch {
          break
        }
      }
      return found
    }
  }

  /// The steps that make the stressed law of a mixture.
  static var mixedIn: Form {
    list { steps in
      steps.enumerated().compactMap { place, step in
        switch step {
        case .mixture: (place, "a mixture holds no mixture; give the steps of both in one")
        case .views:
          (place, "a mixture holds no views: they weigh the observations that both its laws rest on")
        case .spot:
          (place, "prices that have moved already have moved in every scenario; put spot before the mixture")
        default: nil
        }
      }
    }
  }

  /// A list of steps of which some may be out of place.
  private static func list(
    misplaced: @escaping @Sendable ([ShockStep]) -> [(place: Int, rule: String)]
  ) -> Form {
    Form { node, path, reader in
      // Read here and not before: a mixture's steps are steps. One that cannot be read keeps its place.
      let list = Form<[Located<ShockPart<ShockStep>?>]>.list(
        of: Form<ShockPart<ShockStep>?>.stepIfSound.located, atLeast: 1)
      guard let read = list.read(node, path, &reader) else { return nil }
      let wrong = misplaced(read.map { $0.value?.value ?? .volatility(multiple: 1, of: []) })
      for (place, rule) in wrong {
        reader.report(.rule(rule), at: read[place].node.position, path: read[place].path)
      }
      let steps = read.compactMap(\.value)
      guard wrong.isEmpty, steps.count == read.count else { return nil }
      return ShockPart(
        value: steps.map(\.value), factors: steps.flatMap(\.factors), windows: steps.flatMap(\.windows))
    }
  }
}

extension Form where Value == ShockPart<ShockStep>? {
  /// A step, or `nil` where a problem was reported.
  fileprivate static var stepIfSound: Form {
    let step = Form<ShockPart<ShockStep>>.step
    return Form { node, path, reader in .some(step.read(node, path, &reader)) }
  }
}

extension Form where Value == ShockPart<ShockStep> {
  /// A step: its kind and what it takes.
  fileprivate static var step: Form {
    .oneKey([
      "blend": .blend, "pair": .pair, "block": .block, "eigenvalue": .eigenvalue, "loadings": .loadings,
      "regulatory": .regulatory, "conditional": .conditional, "decoupling": .decoupling,
      "basisDecoupling": .basisDecoupling, "randomCorrelation": .randomCorrelation,
      "perturbation": .perturbation, "mixture": .mixture, "dePeg": .dePeg, "views": .views,
      "volatility": .volatility, "dailyVolatility": .dailyVolatility, "drift": .drift, "spot": .spot,
    ])
  }
}
