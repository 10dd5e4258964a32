// What a run on a table says of it: notes, and the report.
#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

TEST_F(Tables, HardRowsAreShownAsTheyStandInTheFile) {
  std::string rows = "zip,x,y\n";
  for (int i = 0; i < 60; ++i) {
    rows +=
        (i % 2 == 0 ? "01806," : "n/a,") + std::to_string(i % 7) + ".50," + std::to_string(i * i % 11) + "\n";
  }
  write("rows.csv", rows);
  ASSERT_EQ(run({"train", "rows.csv", "--target", "y", "--na", "n/a", "--epochs", "1", "--quiet"}).exit_code,
            0);
  const std::string report = content("runs/rows/report.html");
  const std::string hardest = report.substr(report.find("<table class=\"hardest\">"));
  const std::string table = hardest.substr(0, hardest.find("</table>"));
  EXPECT_NE(table.find(">01806<"), std::string::npos) << table;
  EXPECT_EQ(table.find(">1806<"), std::string::npos) << table;
  EXPECT_NE(table.find(">n/a<"), std::string::npos) << table;
  EXPECT_NE(table.find(".50<"), std::string::npos) << table;
}

TEST_F(Tables, HardRowsOfAutoMpgAreNumberedAsInItsFile) {
  std::string cars;
  for (int i = 1; i <= 40; ++i) {  // each car drives as many miles as its line number
    cars += std::to_string(i) + ".0 8 307.0 " + (i == 3 ? "?" : "130.0") + " 3504. 12.0 70 1\t\"car\"\n";
  }
  write("auto-mpg.data", cars);
  ASSERT_EQ(run({"train", "mpg", "--data-dir", ".", "--epochs", "1", "--quiet"}).exit_code, 0);
  const std::string report = content("runs/mpg/report.html");
  EXPECT_NE(report.find("Rows are numbered as in auto-mpg.data, from 1."), std::string::npos);
  std::string table = report.substr(report.find("<table class=\"hardest\">"));
  table = table.substr(table.find("<tbody>"), table.find("</table>") - table.find("<tbody>"));
  int rows = 0;
  for (std::size_t begin = 0; (begin = table.find("<tr>", begin)) != std::string::npos; ++begin, ++rows) {
    const auto number = [&](int cell) {
      std::size_t place = begin;
      for (int i = 0; i <= cell; ++i) place = table.find("<td", place + 1);
      return std::stod(table.substr(table.find('>', place) + 1));
    };
    EXPECT_EQ(number(0), number(1)) << "row and true mpg: " << table.substr(begin, 200);
  }
  EXPECT_GT(rows, 5);
}

TEST_F(Tables, TheReportSaysWhatDecidedTheRun) {
  std::string table = "name;a;b;k;answer\n";
  for (int i = 0; i < 90; ++i) {
    table += "text " + std::to_string(i) + ";" + std::to_string(i * 5 % 19) + ";" +
             std::to_string(i * 3 % 29) + ";" + std::to_string(i % 4) + ";" +
             (i * 5 % 19 > i * 3 % 29 ? "yes" : "no") + "\n";
  }
  write("table.csv", table);
  const auto settings = [&](const Arguments& more) {
    Arguments arguments = {"table.csv", "--target", "answer", "--epochs", "2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = train(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return content("runs/table/report.html");
  };
  const auto row = [](const std::string& name, const std::string& value) {
    return "<th scope=\"row\">" + name + "</th><td>" + value + "</td>";
  };
  std::string report = settings({});
  for (const auto& text :
       {row("class weight", "equal"), row("validation share", "0.1"), row("test share", "0.2"),
        row("scaling", "auto"), std::string("as in table.csv, from 1 below its line of names")})
    EXPECT_NE(report.find(text), std::string::npos) << text;
  EXPECT_EQ(report.find("rows weighted by"), std::string::npos);
  EXPECT_EQ(report.find("Both count rows by their weights"), std::string::npos);
  const std::string left_out = "</td><td class=\"quiet\">left out</td>";
  EXPECT_NE(report.find("<td class=\"quiet\">name" + left_out), std::string::npos);

  report =
      settings({"--class-weight", "balanced", "--sample-weight", "k", "--validation", "0.25", "--scaling",
                "robust", "--test-fraction", "0.3", "--ignore", "a", "--na", "-1", "--decimal", ","});
  for (const auto& text :
       {row("class weight", "balanced"), row("validation share", "0.25"), row("test share", "0.3"),
        row("scaling", "robust"), row("rows weighted by", "k"),
        std::string("Both count rows by their weights"), std::string("<dt>taken as missing</dt><dd>-1</dd>"),
        std::string("<dt>decimal mark</dt><dd>,</dd>"), "<td class=\"quiet\">a" + left_out,
        "<td class=\"quiet\">k" + left_out})
    EXPECT_NE(report.find(text), std::string::npos) << text;
}

TEST_F(Tables, TheReportsNotesAreShortAndNameNoFolders) {
  std::string table = "id,comment,kind,constant,y\n";
  for (int i = 0; i < 90; ++i) {
    table += std::to_string(i + 1) + ",text " + std::to_string(i) + "," +
             (i == 40 ? "n/k" : std::to_string(i % 7)) + ",3," + std::to_string(i % 7 * 2) + ".5\n";
  }
  write("table.csv", table);
  const auto result = train({"table.csv", "--target", "y", "--epochs", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string report = content("runs/table/report.html");
  const std::size_t begin = report.find("<aside class=\"notes\"");
  ASSERT_NE(begin, std::string::npos);
  const std::string notes = report.substr(begin, report.find("</aside>", begin) - begin);
  EXPECT_NE(notes.find("<summary>3 columns are left out: id, comment, constant</summary>"), std::string::npos)
      << notes;
  EXPECT_NE(notes.find("<li>constant: 3 in every training row</li>"), std::string::npos) << notes;
  EXPECT_NE(notes.find("<li>column &#39;kind&#39; taken as categorical"), std::string::npos) << notes;
  EXPECT_NE(notes.find("(table.csv: line 42, record 42"), std::string::npos) << notes;
  EXPECT_EQ(report.find(path("").string()), std::string::npos) << "the page travels, folders do not";
  const std::string folder = path("").parent_path().filename().string();
  EXPECT_NE(report.find("<dt>read from</dt><dd>" + folder + "/<wbr/>table.csv"), std::string::npos);
  // What is printed, and what programs read, lists each note by itself as before.
  EXPECT_NE(result.out.find("column 'constant' left out: 3 in every training row"), std::string::npos)
      << result.out;
}

TEST_F(Tables, TheReportOfTwoClassesHasTheirCurves) {
  std::string table = "a,b,answer\n";
  for (int i = 0; i < 200; ++i) {
    table += std::to_string(i * 5 % 19) + "," + std::to_string(i * 3 % 29) + "," +
             (i * 5 % 19 + i % 3 > i * 3 % 29 ? "yes" : "no") + "\n";
  }
  write("table.csv", table);
  const auto result = train({"table.csv", "--target", "answer", "--epochs", "10", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string report = content("runs/table/report.html");
  for (const char* text :
       {"<h3>ROC</h3>", "<h3>Precision and recall</h3>", "<h3>Calibration</h3>", "<b>yes</b>"})
    EXPECT_NE(report.find(text), std::string::npos) << text;
  std::array<char, 32> area{};
  std::snprintf(area.data(), area.size(), "area <b>%.4f</b>",
                only_json(result.out)["test_roc_auc"].get<double>());
  EXPECT_NE(report.find(area.data()), std::string::npos) << area.data();
}

TEST_F(Tables, ATargetThatCountsTheRowsIsTold) {
  std::string text = "id,a\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i + 1) + "," + std::to_string(i * 7 % 11) + "\n";
  write("rows.csv", text);
  const std::string note = "column 'id' counts the rows, like an identifier";
  EXPECT_NE(train({"rows.csv", "--target", "id", "--epochs", "1", "--json"}).out.find(note),
            std::string::npos);
  EXPECT_EQ(train({"rows.csv", "--target", "a", "--epochs", "1", "--json"}).out.find("counts"),
            std::string::npos);
}

TEST_F(Tables, NotesAboutTheDataAreSaidOnceEvenQuietly) {
  std::string text = "id,x,y\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i) + "," + std::to_string(i % 7) + "," + std::to_string(i % 7 * 2) + "\n";
  write("cars.csv", text);
  const std::string note = "column 'id' left out";
  const auto quiet = train({"cars.csv", "--target", "y", "--epochs", "2"});
  EXPECT_NE(quiet.out.find(note), std::string::npos) << quiet.out;
  const auto loud = run({"train", "cars.csv", "--target", "y", "--epochs", "2"});
  EXPECT_NE(loud.err.find(note), std::string::npos) << loud.err;
  EXPECT_EQ(loud.out.find(note), std::string::npos) << loud.out;
}

TEST_F(Tables, NumbersWithAFormatAreTold) {
  std::string text = "a;price\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + ";" + std::to_string(i % 8) + ",5\n";
  write("prices.csv", text);
  const auto classes = run({"train", "prices.csv", "--target", "price", "--epochs", "1"});
  EXPECT_NE(classes.err.find("column 'price' taken as classes: '0,5'\n"), std::string::npos) << classes.err;
  const auto refused = run({"train", "prices.csv", "--target", "price", "--task", "regression"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("write numbers plainly, like 1234.5"), std::string::npos) << refused.err;
}

/// y depends on four columns; one cell in a hundred of the first is `code`.
std::string with_code(const std::string& code) {
  std::string text = "a,b,c,d,y\n";
  for (int i = 0; i < 1000; ++i) {
    const double a = i * 37 % 101 / 50.0 - 1, b = i * 53 % 97 / 48.0 - 1, c = i * 29 % 89 / 44.0 - 1,
                 d = i * 41 % 83 / 41.0 - 1;
    text += (i % 100 == 50 ? code : std::to_string(a)) + "," + std::to_string(b) + "," + std::to_string(c) +
            "," + std::to_string(d) + "," + std::to_string(3 * a + 2 * b * c - d) + "\n";
  }
  return text;
}

TEST_F(Tables, ACodeForMissingIsWithstoodAndNamed) {
  for (const std::string code : {"99999999", "1e+20", "-999"}) {
    write("codes.csv", with_code(code));
    const auto result = train({"codes.csv", "--target", "y", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto json = only_json(result.out);
    // One row in a hundred has lost what most of y depends on.
    EXPECT_GT(json["test_r2"].get<double>(), 0.9) << code;
    EXPECT_NE(json["notes"].dump().find(" numbers are " + code +
                                        ", far from all others (-1 to 1): where that "
                                        "stands for a missing value, --na " +
                                        code + " says so"),
              std::string::npos)
        << json["notes"];
    const auto marked = train({"codes.csv", "--target", "y", "--json", "--na", code});
    ASSERT_EQ(marked.exit_code, 0) << marked.err;
    EXPECT_EQ(only_json(marked.out)["notes"].dump().find("far from"), std::string::npos);
  }
}

}  // namespace
}  // namespace mlp::app_test
