// Counts how often texts occur where there may be too many to list them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/counted.h"
#include "data/numbers/numbers.h"
#include "mlp/table.h"

namespace mlp {

inline constexpr std::size_t kMostTexts = 10;  ///< the most that are told apart

/// Counts one cell; the first texts that occur are kept.
inline void count_text(std::vector<TextCount>& counts, std::string_view text, std::size_t cells = 1) {
  for (auto& [known, count] : counts) {
    if (known == text) {
      count += cells;
      return;
    }
  }
  if (counts.size() < kMostTexts) counts.push_back({std::string(text), cells});
}

/// "'a' (3 rows), 'b' (1 row)".
inline std::string listed(const std::vector<TextCount>& counts) {
  std::string text;
  for (const auto& [known, count] : counts)
    text += (text.empty() ? "" : ", ") + in_quotes(known) + " (" + counted(count, "row") + ")";
  return text;
}

}  // namespace mlp
