// Which files are mapped, what their rows are, and what is refused of them as when they are read.
#include "data/arrays/mapped_array.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <string>

#include "data/arrays/array_file.h"
#include "data/support.h"
#include "mlp/data.h"
#include "mlp/split.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

std::string floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) bytes += little_endian(std::bit_cast<std::uint32_t>(value), 4);
  return bytes;
}

/// A .npy file as NumPy pads it: elements begin at a multiple of 64.
std::string padded_npy(const std::string& type, const std::string& shape, const std::string& elements,
                       bool fortran = false) {
  std::string dictionary = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                           ", 'shape': " + shape + ", }";
  while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  return npy_start(dictionary + "\n") + elements;
}

class MappedArray : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes) {
    write_bytes(folder_.path() / "array", bytes);
    return folder_.path() / "array";
  }
  /// Whether it is mapped; then with the elements that reading gives.
  bool is_mapped(const std::string& bytes) {
    const auto path = write(bytes);
    const auto mapped = map_array(path, 0);
    const NamedArray read = read_array(path, {});
    if (!mapped) return false;
    EXPECT_EQ(mapped->dims, read.array.dims);
    const auto elements_of = [](const Array& array) {
      return std::visit([](const auto& values) { return std::vector<double>(values.begin(), values.end()); },
                        array.values);
    };
    EXPECT_EQ(elements_of(*mapped), elements_of(read.array));
    EXPECT_FALSE(map_array(path, bytes.size() + 1)) << "it is smaller";
    EXPECT_TRUE(map_array(path, bytes.size()));
    return true;
  }
  TemporaryFolder folder_;
};

const std::string kBytes = bytes_of({1, 200, 3, 4, 5, 6});
const std::string kFloats = floats({1, -2.5f, 3, 4, 1e30f, 6});

TEST_F(MappedArray, BytesAndFloatsAsTheyAreComputedWith) {
  EXPECT_TRUE(is_mapped(padded_npy("|u1", "(2, 3)", kBytes)));
  EXPECT_TRUE(is_mapped(padded_npy("|u1", "(6,)", kBytes, true))) << "one index has no other order";
  EXPECT_TRUE(is_mapped(padded_npy("<f4", "(3, 1, 2)", kFloats)));
  EXPECT_TRUE(is_mapped(idx_header(0x08, {3, 2, 1}) + kBytes));
}

TEST_F(MappedArray, AllElseIsRead) {
  EXPECT_FALSE(is_mapped(padded_npy("|u1", "(2, 3)", kBytes, true))) << "Fortran order";
  EXPECT_FALSE(is_mapped(padded_npy("|i1", "(2, 3)", kBytes)));
  EXPECT_FALSE(is_mapped(padded_npy("|b1", "(2, 2)", bytes_of({0, 1, 1, 0})))) << "are checked to be 0 or 1";
  EXPECT_FALSE(is_mapped(padded_npy("<u2", "(3,)", kBytes)));
  EXPECT_FALSE(is_mapped(padded_npy(">f4", "(2, 3)", floats({0, 0, 0, 0, 0, 0}))));
  EXPECT_FALSE(is_mapped(padded_npy("<f8", "(1, 3)", kFloats)));
  EXPECT_FALSE(is_mapped(npy_start("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} \n") + kFloats))
      << "floats at odd addresses";
  EXPECT_FALSE(is_mapped(gzip(padded_npy("|u1", "(2, 3)", kBytes))));
  EXPECT_FALSE(is_mapped(gzip(idx_header(0x08, {6}) + kBytes)));
  EXPECT_FALSE(is_mapped(idx_header(0x0d, {1}) + std::string(4, '\0'))) << "IDX is big-endian";
  EXPECT_FALSE(map_array(folder_.path() / "missing", 0));
  EXPECT_FALSE(map_array(folder_.path(), 0));
  EXPECT_FALSE(map_array(write(""), 0));
  EXPECT_FALSE(map_array("/dev/zero", 0));
}

TEST_F(MappedArray, WhatDoesNotFitItsHeaderIsRefusedInTheSameWords) {
  const auto message_of = [](const auto& work) {
    try {
      work();
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  for (const std::string& bytes :
       {padded_npy("|u1", "(2, 4)", kBytes), padded_npy("|u1", "(1, 5)", kBytes),
        padded_npy("<f4", "(2, 4)", kFloats), padded_npy("<f4", "(5,)", kFloats),
        padded_npy("<f4", "(2, 3)", kFloats.substr(1)), idx_header(0x08, {7}) + kBytes,
        idx_header(0x08, {5}) + kBytes, idx_header(0x08, {2, 3}).substr(0, 9),
        padded_npy("|u1", "(4294967296, 4294967296, 4294967296)", kBytes)}) {
    const auto path = write(bytes);
    const std::string mapped = message_of([&] { map_array(path, 0); });
    EXPECT_NE(mapped.find(path.string()), std::string::npos) << mapped;
    EXPECT_EQ(mapped, message_of([&] { read_array(path, {}); }));
  }
}

TEST_F(MappedArray, ItsRowsAreChecked) {
  const auto rows = [&](const std::vector<float>& values) {
    return array_rows(*map_array(write(padded_npy("<f4", "(2, 3)", floats(values))), 0), "file");
  };
  EXPECT_EQ(std::get<MappedRows<float>>(rows({1, 2, 3, 4, 5, 6}))(1, 0), 4);
  expect_error<FileError>(
      [&] {
        rows({1, 2, 3, 4, std::numeric_limits<float>::quiet_NaN(), 6});
      },
      {"file: row 1, column 1: expected a finite number, found nan"});
  const auto bytes = array_rows(*map_array(write(padded_npy("|u1", "(2, 3)", kBytes)), 0), "file");
  EXPECT_EQ(std::get<MappedRows<std::uint8_t>>(bytes)(0, 1), 200);
}

TEST_F(MappedArray, TheMappingOutlivesTheFilesName) {
  const auto path = write(padded_npy("|u1", "(2, 3)", kBytes));
  const Inputs inputs = read_inputs(path, 3, {}, {}, 0);
  std::filesystem::remove(path);
  EXPECT_EQ(std::get<MappedRows<std::uint8_t>>(inputs)(1, 2), 6);
}

/// What load_images() makes of the same files, mapped and read.
class MappedImages : public MappedArray {
 protected:
  static constexpr std::size_t kRows = 60;

  ImageFiles pair(const std::string& images, const std::string& labels) {
    write_bytes(folder_.path() / "images", images);
    write_bytes(folder_.path() / "labels", labels);
    return {folder_.path() / "images", folder_.path() / "labels", {}, {}};
  }
  static std::string pixels() {
    std::string bytes;
    for (std::size_t i = 0; i < kRows * 6; ++i) bytes += static_cast<char>(i * 37 % 251);
    return bytes;
  }
  static std::string numbers() {
    std::vector<float> values;
    for (std::size_t i = 0; i < kRows * 6; ++i) values.push_back(static_cast<float>(i * 37 % 251) / 16);
    return floats(values);
  }
  static std::string labels() {
    std::string bytes;
    for (std::size_t n = 0; n < kRows; ++n) bytes += static_cast<char>(n % 4 == 0 ? 9 : 2);
    return padded_npy("|u1", "(60,)", bytes);
  }
  static bool are_mapped(const Dataset& dataset) {
    return dataset.inputs.index() == Inputs(MappedRows<std::uint8_t>()).index() ||
           dataset.inputs.index() == Inputs(MappedRows<float>()).index();
  }
  static void expect_same(const Dataset& mapped, const Dataset& read) {
    EXPECT_FALSE(are_mapped(read));
    EXPECT_EQ(content_hash(mapped), content_hash(read));
    EXPECT_EQ(mapped.rows(), read.rows());
    EXPECT_EQ(mapped.labels, read.labels);
    EXPECT_EQ(mapped.targets, read.targets);
    EXPECT_EQ(mapped.source_rows, read.source_rows);
    EXPECT_EQ(mapped.class_names, read.class_names);
    EXPECT_EQ(mapped.image, read.image);
    EXPECT_NO_THROW(validate(mapped));
  }
  static void expect_same(const ImageFiles& files, const ImageOptions& options = {}) {
    ImageOptions all = options;
    all.mapped_from = 0;
    const DataSplit mapped = load_images(files, 5, all), read = load_images(files, 5, options);
    EXPECT_TRUE(are_mapped(mapped.train));
    EXPECT_TRUE(are_mapped(mapped.test));
    expect_same(mapped.train, read.train);
    expect_same(mapped.test, read.test);
    EXPECT_EQ(mapped.notes.size(), read.notes.size());
  }
};

TEST_F(MappedImages, AreWhatTheyAreInMemory) {
  ImageFiles files = pair(padded_npy("|u1", "(60, 2, 3)", pixels()), labels());
  expect_same(files);
  files.test_images = folder_.path() / "images";
  files.test_labels = folder_.path() / "labels";
  expect_same(files);
  expect_same(pair(padded_npy("<f4", "(60, 6)", numbers()), labels()));
  expect_same(pair(idx_header(0x08, {60, 2, 3}) + pixels(), labels()));
  std::vector<float> targets;
  for (std::size_t n = 0; n < kRows; ++n) targets.push_back(static_cast<float>(n) / 4);
  expect_same(pair(padded_npy("|u1", "(60, 6)", pixels()), padded_npy("<f4", "(60,)", floats(targets))));
}

TEST_F(MappedImages, OfBothAModelIsEvaluated) {
  const ImageFiles files = pair(padded_npy("<f4", "(60, 6)", numbers()), labels());
  const Dataset mapped = load_labelled_images(files.images, files.labels, {.mapped_from = 0});
  EXPECT_TRUE(are_mapped(mapped));
  expect_same(mapped, load_labelled_images(files.images, files.labels));
}

TEST_F(MappedImages, FoldsAndValidationRowsAreSelectedAlike) {
  const ImageFiles files = pair(padded_npy("|u1", "(60, 6)", pixels()), labels());
  const DataSplit mapped = load_images(files, 5, {.mapped_from = 0}), read = load_images(files, 5);
  const FoldSplits of_mapped = fold_splits(mapped.train, 3, 0.25, 7),
                   of_read = fold_splits(read.train, 3, 0.25, 7);
  for (std::size_t fold = 0; fold < 3; ++fold) {
    const DataSplit a = of_mapped.split(fold), b = of_read.split(fold);
    EXPECT_TRUE(are_mapped(a.train));
    expect_same(a.train, b.train);
    expect_same(a.test, b.test);
    EXPECT_EQ(a.train.validation_rows, b.train.validation_rows);
  }
}

TEST_F(MappedImages, NumbersThatNeedUnitsAreRead) {
  std::vector<float>
      values;  // as days since 1970 in tenths of a second would be: nearly the same in all rows
  for (std::size_t n = 0; n < kRows; ++n)
    for (int column = 0; column < 2; ++column)
      values.push_back(column == 0 ? 16777216.0f + static_cast<float>(n % 3) : static_cast<float>(n));
  const ImageFiles files = pair(padded_npy("<f4", "(60, 2)", floats(values)), labels());
  const DataSplit split = load_images(files, 5, {.mapped_from = 0});
  EXPECT_FALSE(split.train.input_units.identity());
  EXPECT_FALSE(are_mapped(split.train));
  expect_same(split.train, load_images(files, 5).train);
}

TEST_F(MappedImages, LabelsAreTheSameOfEveryType) {
  const std::string images = padded_npy("|u1", "(60, 6)", pixels());
  std::string shorts, longs, singles;
  for (std::size_t n = 0; n < kRows; ++n) {
    const int label = n % 4 == 0 ? 9 : -2;
    shorts += little_endian(static_cast<std::uint64_t>(label), 2);
    longs += little_endian(static_cast<std::uint64_t>(label), 8);
    singles += floats({static_cast<float>(label)});
  }
  const auto train_of = [&](const std::string& type, const std::string& elements) {
    return load_images(pair(images, padded_npy(type, "(60, 1)", elements)), 5, {.mapped_from = 0}).train;
  };
  const Dataset expected = train_of("<i2", shorts);
  EXPECT_EQ(expected.class_names, (std::vector<std::string>{"-2", "9"}));
  for (std::size_t n = 0; n < expected.rows(); ++n)
    EXPECT_EQ(expected.labels[n], expected.source_rows[n] % 4 == 0 ? 1 : 0);
  EXPECT_EQ(train_of("<i8", longs).labels, expected.labels);
  EXPECT_EQ(train_of("<f4", singles).labels, expected.labels);
}

}  // namespace
}  // namespace mlp
