// CPU targets: the inner loops are compiled for several instruction sets ("avx512", "avx2", "neon",
// "baseline"), and one of them is chosen at run time. Beside these there is "reference": the formulas of
// mlp/reference.h in plain loops, on one thread, a hundred times slower, for tests and for readers who want
// to see the formulas at work.
#pragma once

#include <string>
#include <string_view>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// The target that computes where `name` is asked for: `name` itself, or for an empty one the best this CPU
/// has. Throws UsageError, listing those available, for a name that is unknown or not for this CPU.
std::string cpu_target(std::string_view name = {});

/// The instructions that multiply bfloat16 operands beside that target: "amx" or "avx512_bf16". Throws
/// UsageError, saying what is missing, where there are none.
std::string bfloat16_target(std::string_view name = {});

}  // namespace mlp
