#include "mlp/loss.h"

#include <algorithm>
#include <cmath>

#include "mlp/error.h"
#include "network/facts.h"
#include "network/validate.h"

namespace mlp {

namespace {

LossFacts<SquaredError> facts(const SquaredError&) {
  return {.text = {"squared_error"}, .averages_outputs = false};
}
LossFacts<MeanSquaredError> facts(const MeanSquaredError&) {
  return {.text = {.name = "mean_squared_error", .aliases = {"mse"}}, .averages_outputs = true};
}
LossFacts<MeanAbsoluteError> facts(const MeanAbsoluteError&) {
  return {.text = {.name = "mean_absolute_error", .aliases = {"mae"}}, .averages_outputs = true};
}
LossFacts<Huber> facts(const Huber&) {
  return {.text = {"huber", {{"delta", &Huber::delta, Range::positive_float()}}}, .averages_outputs = true};
}
LossFacts<CrossEntropy> facts(const CrossEntropy&) {
  return {
      .text = {.name = "cross_entropy",
               .parameters = {{"label_smoothing", &CrossEntropy::label_smoothing, Range::right_open(0, 1)}},
               .aliases = {"ce"}},
      .averages_outputs = false,
      .targets = LossTargets::kClasses,
      .defined_on = {Softmax{}},
      .fused_with = Softmax{}};
}
LossFacts<BinaryCrossEntropy> facts(const BinaryCrossEntropy&) {
  return {.text = {.name = "binary_cross_entropy",
                   .parameters = {{"label_smoothing", &BinaryCrossEntropy::label_smoothing,
                                   Range::right_open(0, 1)}},
                   .aliases = {"bce"}},
          .averages_outputs = true,
          .targets = LossTargets::kLabels,
          .defined_on = {Sigmoid{}, Softmax{}},
          .fused_with = Sigmoid{}};
}

const ClosedSet<Loss>& losses() {
  static const ClosedSet<Loss> set("loss", [](const auto& loss) { return facts(loss).text; });
  return set;
}

bool same_kind(const Activation& a, const Activation& b) { return a.index() == b.index(); }

/// -p log p, and 0 for p = 0.
double surprise(double p) { return p > 0.0 ? -p * std::log(p) : 0.0; }

}  // namespace

bool compatible(const Loss& loss, const Activation& output_activation) {
  const auto suited = std::visit([](const auto& of) { return facts(of).defined_on; }, loss);
  return suited.empty() || std::ranges::any_of(suited, [&](const Activation& activation) {
           return same_kind(activation, output_activation);
         });
}

bool averages_outputs(const Loss& loss) {
  return std::visit([](const auto& of) { return facts(of).averages_outputs.value; }, loss);
}

bool fused(const Loss& loss, const Activation& output_activation) {
  const auto partner = std::visit([](const auto& of) { return facts(of).fused_with; }, loss);
  return partner && same_kind(*partner, output_activation);
}

LossTargets loss_targets(const Loss& loss) {
  return std::visit([](const auto& of) { return facts(of).targets; }, loss);
}

void require_compatible(const Loss& loss, const Activation& output_activation) {
  if (compatible(loss, output_activation)) return;
  std::string suited;
  for (const auto& activation : all_activations()) {
    if (compatible(loss, activation)) suited += (suited.empty() ? "" : " or ") + to_string(activation);
  }
  require(false, to_string(loss) + " is not defined on " + to_string(output_activation) +
                     " outputs; the last layer's activation must be " + suited);
}

std::string to_string(const Loss& loss) { return losses().to_string(loss); }
Loss parse_loss(std::string_view text) { return losses().parse(text); }
const std::vector<Loss>& all_losses() { return losses().all(); }

double least_loss(const Loss& loss, std::size_t classes) {
  if (const auto* cross_entropy = std::get_if<CrossEntropy>(&loss)) {
    require(classes > 0, "least_loss: there are no classes");
    const double other = cross_entropy->label_smoothing / static_cast<double>(classes);
    return surprise(1.0 - cross_entropy->label_smoothing + other) +
           static_cast<double>(classes - 1) * surprise(other);
  }
  if (const auto* binary = std::get_if<BinaryCrossEntropy>(&loss)) {
    const double other = binary->label_smoothing / 2.0;
    return surprise(1.0 - other) + surprise(other);
  }
  return 0.0;
}

std::string range_problem(const Loss& loss) { return losses().problem(loss); }

}  // namespace mlp
