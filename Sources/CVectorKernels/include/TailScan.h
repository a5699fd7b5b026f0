#pragma once

#include <stdint.h>

#include "KernelClass.h"

/// The first of `losses[from ..< count]` that is above the threshold or not a finite number; `count` where there is none.
///
/// Comparisons alone: the answer is the same in every kernel class.
uint64_t cvk_next_in_tail(
    CVKKernelClass kernel, const double *losses, uint64_t from, uint64_t count, double threshold);
