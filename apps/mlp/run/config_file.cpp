#include "run/config_file.h"

#include <algorithm>
#include <cstdint>
#include <fstream>

#include "mlp/error.h"
#include "mlp/printable.h"

namespace mlp::app {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

constexpr std::string_view kSpace = " \t";

/// Reads one line from left to right.
class LineReader {
 public:
  LineReader(std::string_view text, const std::string& name, int line)
      : rest_(text), name_(name), line_(line) {}

  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size())); }
  bool at_end() {
    skip_space();
    return rest_.empty() || rest_.front() == '#';
  }

  std::string key() {
    if (rest_.front() == '[') fail("found a table header; only 'key = value' lines are expected");
    if (rest_.front() == '"' || rest_.front() == '\'') return string();
    const std::string text = bare("_-");
    if (text.empty()) fail("expected a key, found '" + printable(rest_) + "'");
    return text;
  }

  void equals() {
    skip_space();
    if (rest_.empty() || rest_.front() != '=') fail("expected '=' after the key");
    rest_.remove_prefix(1);
    skip_space();
  }

  bool at_array() const { return !rest_.empty() && rest_.front() == '['; }

  std::vector<std::string> values() {
    if (!at_array()) return {value()};
    std::vector<std::string> all;
    for (bool first = true;; first = false) {
      rest_.remove_prefix(1);  // '[' or ','
      skip_space();
      if (first && !rest_.empty() && rest_.front() == ']') break;
      all.push_back(value());
      skip_space();
      if (rest_.empty() || (rest_.front() != ',' && rest_.front() != ']')) {
        fail("expected ',' or ']' in the array");
      }
      if (rest_.front() == ']') break;
    }
    rest_.remove_prefix(1);
    return all;
  }

  std::string value() {
    if (at_end()) fail("expected a value after '='");
    if (rest_.front() == '"' || rest_.front() == '\'') return string();
    std::string text = bare("_-+.");
    const bool ends = rest_.empty() || kSpace.find(rest_.front()) != std::string_view::npos ||
                      std::string_view("#,]").find(rest_.front()) != std::string_view::npos;
    if (text.empty() || !ends) fail("expected a quoted string, a number, true or false");
    if (text != "true" && text != "false" && !std::isdigit(static_cast<unsigned char>(text.back())) &&
        text.back() != '.') {
      fail("expected a quoted string, a number, true or false, found " + printable(text) +
           " (strings need quotes)");
    }
    std::erase(text, '_');  // 60_000
    return text;
  }

  void end() {
    if (!at_end()) fail("expected the end of the line, found '" + printable(rest_) + "'");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(name_ + ":" + std::to_string(line_) + ": " + what,
                    "lines look like: epochs = 30, or: loss = \"huber(0.5)\"");
  }

 private:
  std::string bare(std::string_view punctuation) {
    std::size_t length = 0;
    while (length < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[length])) ||
                                     punctuation.find(rest_[length]) != std::string_view::npos)) {
      ++length;
    }
    const std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

  std::string string() {
    const char quote = rest_.front();
    std::string text;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != quote) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\' && quote == '"') {
        escape(text);
      } else {
        text += c;
      }
    }
    if (rest_.empty()) fail("the string has no closing quote");
    rest_.remove_prefix(1);
    return text;
  }

  void escape(std::string& text) {
    if (rest_.empty()) fail("the string has no closing quote");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    static constexpr std::string_view kNames = "btnfr\"\\";
    static constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
    if (const auto found = kNames.find(c); found != std::string_view::npos) {
      text += kMeanings[found];
    } else if (c == 'u' || c == 'U') {
      append_utf8(text, hexadecimal(c == 'u' ? 4 : 8));
    } else {
      fail("unknown escape \\" + printable({&c, 1}) + " (a backslash itself is \\\\)");
    }
  }

  std::uint32_t hexadecimal(std::size_t digits) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      static constexpr std::string_view kDigits = "0123456789abcdef";
      const auto digit =
          rest_.empty()
              ? std::string_view::npos
              : kDigits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(rest_.front()))));
      if (digit == std::string_view::npos) fail("expected " + std::to_string(digits) + " hexadecimal digits");
      code = code * 16 + static_cast<std::uint32_t>(digit);
      rest_.remove_prefix(1);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) fail("the escape is no Unicode character");
    return code;
  }

  static void append_utf8(std::string& text, std::uint32_t code) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (code < 0x80) {
      text += byte(code);
    } else if (code < 0x800) {
      text += {byte(0xc0 | code >> 6), byte(0x80 | (code & 0x3f))};
    } else if (code < 0x10000) {
      text += {byte(0xe0 | code >> 12), byte(0x80 | (code >> 6 & 0x3f)), byte(0x80 | (code & 0x3f))};
    } else {
      text += {byte(0xf0 | code >> 18), byte(0x80 | (code >> 12 & 0x3f)), byte(0x80 | (code >> 6 & 0x3f)),
               byte(0x80 | (code & 0x3f))};
    }
  }

  std::string_view rest_;
  const std::string& name_;
  int line_;
};

}  // namespace

std::vector<ConfigEntry> parse_config(std::string_view text, const std::string& name) {
  std::vector<ConfigEntry> entries;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);

    LineReader reader(content, name, line);
    if (reader.at_end()) continue;
    ConfigEntry entry{.key = reader.key(), .values = {}, .is_array = false, .line = line};
    reader.equals();
    entry.is_array = reader.at_array();
    entry.values = reader.values();
    reader.end();
    const auto same = [&](const ConfigEntry& other) { return other.key == entry.key; };
    if (std::any_of(entries.begin(), entries.end(), same))
      reader.fail("'" + printable(entry.key) + "' is given twice");
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<ConfigEntry> read_config(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error && error != std::errc::no_such_file_or_directory) {
    throw FileError("cannot read " + path.string() + ": " + error.message());
  }
  if (!std::filesystem::exists(status)) throw FileError("cannot read " + path.string() + ": no such file");
  if (std::filesystem::is_directory(status)) {
    throw FileError("cannot read " + path.string() + ": it is a folder", "name the config.toml inside it");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw FileError("cannot read " + path.string() + ": it cannot be opened", "check its permissions");
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw FileError("cannot read " + path.string());
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes)
    throw FileError(path.string() + " is larger than 1 MiB: this is no config file");
  return parse_config(text, path.string());
}

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (code < 0x20 || code == 0x7f) {
      static constexpr std::string_view kDigits = "0123456789abcdef";
      result += {'\\', 'u', '0', '0', kDigits[code >> 4], kDigits[code & 15]};
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string toml_array(const std::vector<std::string>& texts) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : ", ") + toml_string(text);
  return "[" + result + "]";
}

}  // namespace mlp::app
