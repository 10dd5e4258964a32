// Pictures made like the images a model was trained on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "data/support.h"
#include "mlp/data.h"
#include "mlp/pictures.h"

namespace mlp {
namespace {

using Picture = Matrix<std::uint8_t>;

/// A model with these images as its examples, which never predicts.
Model model_of(const Matrix<float>& images, ImageShape shape, float white = 255) {
  return {.network = parse_network("2:softmax", images.columns()),
          .parameters = {},
          .loss = CrossEntropy{},
          .input_scaling = {.shift = {0.0f}, .scale = {1 / white}},
          .target_scaling = {},
          .feature_names = {},
          .class_names = {"a", "b"},
          .target_names = {},
          .unit = {},
          .image = shape,
          .record = {},
          .examples = {.inputs = images, .outputs = Matrix<float>(images.rows(), 2)}};
}

Picture digit(std::size_t row) {
  static const Dataset digits = make_digits(200, 0, 1).train;
  Picture picture(28, 28);
  std::ranges::copy(std::get<Matrix<std::uint8_t>>(digits.inputs).row(row), picture.values().begin());
  return picture;
}

Picture inverted(Picture picture) {
  for (auto& grey : picture.values()) grey = 255 - grey;
  return picture;
}

/// Digits 100 to 107, changed by `change`, as training rows.
template <class Change>
Model model_of_digits(const Change& change) {
  Matrix<float> rows(8, 28 * 28);
  for (std::size_t n = 0; n < 8; ++n) {
    const Picture picture = change(digit(100 + n));
    std::ranges::copy(picture.values(), rows.row(n).begin());
  }
  return model_of(rows, {28, 28});
}

PictureStyle style_of_digits() {
  return picture_style(model_of_digits([](Picture picture) { return picture; }));
}

/// Every pixel `times` times as large, on a sheet of that size at (top, left).
Picture on_sheet(const Picture& picture, std::size_t times, std::size_t height, std::size_t width,
                 std::size_t top, std::size_t left) {
  Picture sheet(height, width);
  for (std::size_t y = 0; y < times * picture.rows(); ++y)
    for (std::size_t x = 0; x < times * picture.columns(); ++x)
      sheet(top + y, left + x) = picture(y / times, x / times);
  return sheet;
}

double mean_difference(const Picture& a, const Picture& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) sum += std::abs(a.values()[i] - b.values()[i]);
  return sum / static_cast<double>(a.values().size());
}

TEST(PictureStyle, IsReadOffTheExamples) {
  const auto style = style_of_digits();
  EXPECT_EQ(style.shape, (ImageShape{28, 28}));
  EXPECT_EQ(style.light_paper, false);
  EXPECT_EQ(style.white, 255);
  EXPECT_GE(style.ink_side, 18u);
  EXPECT_LE(style.ink_side, 22u);
  EXPECT_EQ(picture_style(model_of_digits(inverted)).light_paper, true);
  EXPECT_EQ(picture_style(model_of_digits(inverted)).ink_side, style.ink_side);
}

TEST(PictureStyle, ImagesOfOtherKindsTellOnlyWhatTheyHaveInCommon) {
  // Alternately full to the edge and black: neither paper nor a box can be found.
  Matrix<float> rows(8, 16);
  for (std::size_t n = 0; n < 8; ++n)
    for (std::size_t i = 0; i < 16; ++i) rows(n, i) = n % 2 == 0 ? 250 : 5;
  const auto mixed = picture_style(model_of(rows, {4, 4}));
  EXPECT_EQ(mixed.light_paper, std::nullopt);
  EXPECT_EQ(mixed.ink_side, 0u);
  // On black, but drawn in a corner.
  const auto corner = picture_style(model_of_digits([](const Picture& picture) {
    Picture moved(28, 28);
    for (std::size_t y = 0; y < 22; ++y)
      for (std::size_t x = 0; x < 22; ++x) moved(y, x) = picture(y + 5, x + 5);
    return moved;
  }));
  EXPECT_EQ(corner.light_paper, false);
  EXPECT_EQ(corner.ink_side, 0u);
  const auto none = picture_style(model_of(Matrix<float>(0, 16), {4, 4}, 16));
  EXPECT_EQ(none.light_paper, std::nullopt);
  EXPECT_EQ(none.white, 16);
  testing_support::expect_error<DataError>(
      [&] {
        picture_style(model_of(Matrix<float>(0, 6), {0, 0}));
      },
      {"trained on rows of numbers"});
}

TEST(FitPicture, WhatIsLikeTheTrainingImagesStaysAsItIs) {
  const auto style = style_of_digits();
  std::size_t same = 0;
  for (std::size_t row = 0; row < 100; ++row) {
    const auto fitted = fit_picture(digit(row), style);
    EXPECT_FALSE(fitted.inverted || fitted.stretched || fitted.scaled) << row;
    same += !fitted.centred && fitted.image == digit(row);
  }
  EXPECT_GE(same, 95u);
}

TEST(FitPicture, ADrawingOfTheRightSizeIsCentredWhereItIsUnlikeTheTrainingImages) {
  PictureStyle style = style_of_digits();
  // As MNIST's training images have it: 20 pixels, centred to the pixel.
  style.ink_side = style.least_side = style.most_side = 20;
  style.off_centre = 1.0 / 28;
  const auto bar = [](std::size_t top, std::size_t side, std::size_t left = 12) {
    Picture picture(28, 28);
    for (std::size_t y = top; y < top + side; ++y)
      for (std::size_t x = left; x < left + 4; ++x) picture(y, x) = 255;
    return picture;
  };
  EXPECT_FALSE(fit_picture(bar(4, 20), style).centred);
  EXPECT_FALSE(fit_picture(bar(5, 18), style).centred);
  EXPECT_FALSE(fit_picture(bar(5, 20), style).centred) << "a pixel from the middle";
  for (const Picture& unlike : {bar(6, 20), bar(6, 17), bar(3, 23), bar(4, 20, 14)}) {
    const auto fitted = fit_picture(unlike, style);
    EXPECT_TRUE(fitted.centred);
    EXPECT_EQ(fitted.image(4, 13), 255);
    EXPECT_EQ(fitted.image(3, 13) + fitted.image(24, 13), 0);
  }
}

TEST(FitPicture, BlackOnWhiteIsInverted) {
  const auto fitted = fit_picture(inverted(digit(3)), style_of_digits());
  EXPECT_TRUE(fitted.inverted);
  EXPECT_FALSE(fitted.centred || fitted.stretched);
  EXPECT_EQ(fitted.image, digit(3));
  const auto other_way = fit_picture(digit(3), picture_style(model_of_digits(inverted)));
  EXPECT_TRUE(other_way.inverted);
  EXPECT_EQ(other_way.image, inverted(digit(3)));
}

TEST(FitPicture, ADrawingAnywhereOnASheetIsCutScaledAndCentred) {
  const auto style = style_of_digits();
  for (std::size_t row = 0; row < 10; ++row) {
    const auto sheet = inverted(on_sheet(digit(row), 9, 300, 420, 10, 150));
    const auto fitted = fit_picture(sheet, style);
    EXPECT_TRUE(fitted.inverted && fitted.centred);
    EXPECT_FALSE(fitted.scaled || fitted.stretched);
    EXPECT_EQ((ImageShape{fitted.image.rows(), fitted.image.columns()}), style.shape);
    const auto again = fit_picture(fitted.image, style);
    EXPECT_EQ(again.image, fitted.image) << "it is like the training images now";
    const auto direct = fit_picture(on_sheet(digit(row), 1, 60, 60, 0, 31), style);
    EXPECT_LT(mean_difference(fitted.image, direct.image), 8) << "the same ink in the same place";
    std::size_t box = 0;
    for (std::size_t y = 0; y < 28; ++y)
      box += std::ranges::any_of(fitted.image.row(y), [](auto grey) { return grey >= 32; });
    EXPECT_LE(box, style.ink_side + 1);
  }
}

TEST(FitPicture, GreyPaperBecomesCleanAndAThinLineStaysVisible) {
  Picture photo(200, 200);
  for (std::size_t i = 0; i < photo.values().size(); ++i)
    photo.values()[i] = static_cast<std::uint8_t>(190 + i % 9);
  for (std::size_t y = 40; y < 160; ++y)
    for (std::size_t x = 100; x < 103; ++x) photo(y, x) = 70;
  const auto fitted = fit_picture(photo, style_of_digits());
  EXPECT_TRUE(fitted.inverted && fitted.stretched && fitted.centred);
  EXPECT_EQ(fitted.image(0, 0), 0);
  EXPECT_EQ(fitted.image(27, 14), 0);
  EXPECT_GT(fitted.image(14, 14), 200);
  EXPECT_LT(fitted.image(14, 11), 32);
}

TEST(FitPicture, AHairlineStaysVisible) {
  Picture sheet(300, 300);
  for (std::size_t i = 10; i < 290; ++i) sheet(i, 150) = sheet(150, i) = 255;  // 14 pixels become one
  const auto fitted = fit_picture(sheet, style_of_digits());
  EXPECT_TRUE(fitted.centred);
  EXPECT_EQ(std::ranges::max(fitted.image.values()), 255);
}

TEST(FitPicture, ABlankSheetIsScaledAndNothingElse) {
  for (const std::uint8_t grey : {0, 100, 255}) {
    Picture sheet(5, 90);
    std::ranges::fill(sheet.values(), grey);
    const auto fitted = fit_picture(sheet, style_of_digits());
    EXPECT_TRUE(fitted.scaled);
    EXPECT_FALSE(fitted.centred || fitted.stretched);
    const std::uint8_t expected = fitted.inverted ? 255 - grey : grey;
    EXPECT_EQ(std::ranges::count(fitted.image.values(), expected), 28 * 28) << int{grey};
  }
}

TEST(FitPicture, WithoutAKnownStyleOnlyTheSizeIsFitted) {
  const PictureStyle style{.shape = {2, 4}};
  Picture picture(4, 4, {0, 0, 200, 200, 0, 0, 200, 200, 40, 40, 80, 80, 40, 40, 80, 80});
  const auto fitted = fit_picture(picture, style);
  EXPECT_TRUE(fitted.scaled);
  EXPECT_FALSE(fitted.inverted || fitted.centred || fitted.stretched);
  // The means of four pixels each, in the middle; beside them the border's median.
  EXPECT_EQ(fitted.image, Picture(2, 4, {80, 0, 200, 80, 80, 40, 80, 80}));
  Picture same(2, 4, {9, 8, 7, 6, 5, 4, 3, 255});
  EXPECT_EQ(fit_picture(same, style).image, same);
}

}  // namespace
}  // namespace mlp
