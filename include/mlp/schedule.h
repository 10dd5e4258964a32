// Learning-rate schedules, a closed set: the factor the optimizer's learning rate is multiplied by at each
// step. Steps count from 0 to total - 1; epoch = step / steps per epoch, a real number.
//
//   Constant          1
//   StepDecay         factor^floor(epoch / every)
//   ExponentialDecay  factor^epoch
//   WarmUp            min(1, (step + 1) / W), W = fraction * total
//   Cosine            with W = warm_up * total: (step + 1) / W, at most 1, while step < W; then
//                     floor + (1 - floor) (1 + cos(pi x)) / 2, x = (step - W) / (total - W)
//                     (Loshchilov and Hutter, 2017, one period; x = 1 would be the step after the last)
//   OneCycle          up from 1/initial to 1 at step P = warm_up * total - 1, then down to exactly 1/final at
//                     the last step, both by half a cosine from u to v, v + (u - v) (1 + cos(pi x)) / 2, with
//                     x = step / P on the way up and x = (step - P) / (total - 1 - P) on the way down
//                     (Smith and Topin, 2019; P and the cosines as in PyTorch's OneCycleLR)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

struct Constant {
  friend bool operator==(const Constant&, const Constant&) = default;
};
struct StepDecay {
  double factor = 0.5;  ///< in (0, 1]
  double every = 10;    ///< epochs; > 0
  friend bool operator==(const StepDecay&, const StepDecay&) = default;
};
struct ExponentialDecay {
  double factor = 0.95;  ///< per epoch, in (0, 1]
  friend bool operator==(const ExponentialDecay&, const ExponentialDecay&) = default;
};
struct WarmUp {
  double fraction = 0.05;  ///< of all steps, in [0, 1]
  friend bool operator==(const WarmUp&, const WarmUp&) = default;
};
struct Cosine {
  double warm_up = 0.0;  ///< fraction of all steps, in [0, 1)
  double floor = 0.0;    ///< the factor at the end, in [0, 1]
  friend bool operator==(const Cosine&, const Cosine&) = default;
};
struct OneCycle {
  double warm_up = 0.3;     ///< fraction of all steps, in [0, 1)
  double initial = 25.0;    ///< the first factor is 1 / initial
  double final = 250000.0;  ///< the last factor is 1 / final
  friend bool operator==(const OneCycle&, const OneCycle&) = default;
};

using Schedule = std::variant<Constant, StepDecay, ExponentialDecay, WarmUp, Cosine, OneCycle>;

/// The factor for `step` (counted from 0) of a training of `total_steps` steps, `steps_per_epoch` to the
/// epoch.
double learning_rate_factor(const Schedule& schedule, std::uint64_t step, std::uint64_t total_steps,
                            std::uint64_t steps_per_epoch);

/// "constant", "step(factor=0.1,every=20)", "exponential", "warm_up", "cosine", "one_cycle": parameters only
/// where they differ from the default; parse_schedule reads every text back exactly.
std::string to_string(const Schedule& schedule);
/// Case is ignored, '-' reads as '_'. Throws UsageError naming the nearest known schedule or parameter.
Schedule parse_schedule(std::string_view text);
const std::vector<Schedule>& all_schedules();

}  // namespace mlp
