/* Predicts in C: example_predict MODEL [NUMBER]..., a row of raw inputs, gives the outputs with their names:

     mlp train friedman
     example_predict runs/friedman/model.safetensors 0.1 0.9 0.4 0.5 0.2 0 0 0 0 0

   For a model of a table, the row is of text, as in a CSV file: example_predict MODEL NAMES ROW.

     example_predict runs/cars/model.safetensors weight,model_year,... 2100,80,... */
#include <mlp/c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two lines of CSV to outputs. */
static mlp_status predict_text(mlp_predictor* predictor, const char* names, const char* row, float* outputs,
                               size_t count) {
  const size_t size = strlen(names) + strlen(row) + 2;
  char* csv = malloc(size + 1);
  if (csv == NULL) return MLP_ERROR_MEMORY;
  snprintf(csv, size + 1, "%s\n%s\n", names, row);
  const mlp_status status = mlp_predict_csv(predictor, csv, size, outputs, count, NULL);
  free(csv);
  return status;
}

static mlp_status predict_numbers(mlp_predictor* predictor, char** texts, size_t inputs, float* outputs,
                                  size_t count) {
  float* row = malloc((inputs + 1) * sizeof(float));
  if (row == NULL) return MLP_ERROR_MEMORY;
  for (size_t i = 0; i < inputs; ++i) row[i] = strtof(texts[i], NULL);
  const mlp_status status = mlp_predict(predictor, row, inputs, outputs, count);
  free(row);
  return status;
}

int main(int argc, char** argv) {
  mlp_model* model = NULL;
  mlp_predictor* predictor = NULL;
  float* outputs = NULL;
  if (argc < 2) {
    fprintf(stderr, "usage: %s MODEL [NUMBER]... | MODEL NAMES ROW\n", argv[0]);
    return 2;
  }
  mlp_status status = mlp_model_load(argv[1], &model);
  if (status == MLP_OK) status = mlp_predictor_create(model, 1, 1, &predictor);
  const size_t count = mlp_model_outputs(model);
  if (status == MLP_OK) {
    outputs = malloc(count * sizeof(float));
    if (outputs == NULL) status = MLP_ERROR_MEMORY;
  }
  if (status == MLP_OK) {
    status = argc == 4 && strchr(argv[2], ',') != NULL
                 ? predict_text(predictor, argv[2], argv[3], outputs, count)
                 : predict_numbers(predictor, argv + 2, (size_t)argc - 2, outputs, count);
  }
  if (status != MLP_OK)
    fprintf(stderr, "%s\n", status == MLP_ERROR_MEMORY ? "out of memory" : mlp_last_error());
  for (size_t i = 0; status == MLP_OK && i < count; ++i) {
    const char* name = mlp_model_output_name(model, i);
    printf("%s %g\n", name == NULL ? "" : name, outputs[i]);
  }
  free(outputs);
  mlp_predictor_free(predictor);
  mlp_model_free(model);
  return status == MLP_OK ? 0 : 1;
}
