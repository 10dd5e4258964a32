// Predictions as CSV, a header and then row by row: columns of the input that are kept, then classes as
// "class,probability", numbers under the target's name.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mlp/matrix.h"
#include "mlp/model.h"
#include "mlp/table.h"

namespace mlp::app {

/// With line end. `probabilities`: with one more column for each class. No name occurs twice: kept columns
/// have their names, then probabilities, and the prediction is "predicted_y" where there is a column 'y'.
std::string prediction_header(const Model& model, bool probabilities,
                              const std::vector<std::string>& kept = {});

/// One line for each row of the network's outputs [N, O].
std::string prediction_rows(const Model& model, ConstMatrixView<float> outputs, bool probabilities,
                            const std::vector<KeptColumn>& kept = {});

/// Finite inputs far outside what the model was trained on can still overflow: DataError naming the row,
/// counted from 1; `first` rows came before. For a table it also names the column: `encoded` are its inputs,
/// called `names`.
void require_finite(ConstMatrixView<float> outputs, std::size_t first, const std::string& input,
                    ConstMatrixView<float> encoded = {}, std::span<const std::string> names = {});

}  // namespace mlp::app
