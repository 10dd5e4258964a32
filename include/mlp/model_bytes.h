// A model as bytes in memory, those of its file: to keep it in a database, to send it, to pickle it.
//
//   const std::string bytes = mlp::to_bytes(model);
//   const mlp::Model same = mlp::model_from_bytes(bytes);
#pragma once

#include <span>
#include <string>

#include "mlp/export.h"
#include "mlp/model.h"

namespace MLP_EXPORT mlp {

/// The bytes that save_model() writes. Throws as it does.
std::string to_bytes(const Model& model);

/// The inverse, with all the checks of load_model(): FileError names the position in the bytes, what was
/// expected and what was found.
Model model_from_bytes(std::span<const char> bytes);

}  // namespace mlp
