// mlp/c_api.h on top of the C++ headers: pointers become values, exceptions a status and a text.
#include "mlp/c_api.h"

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/predictor.h"
#include "mlp/table.h"
#include "mlp/version.h"

struct mlp_model {
  std::shared_ptr<const mlp::Model> model;
};

struct mlp_predictor {
  std::shared_ptr<const mlp::Model> model;
  mlp::Predictor predictor;
};

namespace {

using mlp::require;

struct LastError {
  std::string text;
  const char* shown = "";
};
thread_local LastError last_error;

mlp_status failed(mlp_status status, const char* what, const std::string& hint = {}) noexcept {
  try {
    last_error.text = what;
    if (!hint.empty()) last_error.text += " (" + hint + ")";
    last_error.shown = last_error.text.c_str();
  } catch (...) {
    last_error.shown = "out of memory";
  }
  return status;
}

/// No exception may pass through C.
template <class Call>
mlp_status guarded(const Call& call) noexcept {
  try {
    call();
    return MLP_OK;
  } catch (const mlp::FileError& error) {
    return failed(MLP_ERROR_FILE, error.what(), error.hint());
  } catch (const mlp::DataError& error) {
    return failed(MLP_ERROR_DATA, error.what(), error.hint());
  } catch (const mlp::UsageError& error) {
    return failed(MLP_ERROR_ARGUMENT, error.what(), error.hint());
  } catch (const mlp::Error& error) {
    return failed(MLP_ERROR_OTHER, error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    return failed(MLP_ERROR_MEMORY, "out of memory");
  } catch (const std::logic_error& error) {
    return failed(MLP_ERROR_ARGUMENT, error.what());
  } catch (const std::exception& error) {
    return failed(MLP_ERROR_OTHER, error.what());
  } catch (...) {
    return failed(MLP_ERROR_OTHER, "an unknown error");
  }
}

std::size_t rows_of(std::size_t count, std::size_t columns, const char* noun) {
  require(count % columns == 0, std::string("mlp_predict: ") + std::to_string(count) + " " + noun +
                                    " are no whole rows of " + std::to_string(columns));
  return count / columns;
}

template <class T>
mlp_status predict_rows(mlp_predictor* predictor, const T* inputs, std::size_t input_count, float* outputs,
                        std::size_t output_count) noexcept {
  return guarded([&] {
    require(predictor != nullptr, "mlp_predict: the predictor is NULL");
    require((inputs != nullptr || input_count == 0) && (outputs != nullptr || output_count == 0),
            "mlp_predict: inputs or outputs are NULL");
    mlp::Predictor& with = predictor->predictor;
    const std::size_t rows = rows_of(input_count, with.fan_in(), "inputs");
    const std::size_t answers = rows_of(output_count, with.fan_out(), "outputs");
    require(rows == answers, "mlp_predict: inputs of " + std::to_string(rows) + " rows and outputs of " +
                                 std::to_string(answers));
    with.predict(mlp::ConstMatrixView<T>(inputs, rows, with.fan_in()),
                 mlp::MatrixView<float>(outputs, rows, with.fan_out()));
  });
}

mlp::Table read_csv(const mlp::Preprocessing& preprocessing, std::span<const char> csv) {
  const auto read = [&csv](std::span<std::uint8_t> destination) {
    const std::size_t count = std::min(destination.size(), csv.size());
    std::copy_n(csv.begin(), count, destination.begin());
    csv = csv.subspan(count);
    return count;
  };
  return mlp::read_table(mlp::ByteStream{"csv", read}, preprocessing.input_types(), preprocessing.reading());
}

const char* name_at(const std::vector<std::string>& names, std::size_t index) {
  return index < names.size() ? names[index].c_str() : nullptr;
}

}  // namespace

const char* mlp_version() { return mlp::version(); }

const char* mlp_last_error() { return last_error.shown; }

mlp_status mlp_model_load(const char* path, mlp_model** model) {
  return guarded([&] {
    require(model != nullptr, "mlp_model_load: the place for the model is NULL");
    *model = nullptr;
    require(path != nullptr, "mlp_model_load: the path is NULL");
    *model = new mlp_model{std::make_shared<const mlp::Model>(mlp::load_model(path))};
  });
}

void mlp_model_free(mlp_model* model) { delete model; }

size_t mlp_model_inputs(const mlp_model* model) {
  return model == nullptr ? 0 : model->model->network.fan_in();
}

size_t mlp_model_outputs(const mlp_model* model) {
  return model == nullptr ? 0 : model->model->network.fan_out();
}

const char* mlp_model_input_name(const mlp_model* model, size_t index) {
  return model == nullptr ? nullptr : name_at(model->model->feature_names, index);
}

const char* mlp_model_output_name(const mlp_model* model, size_t index) {
  if (model == nullptr) return nullptr;
  const mlp::Model& named = *model->model;
  return name_at(named.class_names.empty() ? named.target_names : named.class_names, index);
}

mlp_status mlp_predictor_create(const mlp_model* model, size_t max_rows, int threads,
                                mlp_predictor** predictor) {
  return guarded([&] {
    require(predictor != nullptr, "mlp_predictor_create: the place for the predictor is NULL");
    *predictor = nullptr;
    require(model != nullptr, "mlp_predictor_create: the model is NULL");
    *predictor = new mlp_predictor{model->model,
                                   mlp::Predictor(*model->model, {.max_rows = max_rows, .threads = threads})};
  });
}

void mlp_predictor_free(mlp_predictor* predictor) { delete predictor; }

mlp_status mlp_predict(mlp_predictor* predictor, const float* inputs, size_t input_count, float* outputs,
                       size_t output_count) {
  return predict_rows(predictor, inputs, input_count, outputs, output_count);
}

mlp_status mlp_predict_bytes(mlp_predictor* predictor, const uint8_t* inputs, size_t input_count,
                             float* outputs, size_t output_count) {
  return predict_rows(predictor, inputs, input_count, outputs, output_count);
}

mlp_status mlp_predict_csv(mlp_predictor* predictor, const char* csv, size_t size, float* outputs,
                           size_t output_count, size_t* rows) {
  return guarded([&] {
    if (rows != nullptr) *rows = 0;
    require(predictor != nullptr, "mlp_predict_csv: the predictor is NULL");
    require((csv != nullptr || size == 0) && (outputs != nullptr || output_count == 0),
            "mlp_predict_csv: csv or outputs are NULL");
    const auto& preprocessing = predictor->model->preprocessing;
    require(preprocessing.has_value(), "mlp_predict_csv: the model was not trained on a table: mlp_predict");
    const mlp::Table table = read_csv(*preprocessing, {csv, size});
    if (rows != nullptr) *rows = table.rows;
    const std::size_t width = predictor->predictor.fan_out();
    require(output_count / width >= table.rows,
            "mlp_predict_csv: " + std::to_string(table.rows) + " rows take room for " +
                std::to_string(width) + " outputs each, not " + std::to_string(output_count) + " in all");
    predictor->predictor.predict(mlp::encode(*preprocessing, table),
                                 mlp::MatrixView<float>(outputs, table.rows, width));
  });
}
