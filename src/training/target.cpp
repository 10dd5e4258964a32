#include "mlp/target.h"

#include "kernels/kernels.h"

namespace mlp {

std::string cpu_target(std::string_view name) { return std::string(kernels::kernels_for(name).name); }

}  // namespace mlp
