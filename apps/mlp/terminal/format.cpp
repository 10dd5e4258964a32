#include "terminal/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

#include "mlp/printable.h"

namespace mlp::app {
namespace {

template <class T>
std::string shortest_text(T value) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string counted(std::uint64_t count, const std::string& noun) {
  return with_thousands(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string compact(double value) {
  const std::string text = mlp::compact(value, 6);
  return text.find('.') == std::string::npos ? grouped(text) : text;
}

std::string countdown(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e9) return "-";
  const auto whole = static_cast<long long>(std::llround(seconds));
  return whole < 60 ? std::to_string(whole) + " s" : duration(static_cast<double>(whole));
}

std::string local_time(std::filesystem::file_time_type time) {
  const auto since_epoch = std::chrono::file_clock::to_sys(time).time_since_epoch();
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts);
  return text.data();
}

std::string rate(double per_second) {
  if (!std::isfinite(per_second)) return "-";
  if (per_second < 1e3) return fixed(per_second, 0);
  if (per_second < 1e6) return significant(per_second / 1e3, 3) + " k";
  return significant(per_second / 1e6, 3) + " M";
}

std::string bytes(std::uint64_t count) {
  if (count < 1000) return std::to_string(count) + " B";
  if (count < 1000000) return fixed(static_cast<double>(count) / 1e3, 1) + " kB";
  return fixed(static_cast<double>(count) / 1e6, 1) + " MB";
}

std::string shortest(double value) { return shortest_text(value); }
std::string shortest(float value) { return shortest_text(value); }

namespace {

/// A byte of a character in UTF-8 that is not its first.
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  bool escape = false;
  for (const char c : text) {
    if (c == '\033') escape = true;
    if (!escape && !continues_character(c)) ++columns;
    if (c == 'm') escape = false;
  }
  return columns;
}

std::string shortened(const std::string& text, std::size_t columns) {
  constexpr std::string_view kDots = "...";
  if (columns_of(text) <= columns) return text;
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end) {
    if (!continues_character(text[end]) && kept++ == columns - kDots.size()) break;
  }
  return text.substr(0, end).append(kDots);
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " or ") + names[i];
  return text;
}

std::vector<std::string> flow(const std::vector<std::string>& items, const std::string& separator,
                              std::size_t width) {
  std::vector<std::string> lines;
  for (const auto& item : items) {
    if (lines.empty() || columns_of(lines.back()) + separator.size() + columns_of(item) > width) {
      if (!lines.empty()) lines.back() += separator.substr(0, separator.find_last_not_of(' ') + 1);
      lines.push_back(item);
    } else {
      lines.back() += separator + item;
    }
  }
  return lines;
}

std::string reason_of(const std::error_code& error) {
  if (error == std::errc::too_many_symbolic_link_levels) return "its symbolic links lead in a circle";
  if (error == std::errc::filename_too_long) return "the name is longer than the file system allows";
  return error.message();
}

std::string one_line(std::string_view text) { return printable(text, text.size()); }

namespace {

/// As bash, zsh and ksh read any bytes.
std::string in_ansi_c_quotes(const std::string& word) {
  std::string text = "$'";
  for (const char c : word) {
    const bool plain = c >= ' ' && c <= '~';
    if (!plain) {
      const auto byte = static_cast<unsigned char>(c);
      text += '\\';
      for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + (byte >> shift & 7));
      continue;
    }
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + '\'';
}

}  // namespace

std::string shell_text(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      text += word;
      continue;
    }
    if (one_line(word) != word) {
      text += in_ansi_c_quotes(word);
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

std::string path_text(const std::filesystem::path& path) {
  const std::string text = path.string();
  return one_line(text) == text ? text : shell_text({text});
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return flow(words, " ", width);
}

}  // namespace mlp::app
