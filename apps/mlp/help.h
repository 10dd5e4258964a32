// Help pages: description, usage, options in groups, examples; at most 80 columns.
#pragma once

#include <string>

#include "parser.h"

namespace mlp::app {

/// The page of one command.
std::string help_page(const Parser& command);

/// "linear, relu, ...": the texts of a closed set's alternatives.
template <class Variants>
std::string listed(const Variants& variants) {
  std::string list;
  for (const auto& variant : variants) list += (list.empty() ? "" : ", ") + to_string(variant);
  return list;
}

}  // namespace mlp::app
