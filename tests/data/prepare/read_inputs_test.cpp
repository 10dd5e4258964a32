#include <gtest/gtest.h>

#include <bit>
#include <string>

#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

class ReadInputs : public ::testing::Test {
 protected:
  Inputs read(const std::string& bytes, std::size_t features) {
    write_bytes(folder_ / "rows", bytes);
    return read_inputs(folder_ / "rows", features);
  }
  Matrix<float> rows(const std::string& bytes, std::size_t features) {
    return std::get<Matrix<float>>(read(bytes, features));
  }
  void refuse(const std::string& bytes, std::size_t features, std::initializer_list<std::string_view> parts) {
    expect_error<FileError>([&] { read(bytes, features); }, parts);
  }
  TemporaryFolder folder_;
};

TEST_F(ReadInputs, TakesAnySeparator) {
  const Matrix<float> expected(2, 3, {1, -2.5f, 300, 4, 5, 6});
  EXPECT_EQ(rows("1,-2.5,3e2\n4,5,6\n", 3), expected);
  EXPECT_EQ(rows("1, -2.5 ,\t3e2\n4 , 5,6", 3), expected);
  EXPECT_EQ(rows("1;-2.5;3e2\n4;5;6\n", 3), expected);
  EXPECT_EQ(rows("1\t-2.5\t3e2\n4\t5\t6\n", 3), expected);
  EXPECT_EQ(rows("  1   -2.5 +3e2 \n4 5 6\n", 3), expected);
}

TEST_F(ReadInputs, RefusesTheFeaturesOwnNamesInAnotherOrder) {
  const std::vector<std::string> features = {"width", "height"};
  const auto read_named = [&](const std::string& bytes) {
    write_bytes(folder_ / "rows", bytes);
    return std::get<Matrix<float>>(read_inputs(folder_ / "rows", 2, features));
  };
  const Matrix<float> expected(1, 2, {1, 2});
  EXPECT_EQ(read_named("width,height\n1,2\n"), expected);
  EXPECT_EQ(read_named("other,names\n1,2\n"), expected);
  expect_error<FileError>([&] { read_named("height,width\n1,2\n"); }, {"line 1", "another order"});
}

TEST_F(ReadInputs, TakesNamesBlankLinesAndOtherLineEnds) {
  const Matrix<float> expected(2, 2, {1, 2, 3, 4});
  EXPECT_EQ(rows("width,height\n1,2\n3,4\n", 2), expected);
  EXPECT_EQ(rows("\xEF\xBB\xBFwidth,height\r\n1,2\r\n\r\n3,4\r\n", 2), expected);
  EXPECT_EQ(rows("\n1,2\n   \n3,4\n\n", 2), expected);
  EXPECT_EQ(rows("x\n1\n2\n", 1), Matrix<float>(2, 1, {1, 2}));
  EXPECT_EQ(rows(gzip("1,2\n3,4\n"), 2), expected);
}

TEST_F(ReadInputs, BringsNumbersIntoAModelsUnits) {
  const InputUnits units{.origin = {1.7e9, 0, 1e300}, .unit = {0.25, 1, 0x1p990}};
  const auto read_in_units = [&](const std::string& bytes) {
    write_bytes(folder_ / "rows", bytes);
    return std::get<Matrix<float>>(read_inputs(folder_ / "rows", 3, {}, units));
  };
  const Matrix<float> expected(2, 3, {4, 7, 0, -2, 255, static_cast<float>(1e300 / 0x1p990)});
  EXPECT_EQ(read_in_units("1700000001,7,1e300\n1699999999.5,255,2e300\n"), expected);
  EXPECT_EQ(read_in_units("a,b,c\n1700000001,7,1e300\n1699999999.5,255,2e300\n"), expected);
  std::string elements;
  for (const double x : {1700000001.0, 7.0, 1e300, 1699999999.5, 255.0, 2e300})
    elements += little_endian(std::bit_cast<std::uint64_t>(x), 8);
  EXPECT_EQ(read_in_units(npy("<f8", "(2, 3)", elements)), expected);
  const Matrix<float> bytes(1, 3, {-6.8e9f, 7, static_cast<float>(-1e300 / 0x1p990)});
  EXPECT_EQ(read_in_units(npy("|u1", "(1, 3)", bytes_of({0, 7, 9}))), bytes);
  expect_error<FileError>([&] { read_in_units("1,2,1e308\n1,2,1e-5\n1,1e39,2\n"); },
                          {"line 3, column 2: expected a finite number, found '1e39'"});
  expect_error<FileError>([&] { read_in_units("1,2\n"); }, {"expected 3 columns, found 2"});
}

TEST_F(ReadInputs, ARowOfNumbersThatNoFloatHoldsIsNoLineOfNames) {
  refuse("1e39,-1e39\n1,2\n", 2, {"line 1, column 1: expected a finite number, found '1e39'"});
}

TEST_F(ReadInputs, ReadsAcrossChunks) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + "," + std::to_string(-i) + "\n";
  const auto matrix = rows(text, 2);
  ASSERT_EQ(matrix.rows(), 50'000u);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    ASSERT_EQ(matrix(i, 0), static_cast<float>(i));
    ASSERT_EQ(matrix(i, 1), -static_cast<float>(i));
  }
}

TEST_F(ReadInputs, TakesIdx) {
  const auto images = idx_header(0x08, {2, 1, 2}) + bytes_of({1, 2, 3, 255});
  for (const auto& bytes : {images, gzip(images)})
    EXPECT_EQ(std::get<Matrix<std::uint8_t>>(read(bytes, 2)), Matrix<std::uint8_t>(2, 2, {1, 2, 3, 255}));
  const auto floats = idx_header(0x0d, {1, 1}) + bytes_of({0x3f, 0xc0, 0, 0});
  EXPECT_EQ(rows(floats, 1), Matrix<float>(1, 1, {1.5f}));
}

TEST_F(ReadInputs, TakesNumPysArrays) {
  SKIP_WITHOUT_NPZ();
  const auto bytes = npy("|u1", "(2, 1, 2)", bytes_of({1, 2, 3, 255}));
  const Matrix<std::uint8_t> expected(2, 2, {1, 2, 3, 255});
  EXPECT_EQ(std::get<Matrix<std::uint8_t>>(read(bytes, 2)), expected);
  EXPECT_EQ(rows(npy("<f4", "(1, 1)", bytes_of({0, 0, 0xc0, 0x3f})), 1), Matrix<float>(1, 1, {1.5f}));
  const auto other = npy("|u1", "(1, 2)", "ab");
  for (const auto& archive :
       {zip({{"arr_0.npy", bytes, true}}), zip({{"x.npy", bytes}, {"y.npy", other}, {"notes.txt", "text"}}),
        zip({{"x_train.npy", other}, {"x_test.npy", bytes, true}})})
    EXPECT_EQ(std::get<Matrix<std::uint8_t>>(read(archive, 2)), expected);
  refuse(zip({{"a.npy", bytes}, {"b.npy", other}}), 2,
         {"expected an array of inputs", "a (uint8, 2 x 1 x 2), b (uint8, 1 x 2)"});
  refuse(npy("|u1", "(2, 2)", "abcd"), 3, {"rows: expected rows of 3 values, found 2"});
  refuse(npy("|u1", "(0, 2)", ""), 2, {"rows: holds no row"});
  refuse(npy("|u1", "()", "a"), 2, {"rows: expected rows of numbers, found a single number"});
  refuse("\x89PNG\r\n", 2, {"rows: expected CSV, IDX, .npy or .npz, found a single PNG image"});
  EXPECT_EQ(rows("PK,PL\n1,2\n", 2), Matrix<float>(1, 2, {1, 2})) << "text that starts as a zip archive does";
}

TEST_F(ReadInputs, NamesLineColumnAndWhatItFound) {
  refuse("1,2\n3,four\n", 2, {"rows: line 2, column 2: expected a finite number, found 'four'"});
  refuse("a,b\n1,2\n3,\n", 2, {"rows: line 3, column 2", "found nothing"});
  refuse("1,2\n3,nan\n", 2, {"line 2, column 2", "found 'nan'"});
  refuse("1,2\n3,1e39\n", 2, {"line 2, column 2", "found '1e39'"});
  refuse("1,2\n3,0x10\n", 2, {"line 2, column 2", "found '0x10'"});
  refuse("1,2\n3\n", 2, {"line 2: expected 2 columns, found 1"});
  refuse("1,2,3\n", 2, {"line 1: expected 2 columns, found 3"});
  refuse("1,2,\n", 2, {"line 1: expected 2 columns, found 3"});
  // A first row with a mistake is not taken for a line of names.
  refuse("1,?\n3,4\n", 2, {"line 1, column 2", "found '?'"});
  refuse("", 2, {"the file is empty"});
  refuse("[[1,2]]", 2, {"expected CSV, IDX, .npy or .npz, found JSON"});
  refuse("\n\n", 2, {"holds no row"});
  refuse("width,height\n", 2, {"holds no row"});
  refuse("1,\x01\x02\n", 2,
         {"line 1, column 2",
          "found '?"
          "?'"});
  refuse(std::string(20'000'000, '1'), 2, {"line 1 is longer than"});
}

TEST_F(ReadInputs, RefusesOtherIdxFiles) {
  refuse(idx_header(0x08, {2, 1, 2}) + "abcd", 3, {"rows: expected rows of 3 values, found 2"});
  refuse(idx_header(0x08, {0, 1, 2}), 2, {"rows: holds no row"});
  // The shape alone is refused: missing elements, or a gigabyte of them, need not be inflated.
  refuse(gzip(idx_header(0x08, {1000000000, 1, 2})), 3, {"rows: expected rows of 3 values, found 2"});
  refuse(std::string("\0binary", 7), 2, {"not an IDX file"});
  expect_error<FileError>([&] { read_inputs(folder_ / "none", 2); }, {"none: cannot be opened"});
  expect_error<FileError>([&] { read_inputs(folder_.path(), 2); }, {"is a directory"});
  EXPECT_THROW(read("1", 0), std::invalid_argument);
}

TEST_F(ReadInputs, AnyDamageIsReadOrRefused) {
  const std::string text = "width;height\n1.5;-2\n3;4e1\n";
  const auto images = idx_header(0x08, {2, 1, 2}) + "abcd";
  int refused = 0;
  for (const auto& whole : {text, images, gzip(text)}) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const char byte : std::string("\0\1\n ,9e\x1f\x7f\x8b\xff", 11)) {
        auto damaged = whole;
        damaged[i] = byte;
        for (const auto& bytes : {damaged, whole.substr(0, i)}) {
          try {
            read(bytes, 2);
          } catch (const FileError&) {
            ++refused;  // anything else ends the test
          }
        }
      }
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace mlp
