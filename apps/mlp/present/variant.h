// What is known to come of a recipe when options are given beside it.
#pragma once

#include <string>

namespace mlp::app {

/// What the test rows then gave: the mean of seeds 1 to 5.
struct Variant {
  std::string options;  ///< as they are typed; or a recipe's own, to take in its place
  std::string result;   ///< accuracy, "97.38%", or "RMSE 3.452"
};

}  // namespace mlp::app
