import Parallel
import Testing

@Suite struct ParallelismTests {
  @Test func degreeIsTheThreadCount() {
    #expect(Parallelism.sequential.degree == 1)
    #expect(Parallelism.threads(7).degree == 7)
    #expect(Parallelism.allCores.degree >= 1)
  }

  @Test func noThreadsStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Parallelism.threads(0).degree }
  }
}
