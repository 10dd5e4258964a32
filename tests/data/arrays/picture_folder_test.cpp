// Folders of PNG images, a sub-folder for each class, as a data set.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "data/support.h"
#include "mlp/data.h"
#include "mlp/pictures.h"
#include "support/png_bytes.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::expect_error;

class PictureFolder : public testing::Test {
 protected:
  /// An image of 2 x 3 pixels of the grey `grey`.
  void image(const std::string& name, std::uint8_t grey, std::size_t height = 2, std::size_t width = 3) {
    Matrix<std::uint8_t> picture(height, width);
    std::ranges::fill(picture.values(), grey);
    write(name, testing_support::png(picture));
  }
  void write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    testing_support::write_bytes(folder_ / name, bytes);
  }
  DataSplit load(const ImageOptions& options = {}) {
    return load_images({folder_.path(), {}, {}, {}}, 1, options);
  }
  template <class E>
  void refuse(std::initializer_list<std::string_view> parts) {
    expect_error<E>([&] { load(); }, parts);
  }
  static const Matrix<std::uint8_t>& pixels(const Dataset& dataset) {
    return std::get<Matrix<std::uint8_t>>(dataset.inputs);
  }

  testing_support::TemporaryFolder folder_;
};

#ifndef MLP_WITHOUT_PNG
TEST_F(PictureFolder, SubFoldersAreClassesUnderTheirNames) {
  for (int i = 0; i < 10; ++i) {
    image("dog/" + std::to_string(i) + ".png", static_cast<std::uint8_t>(100 + i));
    image("cat/deeper/" + std::to_string(i) + ".PNG", static_cast<std::uint8_t>(i));
  }
  write("dog/notes.txt", "x");
  write(".git/x.png", "no PNG at all");
  const auto split = load();
  EXPECT_EQ(split.train.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(split.train.image, (ImageShape{2, 3}));
  EXPECT_EQ(split.train.rows(), 16u);
  EXPECT_EQ(split.test.rows(), 4u);
  for (const Dataset* part : {&split.train, &split.test}) {
    EXPECT_NO_THROW(validate(*part));
    for (std::size_t n = 0; n < part->rows(); ++n) {
      EXPECT_EQ(part->labels[n], pixels(*part)(n, 0) >= 100);
      EXPECT_EQ(pixels(*part)(n, 5), pixels(*part)(n, 0));
    }
  }
  EXPECT_EQ(in_words(split.notes), (std::vector<std::string>{"1 file not called .png left out: notes.txt",
                                                             "4 of 20 rows drawn by seed to test on"}));
  EXPECT_EQ(split.train.name, folder_.path().filename());
  const auto all = load_labelled_images(folder_.path(), {}, {.class_names = {"dog", "cat"}});
  EXPECT_EQ(all.rows(), 20u);
  EXPECT_EQ(all.labels.front(), 0) << "the model's own classes, dogs first";
  EXPECT_EQ(pixels(all)(0, 0), 100);
}

TEST_F(PictureFolder, NumbersAreOrderedByValue) {
  for (const std::string name : {"10", "9", "1", "x"})
    for (int i = 0; i < 5; ++i) image(name + "/" + std::to_string(i) + ".png", 1);
  EXPECT_EQ(load().train.class_names, (std::vector<std::string>{"1", "9", "10", "x"}));
}

TEST_F(PictureFolder, TrainAndTestHaveFoldersOfTheirOwn) {
  image("training/b/1.png", 11);
  image("training/a/1.png", 10);
  image("testing/b/1.png", 21);
  const auto split = load();
  EXPECT_EQ(split.train.class_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(pixels(split.train)(0, 0), 10);
  EXPECT_EQ(split.test.labels, (std::vector<std::int32_t>{1}));
  EXPECT_EQ(pixels(split.test)(0, 0), 21);
  EXPECT_TRUE(split.notes.empty());
  EXPECT_EQ(pixels(load_labelled_images(folder_.path(), {}, {.class_names = {"a", "b"}}))(0, 0), 21);
  // The same as naming the two folders.
  const auto named = load_images({folder_ / "training", {}, folder_ / "testing", {}}, 1);
  EXPECT_EQ(named.test.labels, split.test.labels);
  // With a third folder beside them, all three are classes.
  image("other/1.png", 3);
  EXPECT_EQ(load().train.class_names, (std::vector<std::string>{"other", "testing", "training"}));
}

TEST_F(PictureFolder, FewOfAnotherSizeAreScaledMoreAreRefused) {
  for (int i = 0; i < 6; ++i) {
    image("a/" + std::to_string(i) + ".png", 10);
    image("b/" + std::to_string(i) + ".png", 20);
  }
  image("b/large.png", 77, 20, 30);
  const auto split = load();
  EXPECT_EQ(split.train.image, (ImageShape{2, 3}));
  EXPECT_EQ(in_words(split.notes.front()), "1 image of another size scaled to 3 x 2");
  const auto count = [&](const Dataset& part) { return std::ranges::count(pixels(part).values(), 77); };
  EXPECT_EQ(count(split.train) + count(split.test), 6);
  for (std::size_t i = 0; i < 12; ++i) image("b/odd" + std::to_string(i) + ".png", 1, 4 + i, 4);
  refuse<DataError>({"expected images of one size, found 14 sizes"});
}

TEST_F(PictureFolder, WhatSaysNoClassIsRefused) {
  refuse<DataError>({"no PNG image is in the folder"});
  write("a.jpg", "x");
  refuse<DataError>({"no PNG image is in the folder, but 1 other file"});
  image("1.png", 1);
  refuse<DataError>({"images lie in the folder itself, and say no class"});
  std::filesystem::remove(folder_ / "1.png");
  image("a/1.png", 1);
  refuse<DataError>({"expected at least two classes, found one sub-folder with images, 'a'"});
  image("b/1.png", 1);
  image("2.png", 1);
  refuse<DataError>({"images lie in the folder itself"});
}

TEST_F(PictureFolder, AClassHasANameInUtf8) {
  image("a\xff/1.png", 1);
  image("b/1.png", 2);
  refuse<DataError>({"the sub-folder 'a\\xff'", "is not UTF-8"});
}

TEST_F(PictureFolder, NobodyWaitsForAPipesOtherEnd) {
  for (const std::string name : {"a/1", "a/2", "b/1", "b/2"}) image(name + ".png", 1);
  ASSERT_EQ(::mkfifo((folder_ / "b/3.png").c_str(), 0600), 0);
  const auto split = load();
  EXPECT_EQ(split.train.rows() + split.test.rows(), 4u);
}

TEST_F(PictureFolder, WhatDoesNotFitIsRefused) {
  for (int i = 0; i < 5; ++i) {
    image("a/" + std::to_string(i) + ".png", 1);
    image("b/" + std::to_string(i) + ".png", 2);
  }
  expect_error<DataError>(
      [&] {
        load({.class_names = {"a", "c"}});
      },
      {"the sub-folder 'b' is none of the 2 classes trained on"});
  expect_error<UsageError>([&] { load({.task = Task::kRegression}); },
                           {"have classes, not numbers to predict"});
  expect_error<UsageError>(
      [&] {
        load_images({folder_.path(), folder_ / "labels.npy", {}, {}}, 1);
      },
      {"is a folder, whose sub-folders are the labels"});
  write("a/0.png", "\xff\xd8\xff\xe0 JPEG");
  refuse<FileError>({"a/0.png: expected a PNG image, found a single JPEG image"});
}
#else
TEST_F(PictureFolder, WithoutLibpngAllIsRefusedAndSaysWhy) {
  image("a/1.png", 1);
  image("b/1.png", 1);
  const std::string error =
      testing_support::expect_error<FileError>([&] { load(); }, {"1.png: this mlp was built without PNG"});
  EXPECT_NE(error.find("-D MLP_WITH_PNG=ON"), std::string::npos) << error;
}
#endif

}  // namespace
}  // namespace mlp
