// Numbers as a page shows them: those of mlp/number_text.h, with a minus sign in place of a hyphen, and "–"
// where there is no finite number.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mlp/number_text.h"

namespace mlp {

std::string fixed_text(double value, int decimals);  ///< "98.43"
/// The same for a column of numbers: "146,200.5", "1.5e+09".
std::string plain_text(double value, int decimals);
std::string significant_text(double value, int digits = 4);  ///< "0.1230", "23.41", "146,200", "1.234e-05"
std::string compact_text(double value, int digits = 4);      ///< "0.123", "23"; whole below 1e9: "146,213"
/// plain_text() of numbers that stand together, all with commas where one has them: "8,101" by "25,193".
std::vector<std::string> plain_texts(std::span<const double> values, int decimals);
std::vector<std::string> compact_texts(std::span<const double> values, int digits = 4);
/// A difference, which is no year: "+8,101", "\u22120.25".
std::string change_text(double change, int decimals);
/// How many decimals to show of `values`, one below the other: four digits of the largest, and fewer decimals
/// where those say the same.
int common_decimals(std::span<const double> values);
/// R2 in four decimals; where it is far below 0, in four digits.
std::string r2_text(double r2);
std::string percent_text(double fraction, int decimals = 2);  ///< 0.9843 -> "98.43%"
std::string duration_text(double seconds);                    ///< "42 ms", "12.3 s", "1:05", "2:03:09"

}  // namespace mlp
