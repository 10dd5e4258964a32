// Dates and times, which a network cannot learn from as they are.
#pragma once

#include <string_view>

namespace mlp {

/// Whether `text` is a date - 2024-01-14 (ISO 8601), 2024/01/14, 14.01.2024, 01/14/2024, 14-01-2024 - or a
/// time - 12:30, 12:30:15.5 - or a date and a time with a blank or T between, and perhaps Z or +01:00 behind.
bool is_date_or_time(std::string_view text);

}  // namespace mlp
