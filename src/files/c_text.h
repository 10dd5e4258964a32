// C as text: literals, comments and names, of whatever stands in a model. Names in data files may hold
// quotes, line breaks, trigraphs or the end of a comment.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// What the names in a C file begin with.
class CPrefix {
 public:
  /// Throws UsageError unless it is a letter, then letters, digits and underscores.
  explicit CPrefix(std::string prefix);

  /// `code` with the prefix in place of each @, and in capitals in place of each $: "@_predict", "$_INPUTS".
  std::string in(std::string_view code) const;

 private:
  std::string prefix_, capitals_;
};

/// The shortest literal that is this number again: "0.1f", "-2.0f", "1e-40f"; of a double without the f.
/// Throws std::invalid_argument unless it is finite.
std::string c_number(float value);
std::string c_number(double value);

/// A string literal, in ASCII whatever `text` holds. Throws DataError for a zero byte, which ends a C string.
std::string c_string(std::string_view text);

/// `text` in quotes, on one line, as it may stand in a comment; cut where it is long.
std::string c_comment(std::string_view text);

/// "{1.0f, 2.0f}", over several lines where it is long.
std::string c_list(std::span<const std::string> items);
std::string c_list(std::span<const float> values);
std::string c_list(std::span<const double> values);

/// A name for each text, as like it as an identifier can be: lower-case letters, digits and underscores. No
/// two are the same, and none is `taken`, a keyword of C or C++, or a common macro.
std::vector<std::string> c_identifiers(std::span<const std::string> texts, const std::string& taken);

}  // namespace mlp
