// Predictions as CSV, a header and then row by row: classes as "class,probability", numbers under the
// target's name.
#pragma once

#include <span>
#include <string>

#include "mlp/matrix.h"
#include "mlp/model.h"

namespace mlp::app {

/// With line end. `probabilities`: with one column more for each class.
std::string prediction_header(const Model& model, bool probabilities);

/// One line for each row of the network's outputs [N, O].
std::string prediction_rows(const Model& model, ConstMatrixView<float> outputs, bool probabilities);

/// Finite inputs far outside what the model was trained on can still overflow: DataError naming the row,
/// counted from 1; `first` rows came before. Of a table also the column: `encoded` are its inputs, called
/// `names`.
void require_finite(ConstMatrixView<float> outputs, std::size_t first, const std::string& input,
                    ConstMatrixView<float> encoded = {}, std::span<const std::string> names = {});

}  // namespace mlp::app
