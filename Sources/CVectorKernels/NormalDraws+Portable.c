// The body for every processor: 128-bit vectors, no fused operation.

#include "NormalDraws+Bodies.h"

#pragma STDC FP_CONTRACT OFF

#define BODY(name) name##_portable

enum { LANES = 2 };
typedef double Reals __attribute__((ext_vector_type(2)));
typedef uint64_t Words __attribute__((ext_vector_type(2)));
typedef int64_t Mask __attribute__((ext_vector_type(2)));

/// Offsets of the counter in each lane, so that two interleavings put the words of a block into scenario order.
static const Words lane_offsets = {0, 1};
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#define MULTIPLY_LOW_HALVES(a, b) (((a) & (Words)0xFFFFFFFFull) * (Words)(b))
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))

/// Appends the lanes of `values` that `selected` marks to `list`, their positions to `places`; the new length.
static inline int append_selected(
    Reals values, Mask selected, int32_t position, double *list, int32_t *places, int length) {
  for (int lane = 0; lane < LANES; lane++) {
    list[length] = values[lane];
    places[length] = position + lane;
    length += (int)(selected[lane] & 1);
  }
  return length;
}

static inline int any(Mask selected) { return (selected[0] | selected[1]) != 0; }

#include "NormalDraws+Body.h"
