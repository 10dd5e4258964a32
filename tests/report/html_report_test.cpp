// What report.html shows: curves, results, and how good they are.
#include "report/contents.h"

namespace mlp {
namespace {

using namespace report_contents;

TEST(HtmlReport, OfClassesHasEverything) {
  const std::string page = html_report(classes_content(3));
  expect_well_formed(page);
  expect_self_contained(page);
  for (const char* text :
       {"<!DOCTYPE html>", "<title>mnist", "90.91%", "3 of 33 wrong", "0.2500", "cross_entropy", "class_2",
        "class_0 taken for class_2: 3 of 13 (23.1%)", "class_0 predicted right: 10 of 13 (76.9%)",
        "0.06250 at epoch 3", "prefers-color-scheme:dark", "Learning rate"}) {
    EXPECT_TRUE(contains(page, text)) << text;
  }
  EXPECT_TRUE(contains(page, "<dt>Parameters</dt><dd>19<")) << "(4 + 1) * 2 + (2 + 1) * 3";
  for (const char* score : {"92.30%", "<dt>macro F1</dt><dd>0.9142<", "0.9911", "0.3125"})
    EXPECT_TRUE(contains(page, score)) << score;
  EXPECT_TRUE(
      contains(page,
               "<td>class_0</td><td class=\"n\">10</td><td class=\"n\">0.5000</td><td class=\"n\">0.2500</td>"
               "<td class=\"n\">0.7500</td>"));
  EXPECT_TRUE(
      contains(page, "<td class=\"n\">0.7690</td><td class=\"n\">1.0000</td><td class=\"n\">\u2013</td>"));
  // Bars show how far an F1 is below 1: 0.1304 of the greatest distance, 0.6667.
  EXPECT_TRUE(contains(page, "--v:0.196\"></i>0.8696<"));
  EXPECT_TRUE(contains(page, "--v:1.000\"></i>0.3333<"));
  EXPECT_TRUE(contains(page, "Bars: 1 \u2212 F1, the longest 0.6667."));
}

TEST(HtmlReport, BarsAndAreasShowWhatDiffers) {
  ReportContent content = classes_content(3);
  auto& classes = content.evaluation.classification->classes;
  classes[0] = {.precision = 0.99, .recall = 0.99, .f1 = 0.99, .roc_auc = 0.99995, .support = 10};
  classes[1] = {.precision = 0.98, .recall = 0.98, .f1 = 0.98, .roc_auc = 0.99989, .support = 10};
  classes[2] = {.precision = 1.0, .recall = 1.0, .f1 = 1.0, .roc_auc = kUndefined, .support = 10};
  std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "--v:0.500\"></i>0.9900<"));
  EXPECT_TRUE(contains(page, "--v:1.000\"></i>0.9800<"));
  EXPECT_TRUE(contains(page, "--v:0.000\"></i>1.0000<"));
  EXPECT_TRUE(contains(page, "the longest 0.0200.")) << "the scale is told";
  EXPECT_FALSE(contains(page, ">ROC AUC</th>")) << "all next to 1";
  EXPECT_TRUE(contains(page, "Each class\u2019s ROC AUC is at least 0.9998.")) << "rounded downwards";
  classes[1].roc_auc = 0.9899;
  page = html_report(content);
  EXPECT_TRUE(contains(page, ">ROC AUC</th>"));
  EXPECT_FALSE(contains(page, "ROC AUC is at least"));
  for (auto& scores : classes) scores = {.precision = 1.0, .recall = 1.0, .f1 = 1.0, .support = 10};
  page = html_report(content);
  EXPECT_FALSE(contains(page, "Bars: 1")) << "all the same";
  EXPECT_FALSE(contains(page, "ROC AUC is at least")) << "no class has one";
}

TEST(HtmlReport, ACurveThatFallsAtOnceIsSeenAfterTheFall) {
  ReportContent content = classes_content(3);
  content.history = history(20, true);
  for (auto& record : content.history) {
    record.train_loss = record.epoch == 1 ? 5.0 : 0.5 - 0.01 * static_cast<double>(record.epoch);
    record.validation_loss = record.epoch == 1 ? 0.6 : 0.5;
    record.validation_metric = record.epoch == 1 ? 0.125 : 0.9 + 0.001 * static_cast<double>(record.epoch);
  }
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "Before epoch 2 the curves begin outside this chart: training from 5.000."));
  EXPECT_TRUE(contains(page, "Before epoch 2 the curves begin outside this chart: accuracy from 12.50%."));
  // Of 20 epochs two are the start.
  content.history[1].train_loss = 4.0;
  EXPECT_TRUE(contains(html_report(content),
                       "Before epoch 3 the curves begin outside this chart: training from 5.000."));
  for (auto& record : content.history) {
    record.train_loss = record.validation_loss = 1.0 - 0.01 * static_cast<double>(record.epoch);
    record.validation_metric = 0.5 + 0.01 * static_cast<double>(record.epoch);
  }
  EXPECT_FALSE(contains(html_report(content), "outside this chart")) << "what falls steadily is seen whole";
}

TEST(HtmlReport, TheLeastLossOfSmoothedLabelsIsDrawnAndSaid) {
  ReportContent content = classes_content(3);
  for (auto& record : content.history) {
    record.train_loss += 0.2824;
    record.validation_loss += 0.2824;
  }
  const auto drawn = [](const std::string& page) { return contains(page, "<path class=\"least\""); };
  std::string page = html_report(content);
  EXPECT_FALSE(drawn(page));
  EXPECT_FALSE(contains(page, "least possible"));
  content.least_loss = 0.2824;
  page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(drawn(page));
  EXPECT_TRUE(contains(page, "least possible <b>0.2824</b>"));
  EXPECT_TRUE(contains(page, "neither can be below 0.2824, however good the network."));
  EXPECT_TRUE(contains(page, "Their mean loss is 0.2500, of which smoothed labels make 0.2824."));
}

TEST(HtmlReport, TwoClassesHaveOneRocAuc) {
  const std::string page = html_report(classes_content(2));
  EXPECT_TRUE(contains(page, "<dt>ROC AUC</dt><dd>0.9911<"));
  EXPECT_FALSE(contains(page, ">ROC AUC</th>"));
  EXPECT_FALSE(contains(page, "0.7500"));
  EXPECT_TRUE(contains(html_report(classes_content(3)), ">ROC AUC</th>"));
}

TEST(HtmlReport, WeightedLossesAreSaidToBe) {
  ReportContent content = classes_content(2);
  EXPECT_FALSE(contains(html_report(content), "weights; the loss"));
  content.weighted = true;
  const std::string page = html_report(content);
  EXPECT_TRUE(
      contains(page, "Both count rows by their weights; the loss of the test rows, where each counts once"));
  EXPECT_TRUE(contains(page, "Their mean loss is 0.2500, every row counted once."));
}

TEST(HtmlReport, ColumnsLeftOutAreListedWithTheOthers) {
  ReportContent content;
  content.columns = {{.name = "age", .kind = "numeric", .missing = 2, .minimum = 1, .mean = 2, .maximum = 3}};
  content.left_out = {{"Customer <ID>", "text (3,000 different texts)"}};
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page,
                       "<td class=\"quiet\">Customer &lt;ID&gt;</td><td class=\"quiet\">left out</td>"
                       "<td class=\"quiet\" colspan=\"5\">text (3,000 different texts)</td></tr>"));
}

TEST(HtmlReport, OfNumbersHasEverything) {
  const std::string page = html_report(numbers_content(100, 1));
  expect_well_formed(page);
  expect_self_contained(page);
  for (const char* text : {"<dd>0.5000<small>mpg</small>", "<dd>0.3750<", "<dd>0.8750<",
                           "target_0: predicted over true", "predicted \u2212 true (mpg)", "0.500 mpg"}) {
    EXPECT_TRUE(contains(page, text)) << text;
  }
}

TEST(HtmlReport, TheHeadSaysWhatIsPredictedAndWhatThatIsWorth) {
  ReportContent content = classes_content(2);
  content.target_names = {"churn"};
  content.baseline = ReportBaseline{.answer = "always 'class_0'", .accuracy = 0.75, .rmses = {}};
  std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "predicts <b>churn</b>: class_0, class_1<"));
  EXPECT_TRUE(contains(page, "<dt>Baseline accuracy</dt><dd>75.00%<small>always &#39;class_0&#39;<"));
  EXPECT_FALSE(contains(page, "no better than")) << "20 of 23";
  EXPECT_FALSE(contains(page, "class=\"warning"));
  EXPECT_TRUE(contains(page, "<div class=\"tile first\"><dt>Test accuracy</dt>"));
  EXPECT_TRUE(contains(page, "Their mean loss is 0.2500."));
  content.baseline->accuracy = 0.9;
  page = html_report(content);
  EXPECT_TRUE(
      contains(page, "<b class=\"bad\">The accuracy is no better than always &#39;class_0&#39; would"));
  EXPECT_TRUE(contains(page, "<div class=\"tile bad\"><dt>Test accuracy</dt>")) << "in a warning's colour";
  EXPECT_TRUE(contains(page, "<p class=\"warning bad\" role=\"note\">The accuracy is no better than"));
  content.baseline->accuracy = content.evaluation.classification->accuracy;
  EXPECT_TRUE(contains(html_report(content), "class=\"warning bad\"")) << "as good is no better";
  content.baseline->beaten = true;
  page = html_report(content);
  EXPECT_TRUE(contains(page, "<div class=\"tile mixed\"><dt>Test accuracy</dt>"));
  EXPECT_TRUE(contains(page, "class=\"warning mixed\" role=\"note\">It is no more accurate than always"));
  EXPECT_FALSE(contains(page, "tile bad"));

  content = numbers_content(100, 1);
  content.unit = "";
  content.target_names = {"price"};
  content.evaluation.regression->targets = {{.rmse = 0.5}};
  content.baseline = ReportBaseline{.answer = "always the mean", .rmses = {2.5}};
  page = html_report(content);
  EXPECT_TRUE(contains(page, "predicts <b>price</b></p>"));
  EXPECT_TRUE(contains(page, "<dt>Test RMSE</dt><dd>0.5000<small>of price<"));
  EXPECT_TRUE(contains(page, "<dt>Baseline RMSE</dt><dd>2.500<small>always the mean<"));
  EXPECT_FALSE(contains(page, "no better than"));
  content.baseline->rmses = {0.4};
  page = html_report(content);
  EXPECT_TRUE(contains(page, "The RMSE is no better than always the mean would reach."));
  EXPECT_TRUE(contains(page, "<div class=\"tile bad\"><dt>Test RMSE</dt><dd>0.5000<"));
}

TEST(HtmlReport, TargetsNoBetterThanTheBaselineAreNamed) {
  ReportContent content = numbers_content(10, 3);
  content.evaluation.regression->targets = {{.rmse = 1.0}, {.rmse = 2.0}, {.rmse = 4.0}};
  content.baseline = ReportBaseline{.answer = "always the mean", .rmses = {1.5, 2.0, 3.0}};
  std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(
      contains(page,
               "<p class=\"warning mixed\" role=\"note\">The RMSE of target_1 and target_2 is no better than "
               "always the mean would reach.</p>"));
  EXPECT_TRUE(contains(page, "<div class=\"tile mixed\"><dt>Test R\u00b2</dt>"));
  EXPECT_TRUE(contains(page, "<div class=\"tile\"><dt>Test RMSE</dt><dd>1.000<"));
  EXPECT_TRUE(contains(page, "<div class=\"tile bad\"><dt>Test RMSE</dt><dd>2.000<"));
  EXPECT_TRUE(contains(page, "<td>target_2</td><td class=\"n bad\">4.000</td>"));
  EXPECT_TRUE(contains(page, "<td>target_0</td><td class=\"n\">1.000</td>"));
  content.baseline->rmses = {0.5, 0.5, 0.5};
  page = html_report(content);
  EXPECT_TRUE(contains(page, "warning bad"));
  EXPECT_TRUE(contains(page, "target_0, target_1 and target_2 is no better"));
}

/// The curves for the confusion matrix of classes_content(2): 10 and 10 right, 3 of the first predicted as
/// the second.
ReportContent two_classes_content() {
  ReportContent content = classes_content(2);
  content.evaluation.classification->classes = {
      {.precision = 1.0, .recall = 10.0 / 13, .f1 = 0.87, .support = 13},
      {.precision = 10.0 / 13, .recall = 1.0, .f1 = 0.87, .support = 10}};
  Matrix<float> outputs(23, 2);
  std::vector<std::int32_t> labels(23);
  for (std::size_t n = 0; n < 23; ++n) {
    labels[n] = n < 10;
    outputs(n, 1) = n < 13 ? 0.75f : 0.25f;
    outputs(n, 0) = 1.0f - outputs(n, 1);
  }
  content.two_classes = two_class_curves(outputs, labels, OutputKind::kProbabilities);
  return content;
}

TEST(HtmlReport, TwoClassesHaveTheirThreeCurves) {
  ReportContent content = two_classes_content();
  std::string page = html_report(content);
  expect_well_formed(page);
  expect_self_contained(page);
  // 10 positive rows above 10 of 13 others and equal to 3: (10 + 1.5) / 13. Of the 13 above, 10 are positive.
  // Brier: 20 rows are off by 1/4, 3 by 3/4; calibration: 13 rows by |10/13 - 3/4|, 10 by 1/4.
  for (const char* text :
       {"<h3>ROC</h3>", "area <b>0.8846</b>", "<h3>Precision and recall</h3>",
        "average precision <b>0.7692</b>", "guessing, 0.4348.", "<h3>Calibration</h3>", "error <b>0.1196</b>",
        "Brier score <b>0.1277</b>", "the share of the rows of <b>class_1</b> that are found",
        "as decided: recall 1.0000, false positive rate 0.2308",
        "as decided: recall 1.0000, precision 0.7692",
        "13 rows of mean probability 75.0%: 76.9% are positive"}) {
    EXPECT_TRUE(contains(page, text)) << text;
  }
  content.two_classes->bins.clear();  // outputs that are no probabilities
  page = html_report(content);
  EXPECT_TRUE(contains(page, "<h3>ROC</h3>"));
  EXPECT_FALSE(contains(page, "<h3>Calibration</h3>"));
  content.two_classes->thresholds.clear();  // nor numbers
  EXPECT_FALSE(contains(html_report(content), "class=\"three\""));
  content = two_classes_content();
  content.two_classes->positives = 0;  // nor rows of both
  EXPECT_FALSE(contains(html_report(content), "<h3>ROC</h3>"));
  EXPECT_FALSE(contains(html_report(classes_content(3)), "<h3>ROC</h3>"));
}

TEST(HtmlReport, UnitsOfSeveralTargetsAreNotMixed) {
  ReportContent content = numbers_content(10, 2);
  content.history = history(3, true);
  content.target_names = {"price", "weight"};
  content.evaluation.regression->targets = {{.rmse = 28'730, .r2 = 0.5}, {.rmse = 0.25, .r2 = 1.0}};
  content.baseline = ReportBaseline{.answer = "always the mean", .rmses = {40'000, 6.5}};
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "<dt>Test R\u00b2</dt><dd>0.8750<small>mean of 2 targets<"));
  EXPECT_TRUE(contains(page, "<dt>Test RMSE</dt><dd>28,730<small>price<"));
  EXPECT_TRUE(contains(page, "<dt>Test RMSE</dt><dd>0.2500<small>weight<"));
  EXPECT_FALSE(contains(page, "<dd>0.5000<")) << "the RMSE over both";
  EXPECT_FALSE(contains(page, "<h3>Validation RMSE")) << "which is over both, too";
  EXPECT_TRUE(contains(page, "baseline RMSE</th>"));
  EXPECT_TRUE(contains(page, "<td class=\"n\">40,000</td>"));
  content.evaluation.regression->r2 = -12345.678;
  EXPECT_TRUE(contains(html_report(content), "<dd>\u221212,350<")) << "as bad as that, decimals say nothing";
}

TEST(HtmlReport, FoldsHaveADotEach) {
  ReportContent content = numbers_content(10, 1);
  EXPECT_FALSE(contains(html_report(content), "Cross-validation"));
  content.folds = {{.name = "RMSE", .values = {2.0, 4.0, 3.0}, .mean = 3.0, .deviation = 1.0, .test = 2.5},
                   {.name = "accuracy", .percent = true, .values = {0.9, kNan, 0.7}, .mean = 0.8}};
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "<dt>RMSE of 3 folds</dt><dd>3.000<small>\u00b1 1.0<"));
  EXPECT_TRUE(contains(page, "<h3>Cross-validation, 3 folds</h3>"));
  // From 2 to 4 on a line of 344 that begins at 8.
  for (const char* x : {"cx=\"8\"", "cx=\"352\"", "cx=\"180\""})
    EXPECT_TRUE(contains(page, "<circle class=\"fold\" " + std::string(x))) << x;
  EXPECT_TRUE(contains(page, "<title>fold 2: 4.000</title>"));
  EXPECT_TRUE(contains(page, "<path class=\"mean\" d=\"M180 "));
  EXPECT_TRUE(contains(page, "<circle class=\"ring\" cx=\"94\""));
  EXPECT_TRUE(contains(page, "<title>fold 3: 70.00%</title>"));
  EXPECT_FALSE(contains(page, "<title>fold 2: \u2013</title>")) << "no dot where there is no number";
}

TEST(HtmlReport, WhatCountsIsRankedByColumn) {
  ReportContent content = numbers_content(10, 1);
  content.first_weights = Matrix<float>(2, 1, {1, 2});
  std::string page = html_report(content);
  EXPECT_TRUE(contains(page, "<section id=\"weights\"")) << "where nothing better is known";
  content.importances = {.measure = ImportanceMeasure::kRmse,
                         .rows = 10,
                         .shuffles = 7,
                         .loss = 0.25,
                         .score = 2.5,
                         .columns = {{.column = "weight <kg>", .rise = 4.0, .chance = 1.0, .score = 6.5},
                                     {.column = "power", .rise = 1.0, .chance = 0.25, .score = 3.5},
                                     {.column = "noise", .rise = -0.125, .chance = 0.5, .score = 2.375}}};
  page = html_report(content);
  expect_well_formed(page);
  EXPECT_FALSE(contains(page, "<section id=\"weights\""));
  EXPECT_TRUE(contains(page, "<summary>The first layer\u2019s weights"));
  EXPECT_TRUE(contains(page, "the mean of 7 shuffles. As they are, their RMSE is 2.500 mpg."));
  EXPECT_TRUE(
      contains(page,
               "<td>weight &lt;kg&gt;</td><td class=\"fill\"><span class=\"rise\" style=\"--z:0.030\"><i "
               "style=\"--a:0.030;--v:0.970\"></i></span></td><td class=\"n strong\">+4.000</td><td "
               "class=\"n\">6.500</td>"));
  EXPECT_TRUE(contains(page, "<span class=\"rise\" style=\"--z:0.030\"><i style=\"--a:0.030;--v:0.242\">"));
  EXPECT_TRUE(contains(page,
                       "<td class=\"quiet\">noise</td><td class=\"fill\"><span class=\"rise faint\" "
                       "style=\"--z:0.030\"><i style=\"--a:0.000;--v:0.030\"></i></span></td><td class=\"n "
                       "quiet\">\u22120.125</td>"));
  EXPECT_TRUE(contains(page, "Grey</span>: no more than chance"));
  EXPECT_TRUE(
      contains(page,
               "Below 0, bars to the left: predictions get better where the cells are shuffled, here by no "
               "more than chance does."));
  EXPECT_FALSE(contains(page, "misleads it"));
  content.importances.columns.pop_back();
  page = html_report(content);
  EXPECT_FALSE(contains(page, "Grey</span>"));
  EXPECT_FALSE(contains(page, "Below 0"));
}

TEST(HtmlReport, ANegativeImportanceIsExplained) {
  ReportContent content = numbers_content(10, 1);
  content.importances = {.measure = ImportanceMeasure::kLoss,
                         .rows = 10,
                         .shuffles = 7,
                         .columns = {{.column = "good", .rise = 3.0, .chance = 0.5},
                                     {.column = "noise", .rise = 0.25, .chance = 0.5},
                                     {.column = "bad", .rise = -1.0, .chance = 0.5}}};
  std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(
      contains(page,
               "Below 0, bars to the left: predictions get better where the cells are shuffled. <span "
               "class=\"key misleads\"><i></i>Orange</span>: by more than chance does"));
  // The scale is from -1 to 3.
  EXPECT_TRUE(contains(page, "<span class=\"rise\" style=\"--z:0.250\"><i style=\"--a:0.250;--v:0.750\">"));
  EXPECT_TRUE(
      contains(page, "<span class=\"rise faint\" style=\"--z:0.250\"><i style=\"--a:0.250;--v:0.062\">"));
  EXPECT_TRUE(
      contains(page, "<span class=\"rise misleads\" style=\"--z:0.250\"><i style=\"--a:0.000;--v:0.250\">"));
  content.importances.measure =
      ImportanceMeasure::kR2;  // where a fall is bad, the signs are the other way round
  page = html_report(content);
  EXPECT_TRUE(contains(page, "Above 0, bars to the left"));
  EXPECT_TRUE(contains(page, "<td class=\"n quiet\">+1.00</td>"));
}

TEST(HtmlReport, ManyClassesAreAPictureAndAList) {
  const std::string page = html_report(classes_content(100));
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "Confusion matrix of 100 classes"));
  EXPECT_TRUE(
      contains(page, "<td>class_0</td><td>class_99</td><td class=\"n\">3</td><td class=\"n\">23.1%</td>"));
  EXPECT_LT(page.size(), 100'000u);
}

TEST(HtmlReport, TooManyClassesForAMatrixAreATable) {
  ReportContent content = classes_content(1500);
  content.evaluation.classification->confusion = {};
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "The 1,000 weakest of 1,500 classes"));
  EXPECT_TRUE(contains(page, "class_999<"));
  EXPECT_FALSE(contains(page, "class_1499<")) << "the strongest is left out";
}

TEST(HtmlReport, SeveralTargetsHaveATable) {
  ReportContent content = numbers_content(10, 2);
  content.evaluation.regression->targets = {{.mse = 4, .rmse = 2, .mae = 1.5, .r2 = 0.5},
                                            {.mse = 9, .rmse = 3, .mae = 2.5, .r2 = kUndefined}};
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page,
                       "<td>target_1</td><td class=\"n\">3.000</td><td class=\"n\">2.500</td>"
                       "<td class=\"n\">9.000</td><td class=\"n\">\u2013</td>"));
}

TEST(HtmlReport, ImagesAndWeightsAreEmbedded) {
  const auto split = make_digits(200, 50, 1);
  ReportContent content = classes_content(10);
  content.layers[0].fan_in = split.test.features();
  content.image = split.test.image;
  Matrix<float> outputs(50, 10);
  for (std::size_t n = 0; n < 50; ++n) outputs(n, (n * 7) % 10) = 1.0f;
  content.hardest = hardest_examples(split.test, outputs, CrossEntropy{}, 24);
  content.first_weights = Matrix<float>(784, 64);
  for (std::size_t i = 0; i < content.first_weights.values().size(); ++i) {
    content.first_weights.values()[i] = std::sin(static_cast<float>(i * i % 1009));
  }
  const std::string page = html_report(content);
  expect_well_formed(page);
  expect_self_contained(page);
  std::size_t images = 0;
  for (std::size_t at = 0; (at = page.find("<img ", at)) != std::string::npos; ++at) ++images;
  EXPECT_EQ(images, 24u + 64u);
  EXPECT_LT(page.size(), 400'000u);
}

}  // namespace
}  // namespace mlp
