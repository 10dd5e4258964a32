#include "files/safetensors.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <limits>

#include "files/samples.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::error_of;
using testing_support::read_bytes;
using testing_support::read_plainly;
using testing_support::safetensors_bytes;
using testing_support::same_bits;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

std::string header_error(const std::string& header, std::uint64_t data_bytes = 8) {
  return error_of([&] { parse_safetensors_header(header, data_bytes, "f"); });
}

std::string file_error(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "f", bytes);
  const std::string error = error_of([&] { SafetensorsFile file(folder / "f"); });
  const auto path = folder.path().string() + "/";
  return error.starts_with(path) ? error.substr(path.size()) : error;
}

TEST(Safetensors, ReadsBytesWrittenByHand) {
  const TemporaryFolder folder;
  // b: [2] F32 {1, -2}; a: [1, 2] U8 {7, 8}; e: empty; blanks after the header
  const std::string header =
      R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("a":{"dtype":"U8","shape":[1,2],"data_offsets":[8,10]},"e":{"shape":[0,9],"dtype":"F64","data_offsets":[10,10]},)"
      R"("s":{"dtype":"I16","shape":[],"data_offsets":[10,12]}}   )";
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\xc0\x07\x08\x01\x00", 12);
  write_bytes(folder / "f", safetensors_bytes(header, data));
  const SafetensorsFile file(folder / "f");
  EXPECT_EQ(file.header().metadata, (std::map<std::string, std::string>{{"k", "v"}}));
  EXPECT_EQ(file.header().tensors, (std::map<std::string, TensorInfo>{{"b", {"F32", {2}, 0, 8}},
                                                                      {"a", {"U8", {1, 2}, 8, 10}},
                                                                      {"e", {"F64", {0, 9}, 10, 10}},
                                                                      {"s", {"I16", {}, 10, 12}}}));
  std::array<float, 2> values{};
  file.read(file.header().tensors.at("b"), values);
  EXPECT_EQ(values, (std::array<float, 2>{1, -2}));
  EXPECT_THROW(file.read(file.header().tensors.at("b"), std::span(values).first(1)), std::invalid_argument);
  std::array<float, 1> wrong{};
  EXPECT_THROW(file.read(file.header().tensors.at("a"), wrong), std::invalid_argument);
}

TEST(Safetensors, AnIndependentReaderUnderstandsWhatIsWritten) {
  const TemporaryFolder folder;
  const std::array<float, 6> weight{1, -0.0f, 3e-45f, std::numeric_limits<float>::quiet_NaN(), 5, 6};
  const std::array<float, 1> bias{-7};
  const std::vector<TensorView> tensors{{"weight", {2, 3}, weight}, {"\u00fc \"bias\"", {1}, bias}};
  write_safetensors(folder / "f", {{"name", "line\nbreak"}}, tensors);
  const std::string bytes = read_bytes(folder / "f");
  const auto file = read_plainly(bytes);
  EXPECT_EQ(file.header.at("__metadata__"), (nlohmann::json{{"name", "line\nbreak"}}));
  EXPECT_EQ(file.header.at("weight").at("shape"), (nlohmann::json{2, 3}));
  EXPECT_TRUE(same_bits(file.tensors.at("weight"), weight));
  EXPECT_TRUE(same_bits(file.tensors.at("\u00fc \"bias\""), bias));
  EXPECT_EQ(file.data_begin % 64, 0u);
  EXPECT_EQ(bytes.size(), file.data_begin + 28);
}

TEST(Safetensors, TheWriterChecksItsArguments) {
  const TemporaryFolder folder;
  const std::array<float, 6> values{};
  const std::vector<TensorView> misfit{{"a", {2, 2}, values}};
  EXPECT_THROW(write_safetensors(folder / "f", {}, misfit), std::invalid_argument);
  const std::vector<TensorView> twice{{"a", {6}, values}, {"a", {6}, values}};
  EXPECT_THROW(write_safetensors(folder / "f", {}, twice), std::invalid_argument);
  EXPECT_EQ(
      error_of([&] {
        write_safetensors(folder / "f", {{"k", "\xff"}}, {});
      }),
      (folder / "f").string() +
          ": cannot write: a name or text that belongs in it is not valid UTF-8 | convert the data to UTF-8");
  EXPECT_EQ(testing_support::entries(folder.path()), 0u);
}

TEST(Safetensors, RefusesHeadersThatBreakTheFormat) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  EXPECT_EQ(header_error(good), "no FileError");
  EXPECT_EQ(header_error(" " + good), "f: expected a safetensors header that starts with '{' | ");
  EXPECT_EQ(header_error(""), "f: expected a safetensors header that starts with '{' | ");
  EXPECT_EQ(header_error("[]"), "f: expected a safetensors header that starts with '{' | ");
  EXPECT_EQ(header_error(good + "x"), "f: header: not valid JSON in UTF-8 at byte 55 | ");
  EXPECT_EQ(header_error(good + std::string("\0x", 2)), "f: header: not valid JSON in UTF-8 at byte 55 | ");
  EXPECT_EQ(header_error("{\"\xfe\":1}"), "f: header: not valid JSON in UTF-8 at byte 3 | ");
  EXPECT_EQ(header_error(R"({"a":1,"a":1})"), "f: header: the key 'a' appears twice in one JSON object | ");
  EXPECT_EQ(header_error(R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
            "f: header: the key 'dtype' appears twice in one JSON object | ");
  EXPECT_EQ(header_error(R"({"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})"),
            "f: header: JSON is nested deeper than 3 levels | ");
  std::string deep = R"({"a":)";
  for (int i = 0; i < 1'000'000; ++i) deep += "[";
  EXPECT_EQ(header_error(deep), "f: header: JSON is nested deeper than 3 levels | ");
}

TEST(Safetensors, BoundsTheValuesOfAHeader) {
  std::string shape = R"({"a":{"dtype":"F32","data_offsets":[0,8],"shape":[1)";
  for (int i = 0; i < 1'000'000; ++i) shape += ",1";
  EXPECT_EQ(header_error(shape + "]}}"), "f: header: JSON holds more than 1000000 values | ");
  std::string objects = "{";
  for (int i = 0; i < 1'000'001; ++i) objects += "\"" + std::to_string(i) + "\":{},";
  EXPECT_EQ(header_error(objects), "f: header: JSON holds more than 1000000 values | ");
}

TEST(Safetensors, RefusesMetadataThatIsNotText) {
  EXPECT_EQ(header_error(R"({"__metadata__":{"k":1}})", 0),
            "f: header: __metadata__.k: expected a text, found 1 | ");
  EXPECT_EQ(header_error(R"({"__metadata__":"k"})", 0),
            "f: header: __metadata__: expected an object, found \"k\" | ");
}

TEST(Safetensors, RefusesTensorsThatBreakTheFormat) {
  const auto with = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return header_error(R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" +
                        offsets + "}}");
  };
  EXPECT_EQ(with(R"("F32")", "[2]", "[0,8]"), "no FileError");
  EXPECT_EQ(with(R"("F33")", "[2]", "[0,8]"),
            "f: header: tensor 'a': dtype: expected a dtype such as F32, found \"F33\" | ");
  EXPECT_EQ(with("4", "[2]", "[0,8]"), "f: header: tensor 'a': dtype: expected a text, found 4 | ");
  EXPECT_EQ(with(R"("F32")", "2", "[0,8]"), "f: header: tensor 'a': shape: expected an array, found 2 | ");
  EXPECT_EQ(
      with(R"("F32")", "[-2]", "[0,8]"),
      "f: header: tensor 'a': shape[0]: expected a whole number from 0 to 18446744073709551615, found -2 | ");
  EXPECT_EQ(with(R"("F32")", "[2.0]", "[0,8]"),
            "f: header: tensor 'a': shape[0]: expected a whole number from 0 to 18446744073709551615, found "
            "2.0 | ");
  EXPECT_EQ(with(R"("F32")", "[2]", "[0,8,8]"),
            "f: header: tensor 'a': data_offsets: expected two offsets, found an array | ");
  EXPECT_EQ(with(R"("F32")", "[2]", "[8,0]"),
            "f: header: tensor 'a': data_offsets: expected 8 bytes for its dtype and shape, found [8, 0) | ");
  EXPECT_EQ(
      with(R"("F32")", "[3]", "[0,8]"),
      "f: header: tensor 'a': data_offsets: expected 12 bytes for its dtype and shape, found [0, 8) | ");
  EXPECT_EQ(
      with(R"("F64")", "[2]", "[0,8]"),
      "f: header: tensor 'a': data_offsets: expected 16 bytes for its dtype and shape, found [0, 8) | ");
  // 2^62 * 4 bytes and 2^32 * 2^32 wrap to 0 in 64 bits; so does a product whose last factor is small again
  EXPECT_EQ(with(R"("F32")", "[4611686018427387904]", "[0,0]"),
            "f: header: tensor 'a': shape: the product of its dimensions overflows | ");
  EXPECT_EQ(with(R"("U8")", "[4294967296,4294967296]", "[0,0]"),
            "f: header: tensor 'a': shape: the product of its dimensions overflows | ");
  EXPECT_EQ(with(R"("F32")", "[2305843009213693953,2]", "[0,8]"),
            "f: header: tensor 'a': shape: the product of its dimensions overflows | ");
  EXPECT_EQ(header_error(R"({"a":5})"), "f: header: tensor 'a': expected an object, found 5 | ");
  EXPECT_EQ(header_error(R"({"a":{"dtype":"F32","shape":[2]}})"),
            "f: header: tensor 'a': data_offsets is missing | ");
}

TEST(Safetensors, RefusesHolesOverlapsAndOtherLengths) {
  const auto two = [](const std::string& first, const std::string& second, std::uint64_t data_bytes) {
    return header_error(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)" + first +
                            R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + second + "}}",
                        data_bytes);
  };
  EXPECT_EQ(two("[0,4]", "[4,8]", 8), "no FileError");
  EXPECT_EQ(two("[4,8]", "[0,4]", 8), "no FileError");
  EXPECT_EQ(two("[0,4]", "[5,9]", 9),
            "f: tensor 'b' begins at data byte 5, expected 4 where the one before it ends | ");
  EXPECT_EQ(two("[0,4]", "[3,7]", 7),
            "f: tensor 'b' begins at data byte 3, expected 4 where the one before it ends | ");
  EXPECT_EQ(two("[0,4]", "[0,4]", 4),
            "f: tensor 'b' begins at data byte 0, expected 4 where the one before it ends | ");
  EXPECT_EQ(two("[1,5]", "[5,9]", 9),
            "f: tensor 'a' begins at data byte 1, expected 0 where the one before it ends | ");
  EXPECT_EQ(two("[0,4]", "[4,8]", 9), "f: expected 8 bytes of data after the header, found 9 | ");
  EXPECT_EQ(two("[0,4]", "[4,8]", 7),
            "f: expected 8 bytes of data after the header, found 7 | the file was cut short; copy it again");
  EXPECT_EQ(header_error("{}", 1), "f: expected 0 bytes of data after the header, found 1 | ");
  EXPECT_EQ(header_error("{}", 0), "no FileError");
  // Sizes that only fit by wrapping around: the second tensor would end where the data do, 8 bytes before it
  // begins.
  EXPECT_EQ(
      header_error(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("b":{"dtype":"U8","shape":[18446744073709551608],"data_offsets":[8,0]}})",
                   0),
      "f: header: tensor 'b': data_offsets: expected 18446744073709551608 bytes for its dtype and shape, "
      "found [8, 0) | ");
  EXPECT_NE(two("[0,4]", "[18446744073709551612,0]", 4), "no FileError");
}

TEST(Safetensors, RefusesHeaderLengthsThatCannotBe) {
  EXPECT_EQ(file_error(""), "f: expected a safetensors file of at least 8 bytes, found 0 | ");
  EXPECT_EQ(file_error("1234567"), "f: expected a safetensors file of at least 8 bytes, found 7 | ");
  EXPECT_EQ(file_error(std::string(8, '\0')), "f: expected a safetensors header that starts with '{' | ");
  EXPECT_EQ(file_error(std::string("\x03\0\0\0\0\0\0\0{}", 10)),
            "f: byte 0: expected a header length of at most 2, found 3 | this is no safetensors file, or it "
            "was cut short");
  EXPECT_EQ(file_error(std::string(16, '\xff')),
            "f: byte 0: expected a header length of at most 8, found 18446744073709551615 | "
            "this is no safetensors file, or it was cut short");
  EXPECT_EQ(file_error(std::string("\x02\0\0\0\0\0\0\0{}", 10)), "no FileError");
}

TEST(Safetensors, TheHeaderHasACapWhateverTheFilesSize) {
  const TemporaryFolder folder;
  const std::string length("\x01\xe1\xf5\x05\0\0\0\0", 8);  // 100'000'001
  write_bytes(folder / "f", length + "{");
  std::filesystem::resize_file(folder / "f", 200'000'000);  // sparse
  EXPECT_EQ(error_of([&] { SafetensorsFile file(folder / "f"); }),
            (folder / "f").string() +
                ": byte 0: expected a header length of at most 100000000, found 100000001"
                " | this is no safetensors file, or it was cut short");
}

TEST(Safetensors, RefusesWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  const std::string path = (folder / "f").string();
  EXPECT_EQ(error_of([&] { SafetensorsFile file(path); }),
            path + ": cannot read: No such file or directory | check the path");
  EXPECT_EQ(error_of([&] { SafetensorsFile file(folder.path()); }),
            folder.path().string() + ": expected a safetensors file, found a folder | ");
  EXPECT_EQ(error_of([&] { SafetensorsFile file("/dev/zero"); }),
            "/dev/zero: expected a safetensors file, found a device or pipe | ");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { SafetensorsFile file(path); }),
            path + ": expected a safetensors file, found a device or pipe | ");
}

}  // namespace
}  // namespace mlp
