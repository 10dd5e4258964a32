// Numbers as people read them, in ASCII and the same whatever the locale. A NaN reads "-", infinities "inf"
// and "-inf"; what rounds to zero has no sign. The binary value is rounded (9.9995 in binary is slightly
// less), a tie to the even digit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

std::string with_thousands(std::uint64_t count);  ///< 62913 -> "62,913"

/// A number's text with thousands separated by commas, where it has more than `most` digits before the point:
/// "1,234.50".
std::string grouped(std::string text, std::size_t most = 3);

std::string fixed(double value, int decimals);           ///< "98.43"
std::string percent(double fraction, int decimals = 2);  ///< 0.9843 -> "98.43%"
std::string duration(double seconds);                    ///< "42 ms", "0.42 s", "12.3 s", "1:05", "2:03:09"

/// With so many significant digits, trailing zeros included: "0.1230", "146,200". Below 0.0001 and from 1e9
/// on "1.234e-05"; zero is "0".
std::string significant(double value, int digits = 4);

/// At most so many significant digits, but all digits before the point where it is below 1e9: "0.05",
/// "146213", "2e+09". Without thousands separators.
std::string compact(double value, int digits);

}  // namespace mlp
