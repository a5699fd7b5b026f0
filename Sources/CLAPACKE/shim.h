#pragma once
// LAPACKE's complex types are C99's, which Swift does not import; only the real routines are used here.
#include <lapacke.h>
