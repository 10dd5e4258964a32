#include "mlp/version.h"

namespace mlp {

const char* version() { return MLP_VERSION; }

}  // namespace mlp
