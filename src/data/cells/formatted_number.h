// Numbers as people and spreadsheets write them: 1.459.443,93 or $1,200.50 or 15 %. No file says what they
// are worth - 1,234 is more than a thousand or little more than one - so a reader has to be told the decimal
// mark.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mlp/message.h"

namespace mlp {

/// The double that all of `text` spells with this decimal mark, '.' or ',', or nothing. Either it is plain
/// (parse_double, with this mark), or it may have: thousands in groups of three, separated by one and the
/// same of , . ' and blanks, other than the decimal mark; a sign of currency or percent before or after it;
/// the negatives of accountants, (130.00) or 130.00-, and their zero, "$ -"; an apostrophe in front, by which
/// a spreadsheet keeps it as a text. Percent are their number: 15% is 15.
std::optional<double> parse_formatted(std::string_view text, char decimal);

/// That number as parse_double takes it, with all its digits: 1234.50 of "1.234,50"; empty where it is none.
std::string plain_number(std::string_view text, char decimal);

/// Whether `text` is a number with one decimal mark or the other, or would be one but for a unit (23.4 kg,
/// EUR 12.00) or the exponent of Fortran (1.2D+03).
bool has_number_format(std::string_view text);

/// Advice for texts some of which are not read as numbers with `decimal`: names the decimal mark with which
/// all of them are numbers, or the unit that they all have. Empty where one of them is no number either way,
/// or they have different units.
Message formatted_number_hint(std::span<const std::string> texts, std::optional<char> decimal);

}  // namespace mlp
