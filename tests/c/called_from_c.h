// The part of the tests that runs in C: plain C11, so that a C compiler reads mlp/c_api.h.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads, predicts `rows` rows one by one and all at once, frees. Returns 0, or the number of the step that
/// failed.
int predict_in_c(const char* path, const float* inputs, size_t rows, float* one_by_one, float* at_once);

#ifdef __cplusplus
}
#endif
