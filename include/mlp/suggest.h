// Finds what the user probably meant: the nearest known name by edit distance (Levenshtein, 1966).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// "did you mean 'relu'? known: linear, relu, ..." - the first sentence only where a known name is close.
/// Where the two differ in characters that are not ASCII, and may look the same, it names these by code
/// point: "did you mean 'heat index' (with U+00A0 for U+0020)?" `called` introduces the list: "the table
/// has".
std::string suggest(std::string_view unknown, std::span<const std::string> known,
                    std::string_view called = "known");

/// The number of single-character (code point) insertions, deletions and substitutions that turn `a` into
/// `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mlp
