#include "files/c_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "mlp/error.h"
#include "mlp/printable.h"
#include "network/text.h"

namespace mlp {

namespace {

// The locale has no say in what a letter is.
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char small(char c) { return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// The lower-case words that no member of a struct can be called: keywords of C and C++ up to C23 and C++23,
/// alternative tokens, and macros of common headers and compilers.
bool is_reserved(std::string_view name) {
  static const std::set<std::string_view> kWords = {
      // C
      "alignas", "alignof", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue",
      "default", "do", "double", "else", "enum", "extern", "false", "float", "for", "goto", "if", "inline",
      "int", "long", "nullptr", "register", "restrict", "return", "short", "signed", "sizeof", "static",
      "static_assert", "struct", "switch", "thread_local", "true", "typedef", "typeof", "typeof_unqual",
      "union", "unsigned", "void", "volatile", "while",
      // C++
      "and", "and_eq", "asm", "bitand", "bitor", "catch", "char16_t", "char32_t", "char8_t", "class",
      "co_await", "co_return", "co_yield", "compl", "concept", "const_cast", "consteval", "constinit",
      "decltype", "delete", "dynamic_cast", "explicit", "export", "friend", "mutable", "namespace", "new",
      "noexcept", "not", "not_eq", "operator", "or", "or_eq", "private", "protected", "public",
      "reinterpret_cast", "requires", "static_cast", "template", "this", "throw", "try", "typeid", "typename",
      "using", "virtual", "wchar_t", "xor", "xor_eq",
      // macros
      "cdecl", "complex", "errno", "far", "huge", "hyper", "i386", "imaginary", "interface", "linux", "near",
      "noreturn", "pascal", "small", "stderr", "stdin", "stdout", "unix"};
  return kWords.contains(name);
}

/// An identifier like `text`, which may be one that is taken.
std::string identifier_like(std::string_view text) {
  constexpr std::size_t kMost = 48;  // C99 tells 63 characters apart
  std::string name;
  for (const char c : text) {
    if (name.size() == kMost) break;
    if (is_letter(c) || is_digit(c))
      name += small(c);
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  if (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty() || is_digit(name[0])) name = name.empty() ? "column" : "column_" + name;
  return is_reserved(name) ? name + "_" : name;
}

template <class T>
std::string number_text(T value) {
  require(std::isfinite(value), "c_source: a number of the model is not finite");
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

template <class T>
std::string list_of(std::span<const T> values) {
  std::vector<std::string> items;
  items.reserve(values.size());
  for (const T value : values) items.push_back(c_number(value));
  return c_list(items);
}

}  // namespace

CPrefix::CPrefix(std::string prefix) : prefix_(std::move(prefix)), capitals_(prefix_) {
  const bool fits = !prefix_.empty() && is_letter(prefix_[0]) && std::ranges::all_of(prefix_, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
  if (!fits) {
    throw UsageError("names in C cannot begin with " + quote(prefix_),
                     "the prefix is a letter, then letters, digits and underscores");
  }
  std::ranges::transform(capitals_, capitals_.begin(), capital);
}

std::string CPrefix::in(std::string_view code) const {
  std::string text;
  for (const char c : code) {
    if (c == '@')
      text += prefix_;
    else if (c == '$')
      text += capitals_;
    else
      text += c;
  }
  return text;
}

std::string c_number(float value) { return number_text(value) + "f"; }
std::string c_number(double value) { return number_text(value); }

std::string c_string(std::string_view text) {
  std::string literal = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0)
      throw DataError("the text " + quote(text, '"') + " has a zero byte, which ends a text in C");
    if (text[i] == '"' || text[i] == '\\' || (text[i] == '?' && i > 0 && text[i - 1] == '?')) {
      literal += {'\\', text[i]};  // "?\?" is no part of a trigraph
    } else if (byte < 0x20 || byte >= 0x7F) {
      const auto digit = [&](int shift) { return static_cast<char>('0' + (byte >> shift & 7)); };
      literal += {'\\', digit(6), digit(3), digit(0)};  // three digits, whatever follows
    } else {
      literal += text[i];
    }
  }
  return literal + '"';
}

std::string c_comment(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string comment = "\"";
  for (const char c : printable(text, kMost)) {
    const char last = comment.back();
    // No */ or /*, which compilers warn of, and no trigraph.
    if ((last == '*' && c == '/') || (last == '/' && c == '*') || (last == '?' && c == '?')) comment += ' ';
    comment += c;
  }
  return comment + '"';
}

std::string c_list(std::span<const std::string> items) {
  constexpr std::size_t kWidth = 100, kIndent = 4;
  std::size_t total = 0;
  for (const auto& item : items) total += item.size() + 2;
  const bool one_line = total < kWidth / 2;
  std::string list = "{";
  std::size_t column = kWidth;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) list += ",";
    if (one_line) {
      list += i > 0 ? " " : "";
    } else if (column + items[i].size() > kWidth) {
      list += "\n" + std::string(kIndent, ' ');
      column = kIndent;
    } else {
      list += " ";
    }
    list += items[i];
    column += items[i].size() + 2;
  }
  return list + "}";
}
std::string c_list(std::span<const float> values) { return list_of(values); }
std::string c_list(std::span<const double> values) { return list_of(values); }

std::vector<std::string> c_identifiers(std::span<const std::string> texts, const std::string& taken) {
  std::set<std::string> used = {taken};
  std::vector<std::string> names;
  for (const auto& text : texts) {
    const std::string like = identifier_like(text);
    std::string name = like;
    for (int number = 2; !used.insert(name).second; ++number) name = like + "_" + std::to_string(number);
    names.push_back(name);
  }
  return names;
}

}  // namespace mlp
