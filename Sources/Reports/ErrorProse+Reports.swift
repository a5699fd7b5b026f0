extension ErrorProse {
  /// Why a result has no bytes.
  ///
  /// - Parameter error: what was thrown.
  /// - Returns: what is wrong.
  public static func text(of error: ReportError) -> String {
    switch error {
    case .csv(let file, let error): "\(file) cannot be written: \(error)"
    case .notFinite(let key): "the number under '\(key)' is not finite, so there is no JSON for it"
    }
  }
}
