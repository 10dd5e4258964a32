#include "mlp/suggest.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "core/utf8.h"

namespace mlp {

namespace {

std::size_t distance(std::u32string_view a, std::u32string_view b) {
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

/// "U+0065 U+0301".
std::string named(std::u32string_view characters) {
  std::string text;
  for (const char32_t c : characters) {
    char code[16];
    std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(c));
    text += (text.empty() ? "" : " ") + std::string(code);
  }
  return text;
}

/// Where two names differ in more than ASCII, which the eye may not see: " (with U+00A0 for U+0020)".
std::string difference(std::u32string_view unknown, std::u32string_view name) {
  while (!unknown.empty() && !name.empty() && unknown.front() == name.front()) {
    unknown.remove_prefix(1);
    name.remove_prefix(1);
  }
  while (!unknown.empty() && !name.empty() && unknown.back() == name.back()) {
    unknown.remove_suffix(1);
    name.remove_suffix(1);
  }
  const auto ascii = [](char32_t c) { return c < 0x80; };
  if (std::ranges::all_of(unknown, ascii) && std::ranges::all_of(name, ascii)) return {};
  if (name.empty()) return " (without " + named(unknown) + ")";
  return " (with " + named(name) + (unknown.empty() ? "" : " for " + named(unknown)) + ")";
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  return distance(code_points(a), code_points(b));
}

std::string suggest(std::string_view unknown, std::span<const std::string> known, std::string_view called) {
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  const std::string known_names = std::string(called) + ": " + list;
  // A name of thousands of characters is no slip of the finger; the distance would only cost time.
  if (known.empty() || unknown.size() > 64) return known_names;
  const std::u32string meant = code_points(unknown);
  std::vector<std::u32string> names;
  std::vector<std::size_t> distances;
  for (const auto& name : known) {
    names.push_back(code_points(name));
    distances.push_back(distance(meant, names.back()));
  }
  const auto nearest = static_cast<std::size_t>(std::ranges::min_element(distances) - distances.begin());
  if (distances[nearest] > std::max<std::size_t>(2, meant.size() / 3)) return known_names;
  return "did you mean '" + known[nearest] + "'" + difference(meant, names[nearest]) + "? " + known_names;
}

}  // namespace mlp
