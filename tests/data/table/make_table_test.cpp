// Tables of columns in memory: what a file with the same cells is, and refused where it is.
#include "mlp/make_table.h"

#include "data/table/reading.h"

namespace mlp {
namespace {

using namespace table_reading;

const std::vector<CellColumn> kCars = {{"weight", std::vector<double>{1.5, kNaN, 2, 3}},
                                       {"origin", CodedCells{{1, 0, -1, 1}, {"USA", "Japan", "Europe"}}},
                                       {"new", CodedCells{{0, 1, 1, 0}, {"False", "True"}}},
                                       {"doors", std::vector<double>{2, 4, 4, 2}}};
const char* const kSameCars =
    "weight,origin,new,doors\n1.5,Japan,False,2\n,USA,True,4\n2,,True,4\n3,Japan,False,2\n";

void expect_same(const Table& a, const Table& b) {
  EXPECT_EQ(a.rows, b.rows);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const Column &x = a.columns[i], &y = b.columns[i];
    EXPECT_EQ(x.type, y.type);
    expect_numbers(x.numbers, y.numbers);
    EXPECT_EQ(x.codes, y.codes);
    EXPECT_EQ(x.missing, y.missing);
    EXPECT_EQ(x.distinct, y.distinct);
    EXPECT_EQ(x.identifier, y.identifier);
    EXPECT_EQ(x.unknown, y.unknown);
    EXPECT_EQ(x.note, y.note);
  }
}

TEST(MakeTable, IsWhatAFileWithTheSameCellsIs) {
  expect_same(make_table("cars", kCars), read_table(stream_of(kSameCars)));
  const TableOptions options{.ignore = {"new"}, .categorical = {"doors"}, .targets = {"weight"}};
  expect_same(make_table("cars", kCars, options), read_table(stream_of(kSameCars), options));
}

TEST(MakeTable, TypesAreReadAsAFileReadsThem) {
  const std::vector<ColumnType> types = {{"origin", ColumnKind::kCategorical, {"Europe", "Japan"}},
                                         {"weight", ColumnKind::kNumeric, {}},
                                         {"doors", ColumnKind::kCategorical, {"2", "3"}}};
  const auto table = make_table("cars", kCars, types);
  expect_same(table, read_table(stream_of(kSameCars), types));
  EXPECT_EQ(table.columns[0].codes, (Codes{1, Column::kUnknown, Column::kMissing, 1}));
  EXPECT_EQ(table.columns[2].codes, (Codes{0, Column::kUnknown, Column::kUnknown, 0}));
}

TEST(MakeTable, ManyNumbersAndManyTextsAreWhatTheyAreInAFile) {
  std::vector<double> numbers;
  CodedCells texts;
  std::string file = "x,t\n";
  for (int i = 0; i < 1500; ++i) {
    numbers.push_back(0.1 * i);
    texts.codes.push_back(i);
    texts.texts.push_back("text " + std::to_string(i));
    file += std::to_string(i / 10) + "." + std::to_string(i % 10) + ",text " + std::to_string(i) + "\n";
  }
  const auto table = make_table("many", std::vector<CellColumn>{{"x", numbers}, {"t", texts}});
  EXPECT_EQ(table.columns[0].type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(table.columns[1].type, read_table(stream_of(file)).columns[1].type);
  EXPECT_EQ(table.columns[1].type.kind, ColumnKind::kText);
  EXPECT_EQ(table.columns[0].numbers, numbers);
}

TEST(MakeTable, WhatIsRefusedNamesColumnAndRow) {
  const std::vector<CellColumn> infinite = {{"x", std::vector<double>{1, 2, HUGE_VAL}}};
  const std::vector<ColumnType> number = {{"x", ColumnKind::kNumeric, {}}};
  for (const bool typed : {false, true}) {
    try {
      typed ? make_table("t", infinite, number) : make_table("t", infinite);
      FAIL() << typed;
    } catch (const DataError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with("t: row 3, column 'x': expected a finite number"))
          << error.what();
      EXPECT_FALSE(error.hint().empty());
    }
  }
  EXPECT_THROW(make_table("t", kCars, {.targets = {"wieght"}}), UsageError);
  EXPECT_THROW(make_table("t", kCars, std::vector<ColumnType>{{"height", ColumnKind::kNumeric, {}}}),
               UsageError);
  using Columns = std::vector<CellColumn>;
  EXPECT_THROW(make_table("t", Columns{}), std::invalid_argument);
  EXPECT_THROW(make_table("t", Columns{{"a", std::vector{1.0}}, {"b", std::vector{1.0, 2.0}}}),
               std::invalid_argument);
  EXPECT_THROW(make_table("t", Columns{{"a", std::vector{1.0}}, {"a", std::vector{2.0}}}),
               std::invalid_argument);
  EXPECT_THROW(make_table("t", Columns{{"a", CodedCells{{1}, {"x"}}}}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
