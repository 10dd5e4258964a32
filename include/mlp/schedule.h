// Learning-rate schedules, a closed set: the factor the optimizer's learning rate is multiplied by at each
// step. With progress x = step / total steps in [0, 1):
//   Constant          1
//   StepDecay         factor^floor(epoch / every)
//   ExponentialDecay  factor^epoch, epoch as a real number
//   WarmUp            min(1, (step + 1) / (fraction * total))                    linear, then constant
//   Cosine            warm-up over the first `warm_up` of all steps, then (1 + cos(pi x')) / 2 down to
//   `floor`
//                                                                                Loshchilov and Hutter, 2017
//   OneCycle          up from 1/initial to 1 over the first `warm_up` of all steps, then down to 1/final,
//   both by cosine
//                                                                                Smith and Topin, 2019
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mlp {

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
