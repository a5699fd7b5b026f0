internal import CVectorKernels

/// Which compilation of the vectorised kernels makes the draws.
///
/// Results are bit-identical within a class, whatever the machine; between classes the last bits may differ
/// (normals by less than 1e-13), so a run manifest records the class.
public enum KernelClass: String, CaseIterable, Sendable {
  /// Plain IEEE 754 arithmetic, without fused operations.
  case portable
  /// AVX2 and fused multiply-add, for x86-64 processors that have them.
  case x86_64v3 = "x86-64-v3"

  /// The class in use: the fastest this processor can run.
  public static let current: KernelClass =
    switch cvk_kernel_class() {
    case .portable: .portable
    case .x86_64_v3: .x86_64v3
    }

  /// The classes this processor can run.
  package static var available: [KernelClass] { current == .portable ? [.portable] : allCases }

  /// The class as the kernels know it; traps if this processor cannot run it.
  var selector: CVKKernelClass {
    precondition(
      self == .portable || self == KernelClass.current, "this processor cannot run the kernel class")
    return self == .portable ? .portable : .x86_64_v3
  }
}
