// The library's version, as "major.minor.patch".
#pragma once

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

const char* version();

}  // namespace mlp
