// mlp evaluate on tables: the baselines beside the scores, and rows that are not fit for testing.
#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

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
  // For the classes of another table the training rows are not known; a mean is kept in the model.
  write("more.csv", "a;b;answer\n1;2;yes\n1;9;no\n9;1;yes\n");
  const auto more = run({"evaluate", "runs/signs", "--data", "more.csv"});
  EXPECT_NE(more.out.find("baseline    accuracy 66.67% (always 'yes', their most frequent class)\n"),
            std::string::npos)
      << more.out;
  write("cars.csv", "x,y\n0,1\n1,3\n2,5\n3,7\n4,9\n5,11\n");
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--validation", "0", "--test", "cars.csv"}).exit_code, 0);
  // Rows that cannot be tested are left out with a note.
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
  // Wherever the file is now.
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
  // Without a checkpoint the training data are not known.
  std::filesystem::remove(path("runs/cars/checkpoint.safetensors"));
  EXPECT_EQ(run({"evaluate", "runs/cars"}).err, "");
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

/// One row in twelve is "yes", more likely where x is large: accuracy does not show that anything was
/// learned.
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

}  // namespace
}  // namespace mlp::app_test
