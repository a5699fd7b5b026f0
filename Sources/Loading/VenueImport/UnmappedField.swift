/// A field of a venue's payload that has no place in an account, or many of them that are alike.
public struct UnmappedField: Hashable, Sendable, CustomStringConvertible {
  /// The file as its user named it.
  public let file: String
  /// Which value, such as `result.list[0].tpslMode`; empty for the payload as a whole.
  public let path: String
  /// The value as it stands there, shortened; never what identifies an owner.
  public let value: String
  /// How many more fields of the same name stand in other entries of the same list.
  public let others: Int
  /// Why it was not mapped.
  public let reason: String

  /// Notes a field.
  ///
  /// - Parameters:
  ///   - file: the file as its user named it.
  ///   - path: which value.
  ///   - value: the value as it stands there.
  ///   - others: how many more of them there are; not negative.
  ///   - reason: why it was not mapped.
  public init(file: String, path: String, value: String, others: Int = 0, reason: String) {
    self.file = file
    self.path = path
    self.value = value
    self.others = others
    self.reason = reason
  }

  /// The field as a line of text: `file: path = value: reason`.
  public var description: String {
    let more = others == 0 ? "" : " and \(others) more like it"
    return path.isEmpty
      ? "\(file): \(value): \(reason)" : "\(file): \(path) = \(value)\(more): \(reason)"
  }
}

/// Something the payload does not say and the import had to put in its place.
public struct ImportAssumption: Hashable, Sendable, CustomStringConvertible {
  /// The file as its user named it.
  public let file: String
  /// Which value it concerns.
  public let path: String
  /// What was taken, and why.
  public let words: String

  /// States an assumption.
  ///
  /// - Parameters:
  ///   - file: the file as its user named it.
  ///   - path: which value it concerns.
  ///   - words: what was taken, and why.
  public init(file: String, path: String, words: String) {
    self.file = file
    self.path = path
    self.words = words
  }

  /// The assumption as a line of text: `file: path: words`.
  public var description: String { path.isEmpty ? "\(file): \(words)" : "\(file): \(path): \(words)" }
}
