// Numbers compared digit by digit, where a double's 53 bits cannot tell neighbours apart: 9007199254740992
// and 9007199254740993.
#pragma once

#include <string>
#include <string_view>

namespace mlp {

/// The same text for every spelling of a number, and for no other number: of "1", "1.0", "+01" and "10e-1".
/// `spelling` is what parse_double() takes, no NaN or infinity.
std::string exact_number(std::string_view spelling);

/// Digits with a leading 0, which no amount has: "01", "007". Such a code is its spelling, not its value.
bool is_code(std::string_view text);

}  // namespace mlp
