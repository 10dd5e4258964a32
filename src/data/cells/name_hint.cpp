#include "data/cells/name_hint.h"

#include <algorithm>
#include <vector>

#include "mlp/printable.h"
#include "mlp/suggest.h"

namespace mlp {

std::string suggest_name(std::string_view unknown, std::span<const std::string> names,
                         std::string_view called) {
  constexpr std::size_t kLookedAt = 1000, kShown = 20;
  std::vector<std::string> nearest;
  for (const auto& name : names.first(std::min(names.size(), kLookedAt))) nearest.push_back(printable(name));
  if (nearest.size() > kShown) {
    std::ranges::stable_sort(nearest, {}, [&](const auto& name) { return edit_distance(unknown, name); });
    nearest.resize(kShown);
  }
  return suggest(printable(unknown), nearest, called);
}

}  // namespace mlp
