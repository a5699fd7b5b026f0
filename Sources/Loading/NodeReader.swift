/// Reads the values of one document and keeps every problem on the way.
package struct NodeReader: Sendable {
  /// The document.
  package let document: SourceDocument
  /// The problems met so far.
  package private(set) var problems: [LoadProblem] = []
  /// Why numbers stand in the document that no source says: what its `assumed` keys give, each with its place.
  package private(set) var assumptions: [String] = []
  /// Whether any mapping may say `assumed`.
  package var allowsAssumptions = false

  /// Starts to read a document.
  ///
  /// - Parameter document: the document.
  package init(_ document: SourceDocument) {
    self.document = document
  }

  /// Keeps what an `assumed` key says.
  ///
  /// - Parameters:
  ///   - reason: why.
  ///   - path: of the mapping it stands in.
  package mutating func assume(_ reason: String, path: [PathStep]) {
    assumptions.append(path.isEmpty ? reason : "\(printed(path)): \(reason)")
  }

  /// Keeps a problem.
  ///
  /// - Parameters:
  ///   - fault: what is wrong.
  ///   - position: where.
  ///   - path: which value.
  package mutating func report(_ fault: LoadFault, at position: SourcePosition, path: [PathStep]) {
    problems.append(
      LoadProblem(file: document.file, position: position, path: printed(path), fault: fault))
  }
}

/// How a value of a file is read as a strict value.
///
/// A form either gives a value or reports at least one problem and gives `nil`; it never stops at the first.
package struct Form<Value: Sendable>: Sendable {
  package typealias Body =
    @Sendable (_ node: SourceNode, _ path: [PathStep], _ reader: inout NodeReader) -> Value?

  /// Reads one value.
  package let read: Body
  /// The keys one of which a mapping must have; empty where that is not the rule.
  package let keys: [String]

  /// Makes a form.
  ///
  /// - Parameters:
  ///   - keys: the keys one of which a mapping must have, for messages.
  ///   - read: reads one value, or reports why it cannot be read.
  package init(keys: [String] = [], _ read: @escaping Body) {
    self.keys = keys
    self.read = read
  }
}

/// A value and where it stands.
package struct Located<Value: Sendable>: Sendable {
  /// The value.
  package let value: Value
  /// Where it was read from.
  package let node: SourceNode
  /// Which value of the file it is.
  package let path: [PathStep]
}

/// A file's value together with the document it came from, so that later checks can still name the line.
public struct Loaded<Value: Sendable>: Sendable {
  /// The value.
  public let value: Value
  package let document: SourceDocument

  /// The file as its user named it.
  public var file: String { document.file }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - text: the whole file, YAML or JSON.
  ///   - file: the file as its user named it.
  ///   - form: how its outermost value is read.
  /// - Throws: ``LoadError`` with every problem.
  package init(text: String, file: String, as form: Form<Value>) throws(LoadError) {
    try self.init(SourceDocument(text: text, file: file), as: form)
  }

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - document: the document.
  ///   - form: how its outermost value is read.
  /// - Throws: ``LoadError`` with every problem.
  package init(_ document: SourceDocument, as form: Form<Value>) throws(LoadError) {
    var reader = NodeReader(document)
    let value = form.read(document.root, [], &reader)
    guard let value, reader.problems.isEmpty else { throw LoadError(reader.problems) }
    self.value = value
    self.document = document
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file as its user named it.
  ///   - form: how its outermost value is read.
  /// - Throws: ``LoadError`` with every problem.
  package init(contentsOf path: String, as form: Form<Value>) throws(LoadError) {
    try self.init(text: InputFile.text(of: path), file: path, as: form)
  }
}
