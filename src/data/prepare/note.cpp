// What notes say, see mlp/note.h.
#include "mlp/note.h"

#include <algorithm>

#include "core/counted.h"
#include "core/overloaded.h"
#include "data/arrays/array.h"
#include "data/cells/text_count.h"
#include "network/text.h"

namespace mlp {

namespace {

constexpr const char* kNumbersTheRows = "whole numbers, each one more than above: they number the rows";

/// The reason for several columns; it stands before their names.
std::string reason_of_many(ColumnFinding finding) {
  switch (finding) {
    case ColumnFinding::kConstant:
      return "one value in every training row";
    case ColumnFinding::kNoValue:
      return "no value in the training rows";
    case ColumnFinding::kText:
      return "text";
    case ColumnFinding::kFormatted:
      return "numbers with a format";
    case ColumnFinding::kIdentifier:
      return "identifiers, whole numbers and nearly all different";
    case ColumnFinding::kRowNumber:
      return kNumbersTheRows;
    case ColumnFinding::kBoolean:
      return "boolean";
    case ColumnFinding::kCategorical:
      return "categories";
    case ColumnFinding::kOfManyInputs:
      return "categories, each an input of its own";
    case ColumnFinding::kNumeric:
      return "numeric";
    case ColumnFinding::kClasses:
      return "classes";
    case ColumnFinding::kApart:
      return "numbers far from all others";
  }
  return {};
}

/// Of columns whose numbers could have been read: all are named, and what would read the first.
Message text_of_formatted(const std::vector<NotedColumn>& columns) {
  constexpr std::size_t kShown = 12;
  std::string names;
  for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i)
    names += (i > 0 ? ", " : "") + quote(columns[i].name);
  if (columns.size() > kShown) names += " and " + std::to_string(columns.size() - kShown) + " more";
  return std::to_string(columns.size()) + " columns left out that are numbers with a format: " + names +
         "; in the first, " + columns.front().detail;
}

Message text_of(const ColumnsNote& note) {
  constexpr std::size_t kShown = 3;
  const auto& [finding, columns] = note;
  const bool apart = finding == ColumnFinding::kApart;
  const std::string what = is_left_out(finding) ? " left out: " : apart ? ": " : " taken as ";
  if (columns.size() == 1)
    return "column " + quote(columns.front().name) + what + reason(finding, columns.front());
  if (finding == ColumnFinding::kFormatted) return text_of_formatted(columns);
  Message text = std::to_string(columns.size()) + " columns" + (apart ? " with " : what) +
                 reason_of_many(finding) + ": ";
  for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i) {
    const auto& [name, detail] = columns[i];
    text += (i > 0 ? ", " : "") + quote(name);
    if (!detail.empty() && finding != ColumnFinding::kIdentifier) text += " (" + detail + ")";
  }
  if (columns.size() > kShown) text += " and " + std::to_string(columns.size() - kShown) + " more";
  return text;
}

/// Which marks were taken for a missing class although they may be one: Namibia's code is NA.
Message kept_as_class(const std::vector<TextCount>& marks) {
  if (marks.empty()) return {};
  return "; taken for a missing value: " + listed(marks) + ", kept as a class by " +
         Remedy{Setting::kNotMissing, {marks.front().text}};
}

Message text_of(const RowsLeftOut& note) {
  std::string names;
  for (const auto& target : note.targets) names += (names.empty() ? "" : ", ") + quote(target);
  return (note.table.empty() ? "" : note.table + ": ") + std::to_string(note.rows) + " of " +
         std::to_string(note.of) + " rows left out: no value in " + names + kept_as_class(note.marks);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

Message text_of(const InputsInUnits& note) {
  const auto& [inputs, first, origin] = note;
  const bool several = inputs > 1;
  return "input " + std::to_string(first) +
         (several ? " and " + std::to_string(inputs - 1) + " more are" : " is") + " counted from " +
         (several ? "numbers such as " : "") + format_number(origin) + ", as floats could not tell " +
         (several ? "their" : "its") + " numbers apart";
}

}  // namespace

bool is_left_out(ColumnFinding finding) { return finding <= ColumnFinding::kRowNumber; }

Message reason(ColumnFinding finding, const NotedColumn& column) {
  const Message& detail = column.detail;
  switch (finding) {
    case ColumnFinding::kConstant:
      return detail + " in every training row";
    case ColumnFinding::kNoValue:
      return "no value in the training rows";
    case ColumnFinding::kText:
      return "text (" + detail + ")";
    case ColumnFinding::kRowNumber:
      return kNumbersTheRows;
    case ColumnFinding::kBoolean:
      return "boolean: " + detail;
    case ColumnFinding::kNumeric:
      return "numeric: " + detail;
    case ColumnFinding::kClasses:
      return "classes: " + detail;
    case ColumnFinding::kOfManyInputs:
      return detail + " categories, each an input of its own";
    case ColumnFinding::kFormatted:
    case ColumnFinding::kIdentifier:
    case ColumnFinding::kCategorical:
    case ColumnFinding::kApart:
      return detail;
  }
  return {};
}

Message message_of(const Note& note) {
  return std::visit(
      Overloaded{
          [](const RowsLeftOut& n) { return text_of(n); },
          [](const IncompleteRows& n) -> Message {
            return std::to_string(n.rows) + " of " + std::to_string(n.of) + " rows left out: no value for " +
                   joined(n.columns);
          },
          [](const SingleRowClasses& n) -> Message {
            return "column " + quote(n.column) + ": class " + quote(n.first) +
                   (n.classes > 1 ? " and " + std::to_string(n.classes - 1) + " more have" : " has") +
                   " a single row, which is trained on and never tested";
          },
          [](const TargetCountsRows& n) -> Message {
            return "column " + quote(n.column) +
                   " counts the rows, like an identifier: is it the right target?";
          },
          [](const FewNumbers& n) -> Message {
            return "column " + quote(n.column) + ": " + std::to_string(n.numbers) +
                   " different numbers, predicted as numbers; as classes with " +
                   Remedy{Setting::kTask, {"classification"}};
          },
          [](const ZeroOneClasses& n) -> Message {
            return "column " + quote(n.column) + ": 0 and 1, predicted as two classes; as numbers with " +
                   Remedy{Setting::kTask, {"regression"}};
          },
          [](const ColumnsNote& n) { return text_of(n); },
          [](const FilesLeftOut& n) -> Message {
            return counted(n.files, "file") + " not called .png left out: " + printable(n.first) +
                   (n.files > 1 ? ", ..." : "");
          },
          [](const ImagesScaled& n) -> Message {
            return counted(n.images, "image") + " of another size scaled to " + std::to_string(n.width) +
                   " x " + std::to_string(n.height);
          },
          [](const TestRowsDrawn& n) -> Message {
            return std::to_string(n.rows) + " of " + std::to_string(n.of) + " rows drawn by seed to test on";
          },
          [](const ArraysNotUsed& n) -> Message { return "not used: " + joined(n.names); },
          [](const OneHotTargets& n) -> Message {
            return n.array + ": " + kOneHot + ", and is predicted as so many numbers; " + kFromOneHot +
                   " makes classes of them";
          },
          [](const InputsInUnits& n) { return text_of(n); },
          [](const RowsNotImages& n) -> Message {
            return "rows of " + shape_text(n.shape) +
                   " are taken as so many numbers, not as images, which have one channel (N x H x W)";
          },
          [](const OutputLayerDrawn&) -> Message {
            return "the model that training starts from has other classes or targets: the output layer "
                   "starts anew";
          },
          [](const TestRowsPerhapsLearned& n) -> Message {
            return "the model that training starts from was trained on " + quote(n.dataset) +
                   ", too, and drew other test rows: it may have learned from these; the same are drawn by " +
                   Remedy{Setting::kSeed, {std::to_string(n.seed)}};
          },
          [](const UntrainedClasses& n) -> Message {
            return (n.classes > 1 ? std::to_string(n.classes) + " classes occur" : "a class occurs") +
                   std::string(" in the test rows only: ") + listed(n.first) +
                   (n.classes > n.first.size() ? ", ..." : "");
          }},
      note);
}

std::string in_words(const Note& note, const Vocabulary& vocabulary) {
  return in_words(message_of(note), vocabulary);
}

std::vector<std::string> in_words(std::span<const Note> notes, const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  for (const auto& note : notes) words.push_back(in_words(note, vocabulary));
  return words;
}

}  // namespace mlp
