/// The files a study document names, as far as they can be told whatever else is wrong with it.
struct NamedFiles: Sendable {
  /// The account.
  let account: Located<String>?
  /// The regimes that are named soundly.
  let regimes: [Located<String>]
  /// The correlations.
  let correlation: Located<CorrelationPlan>?
  /// The shocks that are named soundly, by the keys of their axes.
  let shocks: [(axis: StressBlock.AxisKey, name: Located<String>)]

  /// Reads the names; what cannot be read is reported with the whole plan.
  ///
  /// - Parameter document: the study.
  init(of document: SourceDocument) {
    account = document.value(at: ["account"], as: Form<String>.words.located)
    var regimes: [Located<String>] = []
    if case .list(let items) = document.root.value(at: ["regimes"])?.content {
      regimes = items.indices.compactMap { index in
        document.value(at: ["regimes", .index(index)], as: Form<String>.words.located)
      }
    }
    self.regimes = regimes
    correlation = document.value(
      at: ["models", "correlation"], as: Form<CorrelationPlan>.correlation.located)
    shocks = StressBlock.AxisKey.allCases.compactMap { axis in
      document.value(at: axis.path + ["shock"], as: Form<String>.words.located).map { (axis, $0) }
    }
  }
}

extension SourceDocument {
  /// The value at the end of a path where there is one and it is sound.
  fileprivate func value<Value>(at path: [PathStep], as form: Form<Value>) -> Value? {
    var reader = NodeReader(self)
    return root.value(at: path[...]).flatMap { form.read($0, path, &reader) }
  }
}
