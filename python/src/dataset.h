// What data sets say of themselves in several places.
#pragma once

#include <string>

#include "mlp/dataset.h"

namespace mlp::python {

std::string text_of(Task task);
/// Throws UsageError for another text than "classification" or "regression".
Task task_of(const std::string& text);

}  // namespace mlp::python
