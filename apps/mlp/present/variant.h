// The known result of a recipe with further options.
#pragma once

#include <string>

namespace mlp::app {

/// The result on the test rows: the mean of seeds 1 to 5.
struct Variant {
  std::string options;  ///< as they are typed; or those of another recipe, to use instead
  std::string result;   ///< accuracy, "97.38%", or "RMSE 3.452"
};

}  // namespace mlp::app
