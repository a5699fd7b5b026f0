import Sampling
import Testing

@Suite("Kernel class")
struct KernelClassTests {
  @Test("The class in use can run, and so can the portable one")
  func available() {
    #expect(KernelClass.available.contains(.current))
    #expect(KernelClass.available.contains(.portable))
  }

  @Test("The names that manifests record")
  func names() {
    #expect(KernelClass.allCases.map(\.rawValue) == ["portable", "x86-64-v3"])
  }
}
