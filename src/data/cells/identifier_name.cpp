#include "data/cells/identifier_name.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "data/cells/cell.h"

namespace mlp {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Whether `c` is part of a word; bytes of letters beyond ASCII are.
bool is_inside(char c) { return is_lower(c) || is_upper(c) || is_digit(c) || (c & 0x80) != 0; }

/// Whether a new word begins at `i`, inside a run of letters: aB, and the B of ABc.
bool changes_case(std::string_view name, std::size_t i) {
  if (!is_upper(name[i])) return false;
  return !is_upper(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1]));
}

/// "SKIdCurr" and "sk-id_CURR": sk, id, curr.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_inside(name[i])) continue;
    if (i == 0 || !is_inside(name[i - 1]) || changes_case(name, i)) words.emplace_back();
    words.back() += lower_case(name.substr(i, 1));
  }
  return words;
}

bool is_number(const std::string& word) { return std::ranges::all_of(word, is_digit); }

/// Whether `word` is "id", or is written in one word with it: "userid".
bool is_id(const std::string& word) {
  constexpr std::array<std::string_view, 18> kOwners = {
      "",        "u",      "uu",      "gu",      "row",   "user",   "customer",    "client",    "person",
      "patient", "member", "account", "product", "order", "record", "transaction", "passenger", "employee"};
  return word.ends_with("id") &&
         std::ranges::find(kOwners, std::string_view(word).substr(0, word.size() - 2)) != kOwners.end();
}

}  // namespace

bool named_like_identifier(std::string_view name) {
  constexpr std::array<std::string_view, 5> kRowNumbers = {"index", "row", "#", "nr", "no"};
  const std::string lower = lower_case(name);
  if (std::ranges::find(kRowNumbers, lower) != kRowNumbers.end() || lower.starts_with("unnamed")) return true;
  const auto words = words_of(name);
  return std::ranges::any_of(words, is_id) && std::ranges::none_of(words, is_number);
}

}  // namespace mlp
