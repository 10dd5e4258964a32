// See mlp/recipe.h.
#include "mlp/recipe.h"

#include <algorithm>
#include <variant>

#include "mlp/error.h"

namespace mlp {

namespace {

/// About a million rows in all: 100 epochs where there are few rows, 20 where there are many.
int epochs_for(std::size_t rows) {
  constexpr std::size_t kRowsSeen = 1'000'000;
  return static_cast<int>(std::clamp<std::size_t>(kRowsSeen / rows, 20, 100));
}

int batch_size_for(std::size_t rows) { return rows < 10'000 ? 32 : rows < 100'000 ? 64 : 256; }

/// MNIST's recipe, chosen for its 60,000 rows, learns from few only with more steps.
int image_batch_size_for(std::size_t rows) { return rows < 10'000 ? 32 : rows < 50'000 ? 128 : 256; }

/// Points on a line or in a plane.
bool is_curve(const Dataset& dataset) {
  constexpr std::size_t kMostColumns = 2;
  if (!dataset.preprocessing) return dataset.features() <= kMostColumns;
  const auto& columns = dataset.preprocessing->inputs;
  const auto is_numeric = [](const InputColumn& column) {
    return std::holds_alternative<NumericEncoding>(column.encoding);
  };
  return columns.size() <= kMostColumns && std::ranges::all_of(columns, is_numeric);
}

struct Hidden {
  std::size_t width;
  Activation activation;
};

/// Hidden layers of these widths, then one that gives the outputs.
MultilayerPerceptron network_of(const RecipeData& data, std::initializer_list<Hidden> hidden,
                                double dropout = 0.0, std::optional<Initializer> initializer = std::nullopt) {
  std::vector<Layer> layers;
  std::size_t fan_in = data.inputs;
  for (const auto& [width, activation] : hidden) {
    layers.push_back({.fan_in = fan_in,
                      .fan_out = width,
                      .activation = activation,
                      .dropout = dropout,
                      .initializer = initializer});
    fan_in = width;
  }
  const bool classes = data.task == Task::kClassification;
  layers.push_back({.fan_in = fan_in,
                    .fan_out = data.outputs,
                    .activation = classes ? Activation(Softmax{}) : Activation(Linear{}),
                    .initializer = initializer});
  return MultilayerPerceptron(std::move(layers));
}

void check(const RecipeData& data) {
  require(data.rows > 0, "recipe: the data set has no rows");
  require(data.inputs > 0 && data.outputs > 0, "recipe: the data set has no inputs or no outputs");
}

}  // namespace

RecipeData recipe_data(const Dataset& dataset) {
  return {.task = dataset.task(),
          .rows = dataset.rows(),
          .inputs = dataset.features(),
          .outputs = dataset.outputs(),
          .is_curve = is_curve(dataset)};
}

Recipe recipe_for_table(const RecipeData& data) {
  check(data);
  const bool classes = data.task == Task::kClassification;
  const int epochs = epochs_for(data.rows);
  Recipe recipe = {.network = network_of(data, {{64, ReLU{}}, {64, ReLU{}}}, 0.1),
                   .loss = classes ? Loss(CrossEntropy{}) : Loss(MeanSquaredError{}),
                   .optimizer = AdamW{.learning_rate = 0.005, .weight_decay = 0.3},
                   .schedule = OneCycle{},
                   .epochs = epochs,
                   .batch_size = batch_size_for(data.rows),
                   .validation_fraction = kTableValidation};
  if (!data.is_curve) return recipe;
  // Measured in docs/cli.md, "Curves".
  recipe.network = network_of(data, {{64, ReLU{}}, {64, ReLU{}}}, 0.0, PyTorchDefault{});
  recipe.optimizer = AdamW{.learning_rate = 0.005, .weight_decay = classes ? 0.1 : 0.0};
  if (!classes) recipe.epochs = 2 * epochs;
  return recipe;
}

Recipe recipe_for_array(const RecipeData& data) {
  check(data);
  if (data.is_curve) return recipe_for_table(data);
  if (data.task == Task::kClassification) {
    return {.network = network_of(data, {{64, ReLU{}}, {87, ReLU{}}, {72, LeakyReLU{}}}),
            .loss = CrossEntropy{.label_smoothing = 0.05},
            .optimizer = AdamW{.learning_rate = 0.006, .beta2 = 0.98, .weight_decay = 0.5},
            .schedule = OneCycle{},
            .epochs = 30,
            .batch_size = image_batch_size_for(data.rows),
            .validation_fraction = 0.02};
  }
  return {.network = network_of(data, {{64, SiLU{}}, {64, SiLU{}}}),
          .loss = MeanSquaredError{},
          .optimizer = AdamW{.learning_rate = 0.005, .weight_decay = 0.3},
          .schedule = OneCycle{},
          .epochs = epochs_for(data.rows),
          .batch_size = batch_size_for(data.rows),
          .validation_fraction = 0.1};
}

Recipe recipe_for(const Dataset& dataset) {
  const RecipeData data = recipe_data(dataset);
  return dataset.preprocessing ? recipe_for_table(data) : recipe_for_array(data);
}

TrainingOptions training_options(const Recipe& recipe) {
  return {.loss = recipe.loss,
          .optimizer = recipe.optimizer,
          .schedule = recipe.schedule,
          .epochs = recipe.epochs,
          .batch_size = recipe.batch_size,
          .validation_fraction = recipe.validation_fraction};
}

}  // namespace mlp
