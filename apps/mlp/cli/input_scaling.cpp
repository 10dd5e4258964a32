#include "cli/input_scaling.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/option_value.h"

namespace mlp::app {
namespace {

constexpr std::array<std::pair<InputScaling, const char*>, 3> kScalings = {
    {{InputScaling::kAuto, "auto"},
     {InputScaling::kStandard, "standard"},
     {InputScaling::kRobust, "robust"}}};

}  // namespace

InputScaling parse_input_scaling(const std::string& text) {
  const auto found = std::ranges::find(kScalings, text, &std::pair<InputScaling, const char*>::second);
  if (found == kScalings.end()) reject("--scaling", "auto, standard or robust", text);
  return found->first;
}

std::string to_string(InputScaling scaling) {
  return std::ranges::find(kScalings, scaling, &std::pair<InputScaling, const char*>::first)->second;
}

}  // namespace mlp::app
