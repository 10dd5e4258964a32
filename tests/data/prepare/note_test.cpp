// Notes are values that are put into words last.
#include "mlp/note.h"

#include <gtest/gtest.h>

#include "data/table/table_text.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::table_of;

/// Names as a Python program might use.
std::string python_words(const Remedy& remedy) {
  std::string text = remedy.setting == Setting::kTask ? "task=" : "na_values=";
  for (const auto& value : remedy.values) text += value;
  return text;
}

DataSplit split(const std::string& text, const std::string& target) {
  return split_table(table_of(text, {.targets = {target}}), {.targets = {target}, .test_fraction = 0});
}

TEST(Note, OfATableSaysWhatWasFoundWhereAndHowOften) {
  std::string text = "id,five,six,code,y\n";
  for (int n = 0; n < 60; ++n)
    text += std::to_string(7 * n) + ",5,6," + (n == 7 ? "99999" : std::to_string(n % 7)) + "," +
            (n == 3 ? "" : std::to_string(n % 3)) + "\n";
  const auto notes = split(text, "y").notes;
  ASSERT_EQ(notes.size(), 5u);
  EXPECT_EQ(notes[0], Note(RowsLeftOut{.rows = 1, .of = 60, .targets = {"y"}}));
  EXPECT_EQ(notes[1], Note(FewNumbers{"y", 3}));
  EXPECT_EQ(std::get<ColumnsNote>(notes[2]).finding, ColumnFinding::kIdentifier);
  EXPECT_EQ(notes[3], Note(ColumnsNote{ColumnFinding::kConstant, {{"five", "5"}, {"six", "6"}}}));
  const auto& apart = std::get<ColumnsNote>(notes[4]);
  EXPECT_EQ(apart.finding, ColumnFinding::kApart);
  ASSERT_EQ(apart.columns.size(), 1u);
  EXPECT_EQ(apart.columns[0].name, "code");
  const auto& parts = apart.columns[0].detail.parts();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1], Message::Part(Remedy{Setting::kMissingMarks, {"99999"}}));
}

TEST(Note, IsSaidInAnyonesWords) {
  const Note few = FewNumbers{"y", 3};
  EXPECT_EQ(in_words(few),
            "column 'y': 3 different numbers, predicted as numbers; as classes with task = classification");
  EXPECT_EQ(in_words(few, python_words),
            "column 'y': 3 different numbers, predicted as numbers; as classes with task=classification");
  const Note apart =
      ColumnsNote{ColumnFinding::kApart, {{"x", "odd: " + Remedy{Setting::kMissingMarks, {"9"}}}}};
  EXPECT_EQ(in_words(apart, python_words), "column 'x': odd: na_values=9");
  EXPECT_EQ(in_words(std::vector<Note>{few, apart}, python_words).size(), 2u);
}

TEST(Note, NamesTheFirstThreeOfSeveralColumns) {
  ColumnsNote note{ColumnFinding::kText, {{"a", "30 texts"}}};
  EXPECT_EQ(in_words(note), "column 'a' left out: text (30 texts)");
  for (const char* name : {"b", "c", "d"}) note.columns.push_back({name, "9 texts"});
  EXPECT_EQ(in_words(note),
            "4 columns left out: text: 'a' (30 texts), 'b' (9 texts), 'c' (9 texts) and 1 more");
  note.finding = ColumnFinding::kIdentifier;
  EXPECT_EQ(
      in_words(note),
      "4 columns left out: identifiers, whole numbers and nearly all different: 'a', 'b', 'c' and 1 more");
  note.finding = ColumnFinding::kNumeric;
  EXPECT_TRUE(in_words(note).starts_with("4 columns taken as numeric: 'a' (30 texts)"));
  note.finding = ColumnFinding::kApart;
  EXPECT_TRUE(in_words(note).starts_with("4 columns with numbers far from all others: 'a' (30 texts)"));
}

TEST(Note, OfColumnsOfNumbersWithAFormatAllAreNamedAndTheFirstsAdviceIsGivenOnce) {
  const Message advice = "'$1' and the others are: " + Remedy{Setting::kDecimal, {"."}};
  ColumnsNote note{ColumnFinding::kFormatted, {{"a", advice}}};
  EXPECT_EQ(in_words(note), "column 'a' left out: '$1' and the others are: TableOptions::decimal = '.'");
  for (const char* name : {"b", "c", "d", "e"}) note.columns.push_back({name, "another"});
  EXPECT_EQ(
      in_words(note),
      "5 columns left out that are numbers with a format: 'a', 'b', 'c', 'd', 'e'; in the first, '$1' and "
      "the others are: TableOptions::decimal = '.'");
}

TEST(Note, EachKindHasItsWords) {
  EXPECT_EQ(in_words(SingleRowClasses{"c", 1, "a"}),
            "column 'c': class 'a' has a single row, which is trained on and never tested");
  EXPECT_EQ(in_words(SingleRowClasses{"c", 3, "a"}),
            "column 'c': class 'a' and 2 more have a single row, which is trained on and never tested");
  EXPECT_EQ(in_words(FilesLeftOut{3, "x.txt"}), "3 files not called .png left out: x.txt, ...");
  EXPECT_EQ(in_words(InputsInUnits{1, 4, 1.5}),
            "input 4 is counted from 1.5, as floats could not tell its numbers apart");
  EXPECT_EQ(
      in_words(RowsNotImages{{2, 3, 4}}),
      "rows of 2 x 3 x 4 are taken as so many numbers, not as images, which have one channel (N x H x W)");
  EXPECT_EQ(in_words(UntrainedClasses{12, {{"7", 2}}}),
            "12 classes occur in the test rows only: '7' (2 rows), ...");
  EXPECT_EQ(
      in_words(TestRowsPerhapsLearned{"cars", 4}),
      "the model that training starts from was trained on 'cars', too, and drew other test rows: it may "
      "have learned from these; the same are drawn by seed = 4");
  EXPECT_EQ(in_words(RowsLeftOut{1, 3, {"c"}, {{"NA", 1}}, "more.csv"}),
            "more.csv: 1 of 3 rows left out: no value in 'c'; taken for a missing value: 'NA' (1 row), kept "
            "as a class "
            "by TableOptions::not_missing = NA");
}

TEST(Note, OnlySomeFindingsLeaveAColumnOut) {
  EXPECT_TRUE(is_left_out(ColumnFinding::kConstant));
  EXPECT_TRUE(is_left_out(ColumnFinding::kRowNumber));
  EXPECT_FALSE(is_left_out(ColumnFinding::kBoolean));
  EXPECT_FALSE(is_left_out(ColumnFinding::kApart));
}

}  // namespace
}  // namespace mlp
