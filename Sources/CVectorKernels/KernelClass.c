#include "KernelClass.h"

CVKKernelClass cvk_kernel_class(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) return CVKKernelClassX86_64_v3;
#endif
  return CVKKernelClassPortable;
}
