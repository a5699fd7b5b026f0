import COpenBLAS

/// The BLAS library this program runs on.
///
/// It is held to one thread: the bits of a product differ between one and two BLAS threads, so the work is divided
/// outside, in blocks with fixed boundaries.
public enum BLASRuntime {
  /// The processor family whose kernels the library chose, such as `Zen` or `Haswell`.
  ///
  /// Results are bit for bit the same only for the same family.
  public static var coreName: String {
    unsafe String(cString: openblas_get_corename())
  }

  /// Sets the library to one thread, the first time it is called.
  static func useOneThread() {
    precondition(oneThread, "BLAS refuses to run on one thread")
  }

  private static let oneThread: Bool = {
    openblas_set_num_threads(1)
    return openblas_get_num_threads() == 1
  }()
}
