// What the two compilations of NormalDraws+Body.h export.
#pragma once

#include <string.h>

#include "NormalDraws.h"

void fill_uniforms_portable(CVKDraws draws, uint64_t first, double *out, uint64_t count);
void fill_normals_portable(CVKDraws draws, uint64_t first, double *out, uint64_t count);
void normal_quantiles_portable(const double *probabilities, double *out, uint64_t count);

#if defined(__x86_64__)
void fill_uniforms_x86_64_v3(CVKDraws draws, uint64_t first, double *out, uint64_t count);
void fill_normals_x86_64_v3(CVKDraws draws, uint64_t first, double *out, uint64_t count);
void normal_quantiles_x86_64_v3(const double *probabilities, double *out, uint64_t count);
#endif
