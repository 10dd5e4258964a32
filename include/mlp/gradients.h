// Gradients of a model's loss, by its parameters and by its inputs, and a check of them. Without dropout
// throughout.
//
//   const auto dW = mlp::gradients_by_parameters(model, data.test);   // what an optimizer would be given
//   const auto dX = mlp::gradients_by_inputs(model, data.test);       // what a row's loss hangs on: saliency
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mlp/export.h"
#include "mlp/model.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

/// For an ensemble, everything below is about its first member.

/// d Loss / d parameters, Loss = 1/N sum_n w_n loss_n + l2/2 sum W^2 over all rows of the data set, sample
/// weights divided by their mean; by the engine, in float. Throws std::invalid_argument where model and data
/// set do not fit, DataError for unusable data.
Parameters gradients_by_parameters(const Model& model, const Dataset& dataset, double l2 = 0.0,
                                   const PredictionOptions& options = {});

/// d loss_n / d x_n [N, I]: each row's own loss by its own inputs in the units of the data set's inputs. By
/// the reference's plain loops in double, about N times the number of parameters times 4 operations. Throws
/// as gradients_by_parameters() does.
Matrix<double> gradients_by_inputs(const Model& model, const Dataset& dataset);

/// How far apart gradients of one tensor are: |a - b| / max |reference|, the largest.
struct TensorCheck {
  std::string name;             ///< "W1", "b1", ... as in the notation of docs/backpropagation.md
  std::size_t values = 0;       ///< how many it has
  double largest = 0.0;         ///< max |reference|
  double engine = 0.0;          ///< between engine, in float, and reference, in double
  std::size_t differences = 0;  ///< values that were held against central differences, evenly spaced
  double by_differences = 0.0;  ///< between (Loss(p + h) - Loss(p - h)) / 2h and reference, both in double
};

struct GradientCheck {
  /// Far above rounding, far below what a wrong formula does.
  static constexpr double kEngineTolerance = 1e-3, kDifferencesTolerance = 1e-4;

  std::size_t rows = 0;
  double loss = 0.0;                 ///< of these rows
  std::vector<TensorCheck> tensors;  ///< W and b of each layer

  bool passed() const;
};

/// Computes a model's gradients three ways: by the engine, by the formulas (mlp/reference.h), by differences
/// of the loss. On the examples the model carries, else on random inputs, at most 8, with made-up targets,
/// since any will do. (Where a unit of ReLU changes sides within h, differences and formula may differ and
/// both be right: that is rare.)
GradientCheck check_gradients(const Model& model, const PredictionOptions& options = {});

}  // namespace mlp
