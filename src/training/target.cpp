#include "mlp/target.h"

#include "engine/engine.h"
#include "kernels/bfloat16.h"
#include "kernels/kernels.h"

namespace mlp {

std::string cpu_target(std::string_view name) {
  if (name == engine::kReferenceTarget) return engine::kReferenceTarget;
  return std::string(kernels::prediction_kernels_for(name).name);
}

std::string bfloat16_target(std::string_view name) {
  if (name == engine::kReferenceTarget)
    throw UsageError("the reference computes in float32 only", "leave out one of the two");
  return std::string(kernels::bfloat16_kernels_for(kernels::kernels_for(name)).name);
}

}  // namespace mlp
