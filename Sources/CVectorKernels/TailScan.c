// One loop, compiled for every processor and once more for those with 256-bit vectors.

#include "TailScan.h"

#include <math.h>
#include <string.h>

typedef double Losses __attribute__((ext_vector_type(8)));
typedef int64_t Below __attribute__((ext_vector_type(8)));

#define SCAN_BODY                                                                       \
  const Losses limit = threshold;                                                       \
  const Losses least = -INFINITY;                                                       \
  uint64_t index = from;                                                                \
  for (; index + 8 <= count; index += 8) {                                              \
    Losses next;                                                                        \
    memcpy(&next, losses + index, sizeof next);                                         \
    /* NaN fails the first comparison, as does +infinity below a finite threshold. */   \
    const Below below = (next <= limit) & (next > least);                               \
    if (!__builtin_reduce_and(below)) break;                                            \
  }                                                                                     \
  for (; index < count; index++) {                                                      \
    if (!(losses[index] <= threshold) || !(losses[index] > -INFINITY)) return index;    \
  }                                                                                     \
  return count;

static uint64_t next_in_tail_portable(
    const double *losses, uint64_t from, uint64_t count, double threshold) {
  SCAN_BODY
}

#if defined(__x86_64__)
__attribute__((target("arch=haswell"))) static uint64_t next_in_tail_x86_64_v3(
    const double *losses, uint64_t from, uint64_t count, double threshold) {
  SCAN_BODY
}
#endif

uint64_t cvk_next_in_tail(
    CVKKernelClass kernel, const double *losses, uint64_t from, uint64_t count, double threshold) {
#if defined(__x86_64__)
  if (kernel == CVKKernelClassX86_64_v3) return next_in_tail_x86_64_v3(losses, from, count, threshold);
#else
  (void)kernel;
#endif
  return next_in_tail_portable(losses, from, count, threshold);
}
