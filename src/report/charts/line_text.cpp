#include "report/charts/line_text.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "core/utf8.h"

namespace mlp {
namespace {

/// The characters of a line of text. U+FFFE and U+FFFF, which XML does not allow, are replaced.
std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    std::string character(text.substr(0, std::max<std::size_t>(length, 1)));
    text.remove_prefix(character.size());
    const bool control = length == 1 && std::iscntrl(static_cast<unsigned char>(character[0]));
    if (length == 0 || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") character = "\xEF\xBF\xBD";
    result.push_back(control ? " " : character);
  }
  return result;
}

}  // namespace

std::string line_of(std::string_view text, std::size_t most) {
  auto list = characters(text);
  if (list.size() > most) {
    list.resize(most);
    list.back() = "\u2026";
  }
  std::string line;
  for (const auto& character : list) line += character;
  return line;
}

std::string name_or_number(const std::vector<std::string>& names, std::size_t index,
                           const std::string& kind) {
  return index < names.size() ? names[index] : kind + " " + std::to_string(index + 1);
}

std::size_t character_count(std::string_view text) { return characters(text).size(); }

}  // namespace mlp
