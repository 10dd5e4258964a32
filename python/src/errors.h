// The library's errors as Python exceptions, and what messages advise in the words of a Python program.
#pragma once

#include <string>

#include "mlp/message.h"

namespace mlp::python {

/// `missing=["999"]`, `header=False`, ...: the arguments of this package's functions.
std::string python_words(const Remedy& remedy);

}  // namespace mlp::python
