/// A place in a text file; lines and columns count from one.
public struct SourcePosition: Hashable, Comparable, Sendable {
  /// The line.
  public let line: Int
  /// The column: Unicode scalars in YAML and JSON, bytes in CSV.
  public let column: Int
  /// What gave the value instead of the file: an option of the command line, as it was written.
  package var origin: String?

  /// The beginning of a file, where what concerns the whole of it is reported.
  public static let start = SourcePosition(line: 1, column: 1)

  /// Makes a position.
  ///
  /// - Parameters:
  ///   - line: the line, from one.
  ///   - column: the column, from one.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Orders by line, then by column.
  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing that is wrong with an input file, and where.
public struct LoadProblem: Hashable, Sendable, CustomStringConvertible {
  /// The file as its user named it.
  public let file: String
  /// Where in the file.
  public let position: SourcePosition
  /// Which value, such as `positions[2].quantity`; empty for the file as a whole.
  public let path: String
  /// What is wrong.
  public let fault: LoadFault

  /// States a problem.
  ///
  /// - Parameters:
  ///   - file: the file as its user named it.
  ///   - position: where in the file.
  ///   - path: which value; empty for the file as a whole.
  ///   - fault: what is wrong.
  public init(file: String, position: SourcePosition = .start, path: String = "", fault: LoadFault) {
    self.file = position.origin ?? file
    self.position = position
    self.path = path
    self.fault = fault
  }

  /// The line, from one.
  public var line: Int { position.line }

  /// The column, from one.
  public var column: Int { position.column }

  /// What is wrong and what is allowed, in words.
  public var message: String { path.isEmpty ? "\(fault)" : "\(path): \(fault)" }

  /// The problem as a line of text: `file:line:column: message`.
  public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Every problem of every file that was read, in the order of files and lines.
public struct LoadError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The problems; never empty, each once.
  public let problems: [LoadProblem]

  /// Gathers problems.
  ///
  /// - Parameter problems: the problems in any order; at least one.
  public init(_ problems: [LoadProblem]) {
    precondition(!problems.isEmpty, "an error without a problem")
    var seen: Set<LoadProblem> = []
    let once = problems.filter { seen.insert($0).inserted }
    self.problems = once.enumerated().sorted { left, right in
      (left.element.file, left.element.position, left.offset)
        < (right.element.file, right.element.position, right.offset)
    }.map(\.element)
  }

  /// One line a problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Runs several loads and keeps the problems of all of them, so that none hides another's.
public struct LoadCollector: Sendable {
  /// The problems met so far.
  public private(set) var problems: [LoadProblem] = []

  /// Makes a collector without problems.
  public init() {}

  /// Runs one load.
  ///
  /// - Parameter load: what to run.
  /// - Returns: its value, or `nil` when its problems were collected.
  public mutating func collect<Value>(_ load: () throws(LoadError) -> Value) -> Value? {
    do throws(LoadError) {
      return try load()
    } catch {
      problems += error.problems
      return nil
    }
  }

  /// Adds problems found otherwise.
  ///
  /// - Parameter more: the problems.
  public mutating func add(_ more: [LoadProblem]) { problems += more }

  /// Ends the collection.
  ///
  /// - Throws: ``LoadError`` with every problem, when there is any.
  public func finish() throws(LoadError) {
    guard problems.isEmpty else { throw LoadError(problems) }
  }
}
