// mlp train on the user's tables: what is learned, what is left out, what is refused.
#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

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
  // The targets' units differ: an average over them has none.
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
  // Half a gigabyte on one line, in an address space of 400 MB. Sanitizers reserve terabytes, so under them
  // only the message is checked and not the memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const std::string limit;
#else
  const std::string limit = "ulimit -v 400000; ";
#endif
  write("small.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,9\n");
  ASSERT_EQ(train({"small.csv", "--target", "y", "--epochs", "1"}).exit_code, 0);
  const auto result = shell(
      limit + "(printf 'a\\n'; head -c 500000000 /dev/zero | tr '\\0' 1) | \"$MLP\" predict runs/small");
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("line 2"), std::string::npos) << result.err;
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
  // A file that is not a table is reported before anything else.
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

/// sin over five periods, rows in random order.
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
  // Options given take precedence; a table with another column, or a category, is not a curve.
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

}  // namespace
}  // namespace mlp::app_test
