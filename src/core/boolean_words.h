// The words that cells of boolean columns are written with.
#pragma once

#include <array>
#include <string_view>

namespace mlp {

/// Pairs of words for false and true, in any case.
inline constexpr std::array<std::array<std::string_view, 2>, 5> kBooleanWords = {
    {{"false", "true"}, {"no", "yes"}, {"off", "on"}, {"f", "t"}, {"n", "y"}}};

}  // namespace mlp
