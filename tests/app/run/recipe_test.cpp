// mlp train --recipe: what it trains with, what it prints, what it refuses; and that docs/report_recipe.md
// says the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "app/sandbox.h"
#include "mlp/data.h"
#include "run/recipes.h"

namespace mlp::app_test {
namespace {

class RecipeOption : public Sandbox {
 protected:
  /// A made-up Auto MPG, in the published format.
  void write_cars() const {
    std::string text;
    for (int i = 0; i < 40; ++i)
      text += std::to_string(15 + i % 9) + ".0   8   307.0   " + std::to_string(100 + 3 * i) +
              ".0   3504.   12.0   70  " + std::to_string(1 + i % 3) + "\t\"a car\"\n";
    write("auto-mpg.data", text);
  }
  Result train(const Arguments& more) const {
    Arguments arguments = {"train", "mpg", "--data-dir", ".", "--epochs", "2", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  void expect_config(const std::string& file, std::initializer_list<const char*> lines) const {
    const std::string config = content(file);
    for (const std::string line : lines)
      EXPECT_NE(config.find("\n" + line + "\n"), std::string::npos) << line << "\n" << config;
  }
};

TEST_F(RecipeOption, EveryDataSetHasADefaultOneThatFits) {
  for (const DatasetInfo& info : known_datasets()) {
    const auto recipe = std::ranges::find_if(app::recipes(), [&](const app::Recipe& some) {
      return some.dataset == info.name && some.name == app::kDefaultRecipe;
    });
    ASSERT_NE(recipe, app::recipes().end()) << info.name << ": apps/mlp/run/recipes.cpp has no recipe for it";
    EXPECT_EQ(&app::recipe_for(info.name), &*recipe);
    EXPECT_EQ(recipe->classes, info.task == Task::kClassification) << info.name;
    if (!info.generated) continue;
    EXPECT_EQ(run({"train", info.name, "--epochs", "1", "--quiet"}).exit_code, 0) << info.name;
  }
}

TEST_F(RecipeOption, TheReportsIsPlainSgd) {
  write_cars();
  const auto result = train({"--recipe", "report"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_config("runs/mpg/config.toml",
                {"layers = \"1:linear\"", "initializer = \"glorot_uniform\"", "loss = \"squared_error\"",
                 "optimizer = \"sgd\"", "learning-rate = 0.01", "schedule = \"constant\"", "epochs = 2",
                 "batch-size = 32", "validation = 0.1", "recipe = \"report\""});
  // The summary has the recipe's variants, each with its options and result.
  EXPECT_NE(result.out.find("  recipe      report: "), std::string::npos) << result.out;
  const auto& recipe = app::recipe_for("mpg", "report");
  ASSERT_GE(recipe.variants.size(), 3u);
  for (const auto& variant : recipe.variants)
    EXPECT_NE(result.out.find(variant.result), std::string::npos) << result.out;
  EXPECT_EQ(train({}).out.find("  recipe "), std::string::npos);
  EXPECT_EQ(only_json(train({"--recipe", "report", "--json"}).out)["recipe"], "report");
  EXPECT_EQ(only_json(train({"--json"}).out)["recipe"], "default");
}

TEST_F(RecipeOption, WhatIsGivenReplacesItsPart) {
  write_cars();
  ASSERT_EQ(train({"--recipe", "report", "--schedule", "cosine", "--initializer", "he_normal"}).exit_code, 0);
  expect_config("runs/mpg/config.toml",
                {"schedule = \"cosine\"", "initializer = \"he_normal\"", "learning-rate = 0.01"});
}

TEST_F(RecipeOption, AConfigFileNamesItAndTheCommandLineComesFirst) {
  write_cars();
  write("mine.toml", "recipe = \"report\"\nbatch-size = 8\n");
  ASSERT_EQ(train({"--config", "mine.toml"}).exit_code, 0);
  expect_config("runs/mpg/config.toml", {"optimizer = \"sgd\"", "learning-rate = 0.01", "batch-size = 8"});
  // The same run repeated from the config that it wrote.
  const auto tensors_before = tensors("runs/mpg/model.safetensors");
  ASSERT_EQ(run({"train", "--config", "runs/mpg/config.toml", "--quiet"}).exit_code, 0);
  EXPECT_EQ(tensors("runs/mpg/model.safetensors"), tensors_before);
  // A recipe on the command line replaces all settings that it decides, and leaves the rest of the file.
  ASSERT_EQ(train({"--config", "runs/mpg/config.toml", "--recipe", "default", "--seed", "7"}).exit_code, 0);
  expect_config("runs/mpg/config.toml",
                {"learning-rate = 0.15", "schedule = \"cosine\"", "batch-size = 32", "seed = 7"});
}

TEST_F(RecipeOption, OneThatIsNotThereIsRefusedBeforeAnythingIsMade) {
  write("table.csv", "x,y\n1,2\n3,4\n");
  const auto refuse = [&](const Arguments& arguments, const std::string& message, const std::string& hint) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(hint), std::string::npos) << result.err;
  };
  refuse({"train", "mnist", "--recipe", "reprot"}, "--recipe: there is no recipe 'reprot' for mnist",
         "did you mean 'report'?");
  refuse({"train", "mpg", "--recipe", "fast"}, "no recipe 'fast' for mpg", "known: default, report");
  refuse({"train", "friedman", "--recipe", "report"}, "no recipe 'report' for friedman",
         "there is one for mnist, mpg");
  refuse({"train", "table.csv", "--target", "y", "--recipe", "report"}, "no recipe 'report' for table",
         "leave --recipe out");
  EXPECT_FALSE(exists("runs"));
  EXPECT_NE(run({"train", "--help"}).out.find("mnist --recipe report\n"), std::string::npos);
}

TEST(Recipes, TheDocumentationHasTheSameFigures) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/docs/report_recipe.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(page.empty());
  for (const auto& recipe : app::recipes()) {
    EXPECT_EQ(recipe.variants.empty(), recipe.name == app::kDefaultRecipe) << recipe.dataset;
    for (const auto& [options, result] : recipe.variants) {
      const std::string row = "| `" + options + "` | " + result + " |";
      EXPECT_NE(page.find(row), std::string::npos) << row;
    }
  }
}

class RealRecipe : public Sandbox {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MLP_DATA_DIR");
    if (folder == nullptr) GTEST_SKIP() << "MLP_DATA_DIR is not set";
    environment_["MLP_DATA_DIR"] = std::filesystem::absolute(folder).string();
  }
};

TEST_F(RealRecipe, MnistReachesWhatTheReportDid) {
  const auto result = run({"train", "mnist", "--recipe", "report", "--json", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["optimizer"], "sgd");
  EXPECT_GE(json["test_accuracy"].get<double>(), 0.93);
  EXPECT_LE(json["test_accuracy"].get<double>(), 0.945);
}

TEST_F(RealRecipe, MpgReachesWhatTheReportDid) {
  const auto result = run({"train", "mpg", "--recipe", "report", "--json", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NEAR(only_json(result.out)["report_total_loss"].get<double>(), 2.3, 0.05);
}

TEST_F(RealRecipe, EachVariantIsACommandThatComesToItsFigure) {
  for (const auto& [options, expected] : app::recipe_for("mpg", "report").variants) {
    double sum = 0;
    for (const std::string seed : {"1", "2", "3", "4", "5"}) {
      const std::string recipe = options.starts_with("--recipe") ? "" : "--recipe report ";
      const auto result =
          shell("\"$MLP\" train mpg " + recipe + options + " --seed " + seed + " --json --quiet");
      ASSERT_EQ(result.exit_code, 0) << result.err;
      sum += only_json(result.out)["test_rmse"].get<double>();
    }
    EXPECT_NEAR(sum / 5, std::stod(expected.substr(std::string("RMSE ").size())), 0.0006) << options;
  }
}

}  // namespace
}  // namespace mlp::app_test
