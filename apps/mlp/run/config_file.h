// config.toml: the part of TOML 1.0 a training run needs - comments and `key = value` lines, where a value is
// a string, a number, a boolean, or an array of these on one line. (CLI11's own reader cuts strings at '#'
// and knows no escapes.)
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::app {

struct ConfigEntry {
  std::string key;
  std::vector<std::string> values;  ///< without quotes and escapes; one, or those of an array
  bool is_array = false;
  int line = 0;  ///< counted from 1
};

/// Throws FileError naming path and line.
std::vector<ConfigEntry> read_config(const std::filesystem::path& path);

/// The same from text; messages have `name` instead of the path.
std::vector<ConfigEntry> parse_config(std::string_view text, const std::string& name);

/// `text` as a TOML basic string, quotes included.
std::string toml_string(std::string_view text);

/// Several of them as a TOML array, brackets included.
std::string toml_array(const std::vector<std::string>& texts);

}  // namespace mlp::app
