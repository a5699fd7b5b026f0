public import Scenarios

extension Loaded<Shock> {
  /// Reads a shock file.
  ///
  /// - Parameter path: the file, YAML or JSON.
  /// - Throws: ``LoadError`` with every problem.
  public init(shockFile path: String) throws(LoadError) {
    try self.init(contentsOf: path, as: .shock)
  }

  /// Reads the text of a shock file.
  ///
  /// - Parameters:
  ///   - text: YAML or JSON.
  ///   - file: the name under which problems are reported.
  /// - Throws: ``LoadError`` with every problem.
  public init(shockText text: String, file: String) throws(LoadError) {
    try self.init(text: text, file: file, as: .shock)
  }
}

extension Form where Value == Shock {
  /// A shock without the places of what it names.
  static var shock: Form { Form<ShockPart<Shock>>.shock.map(\.value) }
}
