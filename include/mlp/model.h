// A trained model: everything needed to predict, as one value and one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlp/affine_scaling.h"
#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/file_layer.h"
#include "mlp/loss.h"
#include "mlp/parameters.h"

namespace MLP_EXPORT mlp {

/// What a training started from, where that was another model.
struct FineTunedFrom {
  std::string digest;              ///< of the model: see mlp/digest.h
  std::string dataset;             ///< that it was trained on
  bool kept_preprocessing = true;  ///< its scaling and preprocessing, as TrainingOptions::keep_preprocessing
  friend bool operator==(const FineTunedFrom&, const FineTunedFrom&) = default;
};

/// How a model came to be: what `mlp inspect` shows. Texts are those the to_string functions write.
struct TrainingRecord {
  std::string dataset;
  std::string optimizer;
  std::string schedule;
  std::string library_version;
  std::uint64_t seed = 0;
  std::uint64_t epochs = 0;  ///< finished
  std::uint64_t steps = 0;
  std::uint64_t training_rows = 0;  ///< without the validation rows
  double learning_rate = 0.0;
  std::uint64_t batch_size = 0;
  double l2 = 0.0;
  double train_loss = 0.0;             ///< of the last epoch, or under early stopping of the best
  double validation_loss = 0.0;        ///< of the same epoch; NaN without a validation split
  double seconds = 0.0;                ///< of training
  std::optional<RowUse> row_use = {};  ///< empty: the file is of an earlier version
  std::optional<FineTunedFrom> fine_tuned_from = {};  ///< empty: from drawn parameters
  friend bool operator==(const TrainingRecord&, const TrainingRecord&) = default;
};

/// A few inputs with the outputs the model had for them when it was made, for verify() in mlp/verify.h. They
/// are rows of the training data as they stand: remove them from a model before giving it to people who must
/// not see them.
struct ModelExamples {
  Matrix<float> inputs;   ///< [N, I] raw, as predict() takes them (in Model::input_units); N may be 0
  Matrix<float> outputs;  ///< [N, O] as predict() gives them
  friend bool operator==(const ModelExamples&, const ModelExamples&) = default;
};

/// One more network of an ensemble. It has the shape of Model::network and learned from the same data set,
/// from another seed and perhaps with other validation rows; everything else it shares with the first member.
struct ModelMember {
  Parameters parameters;
  AffineScaling input_scaling;
  AffineScaling target_scaling;
  TrainingRecord record;
};

/// One network, or an ensemble of networks of one shape whose outputs are averaged (mlp/ensemble.h). The
/// fields `parameters`, `input_scaling`, `target_scaling` and `record` are the first member's (most models
/// have only one).
struct Model {
  /// Far more than any ensemble gains from.
  static constexpr std::size_t kMostMembers = 1024;

  MultilayerPerceptron network;
  Parameters parameters;
  Loss loss;                     ///< what it was trained to minimise
  AffineScaling input_scaling;   ///< from inputs as stored to network inputs
  AffineScaling target_scaling;  ///< from targets in their own unit to network outputs (regression)
  std::vector<std::string> feature_names;
  std::vector<std::string> class_names;   ///< classification
  std::vector<std::string> target_names;  ///< regression
  std::string unit;
  ImageShape image;
  std::optional<Preprocessing> preprocessing = {};  ///< from a table's columns to network inputs
  TrainingRecord record;
  ModelExamples examples;
  /// The units of predict()'s inputs: read_inputs(), or InputUnits::apply() of each number, converts to them.
  InputUnits input_units = {};
  std::vector<ModelMember> more_members = {};  ///< of an ensemble, all but the first

  std::size_t member_count() const { return 1 + more_members.size(); }
  Task task() const { return class_names.empty() ? Task::kRegression : Task::kClassification; }
};

/// Writes `path` whole or not at all: safetensors, see docs/formats.md. Throws FileError.
void save_model(const Model& model, const std::filesystem::path& path, const FileLayer& files = FileLayer());

/// Throws FileError naming file, position, what was expected and what was found; no allocation trusts an
/// unchecked number.
Model load_model(const std::filesystem::path& path);

}  // namespace mlp
