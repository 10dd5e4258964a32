// --init MODEL: a run that starts from a model's parameters.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "mlp/model.h"
#include "run/data_origin.h"
#include "run/recipes.h"
#include "run/train_options.h"

namespace mlp::app {

/// The model that a run starts from.
struct Init {
  std::filesystem::path file;  ///< absolute
  std::shared_ptr<const Model> model;
  bool keep_preprocessing = true;
};

/// The value of --init-preprocessing: whether the model's preprocessing is kept. Throws UsageError.
bool keeps_preprocessing(const TrainArguments& arguments);

/// Loads the model of --init; none without that option. Throws UsageError, FileError.
std::optional<Init> load_init(const TrainArguments& arguments);

/// Throws UsageError where the run's folder is the model's.
void check_output_folder(const Init& init, const std::filesystem::path& output);

/// The data for a run that starts from this model: options not given are those of the model. Throws
/// UsageError for options of learning a preprocessing where the model's is kept.
DataOrigin data_origin(const DataArguments& given, const Init& init);

/// Numbers labels by the model's classes, in its order, where it has all classes of the data. (Those of a
/// table read with the model's types are already.)
void take_classes(const Model& model, DataSplit& data);

/// The recipe with the model's layers, and with its loss where the output layer is taken over.
Recipe starting_from(const Init& init, Recipe recipe, const Dataset& dataset);

/// Throws UsageError where the network or the data do not fit the model.
void check_init(const Init& init, const MultilayerPerceptron& network, const Dataset& dataset);

/// What the user should know about training on these data from this model.
std::vector<Note> init_notes(const Init& init, const DataOrigin& origin, const Dataset& train,
                             std::uint64_t seed);

}  // namespace mlp::app
