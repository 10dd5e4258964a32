// Recipes: the network and options that a data set is trained with unless they are chosen by hand.
//
//   const auto recipe = mlp::recipe_for(data.train);
//   const auto trained = mlp::train(recipe.network, data.train, mlp::training_options(recipe));
//
// They were chosen on validation splits: those for tables on data sets of some hundred to some ten thousand
// rows, that for images on MNIST, that for rows of numbers on Friedman #1.
#pragma once

#include <cstddef>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct Recipe {
  MultilayerPerceptron network;
  Loss loss;
  Optimizer optimizer;  ///< with its learning rate
  Schedule schedule;
  int epochs = 1;
  int batch_size = 1;
  double validation_fraction = 0.0;  ///< of the training rows
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// What a recipe depends on.
struct RecipeData {
  Task task = Task::kClassification;
  std::size_t rows = 0;     ///< at least 1
  std::size_t inputs = 0;   ///< of the network
  std::size_t outputs = 0;  ///< classes or targets
  /// A curve is to be learned: a row is one or two numbers, a point on a line or in a plane. With few inputs
  /// there are few weights to regularise, and biases that start at zero put all the kinks of the first
  /// layer's ReLUs where the inputs are average.
  bool is_curve = false;
};
RecipeData recipe_data(const Dataset& dataset);

/// The share of a table's training rows that validate by its recipe, which is drawn before the recipe is
/// known.
inline constexpr double kTableValidation = 0.1;

/// For rows of a table: about a million rows in all epochs, at least 20 and at most 100 epochs; larger
/// batches where there are more rows.
Recipe recipe_for_table(const RecipeData& data);

/// For rows of an array: MNIST's recipe for classes and Friedman's for numbers, batch size and epochs by the
/// number of rows. For curves as for tables.
Recipe recipe_for_array(const RecipeData& data);

/// The one or the other, by whether the data set comes from a table (Dataset::preprocessing).
Recipe recipe_for(const Dataset& dataset);

/// train()'s options by a recipe. Where the data set has decided on its validation rows, they validate, and
/// `validation_fraction` has to be 0.
TrainingOptions training_options(const Recipe& recipe);

}  // namespace mlp
