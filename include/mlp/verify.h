// Whether a model still computes what it computed when it was made: its examples, predicted again.
#pragma once

#include <cstddef>

#include "mlp/export.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

/// The version of mlp that made the model gives exactly its outputs on every CPU target with fused
/// multiply-add; other versions and targets give them up to rounding.
struct Verification {
  /// Far above what rounding does to a network's outputs, far below what a wrong formula does.
  static constexpr double kTolerance = 1e-4;

  std::size_t examples = 0;  ///< that the model carries; 0 (a file of version 1): nothing can be verified
  std::size_t same = 0;      ///< of them, with exactly the outputs expected
  /// Over all outputs, the largest |found - expected| / max(|expected|, u), u the standard deviation the
  /// targets were scaled by, or else 1; infinite where an output is no number.
  double largest_difference = 0.0;

  bool passed() const { return examples > 0 && largest_difference <= kTolerance; }
};
Verification verify(const Model& model, const PredictionOptions& options = {});

}  // namespace mlp
