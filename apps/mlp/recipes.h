// What `mlp train DATASET` does unless told otherwise: one recipe a data set, in the texts its options take.
#pragma once

#include <string>
#include <vector>

namespace mlp::app {

struct Recipe {
  std::string dataset;
  bool classes;  ///< classification, not regression
  std::string layers;
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

}  // namespace mlp::app
