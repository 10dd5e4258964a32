// Runs on tables that are repeated, interrupted, or find their data changed.
#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

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
  // An option that changes only how the table is used poses another task on the same table.
  const auto third = train({"--config", "first/config.toml", "--scaling", "standard", "--output", "third"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_NE(tensors("first/model.safetensors"), tensors("third/model.safetensors"));
  EXPECT_NE(content("third/config.toml").find("categorical = [\"b\"]"), std::string::npos);
  const auto fourth =
      train({"--config", "first/config.toml", "--test", "signs.csv", "--json", "--output", "fourth"});
  ASSERT_EQ(fourth.exit_code, 0) << fourth.err;
  EXPECT_EQ(only_json(fourth.out)["test_rows"], 200) << "all, not a drawn 30%";
  // Another table in place of the first is another run.
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
  // The run knows its target and what it ignores.
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
  // Progress is shown for other folds, and for folds whose results are lost.
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

TEST_F(Tables, OneOptionOfAConfigCanBeReplaced) {
  write("cars.csv", colours(100));
  write("test.csv", colours(30));
  ASSERT_EQ(train({"cars.csv", "--target", "y", "--epochs", "2", "--output", "first"}).exit_code, 0);
  // The data are those of the config; --test replaces its test-fraction.
  const auto second = train({"--config", "first/config.toml", "--scaling", "robust", "--test", "test.csv",
                             "--output", "second", "--json"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(only_json(second.out)["test_rows"], 30);
  EXPECT_NE(content("second/config.toml").find("scaling = \"robust\""), std::string::npos);
  EXPECT_NE(tensors("first/model.safetensors"), tensors("second/model.safetensors"));
  const auto third = train({"--config", "second/config.toml", "--test-fraction", "0.5", "--json"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_EQ(only_json(third.out)["test_rows"], 50);
  // Other data do not inherit the first data's options.
  EXPECT_EQ(train({"--config", "first/config.toml", "friedman", "--output", "fourth"}).exit_code, 0);
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
