// The example rows that a model carries for verification.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mlp/model.h"

namespace mlp {

/// At most `count` of `rows`, evenly spaced, with what `model` predicts for them; none where a prediction is
/// not finite.
ModelExamples make_examples(const Model& model, const Inputs& inputs, std::span<const std::uint32_t> rows,
                            std::size_t count, const std::string& target);

}  // namespace mlp
