// PNG images on the command line: mlp predict MODEL digit.png, folders to train on and to evaluate.
#include <algorithm>
#include <sstream>

#include "app/sandbox.h"
#include "data/support.h"
#include "mlp/data.h"
#include "support/png_bytes.h"

namespace mlp::app_test {
namespace {

using Picture = Matrix<std::uint8_t>;

class Pictures : public Sandbox {
 protected:
  void write_png(const std::string& name, const Picture& picture) const {
    std::filesystem::create_directories(path(name).parent_path());
    write(name, testing_support::png(picture));
  }
  /// A small network that recognises most digits.
  void train_on_digits(const Arguments& more = {}) const {
    Arguments arguments = {"train",   "digits",   "--layers", "64:relu,10:softmax", "--epochs", "3",
                           "--quiet", "--output", "model"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  void refuse(const Arguments& arguments, int exit_code, const std::string& message) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
};

/// The test rows of the built-in digits, on which no run trains.
const Dataset& drawn_digits() {
  static const Dataset digits = make_digits(0, 40, 1).test;
  return digits;
}

Picture digit(std::size_t row) {
  Picture picture(28, 28);
  std::ranges::copy(std::get<Picture>(drawn_digits().inputs).row(row), picture.values().begin());
  return picture;
}

/// As people draw them: black on a white sheet, 8 times as large, somewhere.
Picture on_a_sheet(const Picture& picture, std::size_t top, std::size_t left) {
  Picture sheet(300, 400);
  std::ranges::fill(sheet.values(), std::uint8_t{255});
  for (std::size_t y = 0; y < 8 * 28; ++y)
    for (std::size_t x = 0; x < 8 * 28; ++x) sheet(top + y, left + x) = 255 - picture(y / 8, x / 8);
  return sheet;
}

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

TEST_F(Pictures, ADigitOfOnesOwnIsPredictedHoweverItIsDrawn) {
  train_on_digits();
  std::size_t as_they_are = 0, on_sheets = 0;
  for (std::size_t row = 0; row < 40; ++row) {
    const std::string name = std::to_string(1000 + row) + ".png";
    write_png("plain/" + name, digit(row));
    write_png("sheets/" + name, on_a_sheet(digit(row), row, 4 * row));
  }
  const auto count_right = [&](const Result& result) {
    const auto rows = cells_of(result.out);
    EXPECT_EQ(rows.front(), (std::vector<std::string>{"file", "class", "probability"}));
    EXPECT_EQ(rows.size(), 41u) << result.err;
    std::size_t right = 0;
    for (std::size_t n = 1; n < rows.size(); ++n) {
      const auto row =
          static_cast<std::size_t>(std::stoi(rows[n][0].substr(rows[n][0].rfind('/') + 1)) - 1000);
      EXPECT_EQ(row, n - 1) << "sorted by name";
      right += rows[n][1] == std::to_string(drawn_digits().labels[row]);
    }
    return right;
  };
  const auto plain = run({"predict", "model", "plain"});
  as_they_are = count_right(plain);
  EXPECT_EQ(plain.err.find("inverted"), std::string::npos) << plain.err;
  const auto sheets = run({"predict", "model", "sheets"});
  on_sheets = count_right(sheets);
  EXPECT_NE(sheets.err.find("mlp: note: 40 images inverted: the model was trained on white on black\n"),
            std::string::npos)
      << sheets.err;
  EXPECT_NE(sheets.err.find("mlp: note: 40 images cut to what is drawn, scaled to "), std::string::npos)
      << sheets.err;
  EXPECT_GE(as_they_are, 34u);
  EXPECT_GE(on_sheets + 3, as_they_are) << "drawn large and black on white they are as readable";
}

TEST_F(Pictures, FilesAndFoldersAreNamedInTheAnswer) {
  train_on_digits();
  write_png("a, b.png", digit(0));
  write_png("c.PNG", digit(1));
  write_png("d/e/f.png", digit(2));
  write("d/readme.txt", "x");
  const auto result =
      run({"predict", "model", "a, b.png", "c.PNG", "d", "--output", "answer.csv", "--probabilities"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string answer = content("answer.csv");
  EXPECT_EQ(answer.rfind("file,class,probability,probability_0,", 0), 0u) << answer;
  EXPECT_NE(answer.find("\n\"a, b.png\","), std::string::npos) << answer;
  EXPECT_NE(answer.find("\nc.PNG,"), std::string::npos) << answer;
  EXPECT_NE(answer.find("\nd/e/f.png,"), std::string::npos) << answer;
  EXPECT_NE(result.err.find("mlp: 3 predictions written to answer.csv"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 file in d not called .png left out"), std::string::npos) << result.err;
  // The same through --input.
  EXPECT_EQ(run({"predict", "model", "--input", "c.PNG"}).out, run({"predict", "model", "c.PNG"}).out);
}

TEST_F(Pictures, AModelWithoutExamplesSaysThatItKnowsOnlyTheSize) {
  train_on_digits({"--examples", "0"});
  write_png("a.png", on_a_sheet(digit(0), 0, 0));
  const auto result = run({"predict", "model", "a.png"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("1 image of another size scaled to 28 x 28"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("the model carries no examples"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("inverted"), std::string::npos) << result.err;
}

TEST_F(Pictures, WhatCannotBePredictedIsRefused) {
  train_on_digits();
  write_png("a.png", digit(0));
  const std::string whole = content("a.png");
  write("cut.png", whole.substr(0, whole.size() / 2));
  write("photo.png", "\xff\xd8\xff\xe0\x10JFIF");
  write("huge.png", testing_support::png({.width = 50'000, .height = 50'000}, "\1"));
  write("rows.csv", "1,2\n");
  std::filesystem::create_directories(path("empty"));
  refuse({"predict", "model", "cut.png"}, 1, "cut.png: the PNG image is damaged or cut short");
  refuse({"predict", "model", "a.png", "photo.png"}, 1,
         "photo.png: expected a PNG image, found a single JPEG image");
  refuse({"predict", "model", "huge.png"}, 1, "huge.png: an image of 50000 x 50000 pixels");
  refuse({"predict", "model", "none.png"}, 1, "none.png");
  refuse({"predict", "model", "empty"}, 1, "empty: no PNG image is in the folder");
  refuse({"predict", "model", "rows.csv", "rows.csv"}, 2, "only of PNG images several are taken");
  refuse({"predict", "model", "a.png", "--input", "a.png"}, 2, "are two inputs");
  refuse({"predict", "model", "a.png", "--output", "a.png"}, 2, "is the input");
  EXPECT_EQ(content("a.png"), whole);
  refuse({"train", "a.png"}, 1, "is a single PNG image");
  refuse({"train", "--images", "a.png", "--labels", "a.png"}, 1, "is a single PNG image");
  ASSERT_EQ(run(quick_training({"--quiet"})).exit_code, 0);
  refuse({"predict", "runs/friedman", "a.png"}, 1, "the model was trained on rows of numbers, not on images");
}

TEST_F(Pictures, AFolderWithAFolderForEachClassIsTrainedOnAndEvaluated) {
  for (std::size_t i = 0; i < 30; ++i) {
    Picture circle(8, 8), square(8, 8);
    for (std::size_t y = 0; y < 8; ++y) {
      for (std::size_t x = 0; x < 8; ++x) {
        circle(y, x) = (2 * y - 7) * (2 * y - 7) + (2 * x - 7) * (2 * x - 7) < 30
                           ? static_cast<std::uint8_t>(150 + i)
                           : 10;
        square(y, x) = y > 4 && x > 4 ? static_cast<std::uint8_t>(150 + i) : 10;
      }
    }
    write_png("shapes/circle/" + std::to_string(i) + ".png", circle);
    write_png("shapes/square/" + std::to_string(i) + ".png", square);
  }
  const auto trained = run({"train", "shapes/", "--epochs", "20", "--quiet", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  EXPECT_EQ(json["dataset"], "shapes");
  EXPECT_EQ(json["output"], "runs/shapes");
  EXPECT_EQ(json["test_rows"], 12);
  EXPECT_EQ(json["test_accuracy"], 1.0);
  EXPECT_EQ(json["test_classes"][0]["name"], "circle");
  EXPECT_EQ(json["network"][0]["fan_in"], 64);
  const auto evaluated = run({"evaluate", "runs/shapes", "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(only_json(evaluated.out)["test_loss"], json["test_loss"]);
  const auto all = run({"evaluate", "runs/shapes", "--images", "shapes", "--json"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(only_json(all.out)["test_rows"], 60);
  EXPECT_EQ(only_json(all.out)["test_accuracy"], 1.0);
  EXPECT_NE(all.err.find("the model was trained on most of these rows"), std::string::npos) << all.err;
  const auto predicted = run({"predict", "runs/shapes", "shapes/square/3.png"});
  EXPECT_NE(predicted.out.find("\nshapes/square/3.png,square,"), std::string::npos)
      << predicted.out << predicted.err;
  // The same run repeated, and resumed from its end.
  EXPECT_EQ(
      run({"train", "--config", "runs/shapes/config.toml", "--output", "runs/again", "--quiet"}).exit_code,
      0);
  EXPECT_EQ(tensors("runs/again/model.safetensors"), tensors("runs/shapes/model.safetensors"));
  EXPECT_EQ(run({"train", "--resume", "runs/shapes", "--quiet"}).exit_code, 0);
  refuse({"train", "shapes", "--target", "x"}, 2,
         "--target and other options of tables do not go with shapes");
  refuse({"train", "shapes", "--task", "regression"}, 2, "have classes, not numbers to predict");
}

}  // namespace
}  // namespace mlp::app_test
