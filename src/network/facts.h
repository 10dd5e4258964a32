// What the rest of the code needs to know of an activation, loss or optimizer besides its formula, an
// overload each:
//   facts(const ReLU&), ...         activation_math.h, beside the formulas
//   facts(const Huber&), ...        loss.cpp
//   facts(const Adam&), ...         optimizer.cpp
// and what reads facts, beginning with the table of names, does not compile where one is missing.
#pragma once

#include <optional>
#include <vector>

#include "mlp/activation.h"
#include "mlp/initializer.h"
#include "mlp/loss.h"
#include "mlp/optimizer.h"
#include "network/closed_set.h"

namespace mlp {

template <class F>
struct ActivationFacts {
  Entry<F> text;
  Initializer initializer;     ///< of a layer that names none
  bool probabilities = false;  ///< whether the outputs are probabilities
  /// The slope of f(z) = z > 0 ? z : slope * z, in [0, 1]; none for any other f. With it f' follows from the
  /// output, as a > 0 exactly where z > 0: z need not be kept, and products apply f at once.
  std::optional<double> slope_below_zero = std::nullopt;
};

/// A fact that has no default: a loss that does not state it does not compile.
template <class T>
struct Stated {
  constexpr Stated(T given) : value(given) {}  // NOLINT(google-explicit-constructor): written as a T
  T value;
};

template <class L>
struct LossFacts {
  Entry<L> text;
  /// Whether a row's loss is the mean of its outputs' shares, and not their sum. Reference and engine compute
  /// the shares and then ask this.
  Stated<bool> averages_outputs;
  LossTargets targets = LossTargets::kNumbers;
  std::vector<Activation> defined_on = {};  ///< the output activations it is defined on; empty: any
  /// The output activation with which its gradient by the logits has a closed form, without the activation's
  /// derivative.
  std::optional<Activation> fused_with = std::nullopt;
};

template <class O>
struct OptimizerFacts {
  Entry<O> text;
  int moments = 0;  ///< buffers shaped like the parameters, kept from step to step: 0, 1 or 2
  double O::*weight_decay = nullptr;  ///< by which it decays weights itself, apart from L2; null: it does not
};

/// Two facts of any activation. They are made anew and so allocate: for what is decided before the first
/// batch.
std::optional<double> slope_below_zero(const Activation& activation);
bool gives_probabilities(const Activation& activation);

/// Whether a row's loss is the mean over its outputs, and not the sum. Allocates, too.
bool averages_outputs(const Loss& loss);

/// Whether `loss` is computed from the logits of these outputs, and its gradient by them at once.
bool fused(const Loss& loss, const Activation& output_activation);

}  // namespace mlp
