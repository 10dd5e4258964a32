// Help pages: description, usage, options in groups, examples; at most 80 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mlp::app {

/// The page of one command; `name` is how it is typed, "mlp data fetch".
std::string help_page(const CLI::App& command, const std::string& name);

/// "linear, relu, ...": the texts of a closed set's alternatives.
template <class Variants>
std::string listed(const Variants& variants) {
  std::string list;
  for (const auto& variant : variants) list += (list.empty() ? "" : ", ") + to_string(variant);
  return list;
}

}  // namespace mlp::app
