// A Preprocessing in a model file's JSON document, see docs/formats.md.
#pragma once

#include <nlohmann/json.hpp>

#include "files/json.h"
#include "mlp/preprocessing.h"

namespace mlp {

nlohmann::json preprocessing_to_json(const Preprocessing& preprocessing);

/// Throws FileError naming the field that is missing, of another type, or does not fit the others: what comes
/// back has no problem().
Preprocessing preprocessing_from_json(const JsonField& field);

}  // namespace mlp
