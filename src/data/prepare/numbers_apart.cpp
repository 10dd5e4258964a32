#include "data/prepare/numbers_apart.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "data/numbers/statistics.h"
#include "network/text.h"

namespace mlp {

namespace {

/// For normally distributed numbers, the quantiles at `share` and 1 - `share` lie so many standard deviations
/// apart.
struct QuantileRange {
  double share;
  double deviations;
};
constexpr std::array<QuantileRange, 5> kQuantileRanges = {
    {{0.25, 1.349}, {0.1, 2.563}, {0.05, 3.290}, {0.025, 3.920}, {0.01, 4.653}}};

/// How many of the greatest numbers lie behind a gap that is more than 5 times as wide as the distance of the
/// others from their median, and wider than 5 of their spreads: most often none. Such numbers are rather
/// codes or mistakes than measurements. They are at most a tenth of all; or they are all the same number and
/// at most half of all. Found in 22 real tables: three mistakes and nothing else (from 3 times on also
/// measurements; of up to half of all, if they may differ, also columns with two heaps).
std::size_t apart_above(std::span<const double> sorted) {
  constexpr double kGap = 5;
  constexpr std::size_t kFewest = 20;       // fewer numbers are not judged
  constexpr std::size_t kFewestValues = 3;  // with fewer the column is a flag that is rarely set
  const std::size_t count = sorted.size();
  if (count < kFewest) return 0;
  std::size_t different = 1;
  for (std::size_t i = 1; i < count; ++i) {
    const double gap = sorted[i] - sorted[i - 1];
    if (gap == 0) continue;
    const auto others = sorted.first(i);
    const std::size_t apart = count - i;
    const std::size_t most = sorted[i] == sorted.back() ? count / 2 : count / 10;
    if (apart <= most && different >= kFewestValues && gap > kGap * (others.back() - quantile(others, 0.5)) &&
        gap > kGap * robust_spread(others))
      return apart;
    ++different;
  }
  return 0;
}

/// Four digits, which are enough for measurements.
std::string shortened(double number) {
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, 4).ptr;
  return {buffer.data(), end};
}

}  // namespace

double robust_spread(std::span<const double> sorted) {
  for (const auto& [share, deviations] : kQuantileRanges) {
    const double spread = quantile(sorted, 1 - share) / deviations - quantile(sorted, share) / deviations;
    if (spread > 0) return spread;
  }
  return sorted.front() == sorted.back() ? 0 : moments_of(sorted).deviation;
}

Parts parts_of(std::span<const double> sorted) {
  std::vector<double> mirrored(sorted.rbegin(), sorted.rend());
  for (double& number : mirrored) number = -number;
  const std::size_t below = apart_above(mirrored), above = apart_above(sorted);
  return {sorted.first(below), sorted.subspan(below, sorted.size() - below - above), sorted.last(above)};
}

Message text_of_parts(const Parts& parts) {
  const std::size_t count = parts.below.size() + parts.inner.size() + parts.above.size();
  const auto text = [](std::span<const double> part) {
    const bool one = part.front() == part.back();
    return format_number(part.front()) + (one ? "" : " to " + format_number(part.back()));
  };
  std::string found;
  Remedy marks{Setting::kMissingMarks};
  for (const auto part : {parts.below, parts.above}) {
    if (part.empty()) continue;
    found += (found.empty() ? "" : ", and ") + std::to_string(part.size()) + " of " + std::to_string(count) +
             " numbers " + (part.size() == 1 ? "is " : "are ") + text(part);
    marks.values.push_back(format_number(part.front()));
    if (part.front() != part.back()) marks.values.push_back(format_number(part.back()));
  }
  if (found.empty()) return {};
  return found + ", far from all others (" + shortened(parts.inner.front()) + " to " +
         shortened(parts.inner.back()) + "): where that stands for a missing value, " + marks + " says so";
}

}  // namespace mlp
