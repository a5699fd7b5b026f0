#pragma once

/// Which body of a kernel to run.
typedef enum __attribute__((enum_extensibility(closed))) {
  /// Plain IEEE 754 arithmetic; runs everywhere.
  CVKKernelClassPortable = 0,
  /// AVX2 and fused multiply-add: the micro-architecture level x86-64-v3.
  CVKKernelClassX86_64_v3 = 1,
} CVKKernelClass;

/// The fastest class this processor can run.
CVKKernelClass cvk_kernel_class(void);
