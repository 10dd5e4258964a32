// The networks for MNIST and Auto MPG are those of the report this project grew out of; the other numbers
// were chosen on validation splits.
#include "recipes.h"

#include <algorithm>

#include "mlp/error.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/preprocessing.h"
#include "mlp/suggest.h"

namespace mlp::app {

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      {.dataset = "mnist",
       .classes = true,
       .layers = "64:relu,87:relu,72:leaky_relu,10:softmax",
       .loss = "cross_entropy(0.05)",
       .optimizer = "adamw(beta2=0.98,weight_decay=0.5)",
       .learning_rate = 0.006,
       .schedule = "one_cycle",
       .epochs = 30,
       .batch_size = 256,
       .validation = 0.02},
      {.dataset = "mpg",
       .classes = false,
       .layers = "1:linear",
       .loss = "squared_error",
       .optimizer = "sgd",
       .learning_rate = 0.15,
       .schedule = "cosine",
       .epochs = 300,
       .batch_size = 32,
       .validation = 0.1},
      {.dataset = "digits",
       .classes = true,
       .layers = "64:relu,87:relu,72:leaky_relu,10:softmax",
       .loss = "cross_entropy(0.02)",
       .optimizer = "adamw(beta2=0.99,weight_decay=0.5)",
       .learning_rate = 0.006,
       .schedule = "one_cycle",
       .epochs = 15,
       .batch_size = 128,
       .validation = 0.05},
      {.dataset = "friedman",
       .classes = false,
       .layers = "64:silu,64:silu,1:linear",
       .loss = "mean_squared_error",
       .optimizer = "adamw(weight_decay=0.3)",
       .learning_rate = 0.005,
       .schedule = "one_cycle",
       .epochs = 100,
       .batch_size = 32,
       .validation = 0.1},
  };
  return all;
}

const Recipe& recipe_for(const std::string& dataset) {
  const auto& all = recipes();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& recipe) { return recipe.dataset == dataset; });
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const auto& recipe : all) names.push_back(recipe.dataset);
  throw UsageError("unknown data set '" + dataset + "'", suggest(dataset, names));
}

namespace {

/// Few rows are seen 100 times, many less often: a million in all.
int epochs_for(std::size_t rows) {
  constexpr std::size_t kRowsSeen = 1'000'000;
  return static_cast<int>(std::clamp<std::size_t>(kRowsSeen / rows, 20, 100));
}

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

int batch_size_for(std::size_t rows) { return rows < 10'000 ? 32 : rows < 100'000 ? 64 : 256; }

/// MNIST's recipe, chosen for its 60,000 rows, learns from few only with more steps.
int image_batch_size_for(std::size_t rows) { return rows < 10'000 ? 32 : rows < 50'000 ? 128 : 256; }

}  // namespace

Recipe recipe_for_table(const std::string& name, const Dataset& dataset) {
  const bool classes = dataset.task() == Task::kClassification;
  const std::string output = std::to_string(dataset.outputs()) + (classes ? ":softmax" : ":linear");
  Recipe recipe = {.dataset = name,
                   .classes = classes,
                   .layers = "64:relu:0.1,64:relu:0.1," + output,
                   .loss = classes ? "cross_entropy" : "mean_squared_error",
                   .optimizer = "adamw(weight_decay=0.3)",
                   .learning_rate = 0.005,
                   .schedule = "one_cycle",
                   .epochs = epochs_for(dataset.rows()),
                   .batch_size = batch_size_for(dataset.rows()),
                   .validation = kTableValidation};
  if (!is_curve(dataset)) return recipe;
  // Of few inputs there are few weights to hold back, and the kinks of the first layer's ReLUs are all there
  // is to bend a curve at: biases that start at zero put them all where the inputs are average. Measured in
  // docs/cli.md, "Curves".
  recipe.layers = "64:relu,64:relu," + output;
  recipe.initializer = "pytorch";
  recipe.optimizer = classes ? "adamw(weight_decay=0.1)" : "adamw(weight_decay=0)";
  if (!classes) recipe.epochs *= 2;
  return recipe;
}

Recipe recipe_for_images(const std::string& name, const Dataset& dataset) {
  if (is_curve(dataset)) return recipe_for_table(name, dataset);
  const bool classes = dataset.task() == Task::kClassification;
  Recipe recipe = recipe_for(classes ? "mnist" : "friedman");
  recipe.dataset = name;
  if (!classes) recipe.epochs = epochs_for(dataset.rows());
  recipe.batch_size = classes ? image_batch_size_for(dataset.rows()) : batch_size_for(dataset.rows());
  const auto network = parse_network(recipe.layers, dataset.features());
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  layers.back().fan_out = dataset.outputs();
  recipe.layers = to_string(MultilayerPerceptron(layers));
  return recipe;
}

}  // namespace mlp::app
