// loss.svg, confusion.svg and predicted.svg: the texts in them, where known points lie, that text from data
// stays text, and that a PNG is made where rsvg-convert is installed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "mlp/error.h"
#include "mlp/report.h"
#include "report/charts/line_text.h"
#include "report/charts/style.h"
#include "report/figure.h"
#include "report/png_of_svg.h"
#include "support/temporary_folder.h"
#include "support/well_formed.h"

namespace mlp {
namespace {

using testing_support::entries;
using testing_support::expect_well_formed;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

LossCurve curve(std::vector<double> train, std::vector<double> validation, std::string label = "run") {
  LossCurve curve{std::move(label), {}, std::move(train), std::move(validation)};
  for (std::size_t i = 0; i < curve.train_loss.size(); ++i) curve.epoch.push_back(static_cast<double>(i + 1));
  return curve;
}

LossCurve sample_curve() { return curve({1, 0.5, 0.4, 0.3}, {1.1, 0.7, 0.6, 0.65}); }

Matrix<std::uint64_t> diagonal(std::size_t classes) {
  Matrix<std::uint64_t> confusion(classes, classes);
  for (std::size_t i = 0; i < classes; ++i) confusion(i, i) = 100 + i;
  return confusion;
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.what();
  }
  return "no FileError";
}

/// The file that `draw` writes.
std::string svg_of(const std::function<std::optional<std::string>(const std::filesystem::path&)>& draw) {
  const TemporaryFolder folder;
  EXPECT_EQ(draw(folder / "figure.svg"), std::nullopt);
  std::string svg = read_bytes(folder / "figure.svg");
  expect_well_formed(svg);
  return svg;
}

std::string curves_svg(const std::vector<LossCurve>& curves, const std::string& title = "title",
                       const std::string& loss = "loss") {
  return svg_of([&](const auto& path) { return draw_loss_curves(curves, title, loss, {path}); });
}
std::string confusion_svg(const Matrix<std::uint64_t>& confusion, const std::vector<std::string>& names,
                          const std::string& title = "title") {
  return svg_of([&](const auto& path) { return draw_confusion_matrix(confusion, names, title, path); });
}
std::string predicted_svg(const Matrix<float>& truths, const Matrix<float>& predictions,
                          const std::vector<std::string>& names, const std::string& title = "title") {
  return svg_of(
      [&](const auto& path) { return draw_predicted_versus_true(truths, predictions, names, title, path); });
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

bool contains(const std::string& text, const std::string& part) { return count(text, part) > 0; }

/// The texts of a figure as a reader sees them: without tags, entities as characters.
std::vector<std::string> texts_of(const std::string& svg) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; (at = svg.find("<text", at)) != std::string::npos; ++at) {
    const std::size_t end = svg.find("</text>", at);
    std::string text;
    bool in_tag = true;
    for (std::size_t i = at + 1; i < end; ++i) {
      if (!in_tag && svg[i] != '<') text += svg[i];
      if (svg[i] == '<' || svg[i] == '>') in_tag = svg[i] == '<';
    }
    for (const auto& [entity, character] :
         {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&quot;", "\""), std::pair("&#39;", "'"),
          std::pair("&amp;", "&")}) {
      for (std::size_t i = 0; (i = text.find(entity, i)) != std::string::npos; ++i)
        text.replace(i, std::string(entity).size(), character);
    }
    texts.push_back(text);
  }
  return texts;
}

bool shows(const std::string& svg, const std::string& text) {
  return std::ranges::count(texts_of(svg), text) > 0;
}

/// The first element that begins like this, up to its end.
std::string element(const std::string& svg, const std::string& beginning) {
  const std::size_t at = svg.find(beginning);
  return at == std::string::npos ? "no " + beginning : svg.substr(at, svg.find('>', at) + 1 - at);
}

/// The value of an attribute of an element.
double number(const std::string& element, const std::string& attribute) {
  const std::size_t at = element.find(" " + attribute + "=\"");
  return at == std::string::npos ? kNan : std::stod(element.substr(at + attribute.size() + 3));
}

/// A title that would break out of an attribute, a style sheet or an XML document that trusted it.
const char* const kHostile =
    "@x 'single' \"double\" \\ `id` $(id) %d %s {/Bold b}^2_i <b>&amp; # ! </svg> ]]> \u732b";

TEST(Figures, LossCurvesOfOneRun) {
  const std::string svg = curves_svg({sample_curve()}, "mnist", "cross_entropy(0.02)");
  EXPECT_TRUE(contains(svg, "width=\"800\" height=\"500\""));
  for (const char* text : {"mnist", "epoch", "cross_entropy(0.02)", "training 0.3000", "validation 0.6500",
                           "best 0.6000 at epoch 3", "1", "2", "3", "4", "0.2", "0.4", "1.2"}) {
    EXPECT_TRUE(shows(svg, text)) << text;
  }
  // The axis from 0.2 to 1.2 between the grid's ends; the ring at the third of four epochs.
  const std::string grid = element(svg, "<path class=\"grid\"");
  const double left = std::stod(grid.substr(grid.find("d=\"M") + 4)), right = 800 - 24;
  const std::string ring = element(svg, "<circle class=\"ring validation\" ");
  EXPECT_NEAR(number(ring, "cx"), left + (right - left) * 2 / 3, 0.01);
  const std::string base = element(svg, "<path class=\"base\"");
  const double bottom = std::stod(base.substr(base.find(' ', base.find("d=\"M")) + 1));
  const double top = 118;
  EXPECT_NEAR(number(ring, "cy"), bottom - (bottom - top) * 0.4, 0.01) << ring;
  EXPECT_EQ(count(svg, "<circle class=\"ring"), 2u) << "it, and its key";
}

TEST(Figures, StandAlone) {
  const std::string svg = curves_svg({sample_curve()});
  EXPECT_TRUE(svg.starts_with(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_FALSE(contains(svg, "var(")) << "few viewers know variables";
  EXPECT_FALSE(contains(svg, "class=\"at\"")) << "no hidden texts";
  EXPECT_TRUE(contains(svg, ".line.training{stroke:rgb(33,98,178)}"));
  EXPECT_TRUE(contains(svg, ".chart .ink{fill:#1b1d20}"));
  EXPECT_TRUE(contains(svg, "fill=\"#fff\"/>"));
}

TEST(Figures, ColoursAreThePagesOnWhite) {
  EXPECT_EQ(with_colours("a{fill:var(--quiet);stroke:rgb(var(--blue))}"),
            "a{fill:#6b7078;stroke:rgb(33,98,178)}");
  const std::string chart = kChartStyle;
  EXPECT_TRUE(chart.starts_with(".chart text")) << "without our own comment";
  EXPECT_FALSE(contains(with_colours(chart), "{fill:}"));
  EXPECT_FALSE(contains(with_colours(chart), "stroke:}"));
  EXPECT_FALSE(contains(with_colours(chart), "rgb()"));
}

TEST(Figures, CurvesOfAnyShapeAreDrawn) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> long_run;
  for (int i = 0; i < 1000; ++i) long_run.push_back(std::exp(-0.01 * i));
  for (const auto& c :
       {curve({}, {}), curve({1}, {kNan}), curve({0}, {0}), curve({-1, -2}, {kNan, -3}),
        curve({kNan, infinity}, {kNan, -infinity}), curve({0.5, 0.5}, {0.5, 0.5}), curve(long_run, long_run),
        curve({1e300, 1e-300}, {1, 1}), curve({1e100, 1e-100}, {1, 1}), curve({1e-320}, {kNan}),
        curve({1e308, -1e308}, {kNan, kNan})}) {
    const std::string svg = curves_svg({c});
    EXPECT_TRUE(shows(svg, "epoch"));
    for (const char* no : {"nan", "inf", "NaN"})
      EXPECT_FALSE(contains(svg.substr(svg.find("</style>")), no)) << no;
    EXPECT_TRUE(shows(curves_svg({c, sample_curve()}), "epoch"));
  }
}

TEST(Figures, SeveralRunsAreNamedInTheLegend) {
  const std::string svg =
      curves_svg({curve({3, 2, 1}, {3, 2, 2.5}, "runs/adam"), curve({4, 3}, {kNan, kNan}, "runs/sgd")});
  for (const char* text :
       {"runs/adam", "runs/sgd", "best 2.000 at epoch 2", "training 3.000", "training ", "validation "})
    EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_TRUE(contains(svg, "<path class=\"line run0 dashed\""));
  EXPECT_TRUE(contains(svg, "<circle class=\"ring run0 dashed\""));
  EXPECT_FALSE(contains(svg, "line run1 dashed")) << "it was not validated";
  EXPECT_FALSE(shows(curves_svg({curve({3}, {kNan}, "a"), curve({4}, {kNan}, "b")}), "validation "));
}

/// The points of a path: the numbers of its d="...", without letters.
std::vector<double> places(const std::string& path) {
  const std::size_t begin = path.find("d=\"") + 3;
  std::string text = path.substr(begin, path.find('"', begin) - begin);
  std::ranges::replace_if(
      text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)); }, ' ');
  std::istringstream stream(text);
  std::vector<double> numbers;
  for (double number; stream >> number;) numbers.push_back(number);
  return numbers;
}

TEST(Figures, RunsOfDifferentLengthsKeepTheirEpochs) {
  const std::string svg = curves_svg(
      {curve({3, 2, 1, 1, 1}, {kNan, kNan, kNan, kNan, kNan}, "long"), curve({2, 1}, {kNan, kNan}, "short")});
  const auto longer = places(element(svg, "<path class=\"line run0\"")),
             shorter = places(element(svg, "<path class=\"line run1\""));
  ASSERT_EQ(longer.size(), 10u);
  ASSERT_EQ(shorter.size(), 4u);
  for (std::size_t i = 0; i < 4; i += 2) EXPECT_EQ(shorter[i], longer[i]);
  EXPECT_EQ(shorter[1], longer[3]) << "both are 2";
  // A curve without epoch 2 has a gap there.
  LossCurve holes = curve({2, 1}, {kNan, kNan}, "holes");
  holes.epoch = {1, 3};
  const std::string gap = curves_svg({curve({3, 2, 1}, {kNan, kNan, kNan}), holes});
  EXPECT_EQ(count(element(gap, "<path class=\"line run1\""), "M"), 2u);
}

TEST(Figures, AShortRunIsSeenBesideALongOne) {
  std::vector<double> falling(200, 0.1);
  for (std::size_t i = 0; i < 20; ++i) falling[i] = 0.2;
  const std::vector<double> none(200, kNan);
  const std::string svg =
      curves_svg({curve(falling, none), curve({3, 2, 1.5, 1.2}, {kNan, kNan, kNan, kNan})});
  EXPECT_EQ(places(element(svg, "<path class=\"line run1\"")).size(), 8u) << "all of its epochs";
}

TEST(Figures, HostileTextIsShownAsItIs) {
  const auto run = curve({2, 1}, {2, 1}, "'; <print> \"x");
  std::string svg = curves_svg({run, run}, kHostile, "@loss '\\' %g");
  for (const char* text : {kHostile, "@loss '\\' %g", "'; <print> \"x"})
    EXPECT_TRUE(shows(svg, text)) << text;

  const std::vector<std::string> names{"50% `x`", "'@a\"", "\\n{}%s", "<&>", "", "a\nb\tc\x7f", "\xff\xc0"};
  svg = confusion_svg(diagonal(names.size()), names, "line\nbreak' \x01");
  for (const char* text : {"50% `x`", "'@a\"", "\\n{}%s", "<&>", "a b c ", "\uFFFD\uFFFD", "line break'  "})
    EXPECT_TRUE(shows(svg, text)) << text;
}

TEST(Figures, AConfusionMatrixShowsNamesAndCounts) {
  const Matrix<std::uint64_t> confusion(3, 3, {50, 0, 7, 1, 60, 0, 0, 0, 0});
  const std::string svg =
      confusion_svg(confusion, {"setosa", "a very long name of a class", "virginica"}, "iris");
  for (const char* text :
       {"iris", "true", "predicted", "setosa", "virginica", "a very long nam\u2026", "50", "7", "1", "60"})
    EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_EQ(count(svg, "<rect class=\"hit\""), 2u);
  EXPECT_EQ(count(svg, "<rect class=\"miss\""), 2u);
  EXPECT_EQ(count(svg, "<rect class=\"none\""), 5u);
  // Columns are 110 apart, rows too; 7 of 57 are taken for the third: 0.1 + 0.85 sqrt(7 / 57).
  const std::string hit = element(svg, "<rect class=\"hit\""), miss = element(svg, "<rect class=\"miss\"");
  EXPECT_NEAR(number(miss, "x") - number(hit, "x"), 220, 0.01) << "row 1, columns 1 and 3";
  EXPECT_EQ(number(miss, "y"), number(hit, "y"));
  EXPECT_EQ(number(miss, "fill-opacity"), 0.4);
  EXPECT_EQ(number(hit, "fill-opacity"), 0.84);  // 0.08 + 0.87 * 50 / 57
  EXPECT_TRUE(contains(svg, "class=\"on-blue\"")) << "white on deep blue";
  EXPECT_EQ(count(svg, ">0</text>"), 1u) << "a class that is never right says so";
}

TEST(Figures, ConfusionMatrixWritesCountsAsThePage) {
  const std::string svg = confusion_svg(Matrix<std::uint64_t>(2, 2, {1125, 0, 3, 12345}), {"a", "b"});
  for (const char* text : {"1,125", "12,345"}) EXPECT_TRUE(shows(svg, text)) << text;
}

TEST(Figures, ConfusionMatricesOfManyClasses) {
  for (const std::size_t classes : {1, 2, 11, 50, 51, 250}) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < classes; ++i) names.push_back("class " + std::to_string(i));
    const std::string svg = confusion_svg(diagonal(classes), names);
    EXPECT_EQ(shows(svg, "100"), classes <= 50) << classes;
    EXPECT_EQ(contains(svg, "<image "), classes > 50) << classes;
    EXPECT_TRUE(shows(svg, "class 0"));
    EXPECT_LT(number(element(svg, "<svg "), "width"), 1700) << classes;
  }
  confusion_svg(Matrix<std::uint64_t>(2, 2), {"a", "b"}, "no rows");
  const std::string svg = confusion_svg(diagonal(1000), std::vector<std::string>(1000, "class"));
  EXPECT_EQ(std::ranges::count(texts_of(svg), "class"), 50) << "25 names a side";
  EXPECT_TRUE(shows(svg, "2 \u00d7 2 classes a pixel."));
  EXPECT_LT(svg.size(), 100'000u);
}

TEST(Figures, PredictedVersusTrueHasThePagesLabels) {
  const Matrix<float> prices(3, 1, {120'000, 1'343'580, 2'210'000});
  const std::string svg = predicted_svg(prices, prices, {"price"});
  for (const char* text : {"0.5 M", "2.5 M"}) EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_FALSE(contains(svg, "e+0"));
}

TEST(Figures, PredictedVersusTrueShowsEachTarget) {
  const Matrix<float> truths(2, 2, {0, 100, 10, 400}), predictions(2, 2, {5, 200, 10, 300});
  const std::string svg = predicted_svg(truths, predictions, {"mpg", "<&>"}, kHostile);
  for (const char* text : {"true mpg", "predicted mpg", "true <&>", "10", "400", kHostile})
    EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_EQ(count(svg, "class=\"identity\""), 2u);
}

TEST(Figures, PredictedVersusTrueDrawsEveryRowThatIsANumber) {
  const Matrix<float> truths(3, 1, {1, 2, 3});
  const Matrix<float> predictions(3, 1, {1.5f, static_cast<float>(kNan), 3.5f});
  const std::string svg = predicted_svg(truths, predictions, {"y"});
  EXPECT_EQ(count(svg, "h0\""), 2u);
  // The axes from 0 to 4; a plot of 380 x 380 below 90 pixels.
  const auto identity = places(element(svg, "<path class=\"identity\""));
  ASSERT_EQ(identity.size(), 4u);
  const double left = identity[0];
  EXPECT_EQ(identity, (std::vector<double>{left, 470, left + 380, 90}));
  const auto dot = places(svg.substr(svg.find("<g class=\"points\"")));
  EXPECT_NEAR(dot[0], left + 380 * 1.0 / 4, 0.01);
  EXPECT_NEAR(dot[1], 470 - 380 * 1.5 / 4, 0.01);
}

TEST(Figures, PredictedVersusTrueThinsOutAndStopsAtNinePanels) {
  const Matrix<float> numbers(5000, 12);
  const std::string svg = predicted_svg(numbers, numbers, {"y"});  // the others are numbered
  EXPECT_TRUE(shows(svg, "true y"));
  EXPECT_TRUE(shows(svg, "true target 9"));
  EXPECT_FALSE(shows(svg, "true target 10"));
  EXPECT_EQ(count(svg, "h0\""), 9u * 2000);
}

const char* const kDot =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"><rect width=\"1\" "
    "height=\"1\"/></svg>";

TEST(Figures, APngHasTwoPixelsForOne) {
  if (!png_of_svg(kDot, 1.0)) GTEST_SKIP() << "skipped: rsvg-convert is not installed";
  const TemporaryFolder folder;
  EXPECT_EQ(draw_loss_curves({sample_curve()}, "mnist", "loss", {folder / "l.svg", folder / "l.PNG"}),
            std::nullopt);
  const std::string png = read_bytes(folder / "l.PNG");
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x06\x40\0\0\x03\xe8", 8)) << "1600 x 1000";
  EXPECT_GT(png.size(), 20'000u) << "something is drawn";
  EXPECT_EQ(entries(folder.path()), 2u);
  EXPECT_EQ(draw_confusion_matrix(diagonal(60), std::vector<std::string>(60, "c"), "t", folder / "c.png"),
            std::nullopt);
  EXPECT_TRUE(
      error_of([] { png_of_svg("<svg", 1.0); }).starts_with("cannot draw a PNG: rsvg-convert says: "));
}

/// A program in `folder`, a shell script.
std::string program(const TemporaryFolder& folder, const std::string& script) {
  write_bytes(folder / "program", "#!/bin/sh\n" + script + "\n");
  std::filesystem::permissions(folder / "program", std::filesystem::perms::owner_all);
  return (folder / "program").string();
}

TEST(PngOfSvg, TheProgramGetsTheSvgAndGivesThePng) {
  const TemporaryFolder folder;
  EXPECT_EQ(png_of_svg("<svg/>", 2.0, program(folder, "echo \"$@\"; exec cat")),
            "--zoom=2 --format=png\n<svg/>");
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(png_of_svg(large, 1.0, program(folder, "exec cat")), large);
}

TEST(PngOfSvg, WithoutTheProgramThereIsNone) {
  EXPECT_EQ(png_of_svg("<svg/>", 1.0, "/nowhere/rsvg-convert"), std::nullopt);
}

TEST(PngOfSvg, WhatTheProgramSaysIsPassedOn) {
  const TemporaryFolder folder;
  const std::string path = (folder / "program").string();
  const auto error = [&](const std::string& script) {
    return error_of([&] { png_of_svg("<svg/>", 1.0, program(folder, script)); });
  };
  EXPECT_EQ(error("echo first >&2; echo 'XML parse error' >&2; echo >&2; exit 1"),
            "cannot draw a PNG: " + path + " says: XML parse error");
  EXPECT_EQ(error("kill -9 $$"), "cannot draw a PNG: " + path + " was ended by signal 9");
  EXPECT_EQ(error("exit 0"), "cannot draw a PNG: " + path + " left it empty");
}

TEST(PngOfSvg, AProgramThatHangsIsEnded) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of([&] { png_of_svg("<svg/>", 1.0, program(folder, "sleep 600 & wait")); }),
            "cannot draw a PNG: it did not end within 20 seconds");
}

TEST(Figures, PathsThatCannotBeWrittenAreNamed) {
  const TemporaryFolder folder;
  const auto draw = [](const std::filesystem::path& path) {
    return error_of([&] { draw_loss_curves({sample_curve()}, "t", "loss", {path}); });
  };
  EXPECT_EQ(draw(folder / "none/l.svg"),
            (folder / "none/l.svg").string() + ": cannot write: No such file or directory");
  EXPECT_EQ(draw(folder / "l.pdf"), (folder / "l.pdf").string() + ": cannot draw a figure of this kind");
  EXPECT_EQ(draw(folder / "l"), (folder / "l").string() + ": cannot draw a figure of this kind");
  EXPECT_EQ(error_of([&] {
              draw_loss_curves({sample_curve()}, "t", "loss", {folder / "l.svg", folder / "l"});
            }),
            (folder / "l").string() + ": cannot draw a figure of this kind");
  EXPECT_EQ(entries(folder.path()), 0u) << "nothing is written where not all can be";
}

TEST(Figures, ArgumentsAreChecked) {
  const Matrix<float> numbers(2, 1), wider(2, 2);
  EXPECT_THROW(draw_predicted_versus_true(numbers, wider, {"y"}, "", "p.svg"), std::invalid_argument);
  EXPECT_THROW(draw_predicted_versus_true({}, {}, {}, "", "p.svg"), std::invalid_argument);
  EXPECT_THROW(draw_loss_curves({}, "t", "loss", {"l.svg"}), std::invalid_argument);
  LossCurve uneven = sample_curve();
  uneven.validation_loss.pop_back();
  EXPECT_THROW(draw_loss_curves({uneven}, "t", "loss", {"l.svg"}), std::invalid_argument);
  EXPECT_THROW(draw_confusion_matrix(diagonal(3), {"a", "b"}, "t", "c.svg"), std::invalid_argument);
  EXPECT_THROW(draw_confusion_matrix({}, {}, "t", "c.svg"), std::invalid_argument);
}

TEST(Figures, AFirstFallDoesNotSqueezeTheRest) {
  const LossCurve falls = curve({9.5, 1.5, 1.25, 1.0}, {1.6, 1.5, 1.3, 1.2});
  const std::string svg = curves_svg({falls});
  EXPECT_TRUE(shows(svg, "Before epoch 2 the curves begin outside this chart: training from 9.500."));
  EXPECT_FALSE(shows(svg, "10"));
  const std::string both = curves_svg({falls, curve({3, 3, 3, 2.5}, {kNan, kNan, kNan, kNan})});
  EXPECT_TRUE(shows(both, "Before epoch 2 the curves begin outside this chart."));
  EXPECT_TRUE(shows(both, "3")) << "another run's later losses are seen whole";
}

TEST(Figures, TheLeastLossIsALine) {
  LossCurve smoothed = curve({0.9, 0.5, 0.45, 0.4}, {0.6, 0.5, 0.45, 0.42});
  EXPECT_FALSE(contains(curves_svg({smoothed}), "<path class=\"least\""));
  smoothed.least_loss = 0.282;
  for (const auto& curves : {std::vector{smoothed}, {smoothed, smoothed}}) {
    const std::string svg = curves_svg(curves);
    EXPECT_TRUE(shows(svg, "least possible 0.2820"));
    EXPECT_EQ(count(svg, "<path class=\"least\""), 2u) << "the line, and its key";
  }
  const std::string different = curves_svg({smoothed, sample_curve()});
  EXPECT_FALSE(contains(different, "<path class=\"least\"")) << "not that of both";
}

TEST(Figures, TextWidthsKeepLabelsApart) {
  EXPECT_GT(text_width("0.0001"), text_width("0.1"));
  EXPECT_NEAR(text_width("000", 10), 18.3, 1e-9);
  EXPECT_EQ(text_width("\u732b\u732b", 10), text_width("WW", 10));
  // Five-digit labels move the plot to the right, and no label leaves the picture.
  const auto left = [](double loss) {
    return places(element(curves_svg({curve({loss, 0}, {kNan, kNan})}), "<path class=\"grid\""))[0];
  };
  EXPECT_GT(left(50'000), left(5) + 20);
}

TEST(Figures, LossCurveTakesTheColumnsOfAHistory) {
  const History history{{.epoch = 1, .train_loss = 0.5, .validation_loss = 0.6},
                        {.epoch = 2, .train_loss = 0.4}};
  const LossCurve c = loss_curve(history, "label", 0.25);
  EXPECT_EQ(c.least_loss, 0.25);
  EXPECT_EQ(loss_curve(history, "label").least_loss, 0.0);
  EXPECT_EQ(c.label, "label");
  EXPECT_EQ(c.epoch, (std::vector<double>{1, 2}));
  EXPECT_EQ(c.train_loss, (std::vector<double>{0.5, 0.4}));
  EXPECT_EQ(c.validation_loss[0], 0.6);
  EXPECT_TRUE(std::isnan(c.validation_loss[1]));
}

TEST(LineOf, CutsBetweenCharacters) {
  EXPECT_EQ(line_of("\u732b\u732b\u732b", 3), "\u732b\u732b\u732b");
  EXPECT_EQ(line_of("\u732b\u732b\u732b\u732b", 3), "\u732b\u732b\u2026");
  EXPECT_EQ(line_of(std::string("a\0c\x7f\n", 5), 9), "a c  ");
}

TEST(LineOf, ReplacesBytesThatAreNotUtf8) {
  const std::string r = "\uFFFD";
  EXPECT_EQ(line_of("\xff", 100), r);
  EXPECT_EQ(line_of("\xc3", 100), r);                          // cut short
  EXPECT_EQ(line_of("\xc3(", 100), r + "(");                   // no continuation
  EXPECT_EQ(line_of("\xc0\xaf", 100), r + r);                  // overlong
  EXPECT_EQ(line_of("\xe0\x80\xaf", 100), r + r + r);          // overlong
  EXPECT_EQ(line_of("\xf0\x80\x80\xaf", 100), r + r + r + r);  // overlong
  EXPECT_EQ(line_of("\xed\xa0\x80", 100), r + r + r);          // a surrogate
  EXPECT_EQ(line_of("\xf4\x90\x80\x80", 100), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(line_of("\xef\xbf\xbf", 100), r);                  // no XML character
  EXPECT_EQ(line_of("\U0001F600\u00e9", 100), "\U0001F600\u00e9");
}

}  // namespace
}  // namespace mlp
