// Help pages: description, usage, options in groups, examples.
#pragma once

#include <string>
#include <vector>

#include "cli/parser.h"

namespace mlp::app {

/// The page of one command. Only commands to be copied may be wider than `columns`.
std::string help_page(const Parser& command, std::size_t columns);

/// The texts of a closed set's alternatives.
template <class Variants>
std::vector<std::string> texts_of(const Variants& variants) {
  std::vector<std::string> texts;
  for (const auto& variant : variants) texts.push_back(to_string(variant));
  return texts;
}

/// The same on one line: "linear, relu, ...".
template <class Variants>
std::string listed(const Variants& variants) {
  std::string list;
  for (const auto& text : texts_of(variants)) list += (list.empty() ? "" : ", ") + text;
  return list;
}

}  // namespace mlp::app
