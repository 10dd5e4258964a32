#include "data/cells/cell.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "data/cells/formatted_number.h"
#include "data/numbers/exact_number.h"
#include "data/numbers/numbers.h"

namespace mlp {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool is_none(std::string_view text) {
  return text == "-" || (text.size() == 4 && lower_case(text) == "none");
}

CellRules::CellRules(const std::vector<std::string>& missing, std::optional<char> decimal,
                     const std::vector<std::string>& not_missing)
    : decimal_(decimal), mark_(decimal.value_or('.')) {
  for (const auto& mark : missing) {
    const auto text = trimmed(mark);
    marks_.emplace_back(text);
    if (const auto number = number_in(text)) {
      number_marks_.push_back({*number, exact(text)});
    } else if (const auto plain = parse_double(text)) {  // "-999.9" for -999,9, as notes write it
      number_marks_.push_back({*plain, exact_number(std::string(text))});
    }
  }
  for (const auto& text : not_missing) texts_.emplace_back(trimmed(text));
}

std::optional<double> CellRules::number_in(std::string_view text) const {
  return decimal_ ? parse_formatted(text, *decimal_) : parse_double(text);
}

CellValue CellRules::read(std::string_view text) const {
  CellValue cell{CellKind::kNumber};
  if (!parse_simple_decimal(text, cell.number, mark_)) {
    const auto number = number_in(text);
    if (!number || std::isnan(*number)) {
      const bool missing = is_usual_mark(text) || std::ranges::find(marks_, text) != marks_.end();
      return {missing ? CellKind::kMissing : CellKind::kText};
    }
    cell = {std::isfinite(*number) ? CellKind::kNumber : CellKind::kInfinite, *number};
  }
  for (const auto& mark : number_marks_)
    if (cell.number == mark.number && exact(text) == mark.exact) return {CellKind::kMissing};
  return cell;
}

std::string CellRules::exact(std::string_view text) const {
  return exact_number(decimal_ ? plain_number(text, *decimal_) : std::string(text));
}

bool CellRules::is_usual_mark(std::string_view text) const {
  constexpr std::array<std::string_view, 5> kWords = {"na", "n/a", "#n/a", "nan", "null"};
  const auto named_in = [&](const auto& texts) { return std::ranges::find(texts, text) != texts.end(); };
  if (named_in(marks_) || named_in(texts_)) return false;
  if (text.empty() || text == "?") return true;
  if (const auto number = number_in(text)) return std::isnan(*number);
  return text.size() <= 4 && std::ranges::find(kWords, lower_case(text)) != kWords.end();
}

}  // namespace mlp
