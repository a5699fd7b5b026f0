#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// How many threads a computation may use.
///
/// It decides how long a result takes, never what the result is: every block loop of this module gives the same
/// bits for every value.
public enum Parallelism: Hashable, Sendable {
  /// All work on the calling thread.
  case sequential
  /// At most this many threads at once; must be at least 1.
  case threads(Int)

  /// As many threads as there are processors online.
  public static var allCores: Parallelism {
    .threads(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// The largest number of threads at work at once, at least 1.
  public var degree: Int {
    switch self {
    case .sequential:
      return 1
    case .threads(let count):
      precondition(count >= 1, "a computation needs at least one thread; have \(count)")
      return count
    }
  }
}
