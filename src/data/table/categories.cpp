#include "data/table/categories.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "core/boolean_words.h"
#include "data/cells/cell.h"

namespace mlp {

namespace {

using Index = std::size_t;

constexpr std::size_t kLongestWord = 5;

template <class Less>
std::vector<Index> sorted_indices(Index count, Less less) {
  std::vector<Index> order(count);
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, less);
  return order;
}

// One category for each run of equal texts in `order`; the earliest text of a run names it.
template <class Equal>
Categories number_runs(std::span<const std::string> texts, const std::vector<Index>& order, Equal equal) {
  Categories categories;
  categories.code_of.resize(texts.size());
  for (Index i = 0, name = 0; i < order.size(); ++i) {
    if (i == 0 || !equal(order[i - 1], order[i])) {
      name = order[i];
      categories.names.push_back(texts[name]);
    } else if (order[i] < name) {
      name = order[i];
      categories.names.back() = texts[name];
    }
    categories.code_of[order[i]] = static_cast<std::int32_t>(categories.names.size() - 1);
  }
  return categories;
}

}  // namespace

std::optional<bool> boolean_word(std::string_view text) {
  if (text.size() > kLongestWord) return std::nullopt;
  const std::string word = lower_case(text);
  for (const auto& pair : kBooleanWords) {
    if (const auto found = std::ranges::find(pair, word); found != pair.end()) return found != pair.begin();
  }
  return std::nullopt;
}

std::optional<Categories> boolean_categories(std::span<const std::string> texts) {
  constexpr std::int32_t kNeither = 2;
  for (const auto& pair : kBooleanWords) {
    Categories categories{.names = std::vector<std::string>(2)};
    for (const auto& text : texts) {
      const auto place = std::ranges::find(pair, lower_case(text)) - pair.begin();
      categories.code_of.push_back(static_cast<std::int32_t>(place));
      if (place == kNeither) break;
      auto& name = categories.names[static_cast<Index>(place)];
      if (name.empty()) name = text;
    }
    const bool all_known = std::ranges::find(categories.code_of, kNeither) == categories.code_of.end();
    if (all_known && !categories.names[0].empty() && !categories.names[1].empty()) return categories;
  }
  return std::nullopt;
}

Categories text_categories(std::span<const std::string> texts) {
  const auto order = sorted_indices(texts.size(), [&](Index a, Index b) { return texts[a] < texts[b]; });
  return number_runs(texts, order, [](Index, Index) { return false; });
}

Categories number_categories(std::span<const std::string> texts, std::span<const double> numbers) {
  return number_categories(texts, numbers, texts);
}

Categories number_categories(std::span<const std::string> texts, std::span<const double> numbers,
                             std::span<const std::string> keys) {
  const auto order = sorted_indices(texts.size(), [&](Index a, Index b) {
    return numbers[a] != numbers[b] ? numbers[a] < numbers[b] : keys[a] < keys[b];
  });
  return number_runs(texts, order, [&](Index a, Index b) { return keys[a] == keys[b]; });
}

}  // namespace mlp
