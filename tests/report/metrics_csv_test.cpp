#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "mlp/report.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

const std::string kHeader =
    "epoch,train_loss,validation_loss,validation_metric,learning_rate,seconds,samples_per_second\n";

std::string read_error(const std::string& content) {
  const TemporaryFolder folder;
  write_bytes(folder / "m", content);
  try {
    read_metrics_csv(folder / "m");
  } catch (const FileError& error) {
    const std::string what = error.what(), path = (folder / "m").string() + ": ";
    return what.starts_with(path) ? what.substr(path.size()) : what;
  }
  return "no FileError";
}

std::vector<std::uint64_t> bits_of(const EpochRecord& record) {
  std::vector<std::uint64_t> bits{record.epoch};
  for (const double value : {record.train_loss, record.validation_loss, record.validation_metric,
                             record.learning_rate, record.seconds, record.samples_per_second}) {
    bits.push_back(std::bit_cast<std::uint64_t>(value));
  }
  return bits;
}

TEST(MetricsCsv, WritesOneRowAnEpoch) {
  const TemporaryFolder folder;
  write_metrics_csv(
      {{.epoch = 1, .train_loss = 0.1, .learning_rate = 0.001, .seconds = 2, .samples_per_second = 1e6},
       {2, 0.25, 0.5, 0.98, 1e-5, 1.5, 1234.5}},
      folder / "m");
  EXPECT_EQ(read_bytes(folder / "m"), kHeader + "1,0.1,,,0.001,2,1e+06\n2,0.25,0.5,0.98,1e-05,1.5,1234.5\n");
}

TEST(MetricsCsv, ComesBackBitForBit) {
  using Limits = std::numeric_limits<double>;
  History history{
      {1, 0.1 + 0.2, EpochRecord::kNone, EpochRecord::kNone, -0.0, Limits::denorm_min(), Limits::max()},
      {UINT64_MAX, Limits::infinity(), -Limits::infinity(), Limits::min(), Limits::lowest(), 1.0 / 3, 0}};
  const RandomStream random(5, RandomPurpose::kTest);
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const auto words = random.block(i);
    const auto value = std::bit_cast<double>(std::uint64_t{words[0]} << 32 | words[1]);
    history.push_back({i, std::isnan(value) ? 1.0 : value, random.normal(i), random.uniform(i), 0, 1, 2});
  }
  const TemporaryFolder folder;
  write_metrics_csv(history, folder / "m");
  const History back = read_metrics_csv(folder / "m");
  ASSERT_EQ(back.size(), history.size());
  for (std::size_t i = 0; i < back.size(); ++i) ASSERT_EQ(bits_of(back[i]), bits_of(history[i])) << i;
}

TEST(MetricsCsv, AnEmptyHistoryComesBack) {
  const TemporaryFolder folder;
  write_metrics_csv({}, folder / "m");
  EXPECT_EQ(read_bytes(folder / "m"), kHeader);
  EXPECT_TRUE(read_metrics_csv(folder / "m").empty());
}

TEST(MetricsCsv, LineEndsOfOtherSystemsAreUnderstood) {
  std::string content = kHeader;
  content.insert(content.size() - 1, "\r");
  EXPECT_EQ(read_error(content + "1,1,,,1,1,1\r\n2,1,,,1,1,1"), "no FileError");
}

TEST(MetricsCsv, ErrorsNameLineAndColumn) {
  const std::string expected_columns =
      "line 1: expected the columns " + kHeader.substr(0, kHeader.size() - 1);
  EXPECT_EQ(read_error(""), expected_columns + ", found ''");
  EXPECT_EQ(read_error("epoch,loss\n1,2\n"), expected_columns + ", found 'epoch,loss'");
  const std::string row = "1,1,,,1,1,1\n";
  EXPECT_EQ(read_error(kHeader + row + "2,1,x,,1,1,1\n"),
            "line 3: column validation_loss: expected a number, found 'x'");
  EXPECT_EQ(read_error(kHeader + row + "2,1,,,1,1,1.5 \n"),
            "line 3: column samples_per_second: expected a number, found '1.5 '");
  EXPECT_EQ(read_error(kHeader + "2.5,1,,,1,1,1\n"),
            "line 2: column epoch: expected a whole number, found '2.5'");
  EXPECT_EQ(read_error(kHeader + ",1,,,1,1,1\n"), "line 2: column epoch: expected a whole number, found ''");
  EXPECT_EQ(read_error(kHeader + "99999999999999999999,1,,,1,1,1\n"),
            "line 2: column epoch: expected a whole number, found '99999999999999999999'");
  EXPECT_EQ(read_error(kHeader + "1,1,,,1,1\n"), "line 2: expected 7 cells, found 6");
  EXPECT_EQ(read_error(kHeader + "1,1,,,1,1,1,1\n"), "line 2: expected 7 cells, found more");
  EXPECT_EQ(read_error(kHeader + row + "\n" + row), "line 3: expected 7 cells, found 1");
  EXPECT_EQ(read_error(kHeader + row + std::string("1,\0,,,1,1,1\n", 12)),
            "line 3: column train_loss: expected a number, found '?'");
}

TEST(MetricsCsv, WhatIsNoFileIsNamed) {
  const TemporaryFolder folder;
  const auto error = [](const std::filesystem::path& path) {
    try {
      read_metrics_csv(path);
    } catch (const FileError& e) {
      return std::string(e.what());
    }
    return std::string("no FileError");
  };
  EXPECT_EQ(error(folder / "none"), (folder / "none").string() + ": cannot read: No such file or directory");
  EXPECT_EQ(error(folder.path()), folder.path().string() + ": expected a metrics.csv, found a folder");
  EXPECT_EQ(error("/dev/zero"), "/dev/zero: expected a metrics.csv, found a device or pipe");
  write_bytes(folder / "huge", "epoch");
  std::filesystem::resize_file(folder / "huge", 1'000'000'000);  // sparse
  EXPECT_EQ(
      error(folder / "huge"),
      (folder / "huge").string() + ": expected a metrics.csv of at most 100000000 bytes, found 1000000000");
}

TEST(MetricsCsv, CannotBeWrittenWhereThereIsNoFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_metrics_csv({}, folder / "none/m"), FileError);
}

}  // namespace
}  // namespace mlp
