// Figures drawn by the real gnuplot, where it is installed, and by stand-ins for it that fail or that keep
// the script they were given.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "mlp/report.h"
#include "report/gnuplot.h"
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

/// Sets PATH for the life of a test.
class SearchPath {
 public:
  explicit SearchPath(const std::filesystem::path& folder) {
    if (const char* path = ::getenv("PATH")) earlier_ = path;
    ::setenv("PATH", folder.c_str(), 1);
  }
  ~SearchPath() { ::setenv("PATH", earlier_.c_str(), 1); }
  SearchPath(const SearchPath&) = delete;
  SearchPath& operator=(const SearchPath&) = delete;

 private:
  std::string earlier_;
};

/// A gnuplot of the test's own in `folder`: a shell script.
void install_stand_in(const TemporaryFolder& folder, const std::string& script) {
  write_bytes(folder / "gnuplot", "#!/bin/sh\n" + script + "\n");
  std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
}

bool gnuplot_is_installed() {
  std::istringstream folders(::getenv("PATH") ? ::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/gnuplot").c_str(), X_OK) == 0) return true;
  }
  return false;
}

#define NEEDS_GNUPLOT() \
  if (!gnuplot_is_installed()) GTEST_SKIP() << "skipped: gnuplot is not installed"

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

/// The script that drawing hands to gnuplot.
std::string script_of(const std::function<void(const std::filesystem::path&)>& draw) {
  const TemporaryFolder folder;
  install_stand_in(folder, "/bin/cat > '" + (folder / "script").string() + "'; exit 3");
  const SearchPath path(folder.path());
  EXPECT_THROW(draw(folder / "figure.svg"), FileError);
  return read_bytes(folder / "script");
}

std::string curves_script(const std::vector<LossCurve>& curves) {
  return script_of([&](const auto& path) { draw_loss_curves(curves, "title", "loss", {path}); });
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What a reader of the figure reads.
std::vector<std::string> texts_of(const std::string& svg) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; (at = svg.find("<text", at)) != std::string::npos; ++at) {
    const std::size_t begin = svg.find('>', at) + 1;
    std::string text = svg.substr(begin, svg.find("</text>", begin) - begin);
    for (const auto& [entity, character] :
         {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&amp;", "&")}) {
      for (std::size_t i = 0; (i = text.find(entity, i)) != std::string::npos; ++i) {
        text.replace(i, std::string(entity).size(), character);
      }
    }
    texts.push_back(text);
  }
  return texts;
}

bool shows(const std::string& svg, const std::string& text) {
  const auto texts = texts_of(svg);
  const auto trimmed = [](std::string t) {
    t.erase(0, std::min(t.find_first_not_of(' '), t.size()));
    t.erase(t.find_last_not_of(' ') + 1);
    return t;
  };
  return std::any_of(texts.begin(), texts.end(), [&](const auto& t) { return trimmed(t) == trimmed(text); });
}

/// A title that would break out of a script, a shell, a format or an XML document that trusted it.
const char* const kHostile = "@x 'single' \"double\" \\ `id` $(id) %d %s {/Bold b}^2_i <b>&amp; # ! \u732b";

TEST(Figures, LossCurvesAreDrawnAsSvgAndPng) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  EXPECT_EQ(draw_loss_curves({sample_curve()}, "mnist", "cross_entropy(0.02)",
                             {folder / "l.svg", folder / "l.PNG"}),
            std::nullopt);
  const std::string svg = read_bytes(folder / "l.svg"), png = read_bytes(folder / "l.PNG");
  expect_well_formed(svg);
  EXPECT_TRUE(contains(svg, "width=\"800\" height=\"500\""));
  for (const char* text : {"mnist", "epoch", "cross_entropy(0.02)", "training", "validation",
                           "best: 0.6 at epoch 3", "1", "2", "3", "4"}) {
    EXPECT_TRUE(shows(svg, text)) << text;
  }
  EXPECT_TRUE(contains(svg, "rgb(  0, 114, 178)"));  // training
  EXPECT_TRUE(contains(svg, "rgb(213,  94,   0)"));  // validation
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x03\x20\0\0\x01\xf4", 8));  // 800 x 500
  EXPECT_EQ(entries(folder.path()), 2u);
}

TEST(Figures, CurvesOfAnyShapeAreDrawn) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> long_run;
  for (int i = 0; i < 1000; ++i) long_run.push_back(std::exp(-0.01 * i));
  for (const auto& c :
       {curve({}, {}), curve({1}, {kNan}), curve({0}, {0}), curve({-1, -2}, {kNan, -3}),
        curve({kNan, infinity}, {kNan, -infinity}), curve({0.5, 0.5}, {0.5, 0.5}), curve(long_run, long_run),
        curve({1e300, 1e-300}, {1, 1}), curve({1e100, 1e-100}, {1, 1}), curve({1e-320}, {kNan}),
        curve({1e308, -1e308}, {kNan, kNan})}) {
    EXPECT_EQ(draw_loss_curves({c}, "title", "loss", {folder / "l.svg"}), std::nullopt);
    EXPECT_TRUE(shows(read_bytes(folder / "l.svg"), "epoch"));
    EXPECT_EQ(draw_loss_curves({c, sample_curve()}, "title", "loss", {folder / "l.png"}), std::nullopt);
  }
}

TEST(Figures, SeveralRunsAreNamedInTheLegend) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const std::vector<LossCurve> curves{curve({3, 2, 1}, {3, 2, 2}, "runs/adam"),
                                      curve({4, 3}, {kNan, kNan}, "runs/sgd")};
  EXPECT_EQ(draw_loss_curves(curves, "two", "loss", {folder / "l.svg"}), std::nullopt);
  const std::string svg = read_bytes(folder / "l.svg");
  for (const char* text : {"runs/adam", "runs/sgd", "validation", "best epoch"}) {
    EXPECT_TRUE(shows(svg, text)) << text;
  }
  EXPECT_FALSE(shows(svg, "training"));
}

TEST(Figures, HostileTextIsShownAsItIs) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const auto run = curve({2, 1}, {2, 1}, "'; print 'x");
  EXPECT_EQ(draw_loss_curves({run, run}, kHostile, "@loss '\\' %g", {folder / "l.svg"}), std::nullopt);
  std::string svg = read_bytes(folder / "l.svg");
  expect_well_formed(svg);
  for (const char* text : {kHostile, "@loss '\\' %g", "'; print 'x"}) EXPECT_TRUE(shows(svg, text)) << text;

  const std::vector<std::string> names{"50% `x`", "'@a\"",       "\\n{}%s",  "<&>",
                                       "",        "a\nb\tc\x7f", "\xff\xc0", "END_OF_DATA"};
  EXPECT_EQ(draw_confusion_matrix(diagonal(names.size()), names, "line\nbreak' \x01", folder / "c.svg"),
            std::nullopt);
  svg = read_bytes(folder / "c.svg");
  expect_well_formed(svg);
  for (const char* text :
       {"50% `x`", "'@a\"", "\\n{}%s", "<&>", "a b c", "\uFFFD\uFFFD", "END_OF_DATA", "line break'"}) {
    EXPECT_TRUE(shows(svg, text)) << text;
  }
}

TEST(Figures, ConfusionMatrixShowsNamesAndCounts) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  Matrix<std::uint64_t> confusion(3, 3, {50, 0, 7, 1, 60, 0, 0, 0, 0});
  EXPECT_EQ(draw_confusion_matrix(confusion, {"setosa", "a very long name of a class", "virginica"}, "iris",
                                  folder / "c.svg"),
            std::nullopt);
  const std::string svg = read_bytes(folder / "c.svg");
  expect_well_formed(svg);
  for (const char* text : {"iris", "true", "predicted", "setosa", "virginica", "a very long nam\u2026", "50",
                           "7", "1", "60", "100%"}) {
    EXPECT_TRUE(shows(svg, text)) << text;
  }
  EXPECT_EQ(draw_confusion_matrix(confusion, {"a", "b", "c"}, "iris", folder / "c.png"), std::nullopt);
  EXPECT_EQ(read_bytes(folder / "c.png").substr(1, 3), "PNG");
}

TEST(Figures, ConfusionMatricesOfManyClasses) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  for (const std::size_t classes : {1, 2, 11, 50, 51, 250}) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < classes; ++i) names.push_back("class " + std::to_string(i));
    EXPECT_EQ(draw_confusion_matrix(diagonal(classes), names, "title", folder / "c.svg"), std::nullopt);
    const std::string svg = read_bytes(folder / "c.svg");
    EXPECT_EQ(shows(svg, "100"), classes <= 50) << classes;
    EXPECT_TRUE(shows(svg, "class 0"));
  }
  EXPECT_EQ(draw_confusion_matrix(Matrix<std::uint64_t>(2, 2), {"a", "b"}, "no rows", folder / "c.svg"),
            std::nullopt);
}

TEST(Figures, ConfusionMatrixWritesCountsAsThePage) {
  const auto script = script_of([&](const auto& path) {
    draw_confusion_matrix(Matrix<std::uint64_t>(2, 2, {1125, 0, 3, 12345}), {"a", "b"}, "", path);
  });
  EXPECT_TRUE(contains(script, " 1,125 "));
  EXPECT_TRUE(contains(script, " 12,345 "));
  EXPECT_TRUE(contains(script, "(stringcolumn(4))"));
}

TEST(Figures, AManyClassMatrixIsSeen) {
  const auto script_with = [](std::size_t classes) {
    return script_of([&](const auto& path) {
      draw_confusion_matrix(diagonal(classes), std::vector<std::string>(classes, "class"), "", path);
    });
  };
  EXPECT_TRUE(contains(script_with(100), "($1-0.5):($1+0.5)"));
  const std::string script = script_with(1000);  // a pixel a class, of which each cell takes 3
  EXPECT_TRUE(contains(script, "($1-1.5):($1+1.5)"));
  const std::string ticks =
      script.substr(script.find("set xtics"), script.find("set ytics") - script.find("set xtics"));
  EXPECT_EQ(std::count(ticks.begin(), ticks.end(), ','), 25) << "25 names, and the comma of the font";
}

TEST(Figures, PredictedVersusTrueHasThePagesLabels) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const Matrix<float> prices(3, 1, {120'000, 1'343'580, 2'210'000});
  draw_predicted_versus_true(prices, prices, {"price"}, "", folder / "p.svg");
  const std::string svg = read_bytes(folder / "p.svg");
  for (const char* text : {"0.5 M", "2.5 M"}) EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_FALSE(contains(svg, "e+0"));
}

TEST(Figures, PredictedVersusTrueShowsEachTarget) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const Matrix<float> truths(2, 2, {0, 100, 10, 400}), predictions(2, 2, {5, 200, 10, 300});
  EXPECT_EQ(draw_predicted_versus_true(truths, predictions, {"mpg", kHostile}, kHostile, folder / "p.svg"),
            std::nullopt);
  const std::string svg = read_bytes(folder / "p.svg");
  expect_well_formed(svg);
  for (const char* text : {"true mpg", "predicted mpg", "10", "400"}) EXPECT_TRUE(shows(svg, text)) << text;
  EXPECT_TRUE(shows(svg, kHostile));
}

TEST(Figures, PredictedVersusTrueDrawsEveryRowThatIsANumber) {
  Matrix<float> truths(3, 1, {1, 2, 3});
  const Matrix<float> predictions(3, 1, {1.5f, static_cast<float>(kNan), 3.5f});
  const std::string script = script_of(
      [&](const auto& path) { draw_predicted_versus_true(truths, predictions, {"y"}, "title", path); });
  EXPECT_TRUE(contains(script, "$target0 << END_OF_DATA\n1 1.5\n3 3.5\nNaN NaN\nEND_OF_DATA\n")) << script;
  EXPECT_TRUE(contains(script, "set xrange [0:4]\nset yrange [0:4]")) << script;
}

TEST(Figures, PredictedVersusTrueThinsOutAndStopsAtNinePanels) {
  const Matrix<float> numbers(5000, 12);
  const std::vector<std::string> names{"y"};  // the others are numbered
  const std::string script =
      script_of([&](const auto& path) { draw_predicted_versus_true(numbers, numbers, names, "", path); });
  EXPECT_TRUE(contains(script, "$target8 <<"));
  EXPECT_FALSE(contains(script, "$target9 <<"));
  EXPECT_TRUE(contains(script, gnuplot_text("true target 9")));
  std::size_t points = 0;
  for (std::size_t at = 0; (at = script.find("\n0 0", at)) != std::string::npos; ++at) ++points;
  EXPECT_EQ(points, 9u * 2000);
}

TEST(Figures, WithoutGnuplotANoteSaysWhatToInstall) {
  const TemporaryFolder folder, empty;
  const SearchPath path(empty.path());
  const auto note = draw_loss_curves({sample_curve()}, "t", "loss", {folder / "l.svg"});
  ASSERT_TRUE(note.has_value());
  EXPECT_TRUE(note->starts_with("gnuplot is not installed")) << *note;
  EXPECT_TRUE(contains(*note, "gnuplot-nox"));
  EXPECT_EQ(draw_confusion_matrix(diagonal(2), {"a", "b"}, "t", folder / "c.svg"), note);
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(Figures, AGnuplotThatHangsIsEnded) {
  const TemporaryFolder folder, programs;
  const SearchPath path(programs.path());
  install_stand_in(programs, "while :; do /bin/sleep 1; done");
  EXPECT_EQ(error_of([&] { draw_loss_curves({sample_curve()}, "t", "loss", {folder / "l.svg"}); }),
            "cannot draw: gnuplot did not end within 20 seconds");
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(Figures, WhatGnuplotSaysIsPassedOnAndTheEarlierFigureKept) {
  const TemporaryFolder folder, programs;
  write_bytes(folder / "l.svg", "earlier");
  const auto draw = [&] { draw_loss_curves({sample_curve()}, "t", "loss", {folder / "l.svg"}); };
  const SearchPath path(programs.path());
  install_stand_in(programs, "echo 'gnuplot> plot' >&2; echo 'line 3: undefined' >&2; echo >&2; exit 1");
  EXPECT_EQ(error_of(draw), "cannot draw: gnuplot says: line 3: undefined");
  install_stand_in(programs, "exit 1");
  EXPECT_EQ(error_of(draw), "cannot draw: gnuplot says: ");
  install_stand_in(programs, "kill -9 $$");
  EXPECT_EQ(error_of(draw), "cannot draw: gnuplot was ended by signal 9");
  install_stand_in(programs, "exit 0");
  EXPECT_EQ(error_of(draw), "cannot draw: gnuplot left " + (folder / "l.svg").string() + " empty");
  EXPECT_EQ(read_bytes(folder / "l.svg"), "earlier");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Figures, PathsThatCannotBeWrittenAreNamed) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  const auto draw = [&](const std::filesystem::path& path) {
    return error_of([&] { draw_loss_curves({sample_curve()}, "t", "loss", {path}); });
  };
  EXPECT_EQ(draw(folder / "none/l.svg"),
            (folder / "none/l.svg").string() + ": cannot write: No such file or directory");
  EXPECT_EQ(draw(folder / "l.pdf"), (folder / "l.pdf").string() + ": cannot draw a figure of this kind");
  EXPECT_EQ(draw(folder / "l"), (folder / "l").string() + ": cannot draw a figure of this kind");
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

TEST(Figures, TheLossAxisIsLogarithmicBeyondTwoDecades) {
  EXPECT_FALSE(contains(curves_script({curve({99, 1}, {kNan, kNan})}), "logscale"));
  EXPECT_TRUE(contains(curves_script({curve({101, 1}, {kNan, kNan})}), "logscale"));
  EXPECT_TRUE(contains(curves_script({curve({1, 1}, {1, 0.001})}), "logscale"));
  EXPECT_FALSE(contains(curves_script({curve({101, 0}, {kNan, kNan})}), "logscale"));
  EXPECT_FALSE(contains(curves_script({curve({101, -1}, {kNan, kNan})}), "logscale"));
}

TEST(Figures, TheLossAxisStartsAtZeroWhereThatWastesLittle) {
  EXPECT_TRUE(contains(curves_script({curve({1, 0.1}, {kNan, kNan})}), "set yrange [0:"));
  EXPECT_FALSE(contains(curves_script({curve({1, 0.4}, {kNan, kNan})}), "set yrange [0:"));
}

/// The ends of the loss axis.
std::pair<double, double> loss_axis(const std::string& script) {
  const std::size_t at = script.find("set yrange [") + 12, colon = script.find(':', at);
  return {std::stod(script.substr(at)), std::stod(script.substr(colon + 1))};
}

TEST(Figures, AFirstFallDoesNotSqueezeTheRest) {
  const LossCurve falls = curve({9.5, 1.5, 1.25, 1.0}, {1.6, 1.5, 1.3, 1.2});
  const std::string script = curves_script({falls});
  EXPECT_TRUE(contains(script, "set xlabel 'epoch (the first lie outside)'"));
  // Epochs 2 to 4 span 0.5: half of that above, and 6% of it all around.
  const auto [low, high] = loss_axis(script);
  EXPECT_NEAR(low, 1.0 - 0.06 * 0.75, 1e-9);
  EXPECT_NEAR(high, 1.75 + 0.06 * 0.75, 1e-9);
  EXPECT_TRUE(contains(curves_script({sample_curve()}), "set xlabel 'epoch'\n"));
  // Of several runs one curve with such a start is enough, and another's later losses are seen whole.
  const auto both = loss_axis(curves_script({falls, curve({3, 3, 3, 2.5}, {kNan, kNan, kNan, kNan})}));
  EXPECT_LT(both.second, 9.5);
  EXPECT_GT(both.second, 3.0);
  EXPECT_LT(both.first, 1.0);
}

TEST(Figures, TheLeastLossIsALine) {
  LossCurve smoothed = curve({0.9, 0.5, 0.45, 0.4}, {0.6, 0.5, 0.45, 0.42});
  EXPECT_FALSE(contains(curves_script({smoothed}), "least possible"));
  smoothed.least_loss = 0.282;
  const std::string script = curves_script({smoothed});
  EXPECT_TRUE(contains(script, ", 0.282 with lines"));
  EXPECT_TRUE(contains(script, "title 'least possible: 0.282'"));
  EXPECT_LT(loss_axis(script).first, 0.282) << "it is on the axis";
  EXPECT_TRUE(contains(curves_script({smoothed, smoothed}), "least possible"));
  EXPECT_FALSE(contains(curves_script({smoothed, sample_curve()}), "least possible")) << "not that of both";
}

TEST(Figures, ALeastLossIsDrawn) {
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  LossCurve smoothed = curve({0.9, 0.5, 0.45, 0.4}, {0.6, 0.5, 0.45, 0.42});
  smoothed.least_loss = 0.282;
  EXPECT_EQ(draw_loss_curves({smoothed}, "title", "loss", {folder / "l.svg"}), std::nullopt);
  EXPECT_TRUE(shows(read_bytes(folder / "l.svg"), "least possible: 0.282"));
}

TEST(Figures, EpochTicksAreWholeEpochs) {
  for (const auto& [epochs, tick] :
       {std::pair(1, 1), std::pair(2, 1), std::pair(11, 1), std::pair(12, 2), std::pair(30, 5),
        std::pair(100, 10), std::pair(300, 50), std::pair(2000, 200)}) {
    const std::vector<double> losses(static_cast<std::size_t>(epochs), 1.0);
    EXPECT_TRUE(contains(curves_script({curve(losses, losses)}), "set xtics " + std::to_string(tick) + "\n"))
        << epochs;
  }
}

TEST(Figures, ACurveUnderTheLegendMakesRoomForIt) {
  const auto top = [](const LossCurve& c) {
    const std::string script = curves_script({c});
    const std::size_t at = script.find(':', script.find("set yrange"));
    return std::stod(script.substr(at + 1));
  };
  EXPECT_LT(top(curve({1, 0.5, 0.2, 0.1, 0.1}, {1, 0.6, 0.5, 0.5, 0.5})), 1.1);
  EXPECT_GT(top(curve({1, 0.5, 0.2, 0.1, 0.1}, {1, 0.6, 0.5, 0.8, 1.0})), 1.3);
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

/// What gnuplot makes of a double-quoted string of letters, blanks and three-digit escapes; anything else
/// fails.
std::string shown(const std::string& quoted) {
  std::string text;
  EXPECT_TRUE(quoted.size() >= 2 && quoted.front() == '"' && quoted.back() == '"') << quoted;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] != '\\') {
      EXPECT_TRUE(quoted[i] == ' ' || std::isalpha(static_cast<unsigned char>(quoted[i]))) << quoted;
      text += quoted[i];
      continue;
    }
    text += static_cast<char>(std::stoi(quoted.substr(i + 1, 3), nullptr, 8));
    i += 3;
  }
  return text;
}

TEST(GnuplotText, IsLettersBlanksAndEscapes) {
  EXPECT_EQ(gnuplot_text("it's 1"), "\"it\\047s \\061\"");
  EXPECT_EQ(shown(gnuplot_text(kHostile)), kHostile);
  EXPECT_EQ(shown(gnuplot_text("\u732b")), "\u732b");
  EXPECT_EQ(shown(gnuplot_text(std::string("a\0c\x7f\n", 5))), "a c  ");
  EXPECT_EQ(shown(gnuplot_text("50%")), "50%");
  EXPECT_EQ(shown(gnuplot_tick("50%", 3)), "50%%");
}

TEST(GnuplotText, IsCutBetweenCharacters) {
  EXPECT_EQ(shown(gnuplot_text("\u732b\u732b\u732b", 3)), "\u732b\u732b\u732b");
  EXPECT_EQ(shown(gnuplot_text("\u732b\u732b\u732b\u732b", 3)), "\u732b\u732b\u2026");
  EXPECT_EQ(shown(gnuplot_tick("%%%", 2)), "%%\u2026");
}

TEST(GnuplotText, ReplacesBytesThatAreNotUtf8) {
  const std::string r = "\uFFFD";
  EXPECT_EQ(shown(gnuplot_text("\xff")), r);
  EXPECT_EQ(shown(gnuplot_text("\xc3")), r);                          // cut short
  EXPECT_EQ(shown(gnuplot_text("\xc3(")), r + "(");                   // no continuation
  EXPECT_EQ(shown(gnuplot_text("\xc0\xaf")), r + r);                  // overlong
  EXPECT_EQ(shown(gnuplot_text("\xe0\x80\xaf")), r + r + r);          // overlong
  EXPECT_EQ(shown(gnuplot_text("\xf0\x80\x80\xaf")), r + r + r + r);  // overlong
  EXPECT_EQ(shown(gnuplot_text("\xed\xa0\x80")), r + r + r);          // a surrogate
  EXPECT_EQ(shown(gnuplot_text("\xf4\x90\x80\x80")), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(shown(gnuplot_text("\xef\xbf\xbf")), r);                  // no XML character
  EXPECT_EQ(shown(gnuplot_text("\U0001F600\u00e9")), "\U0001F600\u00e9");
}

}  // namespace
}  // namespace mlp
