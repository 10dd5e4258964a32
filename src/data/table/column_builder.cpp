#include "data/table/column_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "data/cells/date.h"
#include "data/cells/formatted_number.h"
#include "data/cells/identifier_name.h"
#include "data/cells/text_count.h"
#include "data/numbers/exact_number.h"
#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr std::size_t kMaxTextBytes = 1000;  // of a category's name
constexpr std::size_t kFewCategories = 10;   // so few are categories however few rows there are

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kFiniteHint = "replace it by a finite number, or leave the cell empty";
constexpr const char* kDatesAdvice = "make columns of year, month or weekday of them";
constexpr const char* kTooManyHint = "is it the right column?";

Message missing_hint() {
  return "if it marks a missing cell, name it as such (" + Setting::kMissingMarks + ")";
}

// Whether a value occurs less than twice on average.
bool nearly_all_different(std::size_t distinct, std::size_t cells) {
  return distinct > kFewCategories && distinct > cells / 2;
}

// The first code like "01067": as many digits as the others, with a 0 in front that no amount has.
const std::string* find_code(std::span<const std::string> texts) {
  const std::string* code = nullptr;
  for (const auto& text : texts) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || text.size() < 2 || text.size() != texts.front().size()) return nullptr;
    if (is_code(text) && code == nullptr) code = &text;
  }
  return code;
}

std::string infinite_message(const std::string& place, std::string_view text) {
  return place + ": expected a finite number that fits a double, found " + in_quotes(text);
}

}  // namespace

void ColumnBuilder::add(std::string_view cell, const CellPlace& place) {
  const auto text = trimmed(cell);
  ++rows_;
  if (state_ == State::kNumbers) {
    add_number(text, place);
  } else if (state_ == State::kDictionary) {
    const auto index = dictionary_.find(text);
    if (index != Dictionary::kNone) {
      indices_.push_back(static_cast<std::uint16_t>(index));
    } else {
      add_to_dictionary(text, place);
    }
  } else if (text.size() <= kMaxTextBytes) {
    const auto kind = rules_->read(text).kind;
    missing_ += kind == CellKind::kMissing;
    number_cells_ += kind == CellKind::kNumber;
  }
}

void ColumnBuilder::add_number(std::string_view text, const CellPlace& place) {
  const auto cell = rules_->read(text);
  switch (cell.kind) {
    case CellKind::kMissing:
      note_missing(text);
      return numbers_.push_back(kNaN);
    case CellKind::kNumber:
      thousands_.add(text);
      return numbers_.push_back(cell.number);
    case CellKind::kInfinite:
      throw FileError(infinite_message(place.text(), text), kFiniteHint);
    case CellKind::kText:
      if (is_none(text)) {
        note_none(text);
        return numbers_.push_back(kNaN);
      }
      note_first_text(text, place.text());
      return turn_into_text_among_numbers();
  }
}

// Adds a text that is not in the dictionary yet. (Missing cells never are: NaN has endlessly many spellings.)
void ColumnBuilder::add_to_dictionary(std::string_view text, const CellPlace& place) {
  const auto cell = rules_->read(text);
  if (cell.kind == CellKind::kMissing) {
    note_missing(text);
    return indices_.push_back(kMissingIndex);
  }
  if (text.size() > kMaxTextBytes) {
    const std::string most = std::to_string(kMaxTextBytes) + " bytes";
    return turn_into_text("a text of more than " + most,
                          FileError(place.text() + ": expected a category's name of at most " + most +
                                        ", found " + in_quotes(text),
                                    kTooManyHint));
  }
  if (cell.kind == CellKind::kText && is_none(text)) {
    ++different_nones_;
    note_none(text);
  } else if (cell.kind == CellKind::kText) {
    if (different_texts_++ == 0) note_first_text(text, place.text());
  } else {
    ++different_numbers_;
    thousands_.add(text);
    if (cell.kind == CellKind::kInfinite && infinite_.empty())
      infinite_ = infinite_message(place.text(), text);
  }
  indices_.push_back(static_cast<std::uint16_t>(dictionary_.add(text)));
  spelled_.push_back(cell.kind == CellKind::kNumber ? cell.number : kNaN);
  // With so many different numbers a column is not categorical, and neither is a target.
  if (!role_.categorical && different_numbers_ > std::min(role_.max_categories, kMaxForcedCategories))
    return different_texts_ == 0 ? turn_into_numbers() : turn_into_text_among_numbers();
  if (distinct_in_dictionary() <= max_categories()) return;
  const std::string most = "more than " + std::to_string(max_categories()) + " different ";
  const Message formatted = formatted_reason(number_share());
  mixed_reason_ = mixed_reason();
  turn_into_text(
      most + "texts" +
          (!formatted.empty() ? "; " + formatted
           : holds_dates()    ? std::string("; dates or times: ") + kDatesAdvice
                              : ""),
      FileError(place.text() + ": " + most + "categories", formatted.empty() ? kTooManyHint : formatted));
}

bool ColumnBuilder::holds_numbers() const {
  return different_texts_ == 0 && (different_numbers_ > 0 || different_nones_ == 0) && !role_.categorical;
}

std::size_t ColumnBuilder::distinct_in_dictionary() const {
  return different_numbers_ + different_texts_ + (different_texts_ > 0 ? different_nones_ : 0);
}

void ColumnBuilder::note_missing(std::string_view text) {
  ++missing_;
  if (role_.target && !text.empty() && rules_->is_usual_mark(text)) count_text(missing_marks_, text);
}

void ColumnBuilder::note_none(std::string_view text) {
  if (first_none_.empty()) first_none_ = in_quotes(text);
}

void ColumnBuilder::note_codes() {
  if (const auto* code = find_code(dictionary_.texts()); code != nullptr && !role_.target)
    code_ = in_quotes(*code);
}

void ColumnBuilder::note_first_text(std::string_view text, std::string place) {
  first_text_ = in_quotes(text);
  first_text_place_ = std::move(place);
  first_text_row_ = rows_;
  first_text_hint_ = formatted_number_hint(std::array{std::string(text)}, rules_->decimal());
  if (first_text_hint_.empty()) first_text_hint_ = missing_hint();
}

std::size_t ColumnBuilder::max_categories() const {
  return role_.categorical || role_.target ? kMaxForcedCategories
                                           : std::min(role_.max_categories, kMaxForcedCategories);
}

void ColumnBuilder::turn_into_numbers() {
  if (!infinite_.empty()) throw FileError(infinite_, kFiniteHint);
  note_codes();
  indices_.for_each(
      [&](std::uint16_t index) { numbers_.push_back(index == kMissingIndex ? kNaN : spelled_[index]); });
  indices_ = {};
  dictionary_ = {};
  spelled_ = {};
  state_ = State::kNumbers;
}

ColumnBuilder::NumberShare ColumnBuilder::number_share() const {
  const auto& texts = dictionary_.texts();
  enum class Kind { kNumber, kFormatted, kOther, kNone };
  std::vector<Kind> kinds;
  std::vector<std::string> like_numbers;
  NumberShare share;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const bool number = !std::isnan(spelled_[i]);
    kinds.push_back(number                        ? Kind::kNumber
                    : is_none(texts[i])           ? Kind::kNone
                    : has_number_format(texts[i]) ? Kind::kFormatted
                                                  : Kind::kOther);
    if (kinds.back() == Kind::kFormatted && share.example.empty()) share.example = in_quotes(texts[i]);
    if (number || kinds.back() == Kind::kFormatted) like_numbers.push_back(texts[i]);
  }
  if (like_numbers.empty()) return share;
  share.hint = formatted_number_hint(like_numbers, rules_->decimal());
  if (share.hint.empty()) std::ranges::replace(kinds, Kind::kFormatted, Kind::kOther);
  share.different = like_numbers.size();
  indices_.for_each([&](std::uint16_t index) {
    if (index == kMissingIndex) return;
    share.numbers += kinds[index] == Kind::kNumber;
    share.formatted += kinds[index] == Kind::kFormatted;
    share.others += kinds[index] == Kind::kOther;
  });
  return share;
}

std::size_t ColumnBuilder::count_numbers() const {
  std::size_t count = 0;
  indices_.for_each(
      [&](std::uint16_t index) { count += index != kMissingIndex && !std::isnan(spelled_[index]); });
  numbers_.for_each([&](double number) { count += !std::isnan(number); });
  return count;
}

Message ColumnBuilder::mixed_reason() const {
  const auto hint = formatted_number_hint(dictionary_.texts(), rules_->decimal());
  return first_text_ + " among numbers (" + first_text_place_ +
         "): " + (hint.empty() ? first_text_hint_ : hint);
}

// The reason where all or nearly all cells are formatted numbers, none of them read as a number.
Message ColumnBuilder::formatted_reason(const NumberShare& share) const {
  if (different_numbers_ > 0 || share.formatted == 0 || !share.nearly_all()) return {};
  return (share.others == 0 ? first_text_ + " (" + first_text_place_ + ") and the others"
                            : share.example + " and nearly all others") +
         " are numbers with a format: " + share.hint;
}

bool ColumnBuilder::holds_dates() const {
  return !role_.target && different_numbers_ == 0 && different_texts_ > 0 &&
         std::ranges::all_of(dictionary_.texts(),
                             [](const auto& text) { return is_date_or_time(text) || is_none(text); });
}

void ColumnBuilder::turn_into_text_among_numbers() {
  mixed_reason_ = mixed_reason();
  turn_into_text("more than " + std::to_string(max_categories()) + " different texts",
                 FileError(first_text_place_ + ": expected a number as in other rows, found " + first_text_,
                           first_text_hint_ == missing_hint()
                               ? first_text_hint_ + "; if its line is one of totals, delete it"
                               : first_text_hint_));
}

void ColumnBuilder::turn_into_text(Message reason, const FileError& refusal) {
  if (role_.categorical || role_.target) throw refusal;
  text_reason_ = std::move(reason);
  number_cells_ = count_numbers();
  indices_ = {};
  dictionary_ = {};
  spelled_ = {};
  numbers_ = {};
  state_ = State::kText;
}

Column ColumnBuilder::finish() {
  Column column;
  column.type.name = name_;
  column.missing = missing_;
  column.missing_marks = std::move(missing_marks_);
  switch (state_) {
    case State::kDictionary:
      if (holds_numbers()) {
        finish_few_numbers(column);
      } else {
        finish_texts(column);
      }
      break;
    case State::kNumbers:
      column.numbers = numbers_.take(std::identity{});
      break;
    case State::kText:
      column.type.kind = ColumnKind::kText;
      column.note =
          2 * number_cells_ > rows_ - missing_ && !mixed_reason_.empty() ? mixed_reason_ : text_reason_;
  }
  if (!column.note.empty() && different_numbers_ > 0 && first_text_row_ == rows_ &&
      first_text_hint_ == missing_hint())
    column.note += "; is the last line one of totals? then delete it";
  if (column.type.kind != ColumnKind::kNumeric) return column;
  column.missing = static_cast<std::size_t>(
      std::ranges::count_if(column.numbers, [](double number) { return std::isnan(number); }));
  column.note = number_note();
  const std::size_t present = rows_ - column.missing;
  if (!role_.target && named_like_identifier(name_) && 5 * column.distinct.value_or(present) >= 2 * present &&
      std::ranges::all_of(column.numbers, [](double x) { return std::isnan(x) || x == std::trunc(x); })) {
    column.identifier = true;
    column.note = nearly_all_different(column.distinct.value_or(present), present)
                      ? "whole numbers, named like an identifier and nearly all different"
                      : "whole numbers, named like an identifier, most of them in one or two rows";
  }
  return column;
}

Message ColumnBuilder::number_note() const {
  if (auto note = thousands_.note(); !note.empty() && !rules_->decimal()) return note;
  if (!first_none_.empty()) return first_none_ + " taken as missing, since all other cells are numbers";
  if (!code_.empty())
    return code_ + " has a 0 in front, as codes have: if they are no amounts, " +
           Remedy{Setting::kCategorical, {name_}};
  return {};
}

void ColumnBuilder::finish_few_numbers(Column& column) {
  if (!infinite_.empty()) throw FileError(infinite_, kFiniteHint);
  note_codes();
  // The dictionary without "none" and "-".
  std::vector<std::string> texts, keys;
  std::vector<double> numbers;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < spelled_.size(); ++i) {
    if (std::isnan(spelled_[i])) continue;
    const auto& text = dictionary_.texts()[i];
    texts.push_back(text);
    keys.push_back(is_code(text) ? text : rules_->exact(text));
    numbers.push_back(spelled_[i]);
    places.push_back(i);
  }
  auto sorted = numbers;
  std::ranges::sort(sorted);
  column.distinct = static_cast<std::size_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
  column.type.zero_one = column.distinct == 2 && sorted[0] == 0 && sorted[1] == 1;
  const auto number_of = [&](std::uint16_t index) { return index == kMissingIndex ? kNaN : spelled_[index]; };
  if (role_.target) {
    column.numbers.reserve(rows_);
    indices_.for_each([&](std::uint16_t index) { column.numbers.push_back(number_of(index)); });
    const auto categories = number_categories(texts, numbers, keys);
    std::vector<std::int32_t> code_of(spelled_.size(), Column::kMissing);
    for (std::size_t i = 0; i < places.size(); ++i) code_of[places[i]] = categories.code_of[i];
    categorize(column, {categories.names, code_of});
  } else {
    column.numbers = indices_.take(number_of);
  }
}

void ColumnBuilder::finish_texts(Column& column) {
  const auto& texts = dictionary_.texts();
  const std::size_t present = rows_ - missing_;
  column.distinct = texts.size();
  column.type.kind = ColumnKind::kCategorical;
  if (role_.categorical) {
    const bool numbers = different_texts_ == 0 && infinite_.empty();
    return categorize(column, numbers ? number_categories(texts, spelled_) : text_categories(texts));
  }
  if (auto categories = boolean_categories(texts)) {
    column.type.kind = ColumnKind::kBoolean;
    column.distinct = 2;
    return categorize(column, std::move(*categories));
  }
  const bool dates = holds_dates();
  const auto share = number_share();
  column.note = formatted_reason(share);
  if (different_numbers_ > 0 && (share.mostly_read() || share.nearly_all())) column.note = mixed_reason();
  if (role_.target || !nearly_all_different(texts.size(), present)) {
    column.perhaps_numeric =
        share.nearly_all_read() || (!column.note.empty() && share.different > kFewCategories);
    if (dates)
      column.note = std::string("dates or times, and new ones are unknown when predicting: ") + kDatesAdvice +
                    ", or leave the column out (" + Remedy{Setting::kIgnore, {name_}} + ")";
    return categorize(column, text_categories(texts));
  }
  column.type.kind = ColumnKind::kText;
  column.identifier = true;
  column.perhaps_numeric = !column.note.empty();
  if (column.note.empty())
    column.note = std::to_string(texts.size()) + " different texts in " + std::to_string(present) + " cells" +
                  (dates ? std::string("; dates or times: ") + kDatesAdvice : "");
}

void ColumnBuilder::categorize(Column& column, Categories categories) {
  column.codes = indices_.take([&](std::uint16_t index) {
    return index == kMissingIndex ? Column::kMissing : categories.code_of[index];
  });
  column.type.categories = std::move(categories.names);
}

}  // namespace mlp
