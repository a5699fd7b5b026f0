// Sends each call to the body for the kernel class asked for.

#include "NormalDraws.h"

#include "NormalDraws+Bodies.h"

#if defined(__x86_64__)
#define DISPATCH(call_portable, call_x86_64_v3) \
  if (kernel == CVKKernelClassX86_64_v3) {      \
    call_x86_64_v3;                             \
  } else {                                      \
    call_portable;                              \
  }
#else
#define DISPATCH(call_portable, call_x86_64_v3) \
  (void)kernel;                                 \
  call_portable;
#endif

void cvk_fill_uniforms(CVKKernelClass kernel, CVKDraws draws, uint64_t first, double *out, uint64_t count) {
  DISPATCH(
      fill_uniforms_portable(draws, first, out, count), fill_uniforms_x86_64_v3(draws, first, out, count))
}

void cvk_fill_normals(CVKKernelClass kernel, CVKDraws draws, uint64_t first, double *out, uint64_t count) {
  DISPATCH(fill_normals_portable(draws, first, out, count), fill_normals_x86_64_v3(draws, first, out, count))
}

void cvk_normal_quantiles(CVKKernelClass kernel, const double *probabilities, double *out, uint64_t count) {
  DISPATCH(
      normal_quantiles_portable(probabilities, out, count),
      normal_quantiles_x86_64_v3(probabilities, out, count))
}
