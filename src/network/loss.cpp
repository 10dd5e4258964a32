#include "mlp/loss.h"

#include <cmath>

#include "core/overloaded.h"
#include "mlp/error.h"
#include "network/closed_set.h"
#include "network/validate.h"

namespace mlp {

namespace {

const ClosedSet<Loss>& losses() {
  static const ClosedSet<Loss> set{
      "loss",
      {"squared_error"},
      {.name = "mean_squared_error", .aliases = {"mse"}},
      {.name = "mean_absolute_error", .aliases = {"mae"}},
      {"huber", {{"delta", &Huber::delta, Range::positive_float()}}},
      {.name = "cross_entropy",
       .parameters = {{"label_smoothing", &CrossEntropy::label_smoothing, Range::right_open(0, 1)}},
       .aliases = {"ce"}},
      {.name = "binary_cross_entropy",
       .parameters = {{"label_smoothing", &BinaryCrossEntropy::label_smoothing, Range::right_open(0, 1)}},
       .aliases = {"bce"}},
  };
  return set;
}

/// -p log p, which is 0 where p is.
double surprise(double p) { return p > 0.0 ? -p * std::log(p) : 0.0; }

}  // namespace

bool compatible(const Loss& loss, const Activation& output_activation) {
  const bool softmax = std::holds_alternative<Softmax>(output_activation);
  const bool sigmoid = std::holds_alternative<Sigmoid>(output_activation);
  return std::visit(Overloaded{
                        [](const SquaredError&) { return true; },
                        [](const MeanSquaredError&) { return true; },
                        [](const MeanAbsoluteError&) { return true; },
                        [](const Huber&) { return true; },
                        [&](const CrossEntropy&) { return softmax; },
                        [&](const BinaryCrossEntropy&) { return softmax || sigmoid; },
                    },
                    loss);
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
