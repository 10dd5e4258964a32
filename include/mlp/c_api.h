// mlp for C, and for whatever calls C: prediction with a saved model. (mlp.h, beside it, is all of mlp for
// C++.)
//
//   mlp_model* model = NULL;
//   mlp_predictor* predictor = NULL;
//   if (mlp_model_load("model.safetensors", &model) != MLP_OK ||
//       mlp_predictor_create(model, 1, 1, &predictor) != MLP_OK ||
//       mlp_predict(predictor, row, inputs, probabilities, outputs) != MLP_OK)
//     fprintf(stderr, "%s\n", mlp_last_error());
//   mlp_predictor_free(predictor);
//   mlp_model_free(model);
//
// C11, and C++. No exception comes out of a function: what can fail returns a status, and says why in
// mlp_last_error().
//
// Threads: a model never changes and may be used by any number of threads at once. A predictor holds the
// memory that a call works in: one for each thread, all made of one model. A call while another thread is in
// the same predictor is refused with MLP_ERROR_ARGUMENT. Whatever is freed must no longer be in use.
#pragma once

// NOLINTBEGIN(modernize-*,readability-identifier-naming): this is C
#include <stddef.h>
#include <stdint.h>

#include "mlp/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a call ended. Numbers keep their meaning; there may be more of them one day.
typedef enum mlp_status {
  MLP_OK = 0,
  MLP_ERROR_ARGUMENT = 1,  ///< the caller's mistake: a null pointer, sizes that do not fit, a second thread
  MLP_ERROR_FILE = 2,      ///< a file, or a text that stands for one, cannot be read or understood
  MLP_ERROR_DATA = 3,      ///< was read, but cannot be used
  MLP_ERROR_MEMORY = 4,    ///< not enough memory
  MLP_ERROR_OTHER = 5
} mlp_status;

/// A model as it was saved; see mlp/model.h.
typedef struct mlp_model mlp_model;
/// A model made ready to predict; see mlp/predictor.h.
typedef struct mlp_predictor mlp_predictor;

/// The library's version, "major.minor.patch".
MLP_EXPORT const char* mlp_version(void);

/// What was wrong in this thread's last call that failed, and what to do about it; "" before there was one.
/// Never null. Good until this thread's next call that fails.
MLP_EXPORT const char* mlp_last_error(void);

/// Reads a model file, as `mlp train` and mlp::save_model write it. `*model` is NULL where it fails.
MLP_EXPORT mlp_status mlp_model_load(const char* path, mlp_model** model);
/// NULL is ignored. Predictors made from the model stay valid.
MLP_EXPORT void mlp_model_free(mlp_model* model);

/// How many numbers a row has: inputs (I), and outputs (O), a probability for each class or the targets. 0
/// for NULL.
MLP_EXPORT size_t mlp_model_inputs(const mlp_model* model);
MLP_EXPORT size_t mlp_model_outputs(const mlp_model* model);
/// The name of an input ("weight", "origin=Japan") or of an output (the class or the target). NULL where it
/// has none, and for a NULL model. Valid as long as the model.
MLP_EXPORT const char* mlp_model_input_name(const mlp_model* model, size_t index);
MLP_EXPORT const char* mlp_model_output_name(const mlp_model* model, size_t index);

/// Makes a predictor that works on up to `max_rows` rows at a time (1 to 1,048,576; more rows take several
/// passes), with `threads` threads of its own (1; 0: as many as help). `*predictor` is NULL where it fails.
MLP_EXPORT mlp_status mlp_predictor_create(const mlp_model* model, size_t max_rows, int threads,
                                           mlp_predictor** predictor);
/// NULL is ignored.
MLP_EXPORT void mlp_predictor_free(mlp_predictor* predictor);

/// Any number of rows, one after the other: inputs [N, I] to outputs [N, O]. The counts are those of all
/// numbers, input_count = N * I and output_count = N * O. Inputs are raw, as the model was trained on them,
/// and not scaled. For a model of a table they are the values that its cells are encoded to;
/// mlp_predict_csv() does the encoding.
MLP_EXPORT mlp_status mlp_predict(mlp_predictor* predictor, const float* inputs, size_t input_count,
                                  float* outputs, size_t output_count);
/// The same for inputs that are bytes, such as images.
MLP_EXPORT mlp_status mlp_predict_bytes(mlp_predictor* predictor, const uint8_t* inputs, size_t input_count,
                                        float* outputs, size_t output_count);

/// For a model of a table: predicts the rows in the `size` bytes of `csv`, a line of column names and then
/// one line per row, to outputs [N, O]. Columns are found by name, as `mlp predict` does. Sets `*rows`,
/// unless NULL, to N, also where the only fault is that output_count is less than N * O (then nothing is
/// written), and to 0 on any other fault. Allocates.
MLP_EXPORT mlp_status mlp_predict_csv(mlp_predictor* predictor, const char* csv, size_t size, float* outputs,
                                      size_t output_count, size_t* rows);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-*,readability-identifier-naming)
