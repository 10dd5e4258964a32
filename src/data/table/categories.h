// From the different texts of a column to its categories.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

struct Categories {
  std::vector<std::string> names;
  std::vector<std::int32_t> code_of;  ///< [texts]: the text's place in `names`
};

/// What "no", "True" or "f" mean, in any case; nothing for other texts.
std::optional<bool> boolean_word(std::string_view text);

/// False, then true, in the spelling that comes first, where the texts are true/false, yes/no, on/off, t/f or
/// y/n in any case and both occur; else nothing.
std::optional<Categories> boolean_categories(std::span<const std::string> texts);

/// The texts in the order of their bytes.
Categories text_categories(std::span<const std::string> texts);

/// The texts in the order of the numbers that they spell, `numbers`, equal ones in the order of their bytes.
Categories number_categories(std::span<const std::string> texts, std::span<const double> numbers);

/// The same, but texts with equal `keys` ("1" and "1.0") are one category under the spelling that comes
/// first; they spell the same number. Categories of one `numbers` are in the order of their keys.
Categories number_categories(std::span<const std::string> texts, std::span<const double> numbers,
                             std::span<const std::string> keys);

}  // namespace mlp
