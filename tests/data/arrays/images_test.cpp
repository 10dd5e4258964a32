#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

std::string floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    bytes += little_endian(bits, 4);
  }
  return bytes;
}

std::string doubles(const std::vector<double>& values) {
  std::string bytes;
  for (const double value : values) bytes += little_endian(std::bit_cast<std::uint64_t>(value), 8);
  return bytes;
}

std::string count(std::size_t n) { return std::to_string(n); }

class Images : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    write_bytes(folder_ / name, bytes);
    return folder_ / name;
  }
  /// Images of 2 x 3, each with its row's number in the first place.
  std::filesystem::path images(const std::string& name, std::uint32_t rows) {
    std::string pixels(std::size_t{rows} * 6, '\x01');
    for (std::size_t i = 0; i < rows; ++i) pixels[6 * i] = static_cast<char>(i);
    return write(name, idx_header(0x08, {rows, 2, 3}) + pixels);
  }
  std::filesystem::path labels(const std::string& name, const std::string& values) {
    return write(name, idx_header(0x08, {static_cast<std::uint32_t>(values.size())}) + values);
  }
  template <class E>
  void refuse(const ImageFiles& files, std::initializer_list<std::string_view> parts,
              ImageOptions options = {}) {
    expect_error<E>([&] { load_images(files, 1, options); }, parts);
  }
  TemporaryFolder folder_;
};

TEST_F(Images, AnyIdxPairWithTestFiles) {
  const auto split = load_images({images("a", 4), labels("b", bytes_of({3, 1, 3, 7})),  //
                                  images("c.gz", 2), labels("d", bytes_of({7, 1}))},
                                 1);
  EXPECT_EQ(split.train.class_names, (std::vector<std::string>{"1", "3", "7"}));
  EXPECT_EQ(split.train.labels, (std::vector<std::int32_t>{1, 0, 1, 2}));
  EXPECT_EQ(split.test.labels, (std::vector<std::int32_t>{2, 0}));
  EXPECT_EQ(split.test.class_names, split.train.class_names);
  EXPECT_EQ(split.train.image, (ImageShape{2, 3}));
  EXPECT_EQ(std::get<Matrix<std::uint8_t>>(split.train.inputs)(3, 0), 3);
  EXPECT_EQ(split.train.name, "a");
  EXPECT_EQ(split.origin, folder_.path().string());
  EXPECT_TRUE(split.notes.empty());
  EXPECT_NO_THROW(validate(split.train));
  EXPECT_NO_THROW(validate(split.test));
}

TEST_F(Images, WithoutTestFilesAFifthIsDrawnBySeed) {
  std::string values;
  for (int i = 0; i < 50; ++i) values += static_cast<char>(i % 2);
  const ImageFiles files{images("a", 50), labels("b", values), {}, {}};
  const auto split = load_images(files, 1);
  EXPECT_EQ(split.train.rows(), 40u);
  EXPECT_EQ(split.test.rows(), 10u);
  std::set<int> seen;
  for (const auto* part : {&split.train, &split.test}) {
    const auto& pixels = std::get<Matrix<std::uint8_t>>(part->inputs);
    for (std::size_t i = 0; i < part->rows(); ++i) {
      EXPECT_TRUE(seen.insert(pixels(i, 0)).second) << "a row in both";
      EXPECT_EQ(part->labels[i], pixels(i, 0) % 2) << "a label of another row";
    }
  }
  EXPECT_EQ(seen.size(), 50u);
  EXPECT_EQ(std::ranges::count(split.test.labels, 0), 5) << "each class gives its share";
  EXPECT_EQ(load_images(files, 1).test.inputs, split.test.inputs);
  EXPECT_NE(load_images(files, 2).test.inputs, split.test.inputs);
  EXPECT_EQ(load_images(files, 1, {.test_fraction = 0.5}).test.rows(), 25u);
  ASSERT_EQ(split.notes.size(), 1u);
  EXPECT_EQ(in_words(split.notes[0]), "10 of 50 rows drawn by seed to test on");
}

TEST_F(Images, NumPysArraysOfAnyShape) {
  const auto y = write("y.npy", npy("<i8", "(5,)",
                                    little_endian(4, 8) + little_endian(9, 8) + little_endian(4, 8) +
                                        little_endian(9, 8) + little_endian(4, 8)));
  const auto gray = load_images({write("x.npy", npy("|u1", "(5, 2, 1, 1)", "abcdefghij")), y, {}, {}}, 1);
  EXPECT_EQ(gray.train.image, (ImageShape{2, 1}));
  EXPECT_EQ(gray.train.features(), 2u);
  EXPECT_EQ(gray.train.class_names, (std::vector<std::string>{"4", "9"}));
  const auto colour = load_images({write("x.npy", npy("|u1", "(5, 1, 1, 2)", "abcdefghij")), y, {}, {}}, 1);
  EXPECT_EQ(colour.train.image, ImageShape{});
  const auto rows =
      load_images({write("x.npy", npy("<f4", "(5, 1)", floats({1, 2, 3, 4, 5}))), y, {}, {}}, 1);
  EXPECT_EQ(rows.train.image, ImageShape{});
  EXPECT_EQ(std::get<Matrix<float>>(rows.train.inputs).columns(), 1u);
}

TEST_F(Images, DrawnRowsKnowWhereTheyAreInTheFile) {
  const auto split =
      load_images({write("x.npy", npy("|u1", "(8, 1)", bytes_of({10, 11, 12, 13, 14, 15, 16, 17}))),
                   write("y.npy", npy("|u1", "(8,)", bytes_of({0, 1, 0, 1, 0, 1, 0, 1}))),
                   {},
                   {}},
                  1, {.test_fraction = 0.5});
  for (const Dataset* part : {&split.train, &split.test}) {
    ASSERT_EQ(part->source_rows.size(), 4u);
    for (std::size_t n = 0; n < 4; ++n)
      EXPECT_EQ(std::get<Matrix<std::uint8_t>>(part->inputs)(n, 0), 10 + part->source_rows[n]);
  }
}

TEST_F(Images, ImagesOfSeveralChannelsAreNumbersAndTold) {
  const auto note = [&](const std::string& shape, std::size_t values) {
    const auto x = write("x.npy", npy("|u1", "(10, " + shape + ")", std::string(10 * values, '\1')));
    const auto split = load_images({x, labels("y", std::string(5, '\0') + std::string(5, '\1')), {}, {}}, 1);
    return split.notes.size() == 1 ? std::string()
                                   : in_words(split.notes.front());  // the other is about the test rows
  };
  EXPECT_EQ(
      note("2, 3, 3", 18),
      "rows of 2 x 3 x 3 are taken as so many numbers, not as images, which have one channel (N x H x W)");
  EXPECT_EQ(note("3, 2, 3", 18).substr(0, 17), "rows of 3 x 2 x 3");
  EXPECT_EQ(note("2, 3, 1", 6), "");
  EXPECT_EQ(note("2, 3", 6), "");
  EXPECT_EQ(note("6", 6), "");
}

TEST_F(Images, OneNpzWithEverything) {
  SKIP_WITHOUT_NPZ();
  const auto x = npy("|u1", "(3, 2, 2)", "abcdefghijkl"), y = npy("|u1", "(3,)", bytes_of({0, 1, 0}));
  const auto xt = npy("|u1", "(2, 2, 2)", "mnopqrst"), yt = npy("|u1", "(2,)", bytes_of({1, 1}));
  for (const auto& names : {std::vector<std::string>{"x_train", "y_train", "x_test", "y_test"},
                            {"train_images", "train_labels", "test_images", "test_labels"}}) {
    const auto file = write("all.npz", zip({{names[0] + ".npy", x, true},
                                            {names[1] + ".npy", y},
                                            {names[2] + ".npy", xt},
                                            {names[3] + ".npy", yt}}));
    const auto split = load_images({file, {}, {}, {}}, 1);
    EXPECT_EQ(split.train.labels, (std::vector<std::int32_t>{0, 1, 0}));
    EXPECT_EQ(split.test.labels, (std::vector<std::int32_t>{1, 1}));
    EXPECT_EQ(std::get<Matrix<std::uint8_t>>(split.test.inputs)(1, 3), 't');
    EXPECT_EQ(load_labelled_images(file, {}).rows(), 2u) << "the test rows";
  }
  const auto mixed = write(
      "mixed.npz",
      zip({{"x.npy", x}, {"y.npy", y}, {"x_test.npy", xt}, {"y_test.npy", yt}, {"val_images.npy", xt}}));
  const auto split = load_images({mixed, {}, {}, {}}, 1);
  EXPECT_EQ(split.train.rows(), 3u);
  EXPECT_EQ(split.test.rows(), 2u);
  EXPECT_EQ(in_words(split.notes), (std::vector<std::string>{"not used: val_images"}));

  const auto pair = write("pair.npz", zip({{"images.npy", x}, {"labels.npy", y}}));
  EXPECT_EQ(load_images({pair, {}, {}, {}}, 1).test.rows(), 1u) << "drawn";
  EXPECT_EQ(load_images({pair, {}, write("t.npz", zip({{"x.npy", xt}, {"y.npy", yt}})), {}}, 1).test.rows(),
            2u);
  EXPECT_EQ(load_labelled_images(pair, {}).rows(), 3u);
  // one array each, as numpy.savez(file, array) names it
  const auto a = write("a.npz", zip({{"arr_0.npy", x}})), b = write("b.npz", zip({{"arr_0.npy", y}}));
  EXPECT_EQ(load_images({a, b, {}, {}}, 1).train.rows(), 2u);

  refuse<FileError>({a, {}, {}, {}},
                    {"a.npz: expected inputs and labels; it holds arr_0 (uint8, 3 x 2 x 2)"});
  refuse<FileError>({write("c.npz", zip({{"x.npy", x}, {"b.npy", y}})), {}, {}, {}},
                    {"expected inputs and labels", "b (uint8, 3)"});
  refuse<FileError>({write("d.npz", zip({{"x.npy", x}, {"images.npy", x}, {"y.npy", y}})), {}, {}, {}},
                    {"found several"});
}

TEST_F(Images, FloatsThatAreNotWholeAreNumbersToPredict) {
  const auto x = write("x.npy", npy("<f4", "(5, 2)", floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})));
  const auto one =
      load_images({x, write("y.npy", npy("<f4", "(5,)", floats({1, 2.5f, 3, 4, 5}))), {}, {}}, 1);
  EXPECT_EQ(one.train.task(), Task::kRegression);
  EXPECT_EQ(one.train.target_names, (std::vector<std::string>{"target"}));
  for (std::size_t i = 0; i < one.train.rows(); ++i) {
    const float first = std::get<Matrix<float>>(one.train.inputs)(i, 0);
    EXPECT_EQ(one.train.targets(i, 0), first == 3 ? 2.5f : (first + 1) / 2) << "a target of another row";
  }
  EXPECT_NO_THROW(validate(one.train));
  const auto two = load_images(
      {x, write("y2.npy", npy("<f4", "(5, 2)", floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))), {}, {}}, 1);
  EXPECT_EQ(two.train.outputs(), 2u);
  EXPECT_EQ(two.train.task(), Task::kRegression);

  const ImageFiles whole{x, write("w.npy", npy("<f4", "(5,)", floats({1, 2, 1, 2, 2}))), {}, {}};
  EXPECT_EQ(load_images(whole, 1).train.class_names, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(load_images(whole, 1, {.task = Task::kRegression}).train.task(), Task::kRegression);
  const ImageFiles bytes{x, write("u.npy", npy("|u1", "(5,)", bytes_of({1, 2, 200, 2, 2}))), {}, {}};
  const auto split = load_images(bytes, 1, {.task = Task::kRegression});
  std::multiset<float> targets(split.train.targets.values().begin(), split.train.targets.values().end());
  targets.insert(split.test.targets(0, 0));
  EXPECT_EQ(targets, (std::multiset<float>{1, 2, 2, 2, 200}));

  refuse<DataError>({x, folder_ / "y.npy", {}, {}}, {"expected whole numbers as class labels"},
                    {.task = Task::kClassification});
  refuse<FileError>(
      {x,
       write("n.npy", npy("<f4", "(5,)", floats({1, 2, std::numeric_limits<float>::quiet_NaN(), 4, 5}))),
       {},
       {}},
      {"n.npy: row 2, column 0: expected a finite number, found nan"});
  refuse<DataError>({x, write("r3.npy", npy("<f4", "(5, 1, 1)", floats({1, 2.5, 3, 4, 5}))), {}, {}},
                    {
                        "expected targets, N or N x O numbers, found an array of 5 x 1 x 1",
                    });
}

/// Row n, counted from 0, of 60: seconds, a small number, a date.
std::vector<double> dated_row(std::size_t n) {
  const auto number = static_cast<double>(n);
  return {1.7e9 + number / 4, number / 2, 20'240'101.0 + static_cast<double>(n % 28)};
}

std::string dated_rows() {
  std::vector<double> values;
  for (std::size_t n = 0; n < 60; ++n)
    for (const double value : dated_row(n)) values.push_back(value);
  return doubles(values);
}

TEST_F(Images, NumbersThatFloatsCannotTellApartHaveUnitsOfTheirOwn) {
  std::string classes;
  for (int n = 0; n < 60; ++n) classes += static_cast<char>(n % 2);
  const auto y = labels("y", classes);
  const auto split = load_images({write("x.npy", npy("<f8", "(60, 3)", dated_rows())), y, {}, {}}, 1);
  const InputUnits& units = split.train.input_units;
  ASSERT_EQ(units.origin.size(), 3u);
  EXPECT_EQ(units, split.test.input_units);
  EXPECT_EQ(units.origin[0], 1.7e9 + 59 / 8.0);
  EXPECT_EQ(units.origin[1], 0) << "floats do";
  EXPECT_EQ(units.unit[1], 1);
  for (const Dataset* part : {&split.train, &split.test}) {
    EXPECT_NO_THROW(validate(*part));
    const auto& inputs = std::get<Matrix<float>>(part->inputs);
    for (std::size_t i = 0; i < part->rows(); ++i)
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(units.invert(inputs(i, c), c), dated_row(part->source_rows[i])[c]) << "to the last digit";
        EXPECT_LT(std::abs(inputs(i, c)), 32);
      }
  }
  EXPECT_EQ(
      in_words(split.notes.front()),
      "input 0 and 1 more are counted from numbers such as 1700000007.375, as floats could not tell their "
      "numbers apart");

  // A model is evaluated in the units it was trained in: a single row would have no units of its own.
  const auto one =
      load_labelled_images(write("one.npy", npy("<f8", "(1, 3)", doubles(dated_row(5)))),
                           labels("one", bytes_of({1})), {.class_names = {"0", "1"}, .input_units = units});
  EXPECT_EQ(one.input_units, units);
  for (std::size_t c = 0; c < 3; ++c)
    EXPECT_EQ(units.invert(std::get<Matrix<float>>(one.inputs)(0, c), c), dated_row(5)[c]);
  expect_error<FileError>(
      [&] {
        load_labelled_images(write("two.npy", npy("<f8", "(1, 2)", doubles({1, 2}))),
                             labels("one", bytes_of({1})), {.class_names = {"0", "1"}, .input_units = units});
      },
      {"two.npy: expected rows of 3 values, found 2"});
}

TEST_F(Images, EveryTypeOfNumberHasUnitsWhereItNeedsThem) {
  const auto units = [&](std::string_view type, const std::string& elements) {
    const auto split = load_images(
        {write("x.npy", npy(type, "(5, 1)", elements)), labels("y", bytes_of({0, 1, 0, 1, 0})), {}, {}}, 1);
    EXPECT_EQ(std::holds_alternative<Matrix<std::uint8_t>>(split.train.inputs), type == "|u1");
    return split.train.input_units;
  };
  std::string dates, longs, bytes;
  for (const std::uint64_t day : {20'240'101, 20'240'102, 20'240'103, 20'240'104, 20'240'105}) {
    dates += little_endian(day, 4);
    longs += little_endian(day, 8);
    bytes += static_cast<char>(day % 100);
  }
  for (const auto& found :
       {units("<i4", dates), units("<u4", dates), units("<i8", longs), units("<u8", longs),
        units("<f8", doubles({2.0240101e7, 2.0240102e7, 2.0240103e7, 2.0240104e7, 2.0240105e7}))})
    EXPECT_EQ(found, (InputUnits{.origin = {20'240'103}, .unit = {1}}));
  EXPECT_TRUE(units("|u1", bytes).identity());
  EXPECT_TRUE(units("<i2", longs.substr(0, 10)).identity());
  EXPECT_TRUE(
      units("<f4", floats({1.7e9f, 1.7e9f + 1e4f, 1.7e9f + 2e4f, 1.7e9f + 3e4f, 1.7e9f + 4e4f})).identity())
      << "rounded already, and far enough apart";
  EXPECT_FALSE(units("<f4", floats({1e9f, 1e9f + 64, 1e9f + 128, 1e9f + 192, 1e9f + 256})).identity())
      << "training would take them for constant";
  EXPECT_FALSE(units("<f8", doubles({1e39, 2e39, 3e39, 4e39, 5e39})).identity());
  EXPECT_FALSE(units("<f8", doubles({1e-42, 2e-42, 3e-42, 4e-42, 5e-42})).identity());
  const auto idx =
      load_images({write("x", idx_header(0x0e, {2, 1}) + bytes_of({0x41, 0xd9, 0x55, 0, 0, 0, 0, 0}) +
                                  bytes_of({0x41, 0xd9, 0x55, 0, 0, 0x40, 0, 0})),
                   labels("y", bytes_of({0, 1})), write("t", idx_header(0x08, {1, 1}) + "a"),
                   labels("ty", bytes_of({1}))},
                  1);
  EXPECT_EQ(idx.train.input_units.origin.size(), 1u) << "two doubles a second apart";
  EXPECT_EQ(std::get<Matrix<float>>(idx.test.inputs)(0, 0), idx.train.input_units.apply(97, 0))
      << "the test rows' bytes are numbers in these units";

  expect_error<FileError>(
      [&] {
        units("<f8", doubles({1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3, 1e300}));
      },
      {"x.npy: row 4, column 0: 1e+300 is too far from the other rows' 1000000002 for a float"});
}

TEST_F(Images, TargetsThatSayNothingAsFloatsAreRefused) {
  const auto x = write("x.npy", npy("<f4", "(6, 1)", floats({1, 2, 3, 4, 5, 6})));
  const auto with = [&](const std::vector<double>& y) {
    return ImageFiles{x, write("y.npy", npy("<f8", "(6,)", doubles(y))), {}, {}};
  };
  const ImageOptions numbers{.task = Task::kRegression};
  const auto told = [&](const std::vector<double>& y, std::initializer_list<std::string_view> parts) {
    return expect_error<DataError>([&] { load_images(with(y), 1, numbers); }, parts);
  };
  const auto far = told({1.7e9, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3, 1.7e9 + 4, 1.7e9 + 5},
                        {"y.npy: 1.7e+09 to 1700000005 differ by too little to be told apart as floats"});
  EXPECT_NE(far.find("subtract 1700000002.5 from the target in every row"), std::string::npos) << far;
  told({1.7e9, 0, 1.7e9 + 2, 1.7e9 + 3, 1.7e9 + 4, 1.7e9 + 5}, {"differ by too little"});
  told({1e-42, 2e-42, 3e-42, 4e-42, 5e-42, 6e-42}, {"differ by too little"});
  told({1e39, 1.2e39, 1.1e39, 1.3e39, 1.4e39, 1.5e39}, {"too large for floats"});
  told({7, 7, 7, 7, 7, 7}, {"y.npy: 7 in every row: there is nothing to learn"});
  EXPECT_EQ(load_images(with({1.7e9, 1.8e9, 1.9e9, 2e9, 2.1e9, 2.2e9}), 1, numbers).train.rows(), 5u);
  for (const std::string type : {"<f4", "<f8"}) {
    const auto none = write("none.npy", npy(type, "(6, 0)", {}));
    for (const auto& options : {numbers, ImageOptions{}})
      expect_error<DataError>(
          [&] {
            load_images({x, none, {}, {}}, 1, options);
          },
          {"none.npy: expected targets, N or N x O numbers", "6 x 0"});
  }
  // With several columns the bad one is named; a constant one beside others does not matter.
  expect_error<DataError>(
      [&] {
        const auto y = write(
            "y2.npy",
            npy("<f8", "(6, 2)",
                doubles({1, 1.7e9, 2, 1.7e9 + 1, 3, 1.7e9 + 2, 4, 1.7e9 + 3, 5, 1.7e9 + 4, 6, 1.7e9 + 5})));
        load_images({x, y, {}, {}}, 1, numbers);
      },
      {"y2.npy: column 1: 1.7e+09 to 1700000005 differ by too little"});
  const auto constant = write("y3.npy", npy("<f8", "(6, 2)", doubles({1, 7, 2, 7, 3, 7, 4, 7, 5, 7, 6, 7})));
  EXPECT_EQ(load_images({x, constant, {}, {}}, 1, numbers).train.outputs(), 2u);
  // A single row is enough to evaluate on.
  EXPECT_EQ(load_labelled_images(write("x1.npy", npy("<f4", "(1, 1)", floats({1}))),
                                 write("y1.npy", npy("<f8", "(1,)", doubles({7}))), numbers)
                .rows(),
            1u);
}

TEST_F(Images, SeveralIntegersForEachRowAreToldFromLabels) {
  const auto x = images("x", 4);
  const auto told = [&](const std::string& type, const std::string& shape, const std::string& elements) {
    try {
      load_images({x, write("y.npy", npy(type, shape, elements)), {}, {}}, 1);
    } catch (const DataError& error) {
      return std::string(error.what()).substr(folder_.path().string().size() + 1) + " | " + error.hint();
    }
    return std::string("no error");
  };
  const std::string one_hot = bytes_of({1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0});
  for (const char* type : {"|u1", "|b1", "|i1"})
    EXPECT_EQ(
        told(type, "(4, 3)", one_hot),
        "y.npy: expected one label for each row, found 3 integers; each row is one 1 and zeros, as classes "
        "are in "
        "one-hot form | save as labels numpy.argmax(labels, axis=1); or predict all 3 as numbers: task = "
        "regression");
  EXPECT_EQ(told("|u1", "(4, 3)", bytes_of({1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1})),
            "y.npy: expected one label for each row, found 3 integers | save the column of the classes "
            "alone, such as "
            "labels[:, 0]; or predict all 3 as numbers: task = regression");
  EXPECT_EQ(told("|u1", "(4, 2, 1)", std::string(8, '\1')),
            "y.npy: expected labels, one for each row, found an array of 4 x 2 x 1 | check that images and "
            "labels are "
            "not swapped");
  // Swapped files: what should be rows of inputs has one number per row.
  try {
    load_images({labels("l", bytes_of({0, 1, 0, 1})), write("y.npy", npy("|u1", "(4, 3)", one_hot)), {}, {}},
                1);
    ADD_FAILURE() << "no error";
  } catch (const DataError& error) {
    EXPECT_EQ(error.hint(), "check that images and labels are not swapped");
  }
}

TEST_F(Images, OneHotRowsAsNumbersAreNoted) {
  const auto x = images("x", 4);
  const auto notes = [&](const std::vector<float>& y, const ImageOptions& options = {}) {
    const auto split = load_images({x, write("y.npy", npy("<f4", "(4, 2)", floats(y))), {}, {}}, 1, options);
    EXPECT_EQ(split.train.task(), Task::kRegression);
    EXPECT_EQ(split.train.outputs(), 2u);
    return split.notes.size() == 1 ? std::string()
                                   : in_words(split.notes.front()).substr(folder_.path().string().size() + 1);
  };
  EXPECT_EQ(notes({1, 0, 0, 1, 0, 1, 1, 0}),
            "y.npy: each row is one 1 and zeros, as classes are in one-hot form, and is predicted as so many "
            "numbers; "
            "numpy.argmax(labels, axis=1) makes classes of them");
  EXPECT_EQ(notes({1, 0, 0, 1, 0, 1, 1, 1}), "");
  EXPECT_EQ(notes({1, 0, 0, 1, 0, 1, 0, 0}), "");
  EXPECT_EQ(notes({1, 0, 0, 1, 0, 1, 0.5f, 0}), "");
}

TEST_F(Images, FilesThatDoNotFitTogetherAreNamed) {
  const auto x = images("x", 4);
  const auto y = labels("y", bytes_of({0, 1, 0, 1}));
  const auto swapped = [&](const ImageFiles& files) {
    try {
      load_images(files, 1);
    } catch (const Error& error) {
      return error.hint();
    }
    return std::string("no error");
  };
  EXPECT_EQ(swapped({y, x, {}, {}}), "check that images and labels are not swapped");
  EXPECT_EQ(swapped({y, y, {}, {}}), "check that images and labels are not swapped");
  refuse<DataError>({x, labels("short", bytes_of({0, 1, 0})), {}, {}},
                    {"short: expected a label for each of the 4 rows of ", "x, found 3"});
  refuse<DataError>(
      {x, y, write("t", idx_header(0x08, {2, 3, 3}) + std::string(18, 'a')), labels("tl", "ab")},
      {"t: expected test rows like those to train on, 6 inputs, found 9"});
  refuse<DataError>(
      {x, y, write("t", idx_header(0x08, {2, 3, 2}) + std::string(12, 'a')), labels("tl", "ab")},
      {"t: expected test rows like those to train on"});
  refuse<DataError>({x, labels("same", "aaaa"), {}, {}},
                    {"same: expected at least two classes, found label 97"});
  refuse<DataError>({images("none", 0), labels("nolabels", ""), {}, {}}, {"none: expected at least one row"});
  refuse<DataError>({images("two", 2), labels("two-labels", "ab"), {}, {}}, {"2 rows cannot be split into"});
  refuse<FileError>({x, {}, {}, {}}, {"x: no file of labels is given with it"});
  refuse<FileError>({x, y, x, {}}, {"x: no file of labels is given with it"});
  refuse<FileError>({x, write("text", "1\n2\n"), {}, {}},
                    {"text: expected IDX, .npy or .npz, found a file of another kind"});
  refuse<FileError>({x, write("p", bytes_of({0x80, 4, 0x95})), {}, {}},
                    {"found a Python pickle, which is never read"});
  refuse<FileError>({x, folder_ / "missing", {}, {}}, {"missing: cannot be opened"});
  refuse<FileError>({x, write("empty", ""), {}, {}}, {"empty: the file is empty"});
  EXPECT_THROW(load_images({x, y, {}, y}, 1), std::invalid_argument);
  EXPECT_THROW(load_images({x, y, {}, {}}, 1, {.test_fraction = 1.0}), std::invalid_argument);
}

TEST_F(Images, ManyDifferentLabelsNeedToBeAskedFor) {
  constexpr std::size_t kClasses = 1001, kRows = 3 * kClasses;
  std::string values;
  for (std::size_t i = 0; i < kRows; ++i) values += little_endian(i % kClasses, 4);
  const ImageFiles files{write("x.npy", npy("|u1", "(" + count(kRows) + ", 1)", std::string(kRows, 'a'))),
                         write("y.npy", npy("<i4", "(" + count(kRows) + ",)", values)),
                         {},
                         {}};
  refuse<DataError>(files, {"1001 different labels are too many for classes"});
  EXPECT_EQ(load_images(files, 1, {.task = Task::kClassification}).train.outputs(), kClasses);
  EXPECT_EQ(load_images(files, 1, {.task = Task::kRegression}).train.outputs(), 1u);
}

TEST_F(Images, AClassOfOneRowIsTrainedOn) {
  const auto split = load_images({images("x", 6), labels("y", bytes_of({1, 1, 2, 1, 1, 1})), {}, {}}, 1);
  EXPECT_EQ(split.test.rows(), 1u);
  EXPECT_EQ(std::ranges::count(split.train.labels, 1), 1) << "class 2";
  refuse<DataError>({images("x", 3), labels("y", bytes_of({1, 2, 3})), {}, {}},
                    {"3 rows cannot be split into training and test rows"});
}

TEST_F(Images, AClassOfTheTestRowsAloneIsToldOf) {
  const auto split = load_images(
      {images("a", 2), labels("b", bytes_of({1, 2})), images("c", 1), labels("d", bytes_of({0}))}, 1);
  EXPECT_EQ(split.train.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(split.train.labels, (std::vector<std::int32_t>{1, 2}));
  ASSERT_EQ(split.notes.size(), 1u);
  EXPECT_EQ(in_words(split.notes[0]), "a class occurs in the test rows only: '0' (1 row)");
}

TEST_F(Images, AModelsClassesAreKept) {
  const ImageOptions model{.class_names = {"5", "6", "7", "8"}};
  const auto x = images("x", 2);
  const auto dataset = load_labelled_images(x, labels("y", bytes_of({8, 5})), model);
  EXPECT_EQ(dataset.labels, (std::vector<std::int32_t>{3, 0}));
  EXPECT_EQ(dataset.class_names, model.class_names);
  EXPECT_EQ(load_labelled_images(x, labels("y", bytes_of({8, 8})), model).labels,
            (std::vector<std::int32_t>{3, 3}));
  expect_error<DataError>(
      [&] {
        load_labelled_images(x, labels("y", bytes_of({8, 9})), model);
      },
      {"y: row 1: label 9 is none of the model's 4 classes"});
}

}  // namespace
}  // namespace mlp
