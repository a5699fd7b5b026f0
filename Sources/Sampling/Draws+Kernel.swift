// The only calls into the vectorised kernels. Every draw of the package surface takes the kernel class, so
// that tests can run each.

internal import CVectorKernels

/// Fills a row with uniforms made by one kernel class; see the public function of the same name.
package func fillUniforms(
  stream: DrawStream, factor: UInt64, firstScenario: Int, kernel: KernelClass,
  into values: inout MutableSpan<Double>
) {
  checkScenarios(first: firstScenario, count: values.count)
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    unsafe cvk_fill_uniforms(
      kernel.selector, draws(stream, factor), UInt64(firstScenario), base, UInt64(buffer.count))
  }
}

/// Fills a row with normals made by one kernel class; see the public function of the same name.
package func fillNormals(
  stream: DrawStream, factor: UInt64, firstScenario: Int, kernel: KernelClass,
  into values: inout MutableSpan<Double>
) {
  checkScenarios(first: firstScenario, count: values.count)
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    unsafe cvk_fill_normals(
      kernel.selector, draws(stream, factor), UInt64(firstScenario), base, UInt64(buffer.count))
  }
}

/// Replaces probabilities by quantiles with one kernel class; see the public function of the same name.
package func replaceByNormalQuantiles(_ values: inout MutableSpan<Double>, kernel: KernelClass) {
  for index in values.indices {
    let probability = values[index]
    precondition(
      Double.leastNormalMagnitude <= probability && probability < 1, "a probability is out of range")
  }
  unsafe values.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    unsafe cvk_normal_quantiles(kernel.selector, base, base, UInt64(buffer.count))
  }
}

private func draws(_ stream: DrawStream, _ factor: UInt64) -> CVKDraws {
  CVKDraws(seed: stream.seed, factor: factor, stream: stream.stream)
}

private func checkScenarios(first: Int, count: Int) {
  precondition(
    0 <= first && first <= DrawStream.scenarioLimit - count, "the scenario indices are out of range")
}
