// evaluate, predict, plot, inspect, data, help: on a model just trained.
#include <algorithm>
#include <sstream>

#include "app/sandbox.h"
#include "mlp/model.h"

namespace mlp::app_test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Commands : public Sandbox {
 protected:
  void SetUp() override {
    const auto result = run(quick_training({"--json", "--quiet", "--epochs", "20", "--seed", "7"}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    trained_ = only_json(result.out);
  }
  nlohmann::json trained_;
};

TEST_F(Commands, EvaluateRepeatsTheTestMetricsOfTraining) {
  for (const std::string model : {"runs/friedman", "runs/friedman/model.safetensors"}) {
    const auto result = run({"evaluate", model, "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto json = only_json(result.out);
    EXPECT_EQ(json["command"], "evaluate");
    EXPECT_EQ(json["dataset"], "friedman");
    for (const char* key : {"test_loss", "test_mse", "test_rmse", "test_mae", "test_r2", "test_targets",
                            "test_rows", "network", "parameters"}) {
      EXPECT_EQ(json[key], trained_[key]) << key;
    }
  }
  const auto text = run({"evaluate", "runs/friedman"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_NE(text.out.find("RMSE"), std::string::npos) << text.out;
}

TEST_F(Commands, EvaluateRefusesDataThatDoesNotFit) {
  const auto result = run({"evaluate", "runs/friedman", "--data", "digits"});
  EXPECT_EQ(result.exit_code, 2);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("10 inputs"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("784 features"), std::string::npos) << result.err;
}

TEST_F(Commands, PredictWritesOneLineARow) {
  write("rows.csv",
        "a,b,c,d,e,f,g,h,i,j\n0,0,0,0,0,0,0,0,0,0\n.5,.5,.5,.5,.5,.5,.5,.5,.5,.5\n1,1,1,1,1,1,1,1,1,1\n");
  const auto result = run({"predict", "runs/friedman", "--input", "rows.csv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 1u + 3u) << result.out;
  EXPECT_EQ(lines[0], "y");
  // At x = 1/2: 10 sin(pi/4) + 0 + 5 + 2.5 = 14.57; at 0: 0 + 5 + 0 = 5. Twenty epochs come near.
  EXPECT_NEAR(std::stod(lines[2]), 14.57, 3.0);
  EXPECT_GT(std::stod(lines[2]), std::stod(lines[1]));

  const auto file = run({"predict", "runs/friedman", "--input", "rows.csv", "--output", "out.csv"});
  EXPECT_EQ(file.exit_code, 0) << file.err;
  EXPECT_EQ(file.out, "");
  EXPECT_EQ(content("out.csv"), result.out);
}

TEST_F(Commands, PredictWritesToADeviceOrPipeAsItIs) {
  write("rows.csv", "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0\n");
  const auto expected = run({"predict", "runs/friedman", "--input", "rows.csv"}).out;
  const auto result =
      shell(R"(mkfifo pipe; cat pipe > read.csv & "$MLP" predict runs/friedman --input rows.csv --output pipe
wait; test -p pipe)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(content("read.csv"), expected);
}

TEST_F(Commands, PredictRefusesRowsOfTheWrongLengthNamingTheLine) {
  write("rows.csv", "1,2,3\n");
  const auto result = run({"predict", "runs/friedman", "--input", "rows.csv"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("rows.csv"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("10"), std::string::npos) << result.err;
  EXPECT_EQ(run({"predict", "runs/friedman", "--input", "missing.csv"}).exit_code, 1);
  EXPECT_EQ(run({"predict", "runs/friedman", "--input", "rows.csv", "--probabilities"}).exit_code, 2);
}

TEST_F(Commands, PredictNamesClassesWithTheirProbability) {
  ASSERT_EQ(run({"train", "digits", "--layers", "8:relu,10:softmax", "--epochs", "1", "--quiet"}).exit_code,
            0);
  std::string row = "0";
  for (int i = 1; i < 784; ++i) row += ",0";
  write("rows.csv", row + "\n" + row + "\n");
  const auto plain = run({"predict", "runs/digits", "--input", "rows.csv"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  ASSERT_EQ(lines_of(plain.out).size(), 3u) << plain.out;
  EXPECT_EQ(lines_of(plain.out)[0], "class,probability");

  const auto all = run({"predict", "runs/digits", "--input", "rows.csv", "--probabilities"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  const auto lines = lines_of(all.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].substr(0, 32), "class,probability,probability_0,");
  std::vector<double> values;
  std::istringstream cells(lines[1]);
  for (std::string cell; std::getline(cells, cell, ',');) values.push_back(std::stod(cell));
  ASSERT_EQ(values.size(), 2u + 10u);
  double sum = 0.0;
  for (std::size_t c = 2; c < values.size(); ++c) sum += values[c];
  EXPECT_NEAR(sum, 1.0, 1e-5);
  EXPECT_EQ(values[1], *std::max_element(values.begin() + 2, values.end()));
  EXPECT_EQ(values[1], values[2 + static_cast<std::size_t>(values[0])])
      << "the class is the most probable one";
}

TEST_F(Commands, PlotDrawsOneRunOrSeveral) {
  std::filesystem::remove(path("runs/friedman/loss.svg"));
  const auto one = run({"plot", "runs/friedman"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_TRUE(exists("runs/friedman/loss.svg"));
  const bool png = one.err.find("rsvg-convert") == std::string::npos;
  EXPECT_EQ(one.out, png ? "runs/friedman/loss.svg\nruns/friedman/loss.png\n" : "runs/friedman/loss.svg\n");

  std::filesystem::copy(path("runs/friedman"), path("runs/again"));
  ASSERT_EQ(run({"plot", "runs/friedman", "runs/again"}).exit_code, 0);
  const std::string figure = content("loss.svg");
  EXPECT_NE(figure.find("friedman"), std::string::npos) << "the legend names the runs";
  EXPECT_NE(figure.find("again"), std::string::npos);
  EXPECT_NE(figure.find("Losses of 2 runs"), std::string::npos);
  EXPECT_EQ(run({"plot", "runs/friedman", "runs/again", "--output", "both.png"}).exit_code, png ? 0 : 1);
  if (png) {
    EXPECT_EQ(content("both.png").substr(1, 3), "PNG");
  }
  EXPECT_EQ(run({"plot", "runs/friedman", "--output", "both.gif"}).exit_code, 2);
}

TEST_F(Commands, WithoutLibrsvgThereAreFiguresAllTheSameAndANote) {
  environment_["PATH"] = "/nowhere";
  const std::string note =
      "mlp: note: rsvg-convert is not installed, so no PNG was drawn: install the package librsvg2-bin (SVG "
      "needs "
      "nothing)\n";
  const auto trained = run(quick_training({"--quiet", "--output", "plain"}));
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(trained.err, note);
  for (const char* file : {"plain/loss.svg", "plain/predicted.svg", "plain/report.html"})
    EXPECT_TRUE(exists(file)) << file;
  EXPECT_FALSE(exists("plain/loss.png"));

  const auto plot = run({"plot", "plain"});
  EXPECT_EQ(plot.exit_code, 0);
  EXPECT_EQ(plot.out, "plain/loss.svg\n");
  EXPECT_EQ(plot.err, note);
  const auto png = run({"plot", "plain", "--output", "figure.png"});
  EXPECT_EQ(png.exit_code, 1);
  EXPECT_EQ(png.out, "");
  EXPECT_NE(png.err.find("rsvg-convert is not installed"), std::string::npos) << png.err;
  EXPECT_FALSE(exists("figure.png"));
}

TEST_F(Commands, TheLeastLossOfSmoothedLabelsIsDrawn) {
  const Arguments digits = {"train", "digits", "--loss", "cross_entropy(0.05)", "--epochs", "2", "--quiet"};
  ASSERT_EQ(run(digits).exit_code, 0);
  const std::string least = "least possible <tspan class=\"ink\" font-weight=\"600\">0.2824</tspan>";
  EXPECT_NE(content("runs/digits/loss.svg").find(least), std::string::npos);
  EXPECT_NE(content("runs/digits/report.html").find("least possible <b>0.2824</b>"), std::string::npos);
  ASSERT_EQ(run({"plot", "runs/digits", "--output", "again.svg"}).exit_code, 0);
  EXPECT_NE(content("again.svg").find(least), std::string::npos);
  ASSERT_EQ(run({"plot", "runs/digits", "runs/friedman", "--output", "both.svg"}).exit_code, 0);
  EXPECT_EQ(content("both.svg").find("least possible"), std::string::npos) << "not that of both";
  // The model says it; while there is no model yet, config.toml does.
  std::string config = content("runs/digits/config.toml");
  std::filesystem::remove(path("runs/digits/config.toml"));
  ASSERT_EQ(run({"plot", "runs/digits", "--output", "again.svg"}).exit_code, 0);
  EXPECT_NE(content("again.svg").find(least), std::string::npos) << "from the model";
  write("runs/digits/config.toml", config);
  std::filesystem::remove(path("runs/digits/model.safetensors"));
  ASSERT_EQ(run({"plot", "runs/digits", "--output", "again.svg"}).exit_code, 0);
  EXPECT_NE(content("again.svg").find(least), std::string::npos) << "from config.toml";
  // If that cannot be read, the line is missing and the figure is still made.
  config.replace(config.find("10:softmax"), 10, "10:unknown");
  write("runs/digits/config.toml", config);
  ASSERT_EQ(run({"plot", "runs/digits", "--output", "again.svg"}).exit_code, 0);
  EXPECT_EQ(content("again.svg").find("least possible"), std::string::npos);
}

TEST_F(Commands, PlotSaysWhatCannotBeCompared) {
  ASSERT_EQ(run(quick_training({"--output", "other", "--seed", "8"})).exit_code, 0);
  EXPECT_EQ(run({"plot", "runs/friedman", "other"}).err, "");
  ASSERT_EQ(run(quick_training({"--output", "huber", "--loss", "huber"})).exit_code, 0);
  const auto losses = run({"plot", "other", "huber", "runs/friedman"});
  EXPECT_EQ(losses.exit_code, 0);
  EXPECT_NE(losses.err.find("different losses"), std::string::npos) << losses.err;
  EXPECT_EQ(losses.err.find("hides"), std::string::npos) << losses.err;
  std::filesystem::copy(path("other"), path("copy"));
  EXPECT_EQ(run({"plot", "other", "runs/friedman", "copy"}).err,
            "mlp: note: copy has the same losses as other; one curve hides the other\n");
}

TEST_F(Commands, ARunWithoutAModelYetIsToldApart) {
  std::filesystem::remove(path("runs/friedman/model.safetensors"));
  for (const std::string command : {"inspect", "evaluate", "predict"}) {
    const auto result = run({command, "runs/friedman"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("the run in runs/friedman was not finished"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("mlp train --resume runs/friedman\n"), std::string::npos) << result.err;
  }
}

TEST_F(Commands, InspectShowsLayersAndTraining) {
  const auto text = run({"inspect", "runs/friedman"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const std::string part : {"fan_in", "relu", "linear", "97", "friedman", "20 epochs",
                                 "mean_squared_error", "one_cycle", "seed 7"}) {
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
  }
  for (const auto& line : lines_of(text.out)) EXPECT_LE(line.size(), 80u) << line;

  const auto result = run({"inspect", "runs/friedman", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["command"], "inspect");
  EXPECT_EQ(json["parameters"], 97);
  ASSERT_EQ(json["network"].size(), 2u);
  const auto& layer = json["network"][0];
  EXPECT_EQ(layer["parameters"], 88);
  EXPECT_LT(layer["weight_min"].get<double>(), layer["weight_mean"].get<double>());
  EXPECT_LT(layer["weight_mean"].get<double>(), layer["weight_max"].get<double>());
  EXPECT_GT(layer["weight_std"].get<double>(), 0.0);
  const auto digest = json["digest"].get<std::string>();
  EXPECT_EQ(digest.size(), 16u);
  EXPECT_EQ(digest.find_first_not_of("0123456789abcdef"), std::string::npos) << digest;
  EXPECT_NE(text.out.find("  digest      " + digest + " "), std::string::npos) << text.out;
  EXPECT_EQ(json["trained"]["dataset"], "friedman");
  EXPECT_EQ(json["trained"]["epochs"], 20);
  EXPECT_EQ(json["trained"]["seed"], 7);
}

TEST_F(Commands, InspectTellsWhetherTwoRunsHaveTheSameBits) {
  const auto digest_of = [&](const std::string& folder) {
    return only_json(run({"inspect", folder, "--json"}).out)["digest"].get<std::string>();
  };
  ASSERT_EQ(run(quick_training({"--output", "a", "--quiet"})).exit_code, 0);
  ASSERT_EQ(run({"train", "--config", "a/config.toml", "--output", "b", "--threads", "2"}).exit_code, 0);
  ASSERT_EQ(run(quick_training({"--output", "c", "--seed", "2"})).exit_code, 0);
  EXPECT_NE(content("a/model.safetensors"), content("b/model.safetensors")) << "they hold times";
  EXPECT_EQ(digest_of("b"), digest_of("a"));
  EXPECT_NE(digest_of("c"), digest_of("a"));
}

TEST_F(Commands, InspectOfAModelOfNamelessData) {
  Model model = load_model(path("runs/friedman/model.safetensors"));
  model.record.dataset.clear();
  save_model(model, path("nameless.safetensors"));
  const auto text = run({"inspect", "nameless.safetensors"}).out;
  EXPECT_NE(text.find("trained     on " + std::to_string(model.record.training_rows / 1000) + ","),
            std::string::npos)
      << text;
}

using Data = Sandbox;

TEST_F(Commands, InspectChecksGradientsThreeWays) {
  const auto text = run({"inspect", "runs/friedman", "--check-gradients"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("dW1"), std::string::npos) << text.out;
  const auto result = run({"inspect", "runs/friedman", "--check-gradients", "--json"});
  const auto gradients = only_json(result.out).at("gradients");
  EXPECT_EQ(gradients.at("passed"), true);
  EXPECT_EQ(gradients.at("rows"), 8);
  ASSERT_EQ(gradients.at("tensors").size(), 2 * only_json(result.out).at("network").size());
  for (const auto& tensor : gradients.at("tensors")) {
    EXPECT_GT(tensor.at("largest").get<double>(), 0.0) << tensor;
    EXPECT_LT(tensor.at("engine").get<double>(), 1e-5) << tensor;
    EXPECT_GT(tensor.at("engine").get<double>(), 0.0) << "compared with itself? " << tensor;
    EXPECT_LT(tensor.at("by_differences").get<double>(), 1e-6) << tensor;
    EXPECT_GT(tensor.at("differences").get<int>(), 0) << tensor;
  }
}

TEST_F(Commands, InspectVerifiesAModelByItsExamples) {
  const auto text = run({"inspect", "runs/friedman", "--verify"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("8 examples, the outputs the same to the last bit"), std::string::npos) << text.out;
  environment_["MLP_TARGET"] = "baseline";
  const auto baseline = run({"inspect", "runs/friedman", "--verify", "--json"});
  EXPECT_EQ(baseline.exit_code, 0) << baseline.err;
  const auto verified = only_json(baseline.out)["verified"];
  EXPECT_EQ(verified["passed"], true);
  EXPECT_EQ(verified["examples"], 8);
  EXPECT_LT(verified["largest_difference"], 1e-5);
  EXPECT_FALSE(only_json(run({"inspect", "runs/friedman", "--json"}).out).contains("verified"));

  Model model = load_model(path("runs/friedman/model.safetensors"));
  model.parameters.weight(0)(0, 0) *= -1;
  save_model(model, path("changed.safetensors"));
  const auto changed = run({"inspect", "changed.safetensors", "--verify", "--json"});
  EXPECT_EQ(changed.exit_code, 1);
  expect_error_message(changed.err);
  EXPECT_NE(changed.err.find("changed.safetensors: of 8 examples "), std::string::npos) << changed.err;
  EXPECT_EQ(only_json(changed.out)["verified"]["passed"], false);

  model.examples = {};
  save_model(model, path("bare.safetensors"));
  const auto bare = run({"inspect", "bare.safetensors", "--verify"});
  EXPECT_EQ(bare.exit_code, 1);
  expect_error_message(bare.err);
  EXPECT_NE(bare.err.find("carries no examples"), std::string::npos) << bare.err;
}

TEST_F(Commands, AFlippedBitIsFoundWhereverAModelIsRead) {
  std::string bytes = content("runs/friedman/model.safetensors");
  bytes[bytes.size() - 40] ^= 1;  // the last bit of a number
  write("flipped.safetensors", bytes);
  write("rows.csv", "1,2,3,4,5,6,7,8,9,10\n");
  for (const Arguments& arguments :
       {Arguments{"inspect", "flipped.safetensors", "--verify"}, Arguments{"evaluate", "flipped.safetensors"},
        Arguments{"predict", "flipped.safetensors", "--input", "rows.csv"}}) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 1);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find("flipped.safetensors: expected the CRC-32 "), std::string::npos) << result.err;
  }
}

TEST_F(Commands, ACheckpointInPlaceOfAModelIsToldApart) {
  const auto result = run({"inspect", "runs/friedman/checkpoint.safetensors"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("the model.safetensors beside the checkpoint"), std::string::npos) << result.err;
}

TEST_F(Data, ListSaysWhatIsThereAndWhatCanBeHad) {
  const auto text = run({"data", "list"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const std::string part :
       {"mnist", "mpg", "digits", "friedman", "mlp data fetch mnist", "built in", "cache/mlp"}) {
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
  }
  write("auto-mpg.data", "");
  const auto result = run({"data", "list", "--json", "--data-dir", "."});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  ASSERT_EQ(json["datasets"].size(), 4u);
  for (const auto& dataset : json["datasets"]) {
    const std::string name = dataset["name"];
    EXPECT_EQ(dataset["available"], name != "mnist") << name;
    EXPECT_EQ(dataset["generated"], name == "digits" || name == "friedman") << name;
  }
  EXPECT_EQ(json["datasets"][0]["files"].size(), 4u);
  EXPECT_TRUE(json["datasets"][0]["files"][0]["path"].is_null());
}

TEST_F(Data, ListLooksWhereMlpDataDirPoints) {
  std::filesystem::create_directories(path("elsewhere/auto-mpg"));
  write("elsewhere/auto-mpg/auto-mpg.data", "");
  environment_["MLP_DATA_DIR"] = path("elsewhere").string();
  const auto result = run({"data", "list"});
  EXPECT_NE(result.out.find("in " + path("elsewhere/auto-mpg").string()), std::string::npos) << result.out;
}

TEST_F(Data, FetchOfAGeneratedSetNeedsNothing) {
  const auto result = run({"data", "fetch", "digits"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("built in"), std::string::npos) << result.out;
}

using Help = Sandbox;

TEST_F(Help, EveryCommandHasAPageWithExamplesIn80Columns) {
  const std::vector<Arguments> commands = {{},        {"train"},   {"evaluate"},     {"predict"},
                                           {"plot"},  {"inspect"}, {"export"},       {"import"},
                                           {"bench"}, {"data"},    {"data", "list"}, {"data", "fetch"}};
  for (const auto& command : commands) {
    Arguments flag = command, word = command;
    flag.push_back("--help");
    word.insert(word.begin(), "help");
    const auto result = run(flag);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(run(word).out, result.out) << "'mlp help' and '--help' show the same page";
    EXPECT_NE(result.out.find("Usage: mlp"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("Examples:\n  mlp "), std::string::npos) << result.out;
    for (const auto& line : lines_of(result.out)) EXPECT_LE(line.size(), 80u) << line;
  }
  EXPECT_EQ(run({}).out, run({"--help"}).out);
  EXPECT_EQ(run({}).exit_code, 0);
}

TEST_F(Help, TheExamplesOfTrainAreUnderstood) {
  // Each example line is parsed by the program itself: with a wrong seed added, only the seed is complained
  // about.
  for (const auto& line : lines_of(run({"train", "--help"}).out)) {
    if (!line.starts_with("  mlp train ") || line.find("--config") != std::string::npos ||
        line.find("--resume") != std::string::npos)
      continue;
    Arguments arguments;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      std::erase(word, '\'');
      arguments.push_back(word);
    }
    arguments.erase(arguments.begin());
    arguments.insert(arguments.end(), {"--seed", "x"});
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find("--seed takes"), std::string::npos) << line << "\n" << result.err;
  }
}

TEST_F(Help, VersionIsOneLine) {
  const auto result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out.substr(0, 4), "mlp ");
  EXPECT_EQ(lines_of(result.out).size(), 1u);
}

}  // namespace
}  // namespace mlp::app_test
