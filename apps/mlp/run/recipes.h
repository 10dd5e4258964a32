// What `mlp train DATASET` does unless told otherwise: a data set's recipes, in the texts its options take.
#pragma once

#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "present/variant.h"

namespace mlp::app {

inline constexpr const char* kDefaultRecipe = "default";

struct Recipe {
  std::string dataset;
  std::string name = kDefaultRecipe;
  bool classes;  ///< classification, not regression
  std::string layers;
  std::string initializer = {};  ///< empty: each activation's default
  std::string loss;
  std::string optimizer;
  double learning_rate;
  std::string schedule;
  int epochs;
  int batch_size;
  double validation;
  /// Known results: of this recipe, of it with one more option at a time, and of the default recipe.
  std::vector<Variant> variants = {};
  bool total_loss = false;  ///< the report reported its total loss on this data set, see run/test.h
};

/// The default recipe of each data set, then the others.
const std::vector<Recipe>& recipes();

/// Throws UsageError with the nearest known data set, or name of a recipe for it.
const Recipe& recipe_for(const std::string& dataset, const std::string& name = kDefaultRecipe);

/// Throws UsageError unless there is such a recipe for the data set; for files of the user's own there is
/// only the default one.
void check_recipe(const std::string& dataset, const std::string& name);

/// Whether the report's total loss is shown for a data set, as its recipes say.
bool has_report_total_loss(const std::string& dataset);

/// What each data set's recipe sets, as the equivalent options: a part of the help page.
std::string recipes_help();

/// For tables, by task and number of outputs, and by whether a curve is to be learned: of one or two columns
/// of numbers. Chosen on data sets of some hundred to some ten thousand rows.
Recipe recipe_for_table(const std::string& name, const Dataset& dataset);

/// For images, or other rows of numbers, from files: MNIST's recipe for classes and Friedman's for numbers,
/// with as many outputs as the data set needs, batch size and epochs by the number of rows. For rows of one
/// or two numbers, as for tables.
Recipe recipe_for_images(const std::string& name, const Dataset& dataset);

}  // namespace mlp::app
