import CVectorKernels

/// Finds the few losses of a sample that may enter its tail.
package struct TailScan: Sendable {
  private let kernel: CVKKernelClass

  package init() {
    kernel = cvk_kernel_class()
  }

  /// The first loss from a place on that is above a threshold or not a finite number.
  ///
  /// - Parameters:
  ///   - losses: the sample.
  ///   - from: where to begin; at most the size of the sample.
  ///   - threshold: a finite number or −∞.
  /// - Returns: its place, or the size of the sample where there is none.
  package func next(in losses: Span<Double>, from: Int, above threshold: Double) -> Int {
    precondition(from >= 0 && from <= losses.count, "a scan from outside the sample")
    return unsafe losses.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return Int(
        unsafe cvk_next_in_tail(kernel, base, UInt64(from), UInt64(buffer.count), threshold))
    }
  }
}
