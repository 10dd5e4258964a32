// Numbers as people and spreadsheets write them, which no table reader should guess the value of.
#pragma once

#include <string_view>

namespace mlp {

/// Whether `text` is a number only with its format undone: a decimal comma (12,5), thousands apart (1,234 or
/// 1.234,50 or 1 234), a currency sign ($12) or a percent sign. What it is worth is not for us to say: 1,234
/// is more than a thousand or little more than one. False for numbers that are plain.
bool is_formatted_number(std::string_view text);

}  // namespace mlp
