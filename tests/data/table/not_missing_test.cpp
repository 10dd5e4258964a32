// "NA" where it means Namibia.
#include <gtest/gtest.h>

#include <string>

#include "data/cells/cell.h"
#include "data/table/table_text.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

const std::string kRegions = "x,region\n1,EU\n2,NA\n3,NA\n4,\n5,EU\n6,na\n7,?\n8,AS\n9,AS\n";

TEST(NotMissing, TheNoteSaysWhatWasTakenForMissing) {
  const Table table = table_of(kRegions, {.targets = {"region"}});
  EXPECT_EQ(table.column("region").missing_marks, (std::vector<TextCount>{{"NA", 2}, {"na", 1}, {"?", 1}}));
  const DataSplit data = split_table(table, {.targets = {"region"}, .test_fraction = 0});
  EXPECT_EQ(data.train.class_names, (Names{"AS", "EU"}));
  EXPECT_EQ(in_words(data.notes.at(0)),
            "5 of 9 rows left out: no value in 'region'; taken for a missing value: 'NA' (2 rows), 'na' (1 "
            "row), '?' (1 row), kept as a class by TableOptions::not_missing = NA");
  // Empty cells, and cells with a mark that was named, are certainly missing.
  const Table named =
      table_of("x,c\n1,a\n2,b\n3,-9\n4,\n5,NA\n6,a\n", {.missing = {"-9", "NA"}, .targets = {"c"}});
  EXPECT_EQ(in_words(split_table(named, {.targets = {"c"}, .test_fraction = 0}).notes.at(0)),
            "3 of 6 rows left out: no value in 'c'");
  // In numbers to predict the mark is a missing cell, and so it is in inputs.
  const Table numbers = table_of("NA,y\n1,2\nNA,NA\n2,4\n", {.targets = {"y"}});
  EXPECT_EQ(in_words(split_table(numbers, {.targets = {"y"}, .test_fraction = 0}).notes.at(0)),
            "1 of 3 rows left out: no value in 'y'");
}

TEST(NotMissing, ATextNamedSoIsAClass) {
  TableOptions reading{.not_missing = {"NA"}, .targets = {"region"}};
  const Table table = table_of(kRegions, reading);
  EXPECT_EQ(table.column("region").type.categories, (Names{"AS", "EU", "NA"}));
  const DataSplit data =
      split_table(table, source_of("x,region\n1,NA\n2,na\n3,EU\n"), {.targets = {"region"}}, reading);
  EXPECT_EQ(data.train.class_names, (Names{"AS", "EU", "NA"}));
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{2, 1})) << "na is no NA";
  // A model knows its classes and categories, even if they are called like a mark.
  const auto& preprocessing = *data.train.preprocessing;
  const Table later = read_table(source_of("region,x\nNA,1\nEU,\n"), preprocessing.all_types());
  EXPECT_EQ(table_dataset(preprocessing, later).labels, (std::vector<std::int32_t>{2, 1}));
}

TEST(NotMissing, OfAllColumns) {
  const Table table = table_of("a,b,c\nNA,NaN,1\nb,x,NA\nNA,y,\n", {.not_missing = {"NaN", " NA "}});
  EXPECT_EQ(table.column("a").type.categories, (Names{"NA", "b"}));
  EXPECT_EQ(table.column("b").type.categories, (Names{"NaN", "x", "y"}));
  EXPECT_EQ(table.column("c").type.kind, ColumnKind::kCategorical) << "a text among numbers";
  EXPECT_EQ(table.column("c").missing, 1u) << "an empty cell is missing";
}

TEST(NotMissing, AMarkThatIsNamedAsBothIsAMark) {
  const CellRules rules({"NA"}, {}, {"NA", "null"});
  EXPECT_EQ(rules.read("NA").kind, CellKind::kMissing);
  EXPECT_EQ(rules.read("null").kind, CellKind::kText);
  EXPECT_EQ(rules.read("NULL").kind, CellKind::kMissing);
  EXPECT_EQ(rules.read("nan").kind, CellKind::kMissing);
  EXPECT_EQ(rules.read("").kind, CellKind::kMissing);
}

}  // namespace
}  // namespace mlp
