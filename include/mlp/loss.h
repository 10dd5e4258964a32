// Losses, a closed set: what training minimises.
//
// Per sample, with prediction p [C] (the network's output row) and target y [C]:
//   SquaredError         1/2 sum_c (p_c - y_c)^2
//   MeanSquaredError     1/C sum_c (p_c - y_c)^2
//   MeanAbsoluteError    1/C sum_c |p_c - y_c|
//   Huber                1/C sum_c h(p_c - y_c), h(r) = r^2/2 if |r| <= delta, else delta (|r| - delta/2)
//                        (Huber, 1964)
//   CrossEntropy         -sum_c y_c log p_c, from logits: sum_c y_c (logsumexp(z) - z_c);
//                        needs a Softmax output
//   BinaryCrossEntropy   -1/C sum_c [y_c log p_c + (1 - y_c) log(1 - p_c)]; needs Sigmoid or Softmax outputs;
//                        from logits when the output is Sigmoid: 1/C sum_c [softplus(z_c) - y_c z_c]
//
// Over a batch of N rows with sample weights w_n (all 1 unless given): Loss = 1/N sum_n w_n loss_n - the mean
// over the rows, not over the weights. L2 adds l2/2 * sum of squared weights (biases are not decayed). Label
// smoothing (Szegedy et al., 2016) replaces y_c by (1 - s) y_c + s / C, for BinaryCrossEntropy by (1 - s) y_c
// + s / 2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/activation.h"
#include "mlp/export.h"

namespace MLP_EXPORT mlp {

struct SquaredError {
  friend bool operator==(const SquaredError&, const SquaredError&) = default;
};
struct MeanSquaredError {
  friend bool operator==(const MeanSquaredError&, const MeanSquaredError&) = default;
};
struct MeanAbsoluteError {
  friend bool operator==(const MeanAbsoluteError&, const MeanAbsoluteError&) = default;
};
struct Huber {
  double delta = 1.0;  ///< where the parabola turns into a line; at least 1.2e-38
  friend bool operator==(const Huber&, const Huber&) = default;
};
struct CrossEntropy {
  double label_smoothing = 0.0;  ///< in [0, 1)
  friend bool operator==(const CrossEntropy&, const CrossEntropy&) = default;
};
struct BinaryCrossEntropy {
  double label_smoothing = 0.0;  ///< in [0, 1)
  friend bool operator==(const BinaryCrossEntropy&, const BinaryCrossEntropy&) = default;
};

using Loss =
    std::variant<SquaredError, MeanSquaredError, MeanAbsoluteError, Huber, CrossEntropy, BinaryCrossEntropy>;

/// What a loss compares the outputs with.
enum class LossTargets {
  kNumbers,  ///< any numbers, and classes too, as 0 or 1 for each output
  kLabels,   ///< 0 or 1 for each output separately, or a probability in between
  kClasses,  ///< one class of several: 1 for it, 0 for the others
};
LossTargets loss_targets(const Loss& loss);

/// Whether `loss` is defined on outputs of `output_activation` (see the table above).
bool compatible(const Loss& loss, const Activation& output_activation);

/// "squared_error", "huber(0.5)", "cross_entropy(0.02)" (label smoothing), ...: parameters only where they
/// differ from the default; parse_loss reads every text back exactly.
std::string to_string(const Loss& loss);
/// The inverse; case is ignored, "mse", "mae", "ce", "bce" are understood. Throws UsageError naming the
/// nearest known one.
Loss parse_loss(std::string_view text);
const std::vector<Loss>& all_losses();

/// The smallest possible loss of a row (of weight 1), whatever the outputs: 0, but with label smoothing s the
/// entropy of the smoothed target, for C `classes`
///   CrossEntropy         -a log a - (C - 1) b log b,  a = 1 - s + s / C,  b = s / C
///   BinaryCrossEntropy   -a log a - b log b,          a = 1 - s / 2,      b = s / 2
/// reached by outputs equal to it. (BinaryCrossEntropy on Softmax outputs of more than two classes stays
/// above it: they would have to sum to more than 1.)
double least_loss(const Loss& loss, std::size_t classes);

}  // namespace mlp
