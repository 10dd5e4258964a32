// Notes are values that are put into words last.
#include "mlp/note.h"

#include <gtest/gtest.h>

#include "core/overloaded.h"
#include "data/arrays/array.h"
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

using Cases = std::vector<std::pair<Note, std::string>>;

/// A finding's words for one column and for two, whose detail is "d"; empty: there is no such finding. The
/// compiler warns where one has no case.
std::vector<std::string> words_of(ColumnFinding finding) {
  switch (finding) {
    case ColumnFinding::kConstant:
      return {"column 'a' left out: d in every training row",
              "2 columns left out: one value in every training row: 'a' (d), 'b' (d)"};
    case ColumnFinding::kNoValue:
      return {"column 'a' left out: no value in the training rows",
              "2 columns left out: no value in the training rows: 'a' (d), 'b' (d)"};
    case ColumnFinding::kText:
      return {"column 'a' left out: text (d)", "2 columns left out: text: 'a' (d), 'b' (d)"};
    case ColumnFinding::kFormatted:
      return {"column 'a' left out: d",
              "2 columns left out that are numbers with a format: 'a', 'b'; in the first, d"};
    case ColumnFinding::kIdentifier:
      return {"column 'a' left out: d",
              "2 columns left out: identifiers, whole numbers and nearly all different: 'a', 'b'"};
    case ColumnFinding::kRowNumber:
      return {"column 'a' left out: whole numbers, each one more than above: they number the rows",
              "2 columns left out: whole numbers, each one more than above: they number the rows: 'a' (d), "
              "'b' (d)"};
    case ColumnFinding::kBoolean:
      return {"column 'a' taken as boolean: d", "2 columns taken as boolean: 'a' (d), 'b' (d)"};
    case ColumnFinding::kCategorical:
      return {"column 'a' taken as d", "2 columns taken as categories: 'a' (d), 'b' (d)"};
    case ColumnFinding::kOfManyInputs:
      return {"column 'a' taken as d categories, each an input of its own",
              "2 columns taken as categories, each an input of its own: 'a' (d), 'b' (d)"};
    case ColumnFinding::kNumeric:
      return {"column 'a' taken as numeric: d", "2 columns taken as numeric: 'a' (d), 'b' (d)"};
    case ColumnFinding::kClasses:
      return {"column 'a' taken as classes: d", "2 columns taken as classes: 'a' (d), 'b' (d)"};
    case ColumnFinding::kApart:
      return {"column 'a': d", "2 columns with numbers far from all others: 'a' (d), 'b' (d)"};
  }
  return {};
}

Cases cases_of_columns() {
  constexpr int kMore = 100;  // than there are findings
  Cases cases;
  for (int number = 0; number < kMore; ++number) {
    const auto finding = static_cast<ColumnFinding>(number);
    std::vector<NotedColumn> columns;
    for (const auto& words : words_of(finding)) {
      columns.push_back({columns.empty() ? "a" : "b", "d"});
      cases.emplace_back(ColumnsNote{finding, columns}, words);
    }
  }
  return cases;
}

/// What notes say, kind by kind: a kind without cases does not compile.
const auto kCases = Overloaded{
    [](const RowsLeftOut&) {
      return Cases{
          {RowsLeftOut{1, 3, {"c"}, {{"NA", 1}}, "more.csv"},
           "more.csv: 1 of 3 rows left out: no value in 'c'; taken for a missing value: 'NA' (1 row), "
           "kept as a class by TableOptions::not_missing = NA"},
          {RowsLeftOut{2, 9, {"c", "d"}}, "2 of 9 rows left out: no value in 'c', 'd'"}};
    },
    [](const IncompleteRows&) {
      return Cases{{IncompleteRows{6, 398, {"horsepower", "x\n"}},
                    "6 of 398 rows left out: no value for horsepower, x?"}};
    },
    [](const SingleRowClasses&) {
      return Cases{
          {SingleRowClasses{"c", 1, "a"},
           "column 'c': class 'a' has a single row, which is trained on and never tested"},
          {SingleRowClasses{"c", 3, "a"},
           "column 'c': class 'a' and 2 more have a single row, which is trained on and never tested"}};
    },
    [](const TargetCountsRows&) {
      return Cases{
          {TargetCountsRows{"c"}, "column 'c' counts the rows, like an identifier: is it the right target?"}};
    },
    [](const FewNumbers&) {
      return Cases{{FewNumbers{"c", 3},
                    "column 'c': 3 different numbers, predicted as numbers; as classes with task = "
                    "classification"}};
    },
    [](const ZeroOneClasses&) {
      return Cases{{ZeroOneClasses{"c"},
                    "column 'c': 0 and 1, predicted as two classes; as numbers with task = regression"}};
    },
    [](const ColumnsNote&) { return cases_of_columns(); },
    [](const FilesLeftOut&) {
      return Cases{{FilesLeftOut{1, "x.txt"}, "1 file not called .png left out: x.txt"},
                   {FilesLeftOut{3, "x.txt"}, "3 files not called .png left out: x.txt, ..."}};
    },
    [](const ImagesScaled&) {
      return Cases{{ImagesScaled{2, 28, 14}, "2 images of another size scaled to 14 x 28"}};
    },
    [](const TestRowsDrawn&) {
      return Cases{{TestRowsDrawn{20, 100}, "20 of 100 rows drawn by seed to test on"}};
    },
    [](const ArraysNotUsed&) {
      return Cases{{ArraysNotUsed{{"a", "b"}}, "not used: a, b"}};
    },
    [](const OneHotTargets&) {
      return Cases{{OneHotTargets{"y.npy"}, std::string("y.npy: ") + kOneHot +
                                                ", and is predicted as so many numbers; " + kFromOneHot +
                                                " makes classes of them"}};
    },
    [](const InputsInUnits&) {
      return Cases{{InputsInUnits{1, 4, 1.5},
                    "input 4 is counted from 1.5, as floats could not tell its numbers apart"},
                   {InputsInUnits{3, 4, 1.5},
                    "input 4 and 2 more are counted from numbers such as 1.5, as floats could not tell their "
                    "numbers apart"}};
    },
    [](const RowsNotImages&) {
      return Cases{
          {RowsNotImages{{2, 3, 4}},
           "rows of 2 x 3 x 4 are taken as so many numbers, not as images, which have one channel (N x H "
           "x W)"}};
    },
    [](const UntrainedClasses&) {
      return Cases{
          {UntrainedClasses{1, {{"7", 2}}}, "a class occurs in the test rows only: '7' (2 rows)"},
          {UntrainedClasses{12, {{"7", 2}}}, "12 classes occur in the test rows only: '7' (2 rows), ..."}};
    },
    [](const OutputLayerDrawn&) {
      return Cases{
          {OutputLayerDrawn{},
           "the model that training starts from has other classes or targets: the output layer starts "
           "anew"}};
    },
    [](const TestRowsPerhapsLearned&) {
      return Cases{
          {TestRowsPerhapsLearned{"cars", 4},
           "the model that training starts from was trained on 'cars', too, and drew other test rows: it "
           "may have learned from these; the same are drawn by seed = 4"}};
    }};

template <class... Kinds>
void expect_words_of_each(const std::variant<Kinds...>*) {
  const auto expect_words = []<class Kind>(const Kind& kind) {
    const Cases cases = kCases(kind);
    EXPECT_FALSE(cases.empty());
    for (const auto& [note, words] : cases) {
      EXPECT_TRUE(std::holds_alternative<Kind>(note)) << words;
      EXPECT_EQ(in_words(note), words);
    }
  };
  (expect_words(Kinds{}), ...);
}

TEST(Note, EachKindHasItsWords) { expect_words_of_each(static_cast<const Note*>(nullptr)); }

TEST(Note, OnlySomeFindingsLeaveAColumnOut) {
  EXPECT_TRUE(is_left_out(ColumnFinding::kConstant));
  EXPECT_TRUE(is_left_out(ColumnFinding::kRowNumber));
  EXPECT_FALSE(is_left_out(ColumnFinding::kBoolean));
  EXPECT_FALSE(is_left_out(ColumnFinding::kApart));
}

}  // namespace
}  // namespace mlp
