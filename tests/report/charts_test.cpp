// The charts in report.html: axes, and where known points lie in the picture.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <sstream>

#include "report/charts/axis.h"
#include "report/charts/line_chart.h"
#include "report/charts/markup.h"
#include "report/charts/number_format.h"
#include "report/charts/regression_charts.h"
#include "report/charts/two_class_charts.h"
#include "support/well_formed.h"

namespace mlp {
namespace {

using testing_support::expect_well_formed;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::string> labels_of(const Axis& axis) {
  std::vector<std::string> labels;
  for (const double tick : axis.ticks()) labels.push_back(axis.label(tick));
  return labels;
}

using Texts = std::vector<std::string>;

TEST(Axis, BeginsAtZeroWhereThatWastesLittle) {
  EXPECT_EQ(labels_of(axis_over(std::vector{0.1, 1.0})), (Texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(axis_over(std::vector{0.3, 1.0}).low, 0.0);
  EXPECT_EQ(axis_over(std::vector{0.4, 1.0}).low, 0.4);
  EXPECT_EQ(labels_of(axis_over(std::vector{0.91, 0.98})), (Texts{"0.90", "0.92", "0.94", "0.96", "0.98"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{-1.0, 1.0})),
            (Texts{"\u22121.0", "\u22120.5", "0.0", "0.5", "1.0"}));
}

TEST(Axis, IsLogarithmicWhereAskedForAndNeeded) {
  const Axis axis = axis_over(std::vector{0.003, 2.2}, true);
  EXPECT_TRUE(axis.logarithmic);
  EXPECT_EQ(axis.low, 0.002);
  EXPECT_EQ(axis.high, 5.0);
  EXPECT_EQ(labels_of(axis), (Texts{"0.01", "0.1", "1"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{0.05, 1.5}, true)),
            (Texts{"0.05", "0.1", "0.2", "0.5", "1", "2"}));
  EXPECT_DOUBLE_EQ(axis.position(0.1), std::log(50.0) / std::log(2500.0));
  EXPECT_FALSE(axis_over(std::vector{0.003, 2.2}).logarithmic) << "not asked for";
  EXPECT_FALSE(axis_over(std::vector{0.2, 2.2}, true).logarithmic) << "not needed";
  EXPECT_FALSE(axis_over(std::vector{0.0, 0.003, 2.2}, true).logarithmic) << "0 has no logarithm";
}

TEST(Axis, ManyDecadesHaveFewTicks) {
  const Axis axis = axis_over(std::vector{1e-30, 1e30}, true);
  EXPECT_GE(axis.ticks().size(), 4u);
  EXPECT_LE(axis.ticks().size(), 10u);
}

TEST(Axis, BearsWhatCannotBeDrawn) {
  for (const auto& values : {std::vector<double>{}, {kNan}, {kInfinity, -kInfinity}, {1e300}}) {
    const Axis axis = axis_over(values, true);
    EXPECT_EQ(axis.low, 0.0);
    EXPECT_EQ(axis.high, 1.0);
  }
  const Axis one = axis_over(std::vector{kNan, 3.0, kInfinity});
  EXPECT_LT(one.low, 3.0);
  EXPECT_GT(one.high, 3.0);
  for (const double value : {5e-324, 1e-300, 1e99, -1e99}) {
    const Axis axis = axis_over(std::vector{value, 2 * value}, true);
    EXPECT_LT(axis.low, axis.high) << value;
    EXPECT_LE(axis.ticks().size(), 50u) << value;
  }
}

TEST(Axis, WholeTicksForEpochs) {
  Axis axis = tight_axis_over(std::vector{1.0, 2.0, 3.0});
  axis.whole = true;
  EXPECT_EQ(labels_of(axis), (Texts{"1", "2", "3"}));
  axis.high = 20000;
  EXPECT_EQ(labels_of(axis), (Texts{"5,000", "10,000", "15,000", "20,000"}));
}

TEST(Axis, LargeNumbersAreReadInThousandsAndMillions) {
  EXPECT_EQ(labels_of(axis_over(std::vector{0.0, 2.3e6})),
            (Texts{"0", "0.5 M", "1.0 M", "1.5 M", "2.0 M", "2.5 M"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{-1e5, 1e5})),
            (Texts{"\u2212100 k", "\u221250 k", "0", "50 k", "100 k"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{0.0, 5e9})), (Texts{"0", "1 G", "2 G", "3 G", "4 G", "5 G"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{0.0, 5e4})),
            (Texts{"0", "10,000", "20,000", "30,000", "40,000", "50,000"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{0.0, 4e13})), (Texts{"0", "1e+13", "2e+13", "3e+13", "4e+13"}));
  EXPECT_EQ(labels_of(axis_over(std::vector{2e4, 3e6}, true)),
            (Texts{"20,000", "50,000", "100 k", "200 k", "500 k", "1 M", "2 M", "5 M"}));
}

TEST(Axis, Percent) {
  const Axis axis = axis_over(std::vector{0.95, 0.99});
  EXPECT_EQ(axis.label(0.95, AxisUnit::kPercent), "95%");
}

/// The numbers in the d="..." of the first path of class `css_class`.
std::vector<double> path_of(const std::string& svg, const std::string& css_class) {
  const std::size_t at = svg.find("class=\"" + css_class + "\" d=\"");
  EXPECT_NE(at, std::string::npos) << css_class;
  const std::size_t begin = svg.find("d=\"", at) + 3;
  std::string text = svg.substr(begin, svg.find('"', begin) - begin);
  for (char& c : text) {
    if (std::isalpha(static_cast<unsigned char>(c))) c = ' ';
  }
  std::istringstream stream(text);
  std::vector<double> numbers;
  for (double number; stream >> number;) numbers.push_back(number);
  return numbers;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

LineChart chart_of(std::vector<double> y) {
  LineChart chart;
  chart.title = "a <chart>";
  for (std::size_t i = 0; i < y.size(); ++i) chart.x.push_back(static_cast<double>(i + 1));
  chart.series.push_back({"training", "training", std::move(y)});
  return chart;
}

TEST(LineChart, PointsLieWhereTheyBelong) {
  // 640 x 320 with margins 66, 22, 24 and 48: the plot is 552 wide and 248 high; the axis from 0 to 1.
  const std::string svg = line_chart_svg(chart_of({1.0, 0.25, 0.0}));
  expect_well_formed(svg);
  EXPECT_EQ(path_of(svg, "line training"), (std::vector<double>{66, 24, 342, 210, 618, 272}));
  EXPECT_EQ(count(svg, "<circle"), 3u);
}

TEST(LineChart, AGapWhereThereIsNoNumber) {
  const std::string svg = line_chart_svg(chart_of({1.0, 0.5, kNan, kInfinity, 0.5, 0.0}));
  expect_well_formed(svg);
  EXPECT_EQ(path_of(svg, "line training").size(), 8u);
  const std::size_t path = svg.find("class=\"line training\"");
  EXPECT_EQ(count(svg.substr(path, svg.find("/>", path) - path), "M"), 2u) << "the pen is lifted once";
}

TEST(LineChart, ALogarithmicAxisLeavesOutWhatHasNoLogarithm) {
  LineChart chart = chart_of({1.0, 0.1, 0.01});
  chart.may_be_logarithmic = true;
  const auto path = path_of(line_chart_svg(chart), "line training");
  EXPECT_EQ(path, (std::vector<double>{66, 24, 342, 148, 618, 272})) << "equal factors, equal steps";
}

TEST(LineChart, TheMarkedEpochHasARing) {
  LineChart chart = chart_of({1.0, 0.25, 0.0});
  chart.series[0].marked = 1;
  const std::string svg = line_chart_svg(chart);
  EXPECT_NE(svg.find("<circle class=\"ring training\" cx=\"342\" cy=\"210\""), std::string::npos) << svg;
  chart.series[0].marked = 7;
  EXPECT_EQ(line_chart_svg(chart).find("ring"), std::string::npos);
}

TEST(LineChart, ValuesAreThereToBePointedAt) {
  LineChart chart = chart_of({1.0, 0.25});
  chart.series.push_back({"<b>", "validation", {kNan, 0.5}});
  const std::string svg = line_chart_svg(chart);
  expect_well_formed(svg);
  EXPECT_NE(svg.find("epoch 1 \u00b7 training 1.000 \u00b7 &lt;b&gt; \u2013<"), std::string::npos) << svg;
  EXPECT_NE(svg.find("epoch 2 \u00b7 training 0.2500 \u00b7 &lt;b&gt; 0.5000<"), std::string::npos);
}

TEST(LineChart, AxesEndWhereNothingCanLie) {
  LineChart chart = chart_of({0.0, 0.0, 0.0});
  chart.unit = AxisUnit::kPercent;
  std::string svg = line_chart_svg(chart);
  EXPECT_NE(svg.find(">0%<"), std::string::npos);
  EXPECT_EQ(svg.find("\u2212"), std::string::npos) << "no accuracy is below 0";
  EXPECT_NE(svg.find(">100%<"), std::string::npos) << "all there could be";
  chart.series[0].y = {1.0, 1.0, 1.0};
  svg = line_chart_svg(chart);
  EXPECT_NE(svg.find(">100%<"), std::string::npos);
  EXPECT_EQ(svg.find(">120%<"), std::string::npos);
  chart.unit = AxisUnit::kNumber;
  EXPECT_NE(line_chart_svg(chart).find(">1.5<"), std::string::npos) << "of numbers there may be more";
}

/// The values after a start that fell to 1 at once.
std::vector<double> fallen(double first, std::size_t epochs) {
  std::vector<double> values(epochs, 1.0);
  for (std::size_t i = 1; i < epochs; ++i)
    values[i] = 1.5 - 0.5 * static_cast<double>(i) / static_cast<double>(epochs - 1);
  values[0] = first;
  return values;
}

TEST(CurveRange, WhatComesAfterTheStartHasHalfOfTheHeight) {
  const auto range = [](const std::vector<double>& values, bool logarithmic = false) {
    const auto [low, high] = curve_range({values}, logarithmic);
    return std::pair(low, high);
  };
  const auto close = [](std::pair<double, double> found, double low, double high) {
    EXPECT_NEAR(found.first, low, 1e-12);
    EXPECT_NEAR(found.second, high, 1e-12);
  };
  close(range({10, 1.5, 1.25, 1}), 1.0, 1.75);   // three epochs span 0.5, and half of that again
  close(range({1.9, 1.5, 1.25, 1}), 1.0, 1.9);   // a start that takes less than half
  close(range({10, 1.5, 1}), 1.0, 10.0);         // too few epochs to leave one out
  close(range({0.1, 0.8, 0.9, 1.0}), 0.7, 1.0);  // that rise
  close(range({100, 4, 2, 1}, true), 1.0, 8.0);  // equal factors: 4, and the root of that again
  close(range({10, 1, 1, 1}), 1.0, 1.05);        // noise is not blown up: at least a tenth of its size
  close(range({kNan, 10, kInfinity, 1.5, 1}), 1.0,
        10.0);  // of five epochs one is the start; the 10 comes after it
  close(range({}), 0.0, 1.0);
  close(range({kNan, kInfinity}), 0.0, 1.0);
  // Of twenty epochs two are the start, of which one lies beyond.
  std::vector<double> twenty = fallen(50.0, 20);
  const auto [low, high] = range(twenty);
  EXPECT_DOUBLE_EQ(low, 1.0);
  EXPECT_NEAR(high, twenty[2] + 0.5 * (twenty[2] - 1.0), 1e-12);
}

TEST(CurveRange, AllCurvesCount) {
  const std::vector<double> training{10, 1.5, 1.25, 1}, validation{1.2, 2, 2, 2};
  const auto [low, high] = curve_range({training, validation}, false);
  EXPECT_DOUBLE_EQ(low, 1.0);
  EXPECT_DOUBLE_EQ(high, 2.5);
}

TEST(CurveRange, TheLeastValueIsShownWhereItIsNear) {
  const std::vector<double> values{10, 1.5, 1.25, 1};
  EXPECT_DOUBLE_EQ(curve_range({values}, false, 0.5).low, 0.5);
  EXPECT_DOUBLE_EQ(curve_range({values}, false, 0.25).low, 0.25)
      << "the range is doubled: 0.75 on top of 0.75";
  EXPECT_DOUBLE_EQ(curve_range({values}, false, 0.2).low, 1.0) << "too far";
}

TEST(LineChart, CurvesComeInFromOutside) {
  LineChart chart = chart_of({9.5, 1.5, 1.25, 1.0});
  EXPECT_EQ(value_axis(chart).high, 10.0);
  chart.may_cut_start = true;
  const Axis axis = value_axis(chart);
  EXPECT_EQ(axis.low, 1.0);
  EXPECT_EQ(axis.high, 1.8);
  // From epoch 1 (x 66) to 2 (x 250) it falls from 9.5 to 1.5, through 1.8 at 77 / 80 of the way.
  const auto path = path_of(line_chart_svg(chart), "line training");
  ASSERT_EQ(path.size(), 8u);
  EXPECT_NEAR(path[0], 66 + 184 * 77.0 / 80, 0.01);
  EXPECT_NEAR(path[1], 24, 0.01);
  EXPECT_NEAR(path[2], 250, 0.01);
  EXPECT_NEAR(path[3], 24 + 248 * 3.0 / 8, 0.01);
  EXPECT_EQ(count(line_chart_svg(chart), "<circle"), 3u) << "no dot outside";
  chart.series[0].marked = 0;
  EXPECT_EQ(line_chart_svg(chart).find("ring"), std::string::npos) << "nor a ring";
}

TEST(LineChart, ACurveThatLeavesAndComesBackIsDrawnInParts) {
  LineChart chart = chart_of({1.0, 9.0, 1.0, 1.5, 1.25, 1.0, 1.5, 1.25, 1.0, 1.5, 1.25, 1.0});
  chart.may_cut_start = true;  // the first two epochs
  const std::string svg = line_chart_svg(chart);
  expect_well_formed(svg);
  const std::size_t at = svg.find("class=\"line training\"");
  const std::string path = svg.substr(at, svg.find("/>", at) - at);
  EXPECT_EQ(count(path, "M"), 2u) << path;
  for (const double y : path_of(svg, "line training"))
    EXPECT_GE(y, 24 - 0.01) << "nothing lies above the plot";
}

TEST(LineChart, TheLeastValueIsALine) {
  LineChart chart = chart_of({1.0, 0.75, 0.5});
  chart.may_cut_start = chart.may_be_logarithmic = true;
  EXPECT_EQ(line_chart_svg(chart).find("class=\"least\""), std::string::npos);
  chart.least = 0.25;  // from 0.2 to 1 over 248
  EXPECT_EQ(path_of(line_chart_svg(chart), "least"), (std::vector<double>{66, 272 - 248 * 0.05 / 0.8, 552}));
  chart.series[0].y = {100, 0.75, 0.5};
  EXPECT_FALSE(value_axis(chart).logarithmic) << "what is left above the least value would be the smallest";
  chart.least = 0.001;
  chart.series[0].y = {1.0, 0.99, 0.98};
  EXPECT_EQ(line_chart_svg(chart).find("class=\"least\""), std::string::npos) << "it lies far below";
}

/// Scores 0.9, 0.7, 0.7, 0.2 with labels 1, 1, 0, 0.
TwoClassCurves four_rows() {
  return two_class_curves(Matrix<float>(4, 2, {0.1f, 0.9f, 0.3f, 0.7f, 0.3f, 0.7f, 0.8f, 0.2f}),
                          std::vector<std::int32_t>{1, 1, 0, 0}, OutputKind::kProbabilities);
}

TEST(TwoClassCharts, PointsLieWhereTheyBelong) {
  // The plot begins at (50, 12), 270 wide and 250 high; both axes from 0 to 1.
  const MarkedRate marked{0.5, 1.0, "as <decided>"};
  const std::string roc = roc_svg(four_rows(), marked, "a <title>");
  expect_well_formed(roc);
  EXPECT_EQ(path_of(roc, "line training"), (std::vector<double>{50, 262, 50, 137, 185, 12, 320, 12}));
  EXPECT_EQ(path_of(roc, "identity"), (std::vector<double>{50, 262, 320, 12}));
  EXPECT_NE(roc.find("<circle class=\"ring\" cx=\"185\" cy=\"12\" r=\"6\"><title>as &lt;decided&gt;</title>"),
            std::string::npos);

  // Precision 1 up to recall 1/2, then 2/3, then at the same recall 1/2; steps.
  const std::string precision = precision_recall_svg(four_rows(), {}, "");
  expect_well_formed(precision);
  EXPECT_NE(precision.find("d=\"M50 12H185V95.33H320V137H320\""), std::string::npos) << precision;
  EXPECT_EQ(path_of(precision, "identity"), (std::vector<double>{50, 137, 320, 137})) << "half are positive";
  EXPECT_EQ(precision.find("ring"), std::string::npos) << "there is nothing to mark";

  // Bins of 0.2: none positive; of 0.7: one of two; of 0.9: one.
  const std::string calibration = calibration_svg(four_rows(), "");
  expect_well_formed(calibration);
  EXPECT_EQ(path_of(calibration, "line training"), (std::vector<double>{104, 262, 239, 137, 293, 12}));
  EXPECT_EQ(count(calibration, "<circle"), 3u);
  // One of one is positive: r = 2/3, and two standard errors reach beyond 1 and down to 1 - 2 sqrt(2)/3.
  const auto whiskers = path_of(calibration, "whiskers");
  ASSERT_EQ(whiskers.size(), 9u);
  EXPECT_NEAR(whiskers[7], 12 + 250 * 2 * std::sqrt(2.0) / 3, 0.01);
  EXPECT_NEAR(whiskers[8], 12, 0.01);
}

TEST(TwoClassCharts, ManyThresholdsStaySmall) {
  const std::size_t rows = 20'000;
  Matrix<float> outputs(rows, 2);
  std::vector<std::int32_t> labels(rows);
  for (std::size_t n = 0; n < rows; ++n) {
    outputs(n, 1) = static_cast<float>(n) / static_cast<float>(rows);
    outputs(n, 0) = 1.0f - outputs(n, 1);
    labels[n] = (n * 7919 % 1009) * rows < 1009 * n;
  }
  const auto curves = two_class_curves(outputs, labels, OutputKind::kProbabilities);
  ASSERT_EQ(curves.thresholds.size(), rows);
  const auto path = path_of(roc_svg(curves, {}, ""), "line training");
  EXPECT_LT(path.size(), 3000u);
  EXPECT_EQ(path[path.size() - 2], 320.0) << "the last one is there";
  EXPECT_EQ(path.back(), 12.0);
  EXPECT_LT(precision_recall_svg(curves, {}, "").size(), 40'000u);
}

TEST(TwoClassCharts, WhatIsNotThereIsNotDrawn) {
  for (const std::int32_t label : {0, 1}) {
    const auto one_class = two_class_curves(Matrix<float>(2, 2, {0.5f, 0.5f, 0.25f, 0.75f}),
                                            std::vector<std::int32_t>{label, label}, OutputKind::kScores);
    EXPECT_EQ(roc_svg(one_class, {}, ""), "");
    EXPECT_EQ(precision_recall_svg(one_class, {}, ""), "");
    EXPECT_EQ(calibration_svg(one_class, ""), "") << "scores are not probabilities";
  }
}

TEST(LineChart, OneEpochAndNone) {
  expect_well_formed(line_chart_svg(chart_of({2.0})));
  expect_well_formed(line_chart_svg(chart_of({kNan})));
  EXPECT_EQ(count(line_chart_svg(chart_of({2.0})), "<circle"), 1u);
}

TEST(LineChart, LongCurvesKeepTheirExtremesAndStaySmall) {
  std::vector<double> y(1000000, 0.5);
  y[123456] = 0.0;
  y[654321] = 1.0;
  y[777777] = kNan;
  const auto points = drawn_points(y);
  EXPECT_LE(points.size(), 800u);
  EXPECT_TRUE(std::is_sorted(points.begin(), points.end()));
  EXPECT_TRUE(std::find(points.begin(), points.end(), 123456u) != points.end());
  EXPECT_TRUE(std::find(points.begin(), points.end(), 654321u) != points.end());
  EXPECT_LT(line_chart_svg(chart_of(y)).size(), 60'000u);
  EXPECT_EQ(drawn_points({3, 1, 2}), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Scatter, PointsLieWhereTheyBelong) {
  // The plot begins at (66, 14), 380 wide and 360 high; both axes from 0 to 10.
  const std::vector<double> truths{0, 10, 5}, predictions{0, 5, 10};
  const std::vector<MarkedPoint> marked{{5, 10, "row <3>"}};
  const std::string svg = scatter_svg(truths, predictions, marked, "title & more", "mpg");
  expect_well_formed(svg);
  for (const char* dot : {"\"M66 374h0\"", "\"M446 194h0\"", "\"M256 14h0\"",
                          "<circle cx=\"256\" cy=\"14\" r=\"5\"><title>row &lt;3&gt;</title>",
                          "class=\"identity\" d=\"M66 374L446 14\"", "true (mpg)"}) {
    EXPECT_NE(svg.find(dot), std::string::npos) << dot;
  }
}

TEST(Scatter, OfManyRowsEvenlySpacedOnesAreDrawn) {
  EXPECT_EQ(scatter_rows(3), (std::vector<std::size_t>{0, 1, 2}));
  const auto rows = scatter_rows(10000);
  ASSERT_EQ(rows.size(), kMostScatterPoints);
  for (std::size_t k = 0; k < rows.size(); ++k) ASSERT_EQ(rows[k], 5 * k);
  const std::vector<double> many(100000, 1.0);
  EXPECT_EQ(count(scatter_svg(many, many, {}, "", ""), "h0\""), kMostScatterPoints);
}

TEST(Scatter, WhatIsNoNumberIsLeftOut) {
  const std::vector<double> truths{0, 1, kNan}, predictions{kNan, kInfinity, 1};
  const std::string svg = scatter_svg(truths, predictions, {}, "", "");
  expect_well_formed(svg);
  EXPECT_EQ(count(svg, "h0\""), 0u);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(ResidualHistogram, CountsEveryResidualOnce) {
  std::vector<double> residuals;
  for (int i = 0; i < 100; ++i) residuals.push_back(i < 75 ? -1.0 : 1.0);
  residuals.push_back(kNan);
  const std::string svg = residual_histogram_svg(residuals, "", "");
  expect_well_formed(svg);
  EXPECT_EQ(count(svg, "<rect"), 2u);
  // Two bars, of 75 and 25 rows, on an axis that ends at 80 over 190 pixels.
  EXPECT_NE(svg.find("<title>75 rows from \u22121 to "), std::string::npos) << svg;
  EXPECT_NE(svg.find("<title>25 rows from "), std::string::npos);
  EXPECT_NE(svg.find("height=\"178.13\""), std::string::npos);
  EXPECT_NE(svg.find("height=\"59.38\""), std::string::npos);
  EXPECT_NE(svg.find("class=\"zero\" d=\"M256 14v190\""), std::string::npos);
}

TEST(NumberFormat, AsPeopleRead) {
  EXPECT_EQ(significant_text(0.123), "0.1230");
  EXPECT_EQ(significant_text(23.414), "23.41");
  EXPECT_EQ(significant_text(-0.00001234), "\u22121.234e-05");
  EXPECT_EQ(significant_text(9.9996), "10.00");
  EXPECT_EQ(significant_text(9999.4), "9,999") << "as counts read";
  EXPECT_EQ(plain_text(1999, 0), "1999") << "may be a year: no comma";
  EXPECT_EQ(significant_text(146213.4), "146,200") << "four digits are known";
  EXPECT_EQ(significant_text(-999960), "\u22121,000,000");
  EXPECT_EQ(significant_text(987654321), "987,700,000");
  EXPECT_EQ(significant_text(1.5e9), "1.500e+09");
  EXPECT_EQ(significant_text(0), "0");
  EXPECT_EQ(compact_text(1987), "1987");
  EXPECT_EQ(compact_text(12345.6), "12,346") << "whole";
  EXPECT_EQ(compact_text(9999.7), "10,000") << "not 1e+04";
  EXPECT_EQ(significant_text(146250), "146,200") << "as at the terminal";
  EXPECT_EQ(significant_text(999999999), "1.000e+09") << "likewise";
  EXPECT_EQ(compact_text(1343580), "1,343,580");
  EXPECT_EQ(compact_text(-2e9), "\u22122e+09");
  EXPECT_EQ(plain_text(146213.46, 1), "146,213.5");
  EXPECT_EQ(plain_text(-1234.5, 2), "\u22121234.50");
  EXPECT_EQ(plain_texts(std::array{8101.0, 25193.0, kNan}, 0),
            (std::vector<std::string>{"8,101", "25,193", "\u2013"}));
  EXPECT_EQ(plain_texts(std::array{1999.0, 2024.0}, 0), (std::vector<std::string>{"1999", "2024"}));
  EXPECT_EQ(compact_texts(std::array{1950.5, -98765.0}, 5),
            (std::vector<std::string>{"1,950.5", "\u221298,765"}));
  EXPECT_EQ(change_text(8101.4, 0), "+8,101");
  EXPECT_EQ(change_text(-1234.5, 1), "\u22121,234.5");
  EXPECT_EQ(change_text(0, 1), "0.0");
  EXPECT_EQ(plain_text(2e9, 1), "2e+09");
  EXPECT_EQ(plain_text(kNan, 1), "\u2013");
  EXPECT_EQ(compact_text(0.5), "0.5");
  EXPECT_EQ(percent_text(0.98431), "98.43%");
  EXPECT_EQ(percent_text(1.0, 1), "100.0%");
  for (const double none : {kNan, kInfinity, -kInfinity}) {
    EXPECT_EQ(significant_text(none), "\u2013");
    EXPECT_EQ(compact_text(none), "\u2013");
    EXPECT_EQ(fixed_text(none, 2), "\u2013");
    EXPECT_EQ(percent_text(none), "\u2013");
    EXPECT_EQ(duration_text(none), "\u2013");
  }
  EXPECT_EQ(duration_text(0.042), "42 ms");
  EXPECT_EQ(duration_text(12.34), "12.3 s");
  EXPECT_EQ(duration_text(65), "1:05");
  EXPECT_EQ(duration_text(7389), "2:03:09");
}

TEST(NumberFormat, ColumnsHaveTheDecimalsTheyNeed) {
  EXPECT_EQ(common_decimals(std::vector{3.0, 12.0, kNan}), 0);
  EXPECT_EQ(common_decimals(std::vector{38.0, 40.8}), 1);
  EXPECT_EQ(common_decimals(std::vector{double{17.1f}, double{40.8f}}), 1) << "a float's noise";
  EXPECT_EQ(common_decimals(std::vector{0.123456, 0.9}), 4);
  EXPECT_EQ(common_decimals(std::vector{1234.5678}), 0);
  EXPECT_EQ(common_decimals({}), 0);
}

TEST(Html, NumbersInDrawingsAreAscii) {
  EXPECT_EQ(html_number(-1.5), "-1.5");
  EXPECT_EQ(html_number(2.0), "2");
  EXPECT_EQ(html_number(0.126), "0.13");
  EXPECT_EQ(html_number(-0.001), "0");
  EXPECT_EQ(html_number(1e15), "1000000000000000");
  EXPECT_EQ(html_number(kNan), "0");
}

}  // namespace
}  // namespace mlp
