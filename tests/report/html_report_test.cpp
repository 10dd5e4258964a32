// report.html: well-formed whatever the content, with everything in it, and nothing in it that loads or runs.
#include "mlp/html_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mlp/data.h"
#include "report/charts/weight_pictures.h"
#include "report/page/confusion_table.h"
#include "report/page/html.h"
#include "support/temporary_folder.h"
#include "support/well_formed.h"

namespace mlp {
namespace {

using testing_support::expect_well_formed;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

History history(int epochs, bool validated) {
  History history;
  for (int i = 1; i <= epochs; ++i) {
    EpochRecord record;
    record.epoch = static_cast<std::uint64_t>(i);
    record.train_loss = 1.0 / i;
    if (validated) {
      record.validation_loss = i == 3 ? 0.0625 : 1.25 / i;
      record.validation_metric = 1.0 - 0.5 / i;
    }
    record.learning_rate = 0.01;
    record.seconds = 0.5;
    history.push_back(record);
  }
  return history;
}

/// `classes` of which each has ten right and the first of which is taken for the last three times.
ReportContent classes_content(std::size_t classes) {
  ReportContent content;
  content.title = "mnist";
  content.made = "2026-11-23 05:46 UTC";
  content.loss_name = "cross_entropy";
  content.layers = {{.fan_in = 4, .fan_out = 2, .activation = ReLU{}},
                    {.fan_in = 2, .fan_out = classes, .activation = Softmax{}}};
  content.history = history(5, true);
  for (std::size_t c = 0; c < classes; ++c) content.class_names.push_back("class_" + std::to_string(c));
  ClassificationMetrics metrics;
  metrics.confusion = Matrix<std::uint64_t>(classes, classes);
  for (std::size_t c = 0; c < classes; ++c) metrics.confusion(c, c) = 10;
  metrics.confusion(0, classes - 1) += 3;
  content.evaluation.rows = 10 * classes + 3;
  metrics.accuracy = 10.0 * static_cast<double>(classes) / static_cast<double>(content.evaluation.rows);
  metrics.balanced_accuracy = 0.9230;
  metrics.macro_f1 = 0.9142;
  metrics.roc_auc = 0.9911;
  metrics.log_loss = 0.3125;
  for (std::size_t c = 0; c < classes; ++c) {
    metrics.classes.push_back(
        {.precision = 0.5, .recall = 0.25, .f1 = 0.3333, .roc_auc = 0.75, .support = 10});
  }
  metrics.classes.back() = {
      .precision = 0.769, .recall = 1.0, .f1 = 0.8696, .roc_auc = kUndefined, .support = 10};
  content.evaluation.loss = 0.25;
  content.evaluation.classification = metrics;
  return content;
}

ReportContent numbers_content(std::size_t rows, std::size_t targets) {
  ReportContent content;
  content.title = "mpg";
  content.unit = "mpg";
  content.targets = Matrix<float>(rows, targets);
  content.predictions = Matrix<float>(rows, targets);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t o = 0; o < targets; ++o) {
      content.targets(n, o) = static_cast<float>(n % 50);
      content.predictions(n, o) = static_cast<float>(n % 50) + (n % 2 ? 0.5f : -0.25f);
    }
  }
  for (std::size_t o = 0; o < targets; ++o) content.target_names.push_back("target_" + std::to_string(o));
  RegressionMetrics metrics;
  metrics.mse = 0.25;
  metrics.rmse = 0.5;
  metrics.mae = 0.375;
  metrics.r2 = 0.875;
  content.evaluation.rows = rows;
  content.evaluation.regression = metrics;
  return content;
}

/// Nothing loads, runs or leads anywhere: only what the page brings along.
void expect_self_contained(const std::string& page) {
  for (const char* word : {"<script", "<link", "<iframe", "<object", "<form", "http:", "https:", "//", "url(",
                           "@import", "onload", "onerror=\"", "javascript:"}) {
    std::string text = page;
    for (std::size_t at; (at = text.find("src=\"data:image/png;base64,")) != std::string::npos;) {
      text.erase(at, text.find('"', at + 5) - at);
    }
    EXPECT_FALSE(contains(text, word)) << word;
  }
}

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
  // Bars show what an F1 lacks to 1: 0.1304 of the most, 0.6667.
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

/// Where a table of `page` begins that neither breaks its lines nor scrolls by itself; npos where none does.
std::size_t unbounded_table(const std::string& page) {
  for (std::size_t at = 0; (at = page.find("<table", at)) != std::string::npos; ++at) {
    const std::size_t box = page.rfind("<div class=\"scroll", at);
    const bool scrolls = box != std::string::npos && page.find('>', box) + 1 == at;
    if (!scrolls && page.compare(at, 20, "<table class=\"facts\"") != 0) return at;
  }
  return std::string::npos;
}

TEST(HtmlReport, NothingIsWiderThanItsCard) {
  ReportContent content = classes_content(12);
  content.training = {{"optimizer", "adamw(beta2=0.98,weight_decay=0.5)"},
                      {"taken as missing", "," + std::string(200, 'm')}};
  content.columns = {{.name = "x", .kind = "numeric", .missing = 1, .minimum = 0, .mean = 1, .maximum = 2}};
  content.folds = {{.name = "accuracy", .values = {0.5, 0.75}}};
  content.importances.columns = {{.column = "x", .rise = 1.0}};
  content.first_weights = Matrix<float>(4, 2, {1, 2, 3, 4, 5, 6, 7, 8});
  HardExample example;
  example.inputs = {1, 2, 3, 4};
  content.hardest = {example};
  ReportContent numbers = numbers_content(20, 2);
  numbers.evaluation.regression->targets = {{.rmse = 1}, {.rmse = 2}};
  for (const std::string& page :
       {html_report(content), html_report(numbers), html_report(classes_content(40))}) {
    expect_well_formed(page);
    const std::size_t table = unbounded_table(page);
    EXPECT_EQ(table, std::string::npos) << page.substr(table, 200);
    for (const char* rule :
         {".scroll{overflow-x:auto", ".facts td{overflow-wrap:anywhere}",
          "pre{white-space:pre-wrap;overflow-wrap:anywhere", ".network{display:flex;flex-wrap:wrap"})
      EXPECT_TRUE(contains(page, rule)) << rule;
    EXPECT_FALSE(contains(page, ".network li:not(:last-child)::after"))
        << "an arrow behind the last of a line";
  }
  const std::string page = html_report(content);
  EXPECT_TRUE(contains(page, "adamw(beta2=0.98,<wbr/>weight_decay=0.5)"));
  EXPECT_TRUE(contains(page, "title=\"," + std::string(200, 'm') + "\"")) << "attributes stay as they are";
}

TEST(HtmlReport, AConfusionMatrixFitsATelephoneOrSaysThatItScrolls) {
  const auto page_of = [](std::size_t classes, const std::string& name, std::uint64_t count) {
    ReportContent content = classes_content(classes);
    for (std::size_t c = 0; c < classes; ++c) content.class_names[c] = name + std::to_string(c % 10);
    content.evaluation.classification->confusion(0, 0) = count;
    return html_report(content);
  };
  const std::string swipe = "<div class=\"scroll swipe\"><table class=\"confusion";
  std::string page = page_of(10, "", 1127);
  EXPECT_TRUE(contains(page, "--c:5;--d:4\"")) << "as wide as the longest count, with its comma or without";
  EXPECT_TRUE(contains(page, ">1<i>,</i>127</td>"));
  EXPECT_FALSE(contains(page, swipe));
  EXPECT_TRUE(contains(page_of(11, "", 10), swipe));
  EXPECT_TRUE(contains(page_of(8, "a long name ", 10), swipe));
  EXPECT_FALSE(contains(page_of(7, "a long name ", 10), swipe));
  EXPECT_TRUE(contains(page_of(3, "", 4), "--c:3;--d:2\""));
}

TEST(HtmlReport, LayersHaveTheColumnsTheyNeed) {
  ReportContent content = classes_content(2);
  EXPECT_FALSE(contains(html_report(content), ">dropout</th>"));
  EXPECT_TRUE(contains(html_report(content), "<td>relu</td><td class=\"n\">10</td></tr>"));
  content.layers[0].dropout = 0.25;
  EXPECT_TRUE(contains(html_report(content), ">dropout</th>"));
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

TEST(HtmlReport, NotesAreShortAndUnfold) {
  ReportContent content;
  content.notes = {ReportNote{.text = "2 columns are left out: id, day",
                              .details = {"id: numbers of <rows>", "day: a date"}},
                   ReportNote{.text = "alone"}};
  std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(
      contains(page,
               "<li class=\"folded\"><details><summary>2 columns are left out: id, day</summary><ul><li>id: "
               "numbers of "
               "&lt;rows&gt;</li><li>day: a date</li></ul></details></li><li>alone</li></ul></aside>"));
  for (int i = 0; i < 3; ++i) content.notes.push_back({.text = "note " + std::to_string(i)});
  EXPECT_FALSE(contains(html_report(content), "more notes")) << "five are seen";
  content.notes.push_back({.text = "the last"});
  page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(
      contains(page, "<li>note 1</li></ul><details><summary>2 more notes</summary><ul><li>note 2</li>"));
  content.notes.resize(500, {.text = "one of many"});
  page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "<summary>496 more notes</summary>"));
  EXPECT_TRUE(contains(page, "<li>and 450 more</li>"));
}

TEST(HtmlReport, TwoClassesHaveOneRocAuc) {
  const std::string page = html_report(classes_content(2));
  EXPECT_TRUE(contains(page, "<dt>ROC AUC</dt><dd>0.9911<"));
  EXPECT_FALSE(contains(page, ">ROC AUC</th>"));
  EXPECT_FALSE(contains(page, "0.7500"));
  EXPECT_TRUE(contains(html_report(classes_content(3)), ">ROC AUC</th>"));
}

TEST(HtmlReport, LinksAreCalledAsTheirSections) {
  ReportContent content = classes_content(2);
  content.reproduce = "mlp train";
  content.columns = {{.name = "x", .kind = "numeric"}};
  content.importances.columns = {{.column = "x", .rise = 1.0}};
  HardExample example;
  example.inputs = {1, 2, 3, 4};
  content.hardest = {example};
  const std::string page = html_report(content);
  for (const auto& [id, name] :
       {std::pair("curves", "Training"), std::pair("results", "Test results"),
        std::pair("hardest", "Hardest examples"), std::pair("importance", "What counts"),
        std::pair("data", "Data"), std::pair("network", "Network and settings"),
        std::pair("reproduce", "The same again")}) {
    EXPECT_TRUE(contains(page, "<a href=\"#" + std::string(id) + "\">" + name + "</a>")) << name;
    EXPECT_TRUE(contains(page, "<section id=\"" + std::string(id) + "\"><h2>" + name + "</h2>")) << name;
  }
  EXPECT_FALSE(contains(page, "#weights"));
  content.importances = {};
  content.first_weights = Matrix<float>(4, 2, {1, 2, 3, 4, -1, -2, 0, 1});
  EXPECT_TRUE(contains(html_report(content), "<a href=\"#weights\">First layer</a>"));
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

TEST(HtmlReport, NumbersThatStandTogetherAreWrittenAlike) {
  ReportContent content = numbers_content(2, 1);
  content.feature_names = {"area", "year"};
  HardExample far, near;
  far.inputs = {12'345, 1999};
  far.targets = {30'000};
  far.predictions = {55'193};
  near.inputs = {8'101, 2004};
  near.targets = {4'000};
  near.predictions = {12'101};
  content.hardest = {far, near};
  content.columns = {{.name = "price", .minimum = 4'101, .mean = 9'876, .maximum = 98'765}};
  const std::string page = html_report(content);
  const std::string n = "<td class=\"n\">";
  EXPECT_TRUE(contains(page, n + "30,000</td>" + n +
                                 "55,193</td><td class=\"n strong\">+25,193</td>"
                                 "<td class=\"n edge\">12,345</td><td class=\"n quiet\">1999</td>"));
  EXPECT_TRUE(contains(page, n + "4,000</td>" + n +
                                 "12,101</td><td class=\"n strong\">+8,101</td>"
                                 "<td class=\"n edge\">8,101</td><td class=\"n quiet\">2004</td>"));
  EXPECT_TRUE(contains(page, n + "4,101</td>" + n + "9,876</td>" + n + "98,765</td>"));
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

/// Of the confusion matrix of classes_content(2): 10 and 10 right, 3 of the first taken for the second.
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

TEST(HtmlReport, ALongFactHasALine) {
  ReportContent content;
  content.data = {{"read from", "/data/of/somebody/cars_of_1983.csv"}, {"rows", "12"}};
  const std::string page = html_report(content);
  EXPECT_TRUE(contains(page, "<div class=\"line\"><dt>read from</dt>"));
  EXPECT_TRUE(contains(page, "<div><dt>rows</dt>"));
}

TEST(HtmlReport, AnEmptyOneIsStillAPage) {
  const std::string page = html_report({});
  expect_well_formed(page);
  EXPECT_FALSE(contains(page, "<section"));
}

TEST(HtmlReport, WhatIsMissingIsLeftOut) {
  ReportContent content = classes_content(2);
  content.history = history(1, false);
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_FALSE(contains(page, "Validation accuracy"));
  EXPECT_FALSE(contains(page, "Hardest"));
  EXPECT_FALSE(contains(page, "id=\"weights\""));
  EXPECT_TRUE(contains(page, "id=\"curves\""));
}

TEST(HtmlReport, NumbersThatAreNoneReadAsADash) {
  ReportContent content = numbers_content(10, 2);
  content.evaluation.regression->rmse = std::nan("");
  content.predictions(3, 0) = kNan;
  content.predictions(4, 1) = std::numeric_limits<float>::infinity();
  content.history = history(3, true);
  for (auto& record : content.history) record.train_loss = std::nan("");
  const std::string page = html_report(content);
  expect_well_formed(page);
  EXPECT_TRUE(contains(page, "<dt>Test RMSE</dt><dd>\u2013<"));
  const std::string body = page.substr(page.find("</style>"));
  EXPECT_FALSE(contains(body, "nan"));
  EXPECT_FALSE(contains(body, "inf"));
}

TEST(HtmlReport, TextIsShownAndNeverRead) {
  const std::string evil = "</code></td></style></title><script>alert('1')</script> & \" \x01 \xff \u732b";
  ReportContent content = classes_content(3);
  content.title = content.made = content.command = content.reproduce = content.unit = content.loss_name =
      evil;
  content.notes.push_back({.text = evil, .details = {evil}});
  content.data = content.training = {{evil, evil}};
  content.class_names = {evil, "", std::string(1000, 'w')};
  content.feature_names = {evil, "a", "b", "c"};
  content.target_names = {evil};
  content.baseline = ReportBaseline{.answer = evil, .accuracy = 1.0, .rmses = {}};
  content.folds = {{.name = evil, .values = {1.0, 2.0}}};
  content.importances.columns = {{.column = evil, .rise = 1.0}};
  content.columns = {{.name = evil, .kind = evil, .missing = 3, .categories = evil, .histogram = {}}};
  content.first_weights = Matrix<float>(4, 2, {1, 2, 3, kNan, -1, -2, 0, 1});
  HardExample example;
  example.inputs = {1, kNan, 1e30f, -0.0f};
  example.truth = 0;
  example.predicted = 2;
  content.hardest = {example};
  const std::string page = html_report(content);
  expect_well_formed(page);
  expect_self_contained(page);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_TRUE(contains(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;   \ufffd \u732b"));
  EXPECT_TRUE(contains(page, "title=\"" + std::string(1000, 'w') + "\""))
      << "a long name, whole, as a tooltip";

  ReportContent numbers = numbers_content(5, 3);
  numbers.target_names = {evil, "", evil};
  numbers.unit = evil;
  expect_well_formed(html_report(numbers));
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

TEST(HtmlReport, StaysSmall) {
  ReportContent classes = classes_content(1000);
  for (auto& name : classes.class_names) name += std::string(100, 'x');
  classes.history = history(100'000, true);
  EXPECT_LT(html_report(classes).size(), 1'000'000u);

  ReportContent numbers = numbers_content(200'000, 12);
  numbers.first_weights = Matrix<float>(5000, 3000);
  for (std::size_t i = 0; i < 5000; ++i)
    numbers.columns.push_back({.name = "column", .categories = {}, .histogram = {}});
  numbers.layers.assign(1000, {.fan_in = 10, .fan_out = 10, .activation = ReLU{}});
  const std::string page = html_report(numbers);
  expect_well_formed(page);
  EXPECT_LT(page.size(), 1'000'000u);
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

TEST(HtmlReport, IsWrittenWholeAndOverAnEarlierOne) {
  const TemporaryFolder folder;
  write_html_report(classes_content(2), folder / "report.html");
  write_html_report(classes_content(3), folder / "report.html");
  EXPECT_EQ(read_bytes(folder / "report.html"), html_report(classes_content(3)));
  EXPECT_THROW(write_html_report({}, folder / "nowhere" / "report.html"), FileError);
}

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
