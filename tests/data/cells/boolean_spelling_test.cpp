// A table read with the types of another one may spell its booleans differently.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "data/table/table_text.h"
#include "mlp/error.h"
#include "mlp/preprocessing.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;
using Codes = std::vector<std::int32_t>;

constexpr std::int32_t kMissing = Column::kMissing, kUnknown = Column::kUnknown;

/// A column of one name and these cells.
std::string cells(const std::vector<std::string>& texts) {
  std::string text = "b,n\n";
  for (const auto& cell : texts) text += cell + ",0\n";
  return text;
}

/// `later` read with the type that `first` gets.
Column reread(const std::vector<std::string>& first, const std::vector<std::string>& later,
              const TableOptions& options = {}) {
  const Table table = table_of(cells(first), options);
  const std::vector<ColumnType> types = {table.column("b").type};
  return read_table(source_of(cells(later)), types).columns.front();
}

const std::vector<std::string> kLater = {"true", "F",  "1",   "0", "1.0", "T", "no",  "YES",
                                         "off",  "on", "0.0", "",  "N",   "2", "yea", "-1"};
const Codes kMeant = {1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, kMissing, 0, kUnknown, kUnknown, kUnknown};

TEST(BooleanSpelling, AnyOfThemForAColumnOfBooleans) {
  for (const std::vector<std::string>& first : {std::vector<std::string>{"True", "False"},
                                                {"no", "yes"},
                                                {"t", "f"},
                                                {"Y", "n", "N"},
                                                {"ON", "off"}}) {
    const Column found = reread(first, kLater);
    EXPECT_EQ(found.type.kind, ColumnKind::kBoolean);
    EXPECT_EQ(found.codes, kMeant) << first[0];
    EXPECT_EQ(found.unknown, (std::vector<TextCount>{{"2", 1}, {"yea", 1}, {"-1", 1}}));
  }
}

TEST(BooleanSpelling, AnyOfThemForCategoriesThatAreBooleans) {
  const TableOptions categorical{.delimiter = {}, .missing = {}, .ignore = {}, .categorical = {"b"}};
  EXPECT_EQ(reread({"0", "1"}, kLater, categorical).codes, kMeant);
  EXPECT_EQ(reread({"False", "True"}, kLater, categorical).codes, kMeant);
  // "ja" is no boolean, so "no" is a text like others.
  const Column other = reread({"no", "ja"}, {"no", "0", "false", "ja"}, categorical);
  EXPECT_EQ(other.codes, (Codes{1, kUnknown, kUnknown, 0}));
  const Column three = reread({"0", "1", "2"}, {"1", "true", "2.0"}, categorical);
  EXPECT_EQ(three.codes, (Codes{1, kUnknown, 2}));
}

TEST(BooleanSpelling, WordsForNumbersThatWereZeroAndOne) {
  const Column found = reread({"1", "0", "1.0", ""}, {"True", "0", "f", "1", "NA", "no", "on"});
  ASSERT_EQ(found.type.kind, ColumnKind::kNumeric);
  ASSERT_EQ(found.numbers.size(), 7u);
  EXPECT_TRUE(std::isnan(found.numbers[4]));
  EXPECT_EQ((std::vector<double>{found.numbers[0], found.numbers[1], found.numbers[2], found.numbers[3],
                                 found.numbers[5], found.numbers[6]}),
            (std::vector<double>{1, 0, 0, 1, 0, 1}));
  // Other numbers are not booleans.
  for (const std::vector<std::string>& first :
       {std::vector<std::string>{"1", "0", "2"}, {"0", "0"}, {"1", "1"}, {"0", "1", "0.5"}, {"-1", "1"}})
    expect_error<FileError>([&] { reread(first, {"True"}); },
                            {"line 2", "'b'", "expected a finite number, found 'True'"});
  expect_error<FileError>([&] { reread({"0", "1"}, {"maybe"}); }, {"found 'maybe'"});
}

TEST(BooleanSpelling, EncodedAsTheSameInputs) {
  std::string words = "a,b,y\n", digits = "a,b,y\n";
  for (int n = 0; n < 40; ++n) {
    const bool a = n % 3 == 0, b = n % 4 == 1;
    words += std::string(a ? "yes" : "no") + "," + (b ? "1" : "0") + "," + std::to_string(n) + "\n";
    digits += std::string(a ? "1" : "0") + "," + (b ? "TRUE" : "FALSE") + "," + std::to_string(n) + "\n";
  }
  const Dataset train =
      split_table(table_of(words, {.targets = {"y"}}), {.targets = {"y"}, .test_fraction = 0}).train;
  const Dataset same =
      table_dataset(*train.preprocessing, read_table(source_of(digits), train.preprocessing->all_types()));
  EXPECT_EQ(same.inputs, train.inputs);
}

TEST(BooleanSpelling, AClassIsFoundInAnySpelling) {
  const Table words = table_of("x,c\n1,True\n2,False\n3,True\n4,False\n", {.targets = {"c"}});
  const DataSplit data = split_table(words, source_of("c,x\n1,1\nf,2\nyes,3\n"), {.targets = {"c"}});
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{1, 0, 1}));
  const Table digits = table_of("x,c\n1,1\n2,0\n3,1\n4,0\n", {.targets = {"c"}});
  const DataSplit other = split_table(digits, source_of("c,x\nTrue,1\nno,2\n1.0,3\n"), {.targets = {"c"}});
  EXPECT_EQ(other.test.labels, (std::vector<std::int32_t>{1, 0, 1}));
  EXPECT_EQ(other.train.class_names, (std::vector<std::string>{"0", "1"}));
}

TEST(UnknownClass, IsNamedAndCounted) {
  const Table table = table_of("x,c\n1,low\n2,high\n3,low\n4,high\n", {.targets = {"c"}});
  const std::string message = expect_error<DataError>(
      [&] { split_table(table, source_of("c,x\nlow,1\nmid,2\n,3\nmid,3\n"), {.targets = {"c"}}); },
      {"test.csv: column 'c', row 2: a class that is not among those trained on: 'mid' (2 rows)"});
  EXPECT_NE(
      message.find(
          "they are: high, low; rows of others cannot be tested on, nor learned from as the model stands"),
      std::string::npos)
      << message;
  expect_error<DataError>(
      [&] { split_table(table, source_of("c,x\nx,1\nmid,2\nmid,3\n"), {.targets = {"c"}}); },
      {"row 1: classes that are not among those trained on: 'x' (1 row), 'mid' (2 rows)"});
}

}  // namespace
}  // namespace mlp
