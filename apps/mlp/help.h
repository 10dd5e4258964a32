// Help pages: description, usage, options in groups, examples; at most 80 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mlp::app {

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// "linear, relu, ...": the texts of a closed set's alternatives.
template <class Variants>
std::string listed(const Variants& variants) {
  std::string list;
  for (const auto& variant : variants) list += (list.empty() ? "" : ", ") + to_string(variant);
  return list;
}

}  // namespace mlp::app
