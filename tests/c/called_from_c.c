#include "c/called_from_c.h"

#include <string.h>

#include "mlp/c_api.h"

int predict_in_c(const char* path, const float* inputs, size_t rows, float* one_by_one, float* at_once) {
  mlp_model* model = NULL;
  mlp_predictor* predictor = NULL;
  int step = 0;
  if (mlp_model_load(path, &model) != MLP_OK) return 1;
  const size_t width = mlp_model_inputs(model), answers = mlp_model_outputs(model);
  if (mlp_predictor_create(model, 16, 1, &predictor) != MLP_OK) step = 2;
  mlp_model_free(model);
  for (size_t n = 0; n < rows && step == 0; ++n) {
    if (mlp_predict(predictor, inputs + n * width, width, one_by_one + n * answers, answers) != MLP_OK)
      step = 3;
  }
  if (step == 0 && mlp_predict(predictor, inputs, rows * width, at_once, rows * answers) != MLP_OK) step = 4;
  if (step == 0 && strlen(mlp_last_error()) != 0) step = 5;
  mlp_predictor_free(predictor);
  return step;
}
