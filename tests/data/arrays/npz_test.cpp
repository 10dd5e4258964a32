#include "data/arrays/npz.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/support.h"
#include "support/processor_time.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;
using Part = ArrayRole::Part;

NpzFile open(const std::string& bytes) { return NpzFile(ZipArchive("memory", bytes)); }

std::vector<std::uint8_t> bytes_in(const Array& array) {
  const auto& values = std::get<AlignedVector<std::uint8_t>>(array.values);
  return {values.begin(), values.end()};
}

TEST(Npz, ReadsStoredAndPackedArrays) {
  for (const bool packed : {false, true}) {
    const auto bytes = zip({{"x.npy", npy("|u1", "(2, 2)", "abcd"), packed},
                            {"readme.txt", "no array", packed},
                            {"folder/y.npy", npy("|u1", "(2,)", "ef"), packed}});
    const auto npz = open(bytes);
    EXPECT_EQ(npz.arrays(), (std::vector<std::string>{"x", "folder/y"}));
    EXPECT_EQ(npz.read("x").dims, (std::vector<std::uint64_t>{2, 2}));
    EXPECT_EQ(bytes_in(npz.read("x")), (std::vector<std::uint8_t>{'a', 'b', 'c', 'd'}));
    EXPECT_EQ(bytes_in(npz.read("folder/y")), (std::vector<std::uint8_t>{'e', 'f'}));
    EXPECT_THROW(npz.read("z"), std::invalid_argument);
  }
}

TEST(Npz, NamesTellWhatArraysAreFor) {
  const auto role = [](Part part, bool labels) { return ArrayRole{part, labels}; };
  EXPECT_EQ(role_of("x"), role(Part::kAll, false));
  EXPECT_EQ(role_of("y"), role(Part::kAll, true));
  EXPECT_EQ(role_of("X"), role(Part::kAll, false));
  EXPECT_EQ(role_of("images"), role(Part::kAll, false));
  EXPECT_EQ(role_of("labels"), role(Part::kAll, true));
  EXPECT_EQ(role_of("targets"), role(Part::kAll, true));
  EXPECT_EQ(role_of("x_train"), role(Part::kTrain, false));
  EXPECT_EQ(role_of("y_train"), role(Part::kTrain, true));
  EXPECT_EQ(role_of("x_test"), role(Part::kTest, false));
  EXPECT_EQ(role_of("y_test"), role(Part::kTest, true));
  EXPECT_EQ(role_of("train_images"), role(Part::kTrain, false));
  EXPECT_EQ(role_of("Test_Labels"), role(Part::kTest, true));
  for (const auto* name :
       {"", "arr_0", "xx", "val_images", "x_", "_x", "x_train_2", "train", "train_test", "x_y"})
    EXPECT_EQ(role_of(name), std::nullopt) << name;
}

TEST(Npz, FindsTheArrayForARoleOrListsThem) {
  const auto array = npy("|u1", "(1, 2)", "ab");
  const auto bytes =
      zip({{"x_train.npy", array}, {"x_test.npy", array}, {"val_images.npy", array}, {"y.npy", array}});
  const auto npz = open(bytes);
  EXPECT_EQ(npz.find({Part::kTrain, false}), "x_train");
  EXPECT_EQ(npz.find({Part::kTest, false}), "x_test");
  EXPECT_EQ(npz.find({Part::kTest, true}), "y") << "of all rows";
  const auto both = zip({{"x.npy", array}, {"x_test.npy", array}});
  EXPECT_EQ(open(both).find({Part::kTest, false}), "x_test") << "its own part comes first";
  EXPECT_EQ(open(both).find({Part::kTrain, false}), "x");
  EXPECT_EQ(npz.find({Part::kAll, false}), std::nullopt);

  const auto two =
      zip({{"x.npy", array}, {"images.npy", npy("|O", "(1,)", "")}, {"y.npy", npy("<f8", "()", "12345678")}});
  expect_error<FileError>(
      [&] {
        open(two).find({Part::kTrain, false});
      },
      {"memory: expected one array of inputs, found several; it holds x (uint8, 1 x 2), images "
       "(not numbers), y (float64, 1)"});
  std::vector<ZipEntry> many;
  for (int i = 0; i < 20; ++i) many.push_back({"arr_" + std::to_string(i) + ".npy", array});
  expect_error<FileError>([&] { open(zip(many)).refuse("inputs"); }, {"arr_11 (uint8, 1 x 2), and 8 more"});
}

TEST(Npz, RefusesWhatIsNoZipArchive) {
  expect_error<FileError>([] { open("PK\x03\x04 and then nothing"); },
                          {"memory: cannot be read as a zip archive"});
  expect_error<FileError>([] { open(""); }, {"memory: "});
  expect_error<FileError>([] { open(zip({})); }, {"without a .npy array"});
  expect_error<FileError>(
      [] {
        open(zip({{"a.txt", "text"}}));
      },
      {"memory: a zip archive without a .npy array"});
  const TemporaryFolder folder;
  expect_error<FileError>([&] { NpzFile{folder.path()}; }, {"must be a regular file"});
  expect_error<FileError>([&] { NpzFile{folder / "none"}; }, {"must be a regular file"});
  expect_error<FileError>([] { NpzFile{"/dev/zero"}; }, {"/dev/zero: a zip archive must be a regular file"});
  write_bytes(folder / "good.npz", zip({{"x.npy", npy("|u1", "(1,)", "a")}}));
  EXPECT_EQ(NpzFile(folder / "good.npz").arrays().size(), 1u);
}

TEST(Npz, DamagedSumsAndLyingSizesAreFound) {
  const auto array = npy("|u1", "(4, 100)", std::string(400, 'a'));
  for (const bool packed : {false, true}) {
    const auto good = zip({{"x.npy", array, packed}});
    const auto directory = good.find("PK\x01\x02");
    auto wrong_sum = good;
    for (const std::size_t at : {std::size_t{14}, directory + 16})
      wrong_sum[at] = static_cast<char>(wrong_sum[at] ^ 1);
    expect_error<FileError>([&] { open(wrong_sum).read("x"); }, {"memory: x.npy: cannot be inflated: "});
  }
  // A right checksum on an array that is longer or shorter than its header says.
  expect_error<FileError>(
      [&] {
        open(zip({{"x.npy", array + "a", true}})).read("x");
      },
      {"memory: x.npy: the header announces 4 x 100 elements", "bytes after them"});
  expect_error<FileError>(
      [&] {
        open(zip({{"x.npy", array.substr(0, array.size() - 1), true}})).read("x");
      },
      {"memory: x.npy: the header announces 4 x 100 elements", "the file holds at most 399"});
  // The archive also claims more bytes than it has.
  auto claims = zip({{"x.npy", npy("|u1", "(1000000, 4000)", "abcd"), true}});
  const auto directory = claims.find("PK\x01\x02");
  for (const std::size_t at : {std::size_t{22}, directory + 24}) claims.replace(at, 4, "\xff\xff\xff\xfe");
  const double started = testing_support::processor_seconds();
  expect_error<FileError>(
      [&] { open(claims).read("x"); },
      {"memory: x.npy: the header announces 1000000 x 4000 elements", "the file holds at most"});
  EXPECT_LT(testing_support::processor_seconds() - started, 1.0);
}

TEST(Npz, EveryTruncationIsAnErrorAndEveryFlippedByteReadOrRefused) {
  for (const bool packed : {false, true}) {
    const auto whole =
        zip({{"x.npy", npy("|u1", "(2, 2)", "abcd"), packed}, {"y.npy", npy("|u1", "(2,)", "ef"), packed}});
    const auto read = [](const std::string& bytes) {
      const auto npz = open(bytes);
      for (const auto& name : npz.arrays()) (void)npz.read(name);
    };
    ASSERT_NO_THROW(read(whole));
    for (std::size_t length = 0; length < whole.size(); ++length)
      expect_error<FileError>([&] { read(whole.substr(0, length)); }, {"memory"});
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const int mask : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
        auto damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ mask);
        try {
          read(damaged);
        } catch (const FileError&) {
          ++refused;  // anything else ends the test
        }
      }
    }
    EXPECT_GT(refused, 0);
  }
}

}  // namespace
}  // namespace mlp
