#include "cli/target.h"

#include "cli/option_value.h"
#include "mlp/target.h"

namespace mlp::app {

std::string choose_target(const Environment& environment, const std::optional<std::string>& option) {
  return option_value(option ? "--cpu-target" : "MLP_TARGET",
                      [&] { return cpu_target(option.value_or(environment.mlp_target)); });
}

bool is_fused(const std::string& target) { return target != "baseline" && target != "reference"; }

}  // namespace mlp::app
