#include "mlp/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/overloaded.h"
#include "network/closed_set.h"
#include "network/validate.h"

namespace mlp {

namespace {

const ClosedSet<Schedule>& schedules() {
  static const ClosedSet<Schedule> set{
      "schedule",
      {"constant"},
      {"step",
       {{"factor", &StepDecay::factor, Range::left_open(0, 1)},
        {"every", &StepDecay::every, Range::above(0)}}},
      {"exponential", {{"factor", &ExponentialDecay::factor, Range::left_open(0, 1)}}},
      {"warm_up", {{"fraction", &WarmUp::fraction, Range::closed(0, 1)}}},
      {"cosine",
       {{"warm_up", &Cosine::warm_up, Range::right_open(0, 1)},
        {"floor", &Cosine::floor, Range::closed(0, 1)}}},
      {"one_cycle",
       {{"warm_up", &OneCycle::warm_up, Range::right_open(0, 1)},
        {"initial", &OneCycle::initial, Range::at_least(1)},
        {"final", &OneCycle::final, Range::at_least(1)}}},
  };
  return set;
}

/// Half a cosine from `start` at x = 0 to `end` at x = 1.
double anneal(double start, double end, double x) {
  return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * std::clamp(x, 0.0, 1.0)));
}

/// (step + 1) / warm_steps, at most 1; 1 where there is no warm-up.
double warm_up_factor(double step, double warm_steps) {
  return step + 1 < warm_steps ? (step + 1) / warm_steps : 1.0;
}

}  // namespace

double learning_rate_factor(const Schedule& schedule, std::uint64_t step_index, std::uint64_t total_steps,
                            std::uint64_t steps_per_epoch) {
  const auto step = static_cast<double>(step_index);
  const auto total = static_cast<double>(std::max<std::uint64_t>(total_steps, 1));
  const double epoch = step / static_cast<double>(std::max<std::uint64_t>(steps_per_epoch, 1));
  return std::visit(
      Overloaded{
          [&](const Constant&) { return 1.0; },
          [&](const StepDecay& decay) { return std::pow(decay.factor, std::floor(epoch / decay.every)); },
          [&](const ExponentialDecay& decay) { return std::pow(decay.factor, epoch); },
          [&](const WarmUp& warm_up) { return warm_up_factor(step, warm_up.fraction * total); },
          [&](const Cosine& cosine) {
            const double warm_steps = cosine.warm_up * total;
            if (step < warm_steps) return warm_up_factor(step, warm_steps);
            return anneal(1.0, cosine.floor, (step - warm_steps) / (total - warm_steps));
          },
          [&](const OneCycle& cycle) {
            const double peak =
                cycle.warm_up * total - 1;  // below 0 where the warm-up is shorter than a step
            if (step < peak) return anneal(1 / cycle.initial, 1.0, step / peak);
            return anneal(1.0, 1 / cycle.final, (step - peak) / (total - 1 - peak));
          },
      },
      schedule);
}

std::string to_string(const Schedule& schedule) { return schedules().to_string(schedule); }
Schedule parse_schedule(std::string_view text) { return schedules().parse(text); }
const std::vector<Schedule>& all_schedules() { return schedules().all(); }
std::string range_problem(const Schedule& schedule) { return schedules().problem(schedule); }

}  // namespace mlp
