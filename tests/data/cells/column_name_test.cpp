// Column names that contain invisible characters.
#include <gtest/gtest.h>

#include <string>

#include "data/table/table_text.h"
#include "mlp/error.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;

TEST(ColumnName, WhatCannotBeSeenAroundItDoesNotCount) {
  const Table table = table_of("\u00A0age\u00A0,\u200Bheat index,\u3000x\u2009\t,\u00A0\n1,2,3,4\n");
  EXPECT_EQ(table.columns[0].type.name, "age");
  EXPECT_EQ(table.columns[1].type.name, "heat index");
  EXPECT_EQ(table.columns[2].type.name, "x");
  EXPECT_EQ(table.columns[3].type.name, "unnamed 4");
  expect_error<FileError>([] { table_of("a,a\u00A0\n1,2\n"); }, {"the name 'a' stands in column 1 already"});
}

TEST(ColumnName, ATypeIsFoundWithOrWithoutThem) {
  for (const char* name : {"age", "age\u00A0"}) {
    const std::vector<ColumnType> types = {{.name = name}};
    for (const char* text : {"age\n7\n", "\u200Bage\u00A0\n7\n"}) {
      const Table table = read_table(source_of(text), types);
      EXPECT_EQ(table.columns[0].numbers, std::vector<double>{7});
    }
  }
}

/// Expects `action` to throw an E whose hint contains this.
template <class E, class Action>
void expect_hint(Action action, std::string_view part) {
  const std::string message = expect_error<E>(action, {});
  EXPECT_NE(message.find(part, message.find('\n')), std::string::npos) << message;
}

TEST(ColumnName, AHintNamesTheCodePointInside) {
  const std::string inside = "heat\u00A0index,y\n1,2\n2,3\n";
  expect_hint<UsageError>([&] { table_of(inside, {.targets = {"heat index"}}); },
                          "(with U+00A0 for U+0020)?");
  expect_hint<UsageError>([&] { table_of(inside).column("heat index"); }, "(with U+00A0 for U+0020)?");
  const std::vector<ColumnType> types = {{.name = "caf\u00E9"}};
  expect_hint<FileError>([&] { read_table(source_of("cafe\u0301\n1\n"), types); },
                         "(with U+0065 U+0301 for U+00E9)?");
}

TEST(ColumnName, SoDoesTheHintForAClass) {
  const Table table = table_of("x,c\n1,low\n2,high\n3,low\n4,high\n", {.targets = {"c"}});
  expect_hint<DataError>(
      [&] { split_table(table, source_of("c,x\nlo\u200Bw,1\nhigh,2\n"), {.targets = {"c"}}); },
      "did you mean 'low' (without U+200B)?");
}

}  // namespace
}  // namespace mlp
