// What a cell of a table holds: nothing, a number, or a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/utf8.h"

namespace mlp {

/// `text` without the blanks around it, or other characters that nobody sees (core/utf8.h).
inline std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return text.empty() || (is_ascii(text.front()) && is_ascii(text.back())) ? text : trim_invisible(text);
}

/// ASCII letters in lower case.
std::string lower_case(std::string_view text);

/// "none" in any case, or "-": missing among numbers, perhaps a category among texts.
bool is_none(std::string_view text);

enum class CellKind { kMissing, kNumber, kInfinite, kText };
struct CellValue {
  CellKind kind = CellKind::kMissing;
  double number = 0.0;  ///< where kind is kNumber
};

/// How cells are read, given the marks of a missing cell besides "", NA, N/A, NaN, null and ?, the decimal
/// mark where numbers may have a format (data/formatted_number.h), and which of the usual marks do not mark a
/// missing cell.
class CellRules {
 public:
  explicit CellRules(const std::vector<std::string>& missing = {}, std::optional<char> decimal = {},
                     const std::vector<std::string>& not_missing = {});

  /// `text` is trimmed. A number outside the range of doubles is kInfinite, too.
  CellValue read(std::string_view text) const;
  /// exact_number() of a cell that is a number.
  std::string exact(std::string_view text) const;
  std::optional<char> decimal() const { return decimal_; }
  /// Whether `text` marks a missing cell without having been named.
  bool is_usual_mark(std::string_view text) const;

 private:
  std::optional<double> number_in(std::string_view text) const;

  std::optional<char> decimal_;
  char mark_;                       // the decimal mark: decimal_, or a point
  std::vector<std::string> marks_;  // as the options give them
  std::vector<std::string> texts_;  // that do not mark a missing cell
  struct NumberMark {
    double number;
    std::string exact;
  };
  std::vector<NumberMark> number_marks_;  // the marks that are numbers: "-999" also stands for "-999.0"
};

}  // namespace mlp
