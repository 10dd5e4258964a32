// The small text forms that layers, losses, optimizers and schedules are written in:
//   name   name(value)   name(key=value,key=value)
// Case is ignored, '-' reads as '_', and blanks around a part do not matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// The shortest text that reads back as exactly `value`.
std::string format_number(double value);

/// The finite number that is all of `text` (blanks around it aside); none for anything else.
std::optional<double> parse_number(std::string_view text);

/// The decimal digits that are all of `text` as a count; none for anything else or on overflow.
std::optional<std::size_t> parse_count(std::string_view text);

/// Without blanks at both ends.
std::string_view trim(std::string_view text);

/// Lower case, with '-' as '_'.
std::string fold(std::string_view text);

/// Whether two names are the same, ignoring case, '-' and '_': "LeakyReLU" is "leaky_relu".
bool same_name(std::string_view a, std::string_view b);

/// 'text' for a one-line message (see printable.h).
std::string quote(std::string_view text, char mark = '\'');

/// The parts between separators, those inside parentheses left alone: never empty, its parts may be. Stops
/// after `most` parts, the last of which then holds all the rest.
std::vector<std::string_view> split(std::string_view text, char separator, std::size_t most);

/// name(key=value,value): an argument without '=' has an empty key.
struct Call {
  struct Argument {
    std::string_view key;
    std::string_view value;
  };
  std::string_view name;
  std::vector<Argument> arguments;
};

/// The parts of `text`, which it points into; `kind` ("optimizer") is for messages. Throws UsageError.
Call parse_call(std::string_view kind, std::string_view text);

/// The range of a hyper-parameter. No range contains infinities or NaN.
class Range {
 public:
  static Range closed(double low, double high) { return {low, high, false, false}; }
  static Range right_open(double low, double high) { return {low, high, false, true}; }
  static Range left_open(double low, double high) { return {low, high, true, false}; }
  static Range above(double low);
  /// Above zero even as a float32, in which steps treat denormals as zero: [1.2e-38, 3.4e+38].
  static Range positive_float() { return closed(1.2e-38, 3.4e38); }
  static Range at_least(double low);

  bool contains(double value) const;
  /// "[0, 1)", "> 0", ">= 1".
  std::string to_string() const;

 private:
  Range(double low, double high, bool low_open, bool high_open)
      : low_(low), high_(high), low_open_(low_open), high_open_(high_open) {}

  double low_;
  double high_;
  bool low_open_;
  bool high_open_;
};

}  // namespace mlp
