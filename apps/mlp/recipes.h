// What `mlp train DATASET` does unless told otherwise: one recipe a data set, in the texts its options take.
#pragma once

#include <string>
#include <vector>

#include "mlp/dataset.h"

namespace mlp::app {

struct Recipe {
  std::string dataset;
  bool classes;  ///< classification, not regression
  std::string layers;
  std::string initializer = {};  ///< empty: each activation's own
  std::string loss;
  std::string optimizer;
  double learning_rate;
  std::string schedule;
  int epochs;
  int batch_size;
  double validation;
};

const std::vector<Recipe>& recipes();

/// Throws UsageError with the nearest known data set.
const Recipe& recipe_for(const std::string& dataset);

/// For tables, by task and number of outputs, and by whether a curve is to be learned: of one or two columns
/// of numbers. Chosen on data sets of some hundred to some ten thousand rows.
Recipe recipe_for_table(const std::string& name, const Dataset& dataset);
/// The share of a table's training rows held out for validation, before the table is read.
inline constexpr double kTableValidation = 0.1;

/// For images, or other rows of numbers, from files: MNIST's for classes and Friedman's for numbers to
/// predict, with as many outputs as the data set asks for, batches and epochs by the number of rows. Of one
/// or two numbers a row, as for tables.
Recipe recipe_for_images(const std::string& name, const Dataset& dataset);

}  // namespace mlp::app
