import LinearAlgebra

extension ScenarioSource {
  /// Paths put together from the moves of random dates.
  func bootstrap(_ request: BootstrapRequest) throws(ScenarioError) -> ScenarioSet {
    preconditionFailure("to be written")
  }
}
