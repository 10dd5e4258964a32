// Messages and the library's own words for what they advise, see mlp/message.h.
#include "mlp/message.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "mlp/printable.h"

namespace mlp {

namespace {

/// What a C++ program calls it. A setting that several structs have goes without the struct's name.
std::string name_of(Setting setting) {
  switch (setting) {
    case Setting::kMissingMarks:
      return "TableOptions::missing";
    case Setting::kNotMissing:
      return "TableOptions::not_missing";
    case Setting::kDecimal:
      return "TableOptions::decimal";
    case Setting::kDelimiter:
      return "TableOptions::delimiter";
    case Setting::kNoHeader:
      return "TableOptions::header = false";
    case Setting::kIgnore:
      return "TableOptions::ignore";
    case Setting::kCategorical:
      return "TableOptions::categorical";
    case Setting::kTargets:
      return "TableDataOptions::targets";
    case Setting::kTask:
      return "task";
    case Setting::kValidation:
      return "validation_fraction";
    case Setting::kSeed:
      return "seed";
    case Setting::kLabels:
      return "ImageFiles::labels";
    case Setting::kTestImages:
      return "ImageFiles::test_images";
    case Setting::kTestLabels:
      return "ImageFiles::test_labels";
    case Setting::kDataDirectory:
      return "DataSource::directories";
    case Setting::kDataset:
      return "the data set";
    case Setting::kThreads:
      return "threads";
  }
  return {};
}

/// A number or a word as it is, anything else in quotes.
std::string value_text(const std::string& value) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const bool plain = value.find_first_of(kLetters) != std::string::npos &&
                     value.find_first_not_of(std::string(kLetters) + "+-._") == std::string::npos;
  return plain ? printable(value) : "'" + printable(value) + "'";
}

}  // namespace

std::vector<Setting> all_settings() {
  std::vector<Setting> settings;
  for (int i = 0; i <= static_cast<int>(Setting::kThreads); ++i) settings.push_back(static_cast<Setting>(i));
  return settings;
}

Message::Message(std::string text) {
  if (!text.empty()) parts_.emplace_back(std::move(text));
}

Message& Message::operator+=(const Message& more) {
  const std::vector<Part> added = more.parts_;  // `more` may be *this
  for (const auto& part : added) {
    const auto* text = std::get_if<std::string>(&part);
    auto* last = parts_.empty() ? nullptr : std::get_if<std::string>(&parts_.back());
    if (text != nullptr && last != nullptr) {
      *last += *text;
    } else {
      parts_.push_back(part);
    }
  }
  return *this;
}

Message operator+(Message left, const Message& right) {
  left += right;
  return left;
}

std::string library_words(const Remedy& remedy) {
  const auto& [setting, values] = remedy;
  if (values.empty()) return name_of(setting);
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : ", ") + value_text(value);
  if (setting == Setting::kDataset) return name_of(setting) + " " + list;
  return name_of(setting) + " = " + (values.size() > 1 ? "{" + list + "}" : list);
}

std::string in_words(const Message& message, const Vocabulary& vocabulary) {
  std::string words;
  for (const auto& part : message.parts()) {
    if (const auto* text = std::get_if<std::string>(&part)) {
      words += *text;
    } else {
      words += vocabulary(std::get<Remedy>(part));
    }
  }
  return words;
}

}  // namespace mlp
