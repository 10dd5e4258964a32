// The content of a report: the hardest examples, columns, confusions, pictures of weights.
#include "report/contents.h"

namespace mlp {
namespace {

using namespace report_contents;

Dataset three_classes() {
  Dataset data;
  data.inputs = Matrix<float>(4, 2, {0, 1, 2, 3, 4, 5, 6, 7});
  data.labels = {0, 1, 2, 1};
  data.class_names = {"a", "b", "c"};
  return data;
}

TEST(HardestExamples, OfClassesByTheTrueClassesProbability) {
  const Matrix<float> outputs(4, 3,
                              {0.7f, 0.2f, 0.1f, 0.5f, 0.125f, 0.375f, 0.0f, 0.0f, 1.0f, 0.8f, 0.1f, 0.1f});
  const auto hardest = hardest_examples(three_classes(), outputs, CrossEntropy{}, 2);
  ASSERT_EQ(hardest.size(), 2u);
  EXPECT_EQ(hardest[0].row, 3u);
  EXPECT_EQ(hardest[0].truth, 1);
  EXPECT_EQ(hardest[0].predicted, 0);
  EXPECT_EQ(hardest[0].truth_output, 0.1f);
  EXPECT_EQ(hardest[0].predicted_output, 0.8f);
  EXPECT_NEAR(hardest[0].loss, std::log(10.0), 1e-6);
  EXPECT_EQ(hardest[0].inputs, (std::vector<double>{6, 7}));
  EXPECT_EQ(hardest[1].row, 1u);
  EXPECT_NEAR(hardest[1].loss, std::log(8.0), 1e-6);
}

TEST(HtmlReport, NumbersAreShownAsTheyWereBeforeInputUnits) {
  Dataset data = three_classes();
  data.input_units = {.origin = {1.7e9, 0}, .unit = {0.25, 1}};
  const auto columns = summarize_columns(data);
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_EQ(columns[0].minimum, 1.7e9);
  EXPECT_EQ(columns[0].mean, 1.7e9 + 0.75);
  EXPECT_EQ(columns[0].maximum, 1.7e9 + 1.5);
  EXPECT_EQ(columns[1].maximum, 7);
  const auto hardest = hardest_examples(data, Matrix<float>(4, 3), SquaredError{}, 1);
  EXPECT_EQ(hardest[0].inputs, (std::vector<double>{1.7e9, 1}));
}

TEST(HardestExamples, OfClassesBySquaredErrorWhereThatIsTheLoss) {
  // Row 0's true class has the larger output of the two, but its other outputs are far off.
  const Matrix<float> outputs(4, 3, {0.5f, 3.0f, 0, 0, 0.25f, 0, 0, 0, 1, 0, 1, 0});
  const auto hardest = hardest_examples(three_classes(), outputs, SquaredError{}, 10);
  ASSERT_EQ(hardest.size(), 4u) << "no more than there are";
  EXPECT_EQ(hardest[0].row, 0u);
  EXPECT_NEAR(hardest[0].loss, 0.5 * (0.25 + 9.0), 1e-12);
  EXPECT_EQ(hardest[1].row, 1u);
  EXPECT_EQ(hardest[2].row, 2u) << "of equal losses the earlier row";
  EXPECT_EQ(hardest[3].row, 3u);
}

TEST(HardestExamples, OfNumbersByDistance) {
  Dataset data;
  data.inputs = Matrix<float>(3, 1, {1, 2, 3});
  data.targets = Matrix<float>(3, 1, {10, 20, 30});
  const auto hardest = hardest_examples(data, Matrix<float>(3, 1, {11, 15, 28}), SquaredError{}, 2);
  ASSERT_EQ(hardest.size(), 2u);
  EXPECT_EQ(hardest[0].row, 1u);
  EXPECT_EQ(hardest[0].loss, 5.0);
  EXPECT_EQ(hardest[0].targets, std::vector<float>{20});
  EXPECT_EQ(hardest[0].predictions, std::vector<float>{15});
  EXPECT_EQ(hardest[1].row, 2u);
}

TEST(HardestExamples, AreFoundInTheirTable) {
  Dataset data = three_classes();
  const Matrix<float> outputs(4, 3, {1, 0, 0, 0, 1, 0, 0.5f, 0, 0.5f, 1, 0, 0});
  EXPECT_EQ(hardest_examples(data, outputs, CrossEntropy{}, 1)[0].source_row, std::nullopt);
  ReportContent content = classes_content(3);
  content.hardest = hardest_examples(data, outputs, CrossEntropy{}, 1);
  std::string page = html_report(content);
  EXPECT_TRUE(contains(page, "Rows are numbered from 1 among the test rows, in their order."));
  EXPECT_TRUE(contains(page, "<tr><td class=\"n\">4</td><td>class_1</td>")) << "the fourth test row";
  EXPECT_TRUE(contains(page, ">probability of predicted</th>"));
  EXPECT_TRUE(contains(page, ">probability of true</th>"));
  content.layers.back().activation = Linear{};
  EXPECT_TRUE(contains(html_report(content), ">output of true</th>"));

  data.source_rows = {7, 5, 9, 64};
  content.hardest = hardest_examples(data, outputs, CrossEntropy{}, 1);
  content.rows_of = "cars.csv";
  page = html_report(content);
  EXPECT_TRUE(contains(page, "Rows are numbered as in cars.csv, from 1 below its line of names."));
  EXPECT_TRUE(contains(page, "<tr><td class=\"n\">65</td><td>class_1</td>"));
  content.row_numbers = RowNumbers::kFromOne;
  EXPECT_TRUE(contains(html_report(content), "Rows are numbered as in cars.csv, from 1."));
  content.row_numbers = RowNumbers::kFromZero;
  page = html_report(content);
  EXPECT_TRUE(contains(page, "Rows are numbered as in cars.csv, from 0"));
  EXPECT_TRUE(contains(page, "<tr><td class=\"n\">64</td><td>class_1</td>"));
}

TEST(HardestExamples, CellsReadAsInTheFile) {
  Dataset data;
  data.preprocessing = Preprocessing{
      .inputs = {
          {.type = {.name = "senior"}, .encoding = NumericEncoding{.center = 0.4, .spread = 0.49}},
          {.type = {.name = "price"}, .encoding = NumericEncoding{.center = 812'345.6, .spread = 4e5}}}};
  const auto scaled = [&](double cell, double center, double spread) {
    return static_cast<float>((cell - center) / spread);
  };
  data.inputs = Matrix<float>(2, 2,
                              {scaled(0, 0.4, 0.49), scaled(1343580, 812'345.6, 4e5), scaled(1, 0.4, 0.49),
                               scaled(942981, 812'345.6, 4e5)});
  data.targets = Matrix<float>(2, 1, {1, 2});
  const auto hardest = hardest_examples(data, Matrix<float>(2, 1, {9, 8}), SquaredError{}, 2);
  EXPECT_EQ(hardest[0].cells, (std::vector<std::string>{"0", "1343580"}));
  EXPECT_EQ(hardest[1].cells, (std::vector<std::string>{"1", "942981"}));
}

TEST(HardestExamples, SeveralTargetsCountInTheirOwnDeviations) {
  Dataset data;  // the second target spreads a thousand times as far as the first
  data.inputs = Matrix<float>(2, 1, {0, 0});
  data.targets = Matrix<float>(2, 2, {0, 0, 2, 2000});
  const auto hardest = hardest_examples(data, Matrix<float>(2, 2, {3, 0, 2, 2100}), SquaredError{}, 2);
  EXPECT_EQ(hardest[0].row, 0u);
  EXPECT_NEAR(hardest[0].loss, 3.0, 1e-9);
  EXPECT_NEAR(hardest[1].loss, 0.1, 1e-9);
}

TEST(HardestExamples, OutputsThatAreNoNumbersAreTheHardest) {
  Dataset data;
  data.inputs = Matrix<float>(4, 1);
  data.targets = Matrix<float>(4, 1, {1, 1, 1, 1});
  const auto hardest = hardest_examples(data, Matrix<float>(4, 1, {9, kNan, 5, kNan}), SquaredError{}, 3);
  ASSERT_EQ(hardest.size(), 3u);
  EXPECT_EQ(hardest[0].row, 1u);
  EXPECT_EQ(hardest[1].row, 3u);
  EXPECT_EQ(hardest[2].row, 0u);
}

TEST(HardestExamples, SizesAreChecked) {
  EXPECT_THROW(hardest_examples(three_classes(), Matrix<float>(4, 2), CrossEntropy{}, 1),
               std::invalid_argument);
  EXPECT_THROW(hardest_examples(three_classes(), Matrix<float>(3, 3), CrossEntropy{}, 1),
               std::invalid_argument);
}

TEST(DataColumns, OfATableWithItsTargetAndInputs) {
  Dataset data;
  data.preprocessing = Preprocessing{
      .inputs = {{.type = {.name = "kind", .kind = ColumnKind::kCategorical, .categories = {"a", "b"}},
                  .encoding = OneHotEncoding{.shares = {0.5, 0.5}, .missing_input = true}},
                 {.type = {.name = "size"}, .encoding = NumericEncoding{}}},
      .targets = {{.name = "churn", .kind = ColumnKind::kCategorical, .categories = {"no", "yes"}}}};
  data.inputs = Matrix<float>(3, 4, {1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7});
  data.labels = {1, 0, 1};
  data.class_names = {"no", "yes"};
  const auto columns = summarize_columns(data);
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].name, "churn");
  EXPECT_EQ(columns[0].kind, "target");
  EXPECT_EQ(columns[0].categories, "no, yes");
  EXPECT_EQ(columns[0].histogram, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(columns[0].inputs, 0u);
  EXPECT_EQ(columns[1].inputs, 3u) << "two categories and missing";
  EXPECT_EQ(columns[1].missing, 1u);
  EXPECT_EQ(columns[2].inputs, 1u);
}

TEST(DataColumns, RangeMeanAndHistogram) {
  Dataset data;
  data.inputs = Matrix<float>(4, 2, {0, 5, 24, 5, 12, 5, 24, 5});
  data.targets = Matrix<float>(4, 1, {1, 2, 3, 4});
  data.feature_names = {"x", "constant"};
  data.target_names = {"y"};
  const auto columns = summarize_columns(data);
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].name, "y");
  EXPECT_EQ(columns[0].kind, "target");
  EXPECT_EQ(columns[1].name, "x");
  EXPECT_EQ(columns[1].minimum, 0.0);
  EXPECT_EQ(columns[1].mean, 15.0);
  EXPECT_EQ(columns[1].maximum, 24.0);
  ASSERT_EQ(columns[1].histogram.size(), 24u);
  EXPECT_EQ(columns[1].histogram[0], 1u);
  EXPECT_EQ(columns[1].histogram[12], 1u);
  EXPECT_EQ(columns[1].histogram[23], 2u) << "the largest lies in the last part";
  EXPECT_TRUE(columns[2].histogram.empty()) << "a constant has no distribution";
  EXPECT_EQ(summarize_columns(data, 2).size(), 2u);
}

TEST(DataColumns, ATablesColumnHasSoManyInputs) {
  Dataset data;
  data.preprocessing = Preprocessing{
      .inputs = {{{.name = "x"}, NumericEncoding{.missing_input = true}},
                 {{.name = "town", .kind = ColumnKind::kCategorical, .categories = {"Bonn", "Ulm", "York"}},
                  OneHotEncoding{.shares = {0.5, 0.25, 0.25}}}}};
  data.inputs = Matrix<float>(1, 5, {1, 0, 0, 1, 0});
  data.targets = Matrix<float>(1, 1, {1});
  ReportContent content = numbers_content(10, 1);
  content.columns = summarize_columns(data);
  ASSERT_EQ(content.columns.size(), 3u);
  EXPECT_EQ(content.columns[0].inputs, 0u) << "a target";
  EXPECT_EQ(content.columns[1].inputs, 2u);
  EXPECT_EQ(content.columns[2].inputs, 3u);
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, ">inputs</th></tr>"));
  EXPECT_TRUE(contains(page, "<td class=\"n\">3</td></tr>"));
  content.columns.resize(1);
  EXPECT_FALSE(contains(html_report(content), ">inputs</th></tr>"));
}

TEST(Confusions, TheMostFrequentFirst) {
  const Matrix<std::uint64_t> confusion(3, 3, {90, 2, 0, 5, 80, 5, 0, 1, 70});
  const auto top = top_confusions(confusion, 3);
  ASSERT_EQ(top.size(), 3u);
  EXPECT_EQ(std::tuple(top[0].truth, top[0].predicted, top[0].count), std::tuple(1u, 0u, 5u));
  EXPECT_EQ(std::tuple(top[1].truth, top[1].predicted, top[1].count), std::tuple(1u, 2u, 5u));
  EXPECT_EQ(std::tuple(top[2].truth, top[2].predicted, top[2].count), std::tuple(0u, 1u, 2u));
}

TEST(WeightPictures, LevelsAreCentredOnZero) {
  EXPECT_EQ(weight_level(0.0, 2.0), kWeightLevels);
  EXPECT_EQ(weight_level(2.0, 2.0), 2 * kWeightLevels);
  EXPECT_EQ(weight_level(-2.0, 2.0), 0);
  EXPECT_EQ(weight_level(1.0, 2.0), kWeightLevels + kWeightLevels / 2);
  EXPECT_EQ(weight_level(-100.0, 2.0), 0) << "beyond the scale: its end";
  EXPECT_EQ(weight_level(std::nan(""), 2.0), kWeightLevels);
  EXPECT_EQ(weight_level(1.0, 0.0), kWeightLevels);
  ASSERT_EQ(weight_palette().size(), 2u * kWeightLevels + 1);
  EXPECT_EQ(weight_palette()[kWeightLevels].alpha, 0) << "zero is the background";
  EXPECT_GT(weight_palette().front().red, weight_palette().front().blue) << "below zero orange";
  EXPECT_GT(weight_palette().back().blue, weight_palette().back().red) << "above zero blue";
}

TEST(WeightPictures, TheStrongestFirst) {
  const Matrix<float> weights(2, 3, {1, -5, 0, 2, 0, 3});
  EXPECT_EQ(strongest_columns(weights, 2), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(strongest_rows(weights, 5), (std::vector<std::size_t>{0, 1}));
  EXPECT_DOUBLE_EQ(column_length(weights, 0), std::sqrt(5.0));
  EXPECT_DOUBLE_EQ(row_length(weights, 1), std::sqrt(13.0));
}

TEST(WeightPictures, LargeImagesShrinkToMeans) {
  std::vector<float> pixels(3 * 130);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 130);
  const auto image = shrunk(pixels, {.height = 3, .width = 130});  // by a factor of 3
  EXPECT_EQ(image.width, 44u);
  EXPECT_EQ(image.height, 1u);
  EXPECT_DOUBLE_EQ(image.pixels[0], 1.0);
  EXPECT_DOUBLE_EQ(image.pixels[42], 127.0);
  EXPECT_DOUBLE_EQ(image.pixels[43], 129.0) << "the last block is one column wide";
  const auto same = shrunk(std::span(pixels).first(6), {.height = 2, .width = 3});
  EXPECT_EQ(same.pixels, (std::vector<double>{0, 1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace mlp
