#include "cli/sparse_inputs.h"

#include "cli/option_value.h"

namespace mlp::app {

SparseInputs parse_sparse_inputs(const std::optional<std::string>& text) {
  if (!text) return SparseInputs::kAuto;
  for (const auto choice : {SparseInputs::kAuto, SparseInputs::kOn, SparseInputs::kOff}) {
    if (*text == to_string(choice)) return choice;
  }
  reject("--sparse-inputs", "auto, on or off", *text);
}

std::string to_string(SparseInputs choice) {
  switch (choice) {
    case SparseInputs::kAuto:
      return "auto";
    case SparseInputs::kOn:
      return "on";
    case SparseInputs::kOff:
      return "off";
  }
  return "";
}

}  // namespace mlp::app
