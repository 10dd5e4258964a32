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

/// What --init-preprocessing says. Throws UsageError.
bool keeps_preprocessing(const TrainArguments& arguments);

/// Nothing without --init. Throws UsageError, FileError.
std::optional<Init> load_init(const TrainArguments& arguments);

/// Throws UsageError where the run's folder is the model's.
void check_output_folder(const Init& init, const std::filesystem::path& output);

/// The data as a run that starts from this model takes them: what is not said is as the model has it. Throws
/// UsageError for options that would have a preprocessing learned that is kept.
DataOrigin data_origin(DataArguments arguments, const Init& init);

/// Labels by the model's classes, in its order, where it has all that are there. (Those of a table that is
/// read in the model's types are that already.)
void take_classes(const Model& model, DataSplit& data);

/// The recipe with the model's layers and, where the output layer is taken over, its loss.
Recipe starting_from(const Init& init, Recipe recipe, const Dataset& dataset);

/// Throws UsageError where the network or the data do not go with the model.
void check_init(const Init& init, const MultilayerPerceptron& network, const Dataset& dataset);

/// What to know of data that a run starts on from this model.
std::vector<Note> init_notes(const Init& init, const DataOrigin& origin, const Dataset& train,
                             std::uint64_t seed);

}  // namespace mlp::app
