#include "data/sets/auto_mpg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

constexpr const char* kLine =
    "18.0   8   307.0      130.0      3504.      12.0   70  1\t\"chevrolet chevelle malibu\"\n";
constexpr const char* kIncomplete =
    "25.0   4   98.00      ?          2046.      19.0   71  1\t\"ford pinto\"\n";

AutoMpg parse(const std::string& text) { return parse_auto_mpg(text, "cars"); }

TEST(AutoMpg, ReadsALine) {
  const auto table = parse(kLine);
  EXPECT_EQ(table.features, Matrix<float>(1, 7, {8, 307, 130, 3504, 12, 70, 1}));
  EXPECT_EQ(table.mpg, Matrix<float>(1, 1, {18}));
  EXPECT_EQ(table.incomplete, 0u);
  EXPECT_EQ(auto_mpg_features(),
            (std::vector<std::string>{"cylinders", "displacement", "horsepower", "weight", "acceleration",
                                      "model_year", "origin"}));
}

TEST(AutoMpg, LeavesIncompleteRowsOutAndCountsThem) {
  const auto table = parse(std::string(kLine) + kIncomplete + kLine + kIncomplete);
  EXPECT_EQ(table.mpg.rows(), 2u);
  EXPECT_EQ(table.incomplete, 2u);
  EXPECT_EQ(table.missing_in, std::vector<std::string>{"horsepower"});
}

TEST(AutoMpg, KnowsTheLinesOfItsRows) {
  const auto table = parse(std::string(kIncomplete) + kLine + kIncomplete + "\n" + kLine);
  EXPECT_EQ(table.lines, (std::vector<std::uint32_t>{1, 4}));
}

TEST(AutoMpg, TakesOtherLineEndsAndBlankLines) {
  const std::string line(kLine, std::string(kLine).size() - 1);
  EXPECT_EQ(parse(line).mpg.rows(), 1u);
  EXPECT_EQ(parse(line + "\r\n\r\n  \n" + line + "\r\n").mpg.rows(), 2u);
  EXPECT_EQ(parse("1 2 3 4 5 6 7 8\t\"plymouth 'cuda 340\"").features(0, 6), 8.0f);
}

TEST(AutoMpg, NamesLineColumnAndWhatItFound) {
  const std::string good = kLine;
  expect_error<FileError>([&] { parse(good + "18.0 8 307.0 fast 3504. 12.0 70 1\t\"car\"\n"); },
                          {"cars: line 2, column 4 (horsepower): expected a number or ?, found 'fast'"});
  expect_error<FileError>([&] { parse(good + "\n18.0 8,0 307.0"); },
                          {"cars: line 3, column 2 (cylinders)", "found '8,0'"});
  expect_error<FileError>([&] { parse("18.0 8"); }, {"line 1, column 3 (displacement)", "found nothing"});
  expect_error<FileError>([&] { parse("nan 8 1 1 1 1 1 1\t\"car\""); }, {"column 1 (mpg)", "found 'nan'"});
  expect_error<FileError>([&] { parse("1e99 8 1 1 1 1 1 1\t\"car\""); }, {"column 1 (mpg)", "found '1e99'"});
  expect_error<FileError>([&] { parse("1 2 3 4 5 6 7 8"); }, {"column 9 (car_name)", "found nothing"});
  expect_error<FileError>([&] { parse("1 2 3 4 5 6 7 8 9\t\"car\""); }, {"column 9 (car_name)", "found '9"});
  expect_error<FileError>([&] { parse("1 2 3 4 5 6 7 8\t\"car"); }, {"column 9 (car_name)", "found '\"car'"});
  expect_error<FileError>([&] { parse(""); }, {"cars: holds no complete row"});
  expect_error<FileError>([&] { parse(kIncomplete); }, {"cars: holds no complete row"});
}

TEST(AutoMpg, AnyDamageIsReadOrRefused) {
  const std::string text = std::string(kLine) + kIncomplete;
  int refused = 0;
  const auto attempt = [&](const std::string& damaged) {
    try {
      parse(damaged);
    } catch (const FileError&) {
      ++refused;  // anything else ends the test
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    attempt(text.substr(0, i));
    for (int byte = 0; byte < 256; ++byte) {
      auto damaged = text;
      damaged[i] = static_cast<char>(byte);
      attempt(damaged);
    }
  }
  EXPECT_GT(refused, 1000);
}

// Cars that their mpg tells apart.
DataSource many_cars(const TemporaryFolder& folder, int count) {
  std::string text = kIncomplete;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + " 8 307.0 130.0 3504. 12.0 70 1\t\"car\"\n";
  std::filesystem::create_directories(folder / "auto-mpg");
  write_bytes(folder / "auto-mpg/auto-mpg.data", text);
  return {.directories = {folder.path()}, .download_to = {}, .progress = {}};
}

std::vector<float> mpg_of(const Dataset& dataset) {
  return {dataset.targets.values().begin(), dataset.targets.values().end()};
}

TEST(AutoMpg, SplitsEveryRowByTheSeed) {
  const TemporaryFolder folder;
  const auto source = many_cars(folder, 50);
  const auto split = load_auto_mpg(source, 1, 0.3);
  EXPECT_EQ(split.test.rows(), 15u);
  EXPECT_EQ(split.train.rows(), 35u);
  auto all = mpg_of(split.train);
  const auto test = mpg_of(split.test);
  all.insert(all.end(), test.begin(), test.end());
  std::ranges::sort(all);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<float>(i));
  const auto text = read_bytes(folder / "auto-mpg/auto-mpg.data");
  std::vector<std::string> lines;
  std::istringstream file(std::string(text.begin(), text.end()));
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  for (const auto* part : {&split.train, &split.test}) {
    ASSERT_EQ(part->source_rows.size(), part->rows());
    for (std::size_t n = 0; n < part->rows(); ++n)
      EXPECT_EQ(std::stof(lines.at(part->source_rows[n])), part->targets(n, 0)) << n;
  }
  EXPECT_EQ(in_words(split.notes),
            std::vector<std::string>{"1 of 51 rows left out: no value for horsepower"});
  EXPECT_EQ(split.origin, (folder / "auto-mpg").string());
  EXPECT_EQ(mpg_of(load_auto_mpg(source, 1, 0.3).test), test);
  EXPECT_NE(mpg_of(load_auto_mpg(source, 2, 0.3).test), test);
}

TEST(AutoMpg, RefusesASplitWithoutRows) {
  const TemporaryFolder folder;
  const auto source = many_cars(folder, 2);
  expect_error<DataError>([&] { load_auto_mpg(source, 1, 0.1); }, {"2 complete rows cannot be split"});
  EXPECT_THROW(load_auto_mpg(source, 1, 0.0), std::invalid_argument);
  EXPECT_THROW(load_auto_mpg(source, 1, 1.0), std::invalid_argument);
}

TEST(AutoMpg, TheRealFile) {
  if (real_data() == nullptr) GTEST_SKIP() << "skipped: MLP_DATA_DIR is not set";
  const auto split = load_auto_mpg({.directories = {real_data()}, .download_to = {}, .progress = {}}, 1);
  EXPECT_EQ(split.train.rows(), 314u);
  EXPECT_EQ(split.test.rows(), 78u);
  EXPECT_EQ(in_words(split.notes),
            std::vector<std::string>{"6 of 398 rows left out: no value for horsepower"});
  validate(split.train);
  validate(split.test);
  // Sums over the 392 complete rows, computed from the file with Python.
  const std::array<double, 7> sums = {2145.0, 76209.5, 40952.0, 1167213.0, 6092.2, 29784.0, 618.0};
  for (std::size_t j = 0; j < sums.size(); ++j) {
    double sum = 0;
    for (const auto* part : {&split.train, &split.test})
      for (std::size_t i = 0; i < part->rows(); ++i) sum += std::get<Matrix<float>>(part->inputs)(i, j);
    EXPECT_NEAR(sum, sums[j], 1e-3) << split.train.feature_names[j];
  }
  double mpg = 0;
  for (const auto* part : {&split.train, &split.test})
    for (const float value : part->targets.values()) mpg += value;
  EXPECT_NEAR(mpg / 392, 23.445918367346938, 1e-6);
  EXPECT_EQ(split.train.unit, "mpg");
}

}  // namespace
}  // namespace mlp
