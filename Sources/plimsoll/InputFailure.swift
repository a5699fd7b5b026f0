import ArgumentParser
import Loading
import Reports
import RunFolder
import Studies

/// Runs a load; its problems go to standard error, all of them, and the program ends with exit code 2.
func loading<Value>(_ load: () throws(LoadError) -> Value) throws -> Value {
  do throws(LoadError) {
    return try load()
  } catch {
    for problem in error.problems { StandardStreams.report("\(problem)") }
    let count = error.problems.count
    StandardStreams.report(
      count == 1 ? "1 problem; nothing was written" : "\(count) problems; nothing was written")
    throw ExitStatus.badInput
  }
}

/// Runs a study; what stops it as a whole is bad input.
func studying<Value>(_ run: () throws(StudyError) -> Value) throws -> Value {
  do throws(StudyError) {
    return try run()
  } catch {
    StandardStreams.report("error: \(ErrorProse.text(of: error))")
    throw ExitStatus.badInput
  }
}

/// Writes, or checks, a run folder; one that cannot be written is bad input.
func writing(_ write: () throws(RunFolderError) -> Void) throws {
  do throws(RunFolderError) {
    try write()
  } catch {
    StandardStreams.report("error: \(error)")
    throw ExitStatus.badInput
  }
}
