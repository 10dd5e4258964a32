#include "data/cells/pointed_thousands.h"

#include <algorithm>

#include "data/cells/formatted_number.h"
#include "data/numbers/numbers.h"
#include "network/text.h"

namespace mlp {

namespace {

constexpr std::size_t kGroup = 3;  // digits

bool is_group(std::string_view text) {
  return !text.empty() && text.size() <= kGroup &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void PointedThousands::take(std::string_view text) {
  for (const std::string_view minus : {std::string_view("-"), kMinusSign})
    if (text.starts_with(minus)) text.remove_prefix(minus.size());
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) {
    whole_ = true;
    possible_ = is_group(text);
    return;
  }
  const auto before = text.substr(0, point), after = text.substr(point + 1);
  // "0.123" has no thousands.
  possible_ = is_group(before) && before.front() != '0' && is_group(after) && after.size() == kGroup;
  if (pointed_.empty()) pointed_ = text;
}

Message PointedThousands::note() const {
  if (!possible_ || !whole_ || pointed_.empty()) return {};
  return in_quotes(pointed_) + " is read as " + format_number(*parse_double(pointed_)) + "; if it is " +
         format_number(*parse_formatted(pointed_, ',')) + ", " + Remedy{Setting::kDecimal, {","}};
}

}  // namespace mlp
