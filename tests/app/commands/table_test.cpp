// mlp train, evaluate and predict on tables of one's own: what is asked for, what is left, what is refused.
#include <sys/wait.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <set>
#include <sstream>

#include "app/sandbox.h"
#include "mlp/model.h"

namespace mlp::app_test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// y = 3 x + (10 where the colour is red) + a little that no column tells.
std::string colours(int rows) {
  std::string text = "x,colour,y\n";
  for (int i = 0; i < rows; ++i) {
    const double x = i % 17 / 4.0;
    const int colour = i * 7 % 3;
    const double y = 3 * x + (colour == 0 ? 10 : 0) + i % 5 * 0.01;
    text += (i % 23 == 5 ? "" : std::to_string(x)) + "," +
            (colour == 0   ? "red"
             : colour == 1 ? "\"deep, dark green\""
                           : "blue") +
            "," + std::to_string(y) + "\n";
  }
  return text;
}

/// Two classes by the sign of a - b, one in four of the rows "yes".
std::string signs(int rows) {
  std::string text = "a;b;answer\n";
  for (int i = 0; i < rows; ++i) {
    const int a = i * 5 % 19, b = i * 3 % 29;
    text += std::to_string(a) + ";" + std::to_string(b) + ";" + (a > b + 2 ? "yes" : "no") + "\n";
  }
  return text;
}

class Tables : public Sandbox {
 protected:
  Result train(const Arguments& more) const {
    Arguments arguments = {"train"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back("--quiet");
    return run(arguments);
  }
};

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
  for (int i = 1; i <= 40; ++i) {  // each drives as many miles as its line says
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

TEST_F(Tables, ATableIsLearnedEvaluatedAndPredicted) {
  write("cars.csv", colours(300));
  const auto trained = train({"cars.csv", "--target", "y", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  EXPECT_EQ(json["dataset"], "cars");
  EXPECT_GT(json["test_r2"].get<double>(), 0.9);
  EXPECT_EQ(json["test_rows"], 60);
  EXPECT_EQ(json["train_rows"].get<int>() + json["validation_rows"].get<int>(), 240);

  const auto again = run({"evaluate", "runs/cars", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(only_json(again.out)["test_rmse"], json["test_rmse"]) << "the same test rows";

  const auto all = run({"evaluate", "runs/cars", "--data", "cars.csv", "--json"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(only_json(all.out)["test_rows"], 300);

  // Columns in another order, one more, none of the target.
  write("new.csv", "colour,serial,x\nred,1,2\nblue,2,2\nred,3,\nmauve,4,2\n");
  const auto predicted = run({"predict", "runs/cars", "--input", "new.csv"});
  ASSERT_EQ(predicted.exit_code, 0) << predicted.err;
  const auto lines = lines_of(predicted.out);
  ASSERT_EQ(lines.size(), 5u) << predicted.out;
  EXPECT_EQ(lines[0], "y");
  EXPECT_NEAR(std::stod(lines[1]), 16, 1.5);
  EXPECT_NEAR(std::stod(lines[2]), 6, 1.5);
  EXPECT_TRUE(std::isfinite(std::stod(lines[3]))) << "an empty cell is like those in training";
  EXPECT_TRUE(std::isfinite(std::stod(lines[4])));
  EXPECT_NE(predicted.err.find("1 cell of 'colour'"), std::string::npos) << predicted.err;

  const auto piped = shell("\"$MLP\" predict runs/cars < new.csv");
  EXPECT_EQ(piped.out, predicted.out);
  const auto to_file = run({"predict", "runs/cars", "--input", "new.csv", "--output", "y.csv"});
  ASSERT_EQ(to_file.exit_code, 0) << to_file.err;
  EXPECT_EQ(content("y.csv"), predicted.out);
}

TEST_F(Tables, APredictionAnswersBeforeItsInputEnds) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  // The writer sends its second row only when it has seen the answer to the first.
  const auto result = shell(
      "mkfifo in out && (\"$MLP\" predict runs/cars < in > out &) && exec 3> in 4< out && "
      "printf 'x,colour\\n1,red\\n' >&3 && read -r header <&4 && read -r first <&4 && "
      "printf '1,red\\n' >&3 && exec 3>&- && read -r second <&4 && "
      "test -n \"$first\" && test \"$first\" = \"$second\" && echo \"$header\"");
  EXPECT_EQ(result.out, "y\n") << result.err;
}

TEST_F(Tables, ClassesKeepTheirNames) {
  write("signs.csv", signs(400));
  const auto trained = train({"signs.csv", "--target", "answer", "--json", "--class-weight", "balanced"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  EXPECT_GT(json["test_accuracy"].get<double>(), 0.9);
  EXPECT_EQ(json["test_classes"][0]["name"], "no");
  EXPECT_EQ(json["test_classes"][1]["name"], "yes");
  write("new.csv", "b,a\n1,15\n25,3\n");
  const auto predicted = run({"predict", "runs/signs", "--input", "new.csv", "--probabilities"});
  ASSERT_EQ(predicted.exit_code, 0) << predicted.err;
  const auto lines = lines_of(predicted.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "answer,probability,probability_no,probability_yes");
  EXPECT_TRUE(lines[1].starts_with("yes,")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("no,")) << lines[2];
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
  // What is printed, and what programs read, stays as it was: each note by itself.
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

TEST_F(Tables, FoldsAreTestedOneByOneAndAveraged) {
  write("cars.csv", colours(101));
  const auto result = train({"cars.csv", "--target", "y", "--folds", "4", "--epochs", "20", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string report = content("runs/cars/report.html");
  for (const char* text : {"predicts <b>y</b>", "<dt>RMSE of 4 folds</dt>", "Cross-validation, 4 folds",
                           "<title>fold 4: ", "<h2>What counts</h2>", "<dt>Baseline RMSE</dt>"}) {
    EXPECT_NE(report.find(text), std::string::npos) << text;
  }
  const auto folds = only_json(result.out)["folds"];
  EXPECT_EQ(folds["count"], 4);
  EXPECT_EQ(folds["test_rows"], nlohmann::json({26, 25, 25, 25}));
  const auto rmse = folds["rmse"];
  double sum = 0, squares = 0;
  std::set<double> different;
  for (const double value : rmse["values"]) {
    sum += value;
    different.insert(value);
  }
  EXPECT_EQ(different.size(), 4u);
  EXPECT_NEAR(rmse["mean"].get<double>(), sum / 4, 1e-12);
  for (const double value : rmse["values"]) squares += (value - sum / 4) * (value - sum / 4);
  EXPECT_NEAR(rmse["standard_deviation"].get<double>(), std::sqrt(squares / 3), 1e-12);
  const auto lines = lines_of(content("runs/cars/folds.csv"));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "fold,rows,rmse,mae,r2");

  const auto known = run({"train", "digits", "--layers", "8:relu,10:softmax", "--epochs", "1", "--folds", "2",
                          "--quiet", "--json"});
  ASSERT_EQ(known.exit_code, 0) << known.err;
  EXPECT_GT(only_json(known.out)["folds"]["accuracy"]["mean"].get<double>(), 0.3);
}

TEST_F(Tables, TheConfigMakesTheSameRunAndACutRunGoesOn) {
  write("signs.csv", signs(200));
  const Arguments options = {"signs.csv", "--target", "answer", "--na",     "13",   "--ignore",
                             "nothing",   "--epochs", "7",      "--output", "first"};
  EXPECT_EQ(train(options).exit_code, 2) << "no such column to ignore";
  const auto first = train({"signs.csv", "--target", "answer", "--na", "13", "--categorical", "b", "--epochs",
                            "7", "--scaling", "robust", "--test-fraction", "0.3", "--output", "first"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto second = train({"--config", "first/config.toml", "--output", "second"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(tensors("first/model.safetensors"), tensors("second/model.safetensors"));
  EXPECT_EQ(train({"--resume", "first"}).exit_code, 0);
  // An option of the table alone is another question to the same table.
  const auto third = train({"--config", "first/config.toml", "--scaling", "standard", "--output", "third"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_NE(tensors("first/model.safetensors"), tensors("third/model.safetensors"));
  EXPECT_NE(content("third/config.toml").find("categorical = [\"b\"]"), std::string::npos);
  const auto fourth =
      train({"--config", "first/config.toml", "--test", "signs.csv", "--json", "--output", "fourth"});
  ASSERT_EQ(fourth.exit_code, 0) << fourth.err;
  EXPECT_EQ(only_json(fourth.out)["test_rows"], 200) << "all, not a drawn 30%";
  // Another table in the place of the first is not the same run.
  write("signs.csv", signs(199));
  const auto other = train({"--resume", "first"});
  EXPECT_NE(other.exit_code, 0);
  expect_error_message(other.err);
}

TEST_F(Tables, AnOptionThatMakesAnotherRunIsNamed) {
  write("cars.csv", colours(100));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2", "--ignore", "colour"}).exit_code, 0);
  const auto refused = [&](const Arguments& changed, const std::string& difference) {
    Arguments arguments = {"--resume", "runs/cars"};
    arguments.insert(arguments.end(), changed.begin(), changed.end());
    const auto result = train(arguments);
    EXPECT_EQ(result.exit_code, 2);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("runs/cars: " + difference + " in the checkpoint\n"), std::string::npos)
        << result.err;
  };
  refused({"--scaling", "robust"}, "scaling is robust, but auto");
  refused({"--na", "0.5"}, "na is 0.5, but not given");
  refused({"--test-fraction", "0.5", "--categorical", "x"},
          "categorical is x, but not given in the checkpoint; test-fraction is 0.5, but 0.2");
  EXPECT_EQ(train({"--resume", "runs/cars", "--ignore", "colour"}).exit_code, 0) << "the same";
}

TEST_F(Tables, ATableThatMovedOrChangedIsNamed) {
  write("cars.csv", colours(100));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--ignore", "colour", "--epochs", "3"}).exit_code, 0);
  std::filesystem::rename(path("cars.csv"), path("moved.csv"));
  const auto lost = train({"--resume", "runs/cars"});
  EXPECT_EQ(lost.exit_code, 1);
  EXPECT_NE(lost.err.find("there is no file " + path("cars.csv").string() + "\n"), std::string::npos)
      << lost.err;
  EXPECT_NE(lost.err.find("mlp train --resume runs/cars FILE.csv\n"), std::string::npos) << lost.err;
  const auto untested = run({"evaluate", "runs/cars"});
  EXPECT_EQ(untested.exit_code, 1);
  EXPECT_NE(untested.err.find(path("cars.csv").string()), std::string::npos) << untested.err;
  EXPECT_NE(untested.err.find("--data FILE.csv"), std::string::npos) << untested.err;
  // Its target and what is ignored are known.
  const auto found = train({"--resume", "runs/cars", "moved.csv"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(run({"evaluate", "runs/cars"}).exit_code, 0) << "it is known now where they are";
  const auto asked = train({"--resume", "runs/cars", "moved.csv", "--target", "x"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_NE(asked.err.find("target is x, but y in the checkpoint"), std::string::npos) << asked.err;

  write("cars.csv", colours(99));
  write("moved.csv", colours(99));
  const auto changed = train({"--resume", "runs/cars"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_NE(changed.err.find("runs/cars: moved.csv has changed since the run began\n"), std::string::npos)
      << changed.err;
  const auto other = train({"--resume", "runs/cars", "cars.csv"});
  EXPECT_NE(other.err.find("runs/cars: cars.csv is not what the run began with\n"), std::string::npos)
      << other.err;
}

TEST_F(Tables, WhatAConstantAnswerReachesStandsBesideTheScores) {
  write("signs.csv", signs(400));
  const auto trained = train({"signs.csv", "--target", "answer", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  const double most =
      std::max(json["test_classes"][0]["rows"].get<double>(), json["test_classes"][1]["rows"].get<double>());
  EXPECT_DOUBLE_EQ(json["baseline_accuracy"].get<double>(), most / json["test_rows"].get<double>());
  EXPECT_EQ(only_json(run({"evaluate", "runs/signs", "--json"}).out)["baseline_accuracy"],
            json["baseline_accuracy"]);
  // Of another table's classes no training rows are known; a mean the model keeps.
  write("more.csv", "a;b;answer\n1;2;yes\n1;9;no\n9;1;yes\n");
  const auto more = run({"evaluate", "runs/signs", "--data", "more.csv"});
  EXPECT_NE(more.out.find("baseline    accuracy 66.67% (always 'yes', their most frequent class)\n"),
            std::string::npos)
      << more.out;
  write("cars.csv", "x,y\n0,1\n1,3\n2,5\n3,7\n4,9\n5,11\n");
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--validation", "0", "--test", "cars.csv"}).exit_code, 0);
  // Rows that cannot be tested are not left out in silence.
  write("gaps.csv", "x,y\n0,1\n1,\n2,5\n3,NA\n");
  const auto gaps = run({"evaluate", "runs/cars", "--data", "gaps.csv", "--json"});
  EXPECT_EQ(only_json(gaps.out)["test_rows"], 2);
  EXPECT_EQ(only_json(gaps.out)["notes"], nlohmann::json({"2 of 4 rows left out: no value in 'y'"}));
  EXPECT_EQ(gaps.err, "mlp: note: 2 of 4 rows left out: no value in 'y'\n");
  write("new.csv", "x,y\n0,1\n1,3\n");  // the mean of the six is 6
  const auto numbers = only_json(run({"evaluate", "runs/cars", "--data", "new.csv", "--json"}).out);
  EXPECT_NEAR(numbers["baseline_rmse"].get<double>(), std::sqrt(17.0), 1e-6);
  EXPECT_EQ(numbers["test_targets"][0]["baseline_rmse"], numbers["baseline_rmse"]);
}

TEST_F(Tables, TestingOnTheTrainingTableIsTold) {
  write("cars.csv", colours(100));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  write("copy.csv", colours(100));
  write("new.csv", colours(99));
  const std::string note = "the model was trained on most of these rows; leave out --data";
  for (const std::string file : {"cars.csv", "./cars.csv", "copy.csv"}) {
    const auto told = run({"evaluate", "runs/cars", "--data", file, "--json"});
    EXPECT_NE(told.err.find("mlp: note: " + note), std::string::npos) << file << ": " << told.err;
    EXPECT_NE(only_json(told.out)["notes"].dump().find(note), std::string::npos) << told.out;
  }
  for (const Arguments& arguments :
       {Arguments{"evaluate", "runs/cars", "--data", "new.csv"}, Arguments{"evaluate", "runs/cars"}}) {
    EXPECT_EQ(run(arguments).err, "");
  }
  // Wherever it is now.
  std::filesystem::remove(path("cars.csv"));
  EXPECT_NE(run({"evaluate", "runs/cars", "--data", "copy.csv"}).err.find(note), std::string::npos);
  EXPECT_EQ(run({"evaluate", "runs/cars", "--data", "new.csv"}).err, "");
}

TEST_F(Tables, CellsThatChangedSinceTheTrainingAreTold) {
  std::string text = "a,y\n", changed = "a,y\n";
  for (int i = 0; i < 100; ++i) {
    const std::string cells = std::to_string(i % 10) + "," + std::to_string(i % 10 * 3 + i % 2);
    text += cells + "\n";
    changed += cells + (i % 10 == 0 ? ".5" : "") + "\n";  // targets: no column is encoded otherwise
  }
  write("cars.csv", text);
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  EXPECT_EQ(run({"evaluate", "runs/cars"}).err, "");
  write("cars.csv", changed);
  const auto told = run({"evaluate", "runs/cars", "--json"});
  const std::string note = "cars has changed since the model was trained on it";
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_NE(told.err.find("mlp: note: " + note), std::string::npos) << told.err;
  EXPECT_NE(only_json(told.out)["notes"].dump().find(note), std::string::npos) << told.out;
  EXPECT_EQ(run({"evaluate", "runs/cars", "--data", "cars.csv"}).err.find(note), std::string::npos);
  // Without a checkpoint nothing is known.
  std::filesystem::remove(path("runs/cars/checkpoint.safetensors"));
  EXPECT_EQ(run({"evaluate", "runs/cars"}).err, "");
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

TEST_F(Tables, AnInfinitePredictionIsNamedWithItsColumn) {
  write("cars.csv", colours(100));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  write("new.csv", "colour,x\nred,1\nred,3e38\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("new.csv: row 2, 'x': the prediction is not a finite number"), std::string::npos)
      << result.err;
}

TEST_F(Tables, ATablesModelIsNotTestedOnAKnownSet) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const auto result = run({"evaluate", "runs/cars", "--data", "mnist"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("mlp: error: the model takes a table's columns, and mnist is no table"),
            std::string::npos)
      << result.err;
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

TEST_F(Tables, TheTargetIsNamedOnce) {
  write("signs.csv", signs(200));
  const std::string target = "  target      answer, 2 classes\n";
  const auto loud = run({"train", "signs.csv", "--target", "answer", "--epochs", "2"});
  EXPECT_NE(loud.err.find(target), std::string::npos) << loud.err;
  EXPECT_EQ(loud.out.find(target), std::string::npos) << loud.out;
  const auto quiet = train({"signs.csv", "--target", "answer", "--epochs", "2"});
  EXPECT_NE(quiet.out.find(target), std::string::npos) << quiet.out;
  EXPECT_NE(quiet.out.find("  replaced    the run of "), std::string::npos) << quiet.out;
  EXPECT_NE(run({"inspect", "runs/signs"}).out.find("2 classes of answer: no, yes"), std::string::npos);
  EXPECT_EQ(only_json(run({"inspect", "runs/signs", "--json"}).out)["target_names"],
            nlohmann::json({"answer"}));
}

TEST_F(Tables, FoldsOfACutRunAreNotComputedAgain) {
  write("cars.csv", colours(100));
  const Arguments options = {"cars.csv", "--target", "y", "--folds", "3", "--epochs", "4", "--json"};
  const auto whole = train(options);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const auto folds = only_json(whole.out)["folds"];
  EXPECT_EQ(folds["count"], 3);
  const std::string csv = content("runs/cars/folds.csv");

  const auto again = train({"--config", "runs/cars/config.toml", "--output", "again", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(only_json(again.out)["folds"], folds) << "config.toml says how many";
  const auto progress = [&](const Arguments& more) {
    Arguments arguments = {"train", "--resume", "runs/cars", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const auto resumed = progress({});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(only_json(resumed.out)["folds"], folds);
  EXPECT_EQ(resumed.err.find("fold 1/3"), std::string::npos) << resumed.err;
  EXPECT_EQ(content("runs/cars/folds.csv"), csv);
  // Others are, and so are those that are lost.
  const auto more = progress({"--folds", "4"});
  EXPECT_EQ(only_json(more.out)["folds"]["count"], 4);
  EXPECT_NE(more.err.find("fold 1/4"), std::string::npos) << more.err;
  std::filesystem::remove(path("runs/cars/folds.csv"));
  EXPECT_EQ(only_json(progress({}).out)["folds"]["count"], 4) << "config.toml says how many by now";
  EXPECT_EQ(only_json(progress({"--folds", "3"}).out)["folds"], folds);
  EXPECT_EQ(content("runs/cars/folds.csv"), csv);
  // A run without folds does not show those of the run before it.
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(path("runs/cars/folds.csv")));
}

TEST_F(Tables, AModelCarriesAsManyTrainingRowsAsAskedFor) {
  write("cars.csv", colours(100));
  for (const int examples : {0, 3}) {
    const auto result =
        train({"cars.csv", "--target", "y", "--epochs", "1", "--examples", std::to_string(examples)});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(load_model(path("runs/cars/model.safetensors")).examples.inputs.rows(),
              static_cast<std::size_t>(examples));
    EXPECT_NE(content("runs/cars/config.toml").find("examples = " + std::to_string(examples) + "\n"),
              std::string::npos);
  }
  EXPECT_EQ(train({"cars.csv", "--target", "y", "--examples", "-1"}).exit_code, 2);
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

TEST_F(Tables, OneOptionOfAConfigCanBeReplaced) {
  write("cars.csv", colours(100));
  write("test.csv", colours(30));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2", "--output", "first"}).exit_code, 0);
  // The data stay; --test takes the place of the config's test-fraction.
  const auto second = train({"--config", "first/config.toml", "--scaling", "robust", "--test", "test.csv",
                             "--output", "second", "--json"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(only_json(second.out)["test_rows"], 30);
  EXPECT_NE(content("second/config.toml").find("scaling = \"robust\""), std::string::npos);
  EXPECT_NE(tensors("first/model.safetensors"), tensors("second/model.safetensors"));
  const auto third = train({"--config", "second/config.toml", "--test-fraction", "0.5", "--json"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_EQ(only_json(third.out)["test_rows"], 50);
  // Other data come without the options of the first.
  EXPECT_EQ(train({"--config", "first/config.toml", "friedman", "--output", "fourth"}).exit_code, 0);
}

TEST_F(Tables, SeveralTargetsWeightsAndATestTable) {
  std::string text = "a,b,weight,sum,difference\n", test = "difference,b,a,sum,weight\n";
  for (int i = 0; i < 200; ++i) {
    const int a = i * 7 % 31, b = i * 11 % 23;
    const auto number = [](int x) { return std::to_string(x); };
    text += number(a) + "," + number(b) + "," + number(1 + i % 2) + "," + number(a + b) + "," +
            number(a - b) + "\n";
    if (i % 9 == 0) test += number(a - b) + "," + number(b) + "," + number(a) + "," + number(a + b) + ",1\n";
  }
  write("sums.csv", text);
  write("test.csv", test);
  const auto result = train({"sums.csv", "--target", "sum", "--target", "difference", "--sample-weight",
                             "weight", "--test", "test.csv", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["test_rows"], 23);
  EXPECT_GT(json["test_r2"].get<double>(), 0.95);
  ASSERT_EQ(json["test_targets"].size(), 2u);
  EXPECT_EQ(json["test_targets"][1]["name"], "difference");
  EXPECT_EQ(json["network"][0]["fan_in"], 2) << "the weight is no input";
  // Units differ: what is averaged has none.
  const auto shown = run({"train", "--config", "runs/sums/config.toml", "--folds", "2", "--output", "shown"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.err.find("  targets     sum, difference\n"), std::string::npos) << shown.err;
  for (const char* part : {"  test        R2 1.0000", " (mean of 2 targets)\n", "\n  target ",
                           "baseline RMSE\n  sum ", "RMSE of sum ", "RMSE of difference "}) {
    EXPECT_NE(shown.out.find(part), std::string::npos) << part << "\n" << shown.out;
  }
  EXPECT_EQ(shown.err.find("rmse"), std::string::npos) << shown.err;
  EXPECT_NE(shown.err.find("\nfold 1/2  R2 0.9"), std::string::npos) << shown.err;
  EXPECT_EQ(lines_of(content("shown/folds.csv"))[0], "fold,rows,r2,rmse_sum,rmse_difference");
  write("new.csv", "a,b\n10,4\n");
  const auto predicted = run({"predict", "runs/sums", "--input", "new.csv"});
  EXPECT_EQ(lines_of(predicted.out).front(), "sum,difference");
}

TEST_F(Tables, WhatCannotBeLearnedIsRefusedInOneMessage) {
  struct Bad {
    const char* what;
    std::string text;
    Arguments options;
    std::string expected;  ///< in the message
  };
  const std::vector<Bad> all = {
      {"an empty file", "", {}, "no record"},
      {"names alone", "a,y\n", {}, "no row"},
      {"one row", "a,y\n1,2\n", {}, "only one row"},
      {"one class", "a,y\n1,x\n2,x\n3,x\n", {}, "'x' in every row"},
      {"a class for each row", "a,y\n1,p\n2,q\n3,r\n", {}, "class of its own"},
      {"no value to learn from", "a,y\n,1\n,2\n,3\n", {}, "no column is left"},
      {"no target", "a,y\n1,\n2,NA\n", {}, "no row has a value in 'y'"},
      {"a name twice", "a,a,y\n1,2,3\n2,3,4\n", {}, "column 2"},
      {"ragged rows", "a,y\n1,2\n1\n", {}, "line 3"},
      {"an infinite cell", "a,y\n1,2\ninf,3\n3,4\n", {}, "line 3"},
      {"no such target", "a,b\n1,2\n2,3\n", {}, "no column 'y'"},
      {"no UTF-8", "a,y\n1,2\n\xff,3\n", {}, "UTF-8"},
      {"zero bytes", std::string("a,y\n1,2\n\0,3\n", 12), {}, "zero byte"},
      {"a quote never closed", "a,y\n\"1,2\n2,3\n", {}, "quote"},
      {"more folds than rows", "a,y\n1,2\n2,3\n3,5\n4,6\n5,8\n", {"--folds", "7"}, "7 folds"},
      {"a weight below zero", "a,w,y\n1,1,2\n2,-1,3\n3,1,5\n", {"--sample-weight", "w"}, "'w'"},
      {"class weights of numbers",
       "a,y\n1,2\n2,3\n3,5\n4,6\n5,8\n",
       {"--class-weight", "balanced"},
       "classes"},
      {"text for a regression", "a,y\n1,p\n2,q\n3,p\n4,q\n", {"--task", "regression"}, "'y'"},
      {"two names for one thing", "a,y\n1,2\n2,3\n", {"--test", "t.csv", "--test-fraction", "0.1"}, "--test"},
  };
  for (const auto& [what, text, options, expected] : all) {
    SCOPED_TRACE(what);
    write("bad.csv", text);
    Arguments arguments = {"bad.csv", "--target", "y"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = train(arguments);
    EXPECT_TRUE(result.exit_code == 1 || result.exit_code == 2) << result.exit_code;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
  std::filesystem::create_directory(path("folder.csv"));
  for (const Arguments& arguments :
       {Arguments{"folder.csv", "--target", "y"}, Arguments{"/dev/zero", "--target", "y"},
        Arguments{"nowhere.csv", "--target", "y"}, Arguments{"bad.csv"}}) {
    const auto result = train(arguments);
    EXPECT_TRUE(result.exit_code == 1 || result.exit_code == 2) << result.exit_code;
    expect_error_message(result.err);
  }
}

TEST_F(Tables, ALineWithoutEndTakesLittleMemory) {
  // Half a gigabyte on one line, in an address space of 400 MB. Sanitizers reserve terabytes: under them it
  // is seen what is said, and not what it takes.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const std::string limit;
#else
  const std::string limit = "ulimit -v 400000; ";
#endif
  const auto result = shell(
      limit +
      "(printf 'a,y\\n'; head -c 500000000 /dev/zero | tr '\\0' 1) > /dev/null; "
      "(printf 'a,y\\n'; head -c 500000000 /dev/zero | tr '\\0' 1) | \"$MLP\" train /dev/stdin --target y "
      "--quiet");
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("line 2"), std::string::npos) << result.err;
}

TEST_F(Tables, AModelKnowsWhatAMissingCellLookedLike) {
  std::string text = colours(120);
  for (std::size_t at; (at = text.find("\n,")) != std::string::npos;) text.replace(at, 2, "\n-999,");
  write("cars.csv", text);
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--na", "-999", "--epochs", "3"}).exit_code, 0);
  write("new.csv", "colour,x\nred,-999.0\nred,\nred,3\n");
  const auto lines = lines_of(run({"predict", "runs/cars", "--input", "new.csv"}).out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1], lines[2]);
  EXPECT_NE(lines[1], lines[3]);
}

TEST_F(Tables, AModelKnowsTheDecimalMark) {
  std::string plain = "Flaeche;Preis\n", german = plain;
  for (int i = 0; i < 120; ++i) {
    const int halves = i * 37 % 91;  // of a square metre
    const std::string whole = std::to_string(halves / 2), price = std::to_string(100 + halves);
    plain += whole + (halves % 2 == 0 ? ".0" : ".5") + ";" + price + "000.25\n";
    german += whole + (halves % 2 == 0 ? ",0" : ",5") + ";" + price + ".000,25 \u20AC\n";
  }
  write("plain.csv", plain);
  write("german.csv", german);
  const auto refused = train({"german.csv", "--target", "Preis", "--task", "regression"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("column 'Preis' holds numbers with a format ('"), std::string::npos)
      << refused.err;
  const auto wrong = train({"german.csv", "--target", "Preis", "--decimal", ";"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find("--decimal takes '.' or ',', not ';'"), std::string::npos) << wrong.err;

  ASSERT_EQ(train({"plain.csv", "--target", "Preis", "--epochs", "20"}).exit_code, 0);
  ASSERT_EQ(train({"german.csv", "--target", "Preis", "--epochs", "20", "--decimal", ","}).exit_code, 0);
  const auto metrics = [&](const Arguments& more) {
    Arguments arguments = {"evaluate", "runs/german", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out)["metrics"];
  };
  const auto of_plain = run({"evaluate", "runs/plain", "--json"});
  EXPECT_EQ(metrics({}), only_json(of_plain.out)["metrics"]) << "as config.toml says";
  EXPECT_EQ(metrics({"--data", "german.csv"}), metrics({"--data", "plain.csv", "--decimal", "."}));

  write("new.csv", "Flaeche\n12,5\n");
  write("other.csv", "Flaeche\n12.5\n");
  const auto answer = run({"predict", "runs/german", "--input", "new.csv"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.out, run({"predict", "runs/plain", "--input", "other.csv"}).out);
  EXPECT_EQ(answer.out, run({"predict", "runs/plain", "--input", "new.csv", "--decimal", ","}).out);
  EXPECT_EQ(answer.out, run({"predict", "runs/german", "--input", "other.csv", "--decimal", "."}).out);
  const auto none = run({"predict", "runs/german", "--input", "other.csv"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("--decimal '.'"), std::string::npos) << none.err;
  EXPECT_EQ(train({"--resume", "runs/german"}).exit_code, 0);
  EXPECT_NE(content("runs/german/config.toml").find("\ndecimal = \",\"\n"), std::string::npos);
}

TEST_F(Tables, APredictionNamesTheColumnThatIsMissing) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "colour,z\nred,1\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("'x'"), std::string::npos) << result.err;
  write("word.csv", "colour,x\nred,three\n");
  const auto word = run({"predict", "runs/cars", "--input", "word.csv"});
  EXPECT_EQ(word.exit_code, 1);
  EXPECT_NE(word.err.find("line 2"), std::string::npos) << word.err;
  EXPECT_EQ(word.out, "") << "no header over no answers";
}

TEST_F(Tables, ATableWithoutRowsHasAnEmptyAnswer) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "colour,x\n");
  const auto result = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "y\n");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(shell("\"$MLP\" predict runs/cars < new.csv").out, "y\n");
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "new.csv", "--output", "y.csv"}).exit_code, 0);
  EXPECT_EQ(content("y.csv"), "y\n");
  write("none.csv", "");
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "none.csv"}).exit_code, 1) << "not even names";
  EXPECT_EQ(run({"evaluate", "runs/cars", "--data", "new.csv"}).exit_code, 1);
  // Without names no column is found.
  const auto unnamed = run({"predict", "runs/cars", "--input", "new.csv", "--no-header"});
  EXPECT_EQ(unnamed.exit_code, 1);
  EXPECT_NE(unnamed.err.find("put a line of names above the rows, like x,colour"), std::string::npos)
      << unnamed.err;
}

TEST_F(Tables, WhatIsNoTableIsNamed) {
  write("cars.xlsx", std::string("PK\3\4\x14\0\x06\0", 8));
  write("cars.csv", "[{\"y\": 1}]\n");
  for (const auto& [file, kind] :
       {std::pair{"cars.xlsx", "a zip archive, as an Excel workbook is"}, std::pair{"cars.csv", "JSON"}}) {
    const auto result = train({file, "--target", "y"});
    EXPECT_EQ(result.exit_code, 1);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(std::string("found ") + kind), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("save the table as CSV"), std::string::npos) << result.err;
  }
}

TEST_F(Tables, ItsColumnsAreListedWhereNoTargetIsNamed) {
  write("cars.csv", "\xEF\xBB\xBFx,the \"colour\",\"y,z\"\r\n1,red,2\r\n");
  const auto asked = train({"cars.csv"});
  EXPECT_EQ(asked.exit_code, 2);
  expect_error_message(asked.err);
  EXPECT_NE(asked.err.find("which column of cars.csv is to be predicted?\n"), std::string::npos) << asked.err;
  EXPECT_NE(asked.err.find("mlp train cars.csv --target COLUMN; the table has: x, the \"colour\", y,z\n"),
            std::string::npos)
      << asked.err;
  std::string wide;
  for (int i = 1; i <= 30; ++i) wide += "c" + std::to_string(i) + (i < 30 ? "," : "\n");
  write("wide.csv", wide + "1\n");
  EXPECT_NE(train({"wide.csv"}).err.find("c19, c20, and 10 more\n"), std::string::npos);
  // What is no table is told first.
  write("cars.xlsx", std::string("PK\3\4\x14\0\x06\0", 8));
  write("cars.png", "\x89PNG\r\n");
  for (const std::string file : {"cars.xlsx", "cars.png", "nowhere.csv"}) {
    const auto result = train({file});
    EXPECT_EQ(result.exit_code, 1) << file;
    EXPECT_EQ(result.err.find("--target"), std::string::npos) << result.err;
  }
}

TEST_F(Tables, ZeroAndOneAreClassesByDefault) {
  std::string text = "a,b,churn\n";
  for (int i = 0; i < 300; ++i) {
    const int a = i * 5 % 19, b = i * 3 % 29;
    text += std::to_string(a) + "," + std::to_string(b) + "," + (a > b ? "1" : "0") + "\n";
  }
  write("churn.csv", text);
  const auto trained = train({"churn.csv", "--target", "churn", "--epochs", "20", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto json = only_json(trained.out);
  ASSERT_TRUE(json.contains("test_classes")) << trained.out;
  ASSERT_EQ(json["test_classes"].size(), 2u);
  EXPECT_EQ(json["test_classes"][0]["name"], "0");
  EXPECT_EQ(json["test_classes"][1]["name"], "1");
  EXPECT_NE(json["notes"].dump().find("predicted as two classes"), std::string::npos) << json["notes"];
  EXPECT_EQ(only_json(run({"evaluate", "runs/churn", "--json"}).out)["test_accuracy"], json["test_accuracy"]);
  EXPECT_EQ(train({"--resume", "runs/churn"}).exit_code, 0);
  write("new.csv", "a,b\n18,1\n1,28\n");
  const auto answers = lines_of(run({"predict", "runs/churn", "--input", "new.csv"}).out);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0], "churn,probability");
  EXPECT_TRUE(answers[1].starts_with("1,")) << answers[1];
  EXPECT_TRUE(answers[2].starts_with("0,")) << answers[2];
  const auto number =
      train({"churn.csv", "--target", "churn", "--task", "regression", "--epochs", "5", "--json"});
  ASSERT_EQ(number.exit_code, 0) << number.err;
  EXPECT_TRUE(only_json(number.out).contains("test_rmse")) << number.out;
}

TEST_F(Tables, APredictionAnswersTheRowsAboveOneThatIsRefused) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  std::string rows = "x,colour\n";
  for (int i = 0; i < 5000; ++i) rows += "1,red\n";
  write("ragged.csv", rows + "1\n");
  const auto ragged = run({"predict", "runs/cars", "--input", "ragged.csv"});
  EXPECT_EQ(ragged.exit_code, 1);
  EXPECT_EQ(lines_of(ragged.out).size(), 5001u);
  EXPECT_NE(ragged.err.find("line 5002"), std::string::npos) << ragged.err;
  write("far.csv", rows + "1e300,red\n");
  const auto far = run({"predict", "runs/cars", "--input", "far.csv"});
  EXPECT_EQ(far.exit_code, 1);
  EXPECT_NE(far.err.find("column 'x', row 5001: 1e+300"), std::string::npos) << far.err;
}

/// One row in twelve "yes", more likely with a large x: nothing that accuracy shows.
std::string rare(int rows) {
  std::string text = "x,Churn\n";
  for (int i = 0; i < rows; ++i) {
    const int x = i * 7 % 100;
    const bool yes = x > 70 && i % 4 == 0;
    text += std::to_string(x) + "," + (yes ? "yes" : "no") + "\n";
  }
  return text;
}

TEST_F(Tables, ANetworkThatTellsRareClassesApartIsNotCalledWorthless) {
  write("churn.csv", rare(1500));
  const auto trained =
      train({"churn.csv", "--target", "Churn", "--class-weight", "balanced", "--epochs", "20"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  for (const auto& out : {trained.out, run({"evaluate", "runs/churn"}).out}) {
    EXPECT_NE(out.find(", balanced 50.00% (always 'no')"), std::string::npos) << out;
    EXPECT_NE(out.find("no more accurate, but better than chance by balanced accuracy and"),
              std::string::npos)
        << out;
    EXPECT_EQ(out.find("the network is no better"), std::string::npos) << out;
    EXPECT_EQ(out.find("--class-weight"), std::string::npos) << "it is in use: " << out;
    EXPECT_NE(out.find("  'yes': precision 0."), std::string::npos) << out;
  }
  EXPECT_EQ(content("runs/churn/report.html").find("no better than"), std::string::npos);
  EXPECT_NE(content("runs/churn/report.html").find("<p class=\"warning mixed\""), std::string::npos);
  EXPECT_NE(content("runs/churn/report.html").find("class weight"), std::string::npos);
  EXPECT_NE(trained.out.find("validation loss are weighted by class"), std::string::npos) << trained.out;

  const auto plain = train({"churn.csv", "--target", "Churn", "--epochs", "20", "--output", "runs/plain"});
  EXPECT_EQ(plain.out.find("weighted by"), std::string::npos) << plain.out;
  const auto note = run({"plot", "runs/churn", "runs/plain", "--output", "both.svg"});
  EXPECT_NE(note.err.find("weighted differently"), std::string::npos) << note.err;
  EXPECT_EQ(run({"plot", "runs/plain", "--output", "one.svg"}).err, "");
}

TEST_F(Tables, PredictionsDoNotReplaceTheirRows) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const std::string rows = "x,colour\n1,red\n";
  write("new.csv", rows);
  std::filesystem::create_symlink("new.csv", path("link.csv"));
  std::filesystem::create_hard_link(path("new.csv"), path("hard.csv"));
  for (const char* output : {"new.csv", "./new.csv", "link.csv", "hard.csv"}) {
    const auto result = run({"predict", "runs/cars", "--input", "new.csv", "--output", output});
    EXPECT_EQ(result.exit_code, 2) << output;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("is the input"), std::string::npos) << result.err;
    EXPECT_EQ(content("new.csv"), rows) << output;
  }
  EXPECT_EQ(shell("\"$MLP\" predict runs/cars --output new.csv < new.csv").exit_code, 2);
  EXPECT_EQ(content("new.csv"), rows);
  EXPECT_EQ(run({"predict", "runs/cars", "--input", "new.csv", "--output", "y.csv"}).exit_code, 0);
}

TEST_F(Tables, ADashIsStandardOutput) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "x,colour\n1,red\n");
  const auto plain = run({"predict", "runs/cars", "--input", "new.csv"});
  const auto dash = run({"predict", "runs/cars", "--input", "new.csv", "--output", "-"});
  EXPECT_EQ(dash.out, plain.out);
  EXPECT_EQ(dash.err, "");
  EXPECT_FALSE(exists("-"));
}

TEST_F(Tables, NumbersFarFromTheTrainingRowsAreCounted) {
  std::string table = "a,b,c,d,e,f,y\n";
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i % 8 + (i % 3) * 0.5);
    table += n + "," + n + "," + n + "," + n + "," + n + "," + n + "," + std::to_string(i % 7) + "\n";
  }
  write("codes.csv", table);
  ASSERT_EQ(train({"codes.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const auto predict = [&](const std::string& rows) {
    write("new.csv", "a,b,c,d,e,f\n" + rows);
    return run({"predict", "runs/codes", "--input", "new.csv"});
  };
  const auto one = predict("1,1,1,1,1,1\n1000,2,2,2,2,2\n-1000,2,2,2,2,2\n,,,,,\n");
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_TRUE(one.err.starts_with(
      "mlp: note: column 'a': 2 cells lie far outside what the model was trained on (0 to 8)"))
      << one.err;
  EXPECT_EQ(lines_of(one.err).size(), 1u) << one.err;
  EXPECT_EQ(predict("9,0,15,8,7,-5\n").err, "") << "not very far";
  const auto all = lines_of(predict("1000,1000,1000,1000,1000,1000\n").err);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_NE(all[4].find("column 'e': 1 cell lies far"), std::string::npos) << all[4];
  EXPECT_EQ(all[5], "mlp: note: so do cells of 1 more column");
}

TEST_F(Tables, WhatWasSeenInTrainingIsNotFar) {
  // 99999 in one row of fifty, a flag that is set in one of a hundred: many standard deviations from the
  // mean.
  std::string table = "gain,flag,x,y\n";
  for (int i = 0; i < 400; ++i) {
    table += std::string(i % 50 == 7  ? "99999"
                         : i % 5 == 0 ? std::to_string(10 * i)
                                      : "0") +
             "," + (i % 100 == 3 ? "1" : "0") + "," + std::to_string(i % 13) + "," +
             std::to_string(i % 13 * 2) + "\n";
  }
  write("gains.csv", table);
  ASSERT_EQ(train({"gains.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  write("new.csv", "gain,flag,x\n99999,1,3\n0,0,24\n");
  EXPECT_EQ(run({"predict", "runs/gains", "--input", "new.csv"}).err, "");
  write("new.csv", "gain,flag,x\n250000,3,25\n");
  const auto far = lines_of(run({"predict", "runs/gains", "--input", "new.csv"}).err);
  ASSERT_EQ(far.size(), 3u);
  EXPECT_TRUE(
      far[0].ends_with("column 'gain': 1 cell lies far outside what the model was trained on (0 to 99999)"));
  EXPECT_TRUE(far[1].ends_with("'flag': 1 cell lies far outside what the model was trained on (0 to 1)"))
      << far[1];
  EXPECT_TRUE(far[2].ends_with("'x': 1 cell lies far outside what the model was trained on (0 to 12)"))
      << far[2];
}

TEST_F(Tables, AModelThatKnowsNoRangeIsEvaluatedAndPredictsWithoutANote) {
  write("cars.csv", colours(200));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2"}).exit_code, 0);
  const auto expected = run({"evaluate", "runs/cars", "--json"});
  Model model = load_model(path("runs/cars/model.safetensors"));
  for (auto& input : model.preprocessing->inputs) {
    if (auto* numeric = std::get_if<NumericEncoding>(&input.encoding)) {
      EXPECT_LT(numeric->least, numeric->most);
      numeric->least = NumericEncoding().least;  // as in a file of version 2
      numeric->most = NumericEncoding().most;
    }
  }
  save_model(model, path("runs/cars/model.safetensors"));
  const auto evaluated = run({"evaluate", "runs/cars", "--json"});
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(only_json(evaluated.out)["test_rmse"], only_json(expected.out)["test_rmse"]);
  write("new.csv", "x,colour\n1e9,red\n");
  const auto predicted = run({"predict", "runs/cars", "--input", "new.csv"});
  EXPECT_EQ(predicted.exit_code, 0);
  EXPECT_EQ(predicted.err, "");
}

/// y of four columns, with `code` in one of a hundred cells of the first.
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

/// sin over five periods, rows in no order.
std::string five_periods() {
  std::string text = "x,y\n";
  for (int i = 0; i < 1000; ++i) {
    const double x = i * 389 % 1009 / 1009.0;
    text += std::to_string(x) + "," + std::to_string(std::sin(10 * std::acos(-1) * x)) + "\n";
  }
  return text;
}

TEST_F(Tables, ACurveOfOneColumnIsLearned) {
  write("curve.csv", five_periods());
  const auto result = train({"curve.csv", "--target", "y", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GT(only_json(result.out)["test_r2"].get<double>(), 0.95);
  const auto config = content("runs/curve/config.toml");
  for (const std::string line : {"layers = \"64:relu,64:relu,1:linear\"", "initializer = \"pytorch\"",
                                 "optimizer = \"adamw(weight_decay=0)\"", "epochs = 200"})
    EXPECT_NE(config.find(line), std::string::npos) << line << "\n" << config;
  // What is given comes first; what has a column more, or a category, is no curve.
  const auto settings = [&](const std::string& columns, const std::string& cells, const Arguments& more) {
    std::string text = columns + "\n";
    for (int i = 0; i < 60; ++i)
      text += std::to_string(i * 7 % 11) + cells + std::to_string(i % 5) + "," + std::to_string(i % 7) + "\n";
    write("few.csv", text);
    Arguments arguments = {"few.csv", "--target", "y", "--epochs", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(train(arguments).exit_code, 0);
    return content("runs/few/config.toml");
  };
  EXPECT_NE(settings("a,b,y", ",", {}).find("initializer = \"pytorch\""), std::string::npos);
  EXPECT_NE(settings("a,b,y", ",", {"--initializer", "he_normal"}).find("initializer = \"he_normal\""),
            std::string::npos);
  EXPECT_NE(settings("a,b,y", ",", {"--task", "classification"}).find("adamw(weight_decay=0.1)"),
            std::string::npos);
  EXPECT_EQ(settings("a,b,y", ",k", {}).find("initializer"), std::string::npos) << "a category";
  EXPECT_NE(settings("a,c,b,y", ",2.5,", {}).find("initializer"), std::string::npos) << "c is constant";
}

TEST_F(Tables, AnEarlierRunOfAnotherTargetIsNamed) {
  write("cars.csv", colours(60));
  ASSERT_EQ(train({"cars.csv", "--target", "colour", "--epochs", "1"}).exit_code, 0);
  const auto other = train({"cars.csv", "--target", "y", "--epochs", "1"});
  std::string text;  // without the line breaks
  std::istringstream words(other.out);
  for (std::string word; words >> word;) text += word + " ";
  EXPECT_NE(text.find("which predicts 'colour'; with --output DIR both are kept"), std::string::npos) << text;
  const auto same = train({"cars.csv", "--target", "y", "--epochs", "1"});
  EXPECT_NE(same.out.find("  replaced    the run of "), std::string::npos) << same.out;
  EXPECT_EQ(same.out.find("which"), std::string::npos) << same.out;
}

}  // namespace
}  // namespace mlp::app_test
