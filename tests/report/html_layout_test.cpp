// How report.html is laid out: on narrow screens, with long texts, with parts that are missing.
#include "report/contents.h"

namespace mlp {
namespace {

using namespace report_contents;

/// Where a table of `page` begins that neither breaks its lines nor scrolls; npos where there is none.
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

TEST(HtmlReport, IsWrittenWholeAndOverAnEarlierOne) {
  const TemporaryFolder folder;
  write_html_report(classes_content(2), folder / "report.html");
  write_html_report(classes_content(3), folder / "report.html");
  EXPECT_EQ(read_bytes(folder / "report.html"), html_report(classes_content(3)));
  EXPECT_THROW(write_html_report({}, folder / "nowhere" / "report.html"), FileError);
}

}  // namespace
}  // namespace mlp
