#include "present/report_notes.h"

#include <algorithm>
#include <functional>

#include "cli/option_words.h"
#include "mlp/printable.h"
#include "present/train_result.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

/// The notes that say the same of several columns, as one: "3 columns are left out: a, b, c".
void add_together(const std::vector<ReportFact>& columns, const std::string& what, const std::string& between,
                  std::vector<ReportNote>& notes) {
  constexpr std::size_t kMostNames = 8;
  if (columns.empty()) return;
  if (columns.size() == 1) {
    notes.push_back({"column '" + columns[0].label + "' " + between + " " + columns[0].value});
    return;
  }
  ReportNote note{with_thousands(columns.size()) + " columns " + what + ": "};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i < kMostNames) note.text += (i == 0 ? "" : ", ") + columns[i].label;
    note.details.push_back(columns[i].label + ": " + columns[i].value);
  }
  if (columns.size() > kMostNames)
    note.text += " and " + with_thousands(columns.size() - kMostNames) + " more";
  notes.push_back(std::move(note));
}

}  // namespace

std::string with_names(std::string text, const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> longest_first = paths;
  std::ranges::stable_sort(longest_first, std::ranges::greater{},
                           [](const auto& path) { return path.string().size(); });
  for (const auto& path : longest_first) {
    const std::string whole = path.string(), name = path.filename().string();
    if (name.empty()) continue;
    for (std::size_t at = 0; (at = text.find(whole, at)) != std::string::npos; at += name.size())
      text.replace(at, whole.size(), name);
  }
  return text;
}

std::vector<ReportNote> report_notes(const RunSummary& run, const Trained& trained) {
  const auto shown = [&](const Message& message) {
    return with_names(in_words(message, option_words), run.data_files);
  };
  std::vector<ReportFact> left_out, taken_as;
  std::vector<ReportNote> others;
  for (const auto& note : run.data.notes) {
    const auto* of_columns = std::get_if<ColumnsNote>(&note);
    if (of_columns == nullptr || of_columns->finding == ColumnFinding::kApart) {
      others.push_back({shown(message_of(note))});
      continue;
    }
    const auto& [finding, columns] = *of_columns;
    for (const auto& column : columns)
      (is_left_out(finding) ? left_out : taken_as)
          .push_back({printable(column.name), shown(reason(finding, column))});
  }
  std::vector<ReportNote> notes;
  for (const auto& note : {weights_note(run), overfitting_note(run, trained)}) {
    if (!note.empty()) notes.push_back({note});
  }
  notes.insert(notes.end(), others.begin(), others.end());
  add_together(taken_as, "may be meant otherwise than they are taken", "taken as", notes);
  add_together(left_out, "are left out", "left out:", notes);
  return notes;
}

}  // namespace mlp::app
