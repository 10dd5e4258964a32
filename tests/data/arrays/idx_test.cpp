#include "data/arrays/idx.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "data/support.h"
#include "support/processor_time.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

Array parse(const std::string& bytes) {
  ByteReader reader("memory", bytes);
  return read_idx(reader);
}

std::string small_images() {
  return idx_header(0x08, {2, 2, 3}) + bytes_of({0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255});
}

template <class T>
void expect_values(const std::string& bytes, const std::vector<T>& expected) {
  for (const auto& file : {bytes, gzip(bytes)}) {
    const auto array = parse(file);
    const auto* values = std::get_if<AlignedVector<T>>(&array.values);
    ASSERT_NE(values, nullptr);
    EXPECT_EQ(std::vector<T>(values->begin(), values->end()), expected);
  }
}

TEST(Idx, ReadsEveryElementTypeBigEndian) {
  expect_values<std::uint8_t>(idx_header(0x08, {3}) + bytes_of({0, 127, 255}), {0, 127, 255});
  expect_values<std::int8_t>(idx_header(0x09, {3}) + bytes_of({0, 127, 255}), {0, 127, -1});
  expect_values<std::int16_t>(idx_header(0x0b, {3}) + bytes_of({0x01, 0x02, 0x80, 0x00, 0xff, 0xfe}),
                              {258, -32768, -2});
  expect_values<std::int32_t>(idx_header(0x0c, {2}) + bytes_of({1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfd}),
                              {16909060, -3});
  expect_values<float>(idx_header(0x0d, {2}) + bytes_of({0x3f, 0xc0, 0, 0, 0xc2, 0xf6, 0xe9, 0x79}),
                       {1.5f, -123.456f});
  expect_values<double>(idx_header(0x0e, {1}) + bytes_of({0xc0, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18}),
                        {-3.141592653589793});
}

TEST(Idx, ReadsEveryRank) {
  for (const std::size_t rank : {1, 2, 3, 7, 255}) {
    std::vector<std::uint32_t> dims(rank, 1);
    dims.back() = 2;
    const auto array = parse(idx_header(0x08, dims) + "ab");
    EXPECT_EQ(array.dims, (std::vector<std::uint64_t>(dims.begin(), dims.end())));
  }
}

TEST(Idx, ReadsMoreThanOneChunk) {
  constexpr std::uint32_t kCount = 300'001;
  std::string bytes = idx_header(0x0c, {kCount});
  std::vector<std::int32_t> expected;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const std::uint32_t value = i * 2654435761u;
    expected.push_back(static_cast<std::int32_t>(value));
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  }
  expect_values<std::int32_t>(bytes, expected);
}

TEST(Idx, ReadsAnArrayWithoutElements) {
  EXPECT_EQ(parse(idx_header(0x08, {0, 28, 28})).dims, (std::vector<std::uint64_t>{0, 28, 28}));
}

TEST(Idx, RowsKeepBytesAndTheOrder) {
  const auto inputs = array_rows(parse(small_images()), "memory");
  const auto* rows = std::get_if<Matrix<std::uint8_t>>(&inputs);
  ASSERT_NE(rows, nullptr);
  EXPECT_EQ(*rows, Matrix<std::uint8_t>(2, 6, {0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255}));
}

TEST(Idx, RowsOfOtherTypesBecomeFloat) {
  const auto shorts =
      array_rows(parse(idx_header(0x0b, {2, 1}) + bytes_of({0xff, 0xff, 0x01, 0x00})), "memory");
  EXPECT_EQ(std::get<Matrix<float>>(shorts), Matrix<float>(2, 1, {-1.0f, 256.0f}));
  const auto nan = idx_header(0x0d, {2, 1}) + bytes_of({0, 0, 0, 0, 0x7f, 0xc0, 0, 0});
  expect_error<FileError>([&] { array_rows(parse(nan), "memory"); },
                          {"memory: row 1, column 0: expected a finite number, found nan"});
  // 1e300 is a double, but no float
  const auto large = idx_header(0x0e, {1}) + bytes_of({0x7e, 0x37, 0xe4, 0x3c, 0x88, 0x00, 0x75, 0x9c});
  expect_error<FileError>([&] { array_rows(parse(large), "memory"); }, {"expected a finite number"});
}

TEST(Idx, LabelsAreIntegersOfRankOne) {
  const auto labels = array_labels(parse(idx_header(0x09, {3}) + bytes_of({7, 0, 255})), "memory");
  EXPECT_EQ(labels, (std::vector<std::int64_t>{7, 0, -1}));
  expect_error<FileError>([] { array_labels(parse(small_images()), "memory"); },
                          {"memory: expected labels", "found integers of rank 3"});
  expect_error<FileError>(
      [] {
        array_labels(parse(idx_header(0x0d, {1}) + bytes_of({0, 0, 0, 0})), "memory");
      },
      {"floating-point numbers of rank 1"});
}

TEST(Idx, EveryTruncationIsAnError) {
  for (const auto& header : {idx_header(0x08, {2, 2, 3}), idx_header(0x0c, {3}), idx_header(0x0b, {2, 3})}) {
    const auto whole = header + std::string(12, 'x');
    ASSERT_NO_THROW(parse(whole));
    for (std::size_t length = 0; length < whole.size(); ++length)
      expect_error<FileError>([&] { parse(whole.substr(0, length)); }, {"memory: "});
    const auto packed = gzip(whole);
    ASSERT_NO_THROW(parse(packed));
    for (std::size_t length = 0; length < packed.size(); ++length)
      expect_error<FileError>([&] { parse(packed.substr(0, length)); }, {"memory: "});
    // the gzip stream is whole, its content is not
    for (std::size_t length = 0; length < whole.size(); ++length)
      expect_error<FileError>([&] { parse(gzip(whole.substr(0, length))); }, {"memory: "});
  }
}

TEST(Idx, AnyFlippedByteIsReadOrRefused) {
  const auto whole = small_images();
  for (const auto& file : {whole, gzip(whole)}) {
    int refused = 0;
    for (std::size_t i = 0; i < file.size(); ++i) {
      for (int mask = 1; mask < 256; ++mask) {
        auto damaged = file;
        damaged[i] = static_cast<char>(damaged[i] ^ mask);
        try {
          const auto array = parse(damaged);
          (void)array_rows(array, "memory");
          (void)array_labels(array, "memory");
        } catch (const FileError&) {
          ++refused;  // anything else ends the test
        }
      }
    }
    EXPECT_GT(refused, 0);
  }
}

TEST(Idx, EachMistakeHasItsMessage) {
  expect_error<FileError>([] { parse(""); }, {"memory: the file is empty"});
  expect_error<FileError>([] { parse("PK\x03\x04"); }, {"not an IDX file", "found 50 4b"});
  expect_error<FileError>(
      [] {
        parse(bytes_of({0, 0, 0x0a, 1, 0, 0, 0, 1, 0}));
      },
      {"byte 2: unknown element type 0a"});
  expect_error<FileError>([] { parse(bytes_of({0, 0, 0x08, 0})); }, {"byte 3: the rank is 0"});
  expect_error<FileError>(
      [] {
        parse(bytes_of({0, 0, 0x08, 3, 0, 0, 0, 2, 0}));
      },
      {"the header ends at byte 9, expected 16 bytes for rank 3"});
  const auto whole = small_images();
  expect_error<FileError>([&] { parse(whole.substr(0, whole.size() - 2)); },
                          {"announces 2 x 2 x 3 elements of 1 byte", "the file holds at most 10 bytes"});
  expect_error<FileError>([&] { parse(gzip(whole.substr(0, whole.size() - 2))); },
                          {"announces 2 x 2 x 3 elements", "the data end 10 bytes after it"});
  expect_error<FileError>([&] { parse(whole + "x"); }, {"but there are bytes after them"});
  expect_error<FileError>([&] { parse(gzip(whole + "x")); }, {"but there are bytes after them"});
}

TEST(Idx, AHeaderThatClaimsTerabytesFailsAtOnce) {
  const double started = testing_support::processor_seconds();
  constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
  const std::vector<std::string> headers = {
      idx_header(0x08, {kMax, 64, 64}),            // 17.6 TB
      idx_header(0x0e, {60'000, 28'000, 28'000}),  // 376 TB
      idx_header(0x0e, {kMax, kMax, 1}),           // overflows 64 bits in bytes
      idx_header(0x08, {kMax, kMax, kMax}),        // overflows 64 bits in elements
      idx_header(0x08, {0, kMax, kMax, kMax}),     // no elements, and rows that overflow
      idx_header(0x08, std::vector<std::uint32_t>(255, kMax)),
  };
  for (const auto& header : headers) {
    expect_error<FileError>([&] { parse(header); }, {"the header announces"});
    expect_error<FileError>([&] { parse(gzip(header)); }, {"the header announces"});
  }
  EXPECT_LT(testing_support::processor_seconds() - started, 1.0);
}

TEST(Idx, ReadsAFileFromDisk) {
  const TemporaryFolder folder;
  write_bytes(folder / "images.gz", gzip(small_images()));
  EXPECT_EQ(read_idx(folder / "images.gz").dims, (std::vector<std::uint64_t>{2, 2, 3}));
  expect_error<FileError>([&] { read_idx(folder.path()); }, {"is a directory"});
  write_bytes(folder / "empty", "");
  expect_error<FileError>([&] { read_idx(folder / "empty"); }, {"empty: the file is empty"});
}

}  // namespace
}  // namespace mlp
