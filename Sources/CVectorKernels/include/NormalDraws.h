#pragma once

#include <stdint.h>

#include "KernelClass.h"

/// The draws of one (seed, stream, factor): a Philox4x32-10 key and the three counter words that stay fixed.
typedef struct {
  /// Key words 0 (low half) and 1 (high half).
  uint64_t seed;
  /// Counter words 2 (low half) and 3 (high half).
  uint64_t factor;
  /// Counter word 1.
  uint32_t stream;
} CVKDraws;

/// Uniforms in the open interval (0, 1), `(2·(word >> 12) + 1) · 2^-53`, for `count` scenarios from `first` on.
///
/// Scenario s takes the block with counter word 0 = s / 2: its words 0 (low) and 1 when s is even, 2 and 3 when odd.
/// `first + count` must not exceed 2^33.
void cvk_fill_uniforms(CVKKernelClass kernel, CVKDraws draws, uint64_t first, double *out, uint64_t count);

/// Standard normals: the normal quantile of the uniform that `cvk_fill_uniforms` gives for the same scenario.
void cvk_fill_normals(CVKKernelClass kernel, CVKDraws draws, uint64_t first, double *out, uint64_t count);

/// The standard normal quantile of `count` probabilities, each in [2^-1022, 1 - 2^-53]; `out` may be `probabilities`.
void cvk_normal_quantiles(CVKKernelClass kernel, const double *probabilities, double *out, uint64_t count);
