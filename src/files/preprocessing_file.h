// A Preprocessing in a model file's JSON document, see docs/formats.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "files/json.h"
#include "mlp/preprocessing.h"

namespace mlp {

nlohmann::json preprocessing_to_json(const Preprocessing& preprocessing);

/// Throws FileError naming the field that is missing or of another type; whether they fit together is for
/// problem() to say.
Preprocessing preprocessing_from_json(const JsonField& field);

}  // namespace mlp
