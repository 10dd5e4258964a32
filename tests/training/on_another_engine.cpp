// MLP_TEST_ENGINE=reference runs these tests on the engine of that name.
#include <cstdlib>

#include "engine/engine.h"

namespace mlp {
namespace {

[[maybe_unused]] const bool kChosen = [] {
  const char* const name = std::getenv("MLP_TEST_ENGINE");
  if (name != nullptr) engine::default_target() = name;
  return name != nullptr;
}();

}  // namespace
}  // namespace mlp
