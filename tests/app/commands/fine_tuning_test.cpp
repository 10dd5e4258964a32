// mlp train --init: what it takes of the model, what it says of that, and going on.
#include <csignal>

#include "app/commands/tables.h"

namespace mlp::app_test {
namespace {

class FineTuningRun : public Tables {
 protected:
  FineTuningRun() {
    write("first.csv", colours(300));
    // Other values, another order of columns, one more, no "blue", and no target named.
    std::string more = "z,colour,y,x\n";
    for (int i = 0; i < 120; ++i) {
      const double x = 4 + i % 13 / 3.0;
      more += std::to_string(i * i % 7) + (i % 2 == 0 ? ",red," : ",\"deep, dark green\",") +
              std::to_string(3 * x + (i % 2 == 0 ? 12 : 0)) + "," + std::to_string(x) + "\n";
    }
    write("more.csv", more);
    EXPECT_EQ(
        train({"first.csv", "--target", "y", "--layers", "8:relu:0.1,1:linear", "--epochs", "5"}).exit_code,
        0);
  }

  nlohmann::json json_of(const Arguments& arguments) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out);
  }
  std::string error(const Arguments& arguments) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    expect_error_message(result.err);
    return result.err;
  }
  /// Of the scaling of column x, as the model file has it.
  std::string encoding_in(const std::string& model) const {
    const std::string text = content(model);
    const auto at = text.find(R"(\"center\")");
    return at == std::string::npos ? "" : text.substr(at, 40);
  }
};

TEST_F(FineTuningRun, TakesLayersTargetAndPreprocessingOfTheModel) {
  const auto result = run({"train", "more.csv", "--init", "runs/first", "--epochs", "3", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto digest = json_of({"inspect", "runs/first", "--json"})["digest"].get<std::string>();
  EXPECT_NE(result.err.find("starts from a model of first, digest " + digest), std::string::npos)
      << result.err;
  const auto said = only_json(result.out);
  EXPECT_EQ(said["init"], digest);
  const auto inspected = json_of({"inspect", "runs/more", "--json"});
  EXPECT_EQ(inspected["trained"]["started_from"]["digest"], digest);
  EXPECT_EQ(inspected["trained"]["started_from"]["kept_preprocessing"], true);
  EXPECT_NE(inspected["digest"], digest);
  const auto before = json_of({"inspect", "runs/first", "--json"})["network"];
  ASSERT_EQ(inspected["network"].size(), before.size());
  for (std::size_t layer = 0; layer < before.size(); ++layer) {
    for (const char* key : {"fan_in", "fan_out", "activation", "dropout"})
      EXPECT_EQ(inspected["network"][layer][key], before[layer][key]) << key;
  }
  EXPECT_NE(run({"inspect", "runs/more"}).out.find("starts from"), std::string::npos);
  ASSERT_NE(encoding_in("runs/first/model.safetensors"), "");
  EXPECT_EQ(encoding_in("runs/more/model.safetensors"), encoding_in("runs/first/model.safetensors"));

  // Evaluated on the very test rows, which are encoded as the model does it.
  EXPECT_EQ(json_of({"evaluate", "runs/more", "--json"})["test_rmse"], said["test_rmse"]);
  EXPECT_NE(run({"train", "--resume", "runs/more"}).err.find("nothing was left to train"), std::string::npos);
  EXPECT_NE(content("runs/more/config.toml").find("/runs/first\"\n"), std::string::npos);
  const auto again =
      json_of({"train", "--config", "runs/more/config.toml", "--output", "again", "--json", "--quiet"});
  EXPECT_EQ(again["test_rmse"], said["test_rmse"]);
}

TEST_F(FineTuningRun, WithASteplessLearningRateTheModelIsWhatItWas) {
  json_of({"train", "more.csv", "--init", "runs/first", "--epochs", "1", "--learning-rate", "1.2e-38",
           "--optimizer", "sgd", "--json", "--quiet"});
  EXPECT_EQ(json_of({"inspect", "runs/more", "--json"})["digest"],
            json_of({"inspect", "runs/first", "--json"})["digest"]);
  // Other scaling, and what the same parameters say is something else.
  const auto with = [&](const std::string& preprocessing) {
    return json_of({"train", "first.csv", "--init", "runs/first", "--epochs", "1", "--learning-rate",
                    "1.2e-38", "--optimizer", "sgd", "--init-preprocessing", preprocessing, "--seed", "5",
                    "--output", preprocessing, "--json", "--quiet"})["test_rmse"];
  };
  EXPECT_NE(with("learn"), with("keep"));
}

TEST_F(FineTuningRun, InterruptedIsUninterrupted) {
  const auto with = [&](const std::string& output) {
    return Arguments{"train", "more.csv",           "--init", "runs/first", "--epochs", "300", "--threads",
                     "1",     "--checkpoint-every", "1",      "--output",   output};
  };
  ASSERT_EQ(run(with("whole")).exit_code, 0);
  auto child = start(with("part"));
  ASSERT_TRUE(child.wait_for("epoch"));
  child.send(SIGINT);
  ASSERT_EQ(child.finish().exit_code, 128 + SIGINT);
  EXPECT_EQ(run({"train", "--resume", "part"}).exit_code, 0);
  EXPECT_EQ(tensors("part/model.safetensors"), tensors("whole/model.safetensors"));

  // Where another model is there by now, the run is another.
  ASSERT_EQ(run({"train", "first.csv", "--target", "y", "--layers", "8:relu:0.1,1:linear", "--epochs", "1"})
                .exit_code,
            0);
  EXPECT_NE(error({"train", "--resume", "part"}).find("init is "), std::string::npos);
}

TEST_F(FineTuningRun, OtherClassesBeginWithAnOutputLayerOfTheirOwn) {
  ASSERT_EQ(run({"train", "digits", "--layers", "8:relu,10:softmax", "--epochs", "1", "--quiet"}).exit_code,
            0);
  std::string images, labels;
  for (int n = 0; n < 60; ++n) {
    for (int i = 0; i < 784; ++i) images += static_cast<char>(i % 3 == n % 3 ? 200 : 0);
    labels += static_cast<char>(n % 3 == 2 ? 77 : n % 3);
  }
  write("x-idx3-ubyte", std::string("\0\0\x8\x3\0\0\0\x3c\0\0\0\x1c\0\0\0\x1c", 16) + images);
  write("y-idx1-ubyte", std::string("\0\0\x8\x1\0\0\0\x3c", 8) + labels);
  const Arguments arguments = {"train", "--images", "x-idx3-ubyte", "--labels", "y-idx1-ubyte", "--epochs",
                               "2",     "--init",   "runs/digits",  "--output", "three"};
  const auto result = run(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("the output layer starts anew"), std::string::npos) << result.err;
  EXPECT_EQ(json_of({"inspect", "three", "--json"})["network"].dump().find("\"10\""), std::string::npos);
  EXPECT_NE(content("three/config.toml").find("layers = \"8:relu,3:softmax\""), std::string::npos);

  // Of classes that the model has, all of it is taken over.
  for (char& label : labels) label = static_cast<char>(label == 77 ? 9 : label);
  write("y-idx1-ubyte", std::string("\0\0\x8\x1\0\0\0\x3c", 8) + labels);
  const auto kept = run(arguments);
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_EQ(kept.err.find("starts anew"), std::string::npos) << kept.err;
  EXPECT_NE(content("three/config.toml").find("layers = \"8:relu,10:softmax\""), std::string::npos);
  EXPECT_EQ(run({"evaluate", "three"}).exit_code, 0);
}

TEST_F(FineTuningRun, SaysWhereTestRowsMayHaveBeenLearned) {
  const auto said = [&](const std::string& seed) {
    return run({"train", "first.csv", "--init", "runs/first", "--output", "x" + seed, "--epochs", "1",
                "--seed", seed, "--json", "--quiet"})
        .out;
  };
  EXPECT_NE(said("2").find("it may have learned from these; the same are drawn by --seed 1"),
            std::string::npos);
  EXPECT_EQ(said("1").find("may have learned"), std::string::npos);
}

TEST_F(FineTuningRun, RefusesWhatDoesNotGoTogether) {
  const auto tuned = [&](const Arguments& more, const std::string& file = "more.csv") {
    Arguments arguments = {"train", file, "--init", "runs/first", "--epochs", "1", "--output", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return error(arguments);
  };
  EXPECT_NE(tuned({"--layers", "9:relu,1:linear"}).find("is not the network of the model"),
            std::string::npos);
  EXPECT_NE(tuned({"--scaling", "robust"}).find("--scaling says how columns become inputs"),
            std::string::npos);
  EXPECT_NE(tuned({"--target", "z"}).find("the model that --init starts from predicts y"), std::string::npos);
  EXPECT_NE(tuned({}, "friedman").find("takes a table's columns, and friedman is no table"),
            std::string::npos);
  EXPECT_NE(tuned({"--init-preprocessing", "forget"}).find("keep or learn"), std::string::npos);
  EXPECT_NE(tuned({"--init-preprocessing", "learn"}).find("takes 5 inputs"), std::string::npos);
  EXPECT_NE(
      error({"train", "more.csv", "--target", "y", "--init-preprocessing", "learn"}).find("--init MODEL"),
      std::string::npos);
  EXPECT_FALSE(exists("out"));
  // The run would take the place of what it starts from.
  EXPECT_NE(error({"train", "first.csv", "--init", "runs/first"}).find("name another folder: --output DIR"),
            std::string::npos);
  EXPECT_NE(error({"train", "more.csv", "--init", "runs/first", "--output", "runs/first"})
                .find("name another folder: --output DIR"),
            std::string::npos);
  const auto none = run({"train", "more.csv", "--init", "runs/none"});
  EXPECT_NE(none.exit_code, 0);
  EXPECT_NE(none.err.find("runs/none"), std::string::npos);
}

}  // namespace
}  // namespace mlp::app_test
