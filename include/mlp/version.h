// The library's version, as "major.minor.patch".
#pragma once

namespace mlp {

const char* version();

}  // namespace mlp
