#include "cli/precision.h"

#include "cli/option_value.h"
#include "mlp/error.h"
#include "mlp/target.h"

namespace mlp::app {

Precision parse_precision(const std::optional<std::string>& text) {
  if (!text) return Precision::kFloat32;
  for (const auto precision : {Precision::kFloat32, Precision::kBFloat16}) {
    if (*text == to_string(precision)) return precision;
  }
  reject("--precision", "float32 or bf16", *text);
}

std::string to_string(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "float32";
    case Precision::kBFloat16:
      return "bf16";
  }
  return "";
}

void check_precision(Precision precision, const std::string& target) {
  if (precision == Precision::kBFloat16) option_value("--precision", [&] { return bfloat16_target(target); });
}

}  // namespace mlp::app
