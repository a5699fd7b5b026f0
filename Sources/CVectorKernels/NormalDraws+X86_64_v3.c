// The body for x86-64-v3: 256-bit vectors, fused multiply-add.

#if defined(__x86_64__)

#include <immintrin.h>

#include "NormalDraws+Bodies.h"

#pragma STDC FP_CONTRACT OFF
// The full architecture, not a list of features: with generic tuning such loops run at little more than half speed.
#pragma clang attribute push(__attribute__((target("arch=haswell"))), apply_to = function)

#define BODY(name) name##_x86_64_v3

enum { LANES = 4 };
typedef double Reals __attribute__((ext_vector_type(4)));
typedef uint64_t Words __attribute__((ext_vector_type(4)));
typedef int64_t Mask __attribute__((ext_vector_type(4)));

/// Offsets of the counter in each lane, so that two interleavings put the words of a block into scenario order.
static const Words lane_offsets = {0, 2, 1, 3};
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
#define MULTIPLY_LOW_HALVES(a, b) \
  ((Words)_mm256_mul_epu32((__m256i)(a), _mm256_set1_epi64x((int64_t)(b))))
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma((Reals)(a), (Reals)(b), (Reals)(c))

/// For each set of selected lanes (a bit a lane): those lanes in order, then lane 0.
static const int32_t selected_lanes[16][4] = {
    {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {2, 0, 0, 0}, {0, 2, 0, 0}, {1, 2, 0, 0}, {0, 1, 2, 0},
    {3, 0, 0, 0}, {0, 3, 0, 0}, {1, 3, 0, 0}, {0, 1, 3, 0}, {2, 3, 0, 0}, {0, 2, 3, 0}, {1, 2, 3, 0}, {0, 1, 2, 3},
};

/// The same as pairs of 32-bit halves, the form in which a permutation of doubles by a variable is one instruction.
static const int32_t selected_halves[16][8] = {
    {0, 1, 0, 1, 0, 1, 0, 1}, {0, 1, 0, 1, 0, 1, 0, 1}, {2, 3, 0, 1, 0, 1, 0, 1}, {0, 1, 2, 3, 0, 1, 0, 1},
    {4, 5, 0, 1, 0, 1, 0, 1}, {0, 1, 4, 5, 0, 1, 0, 1}, {2, 3, 4, 5, 0, 1, 0, 1}, {0, 1, 2, 3, 4, 5, 0, 1},
    {6, 7, 0, 1, 0, 1, 0, 1}, {0, 1, 6, 7, 0, 1, 0, 1}, {2, 3, 6, 7, 0, 1, 0, 1}, {0, 1, 2, 3, 6, 7, 0, 1},
    {4, 5, 6, 7, 0, 1, 0, 1}, {0, 1, 4, 5, 6, 7, 0, 1}, {2, 3, 4, 5, 6, 7, 0, 1}, {0, 1, 2, 3, 4, 5, 6, 7},
};

/// Appends the lanes of `values` that `selected` marks to `list`, their positions to `places`; the new length.
///
/// Writes LANES elements whatever the selection: a branch would be mispredicted at every other vector.
static inline int append_selected(
    Reals values, Mask selected, int32_t position, double *list, int32_t *places, int length) {
  const int set = _mm256_movemask_pd((__m256d)selected);
  const __m256i halves = _mm256_loadu_si256((const __m256i *)selected_halves[set]);
  const __m128i lanes = _mm_loadu_si128((const __m128i *)selected_lanes[set]);
  _mm256_storeu_ps((float *)(list + length), _mm256_permutevar8x32_ps((__m256)values, halves));
  _mm_storeu_si128((__m128i *)(places + length), _mm_add_epi32(lanes, _mm_set1_epi32(position)));
  return length + __builtin_popcount((unsigned)set);
}

static inline int any(Mask selected) { return _mm256_movemask_pd((__m256d)selected) != 0; }

#include "NormalDraws+Body.h"

#pragma clang attribute pop

#endif
