#include "mlp/suggest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace mlp {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    current[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      current[j + 1] = std::min({previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] != b[j])});
    }
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string suggest(std::string_view unknown, std::span<const std::string> known, std::string_view called) {
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  const std::string known_names = std::string(called) + ": " + list;
  // A name of thousands of characters is no slip of the finger; the distance would only cost time.
  if (known.empty() || unknown.size() > 64) return known_names;
  const auto nearest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return edit_distance(unknown, a) < edit_distance(unknown, b);
  });
  const bool close = edit_distance(unknown, *nearest) <= std::max<std::size_t>(2, unknown.size() / 3);
  return (close ? "did you mean '" + *nearest + "'? " : "") + known_names;
}

}  // namespace mlp
