// mlp train: what it prints, what it writes, what it refuses before it starts.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "app/sandbox.h"
#include "kernels/bfloat16.h"

namespace mlp::app_test {
namespace {

using Train = Sandbox;

TEST_F(Train, WritesEverythingARunIsToLeave) {
  const auto result = run(quick_training());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* file :
       {"model.safetensors", "checkpoint.safetensors", "metrics.csv", "config.toml", "report.html"}) {
    EXPECT_TRUE(exists(std::string("runs/friedman/") + file)) << file;
  }
  EXPECT_TRUE(exists("runs/friedman/loss.svg"));
  EXPECT_TRUE(exists("runs/friedman/loss.png") || result.err.find("rsvg-convert") != std::string::npos)
      << "neither a PNG nor a word about it";
  const std::string metrics = content("runs/friedman/metrics.csv");
  EXPECT_EQ(std::count(metrics.begin(), metrics.end(), '\n'), 1 + 4) << "a header and a row for each epoch";
  std::set<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(path("runs/friedman"))) {
    left.insert(entry.path().filename().string());
  }
  EXPECT_LE(left.size(), 8u) << "temporary files are left behind";
}

TEST_F(Train, CommandsItNamesCanBeTypedAsTheyStand) {
  auto arguments = quick_training();
  arguments.insert(arguments.end(), {"--quiet", "--output", "a b; touch c; $(touch d)"});
  const auto result = run(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto begin = result.out.find("mlp inspect ");
  ASSERT_NE(begin, std::string::npos) << result.out;
  const auto command = result.out.substr(begin, result.out.find('\n', begin) - begin);
  const auto typed = shell("mlp() { \"$MLP\" \"$@\"; }\n" + command);
  EXPECT_EQ(typed.exit_code, 0) << command << "\n" << typed.err;
  EXPECT_NE(typed.out.find("a b; touch c; $(touch d)/model.safetensors"), std::string::npos) << typed.out;
  EXPECT_FALSE(exists("c") || exists("d")) << command;
  const std::string config = content("a b; touch c; $(touch d)/config.toml");
  EXPECT_NE(config.find("#   mlp train --config 'a b; touch c; $(touch d)/config.toml'\n"), std::string::npos)
      << config;
  // Friedman #1 is generated: there is no file to predict from.
  EXPECT_NE(result.out.find("mlp evaluate 'a b; touch c; $(touch d)'\n"), std::string::npos) << result.out;
}

TEST_F(Train, CommandsItNamesCallTheProgramAsItWasCalled) {
  std::string rows = "x,y\n";
  for (int i = 0; i < 40; ++i) rows += std::to_string(i % 7) + "," + std::to_string(i * 5 % 11) + ".5\n";
  write("table.csv", rows);
  std::string cars;
  for (int i = 0; i < 40; ++i) {
    cars += std::to_string(15 + i % 9) + ".0   8   307.0   " + std::to_string(100 + 3 * i) +
            ".0   3504.   12.0   70  " + std::to_string(1 + i % 3) + "\t\"a car\"\n";
  }
  write("auto-mpg.data", cars);
  std::filesystem::create_directory(path("my programs"));
  std::filesystem::create_symlink(command({}).front(), path("my programs/other"));
  std::filesystem::create_symlink(command({}).front(), path("my programs/mlp"));
  const auto next = [&](const std::string& call, const std::string& data) {
    const auto result = shell(call + " train " + data + " --epochs 1 --quiet --output run");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto begin = result.out.find("\n  next ");
    return begin == std::string::npos ? result.out : result.out.substr(begin + 1);
  };
  const std::string path_of_it = "'my programs/mlp'";
  EXPECT_EQ(next(path_of_it, "table.csv --target y"), "  next        " + path_of_it +
                                                          " predict run --input FILE\n              " +
                                                          path_of_it + " inspect run\n");
  EXPECT_EQ(next(path_of_it, "friedman"),
            "  next        " + path_of_it + " evaluate run\n              " + path_of_it + " inspect run\n");
  for (const std::string name : {"mlp", "other"}) {
    EXPECT_EQ(next("PATH=\"$PWD/my programs:$PATH\" " + name, "friedman"),
              "  next        mlp evaluate run\n              mlp inspect run\n");
  }
  EXPECT_EQ(next("PATH=\"$PWD/my programs:$PATH\" mlp", "mpg --data-dir ."),
            "  next        mlp predict run --input FILE\n              mlp inspect run\n");
}

TEST_F(Train, SettingsAreSaidInWords) {
  const auto smoothed = run({"train", "digits", "--layers", "8:relu,10:softmax", "--epochs", "1", "--loss",
                             "cross_entropy(0.25)", "--optimizer", "sgd", "--learning-rate", "0.03"});
  ASSERT_EQ(smoothed.exit_code, 0) << smoothed.err;
  EXPECT_NE(smoothed.err.find("training    cross_entropy, label smoothing 0.25, sgd, learning rate 0.03,"),
            std::string::npos)
      << smoothed.err;
  const auto inspected = run({"inspect", "runs/digits"}).out;
  EXPECT_NE(inspected.find("by          sgd, learning rate 0.03, "), std::string::npos) << inspected;
  EXPECT_NE(inspected.find("loss        cross_entropy, label smoothing 0.25: training "), std::string::npos)
      << inspected;
  const auto plain =
      run({"train", "digits", "--layers", "8:relu,10:sigmoid", "--epochs", "1", "--loss", "bce"});
  EXPECT_NE(plain.err.find("training    binary_cross_entropy, adamw"), std::string::npos) << plain.err;
}

TEST_F(Train, NoNameOfAFileCommandsTheTerminal) {
  const std::string name = "evil\x1b[31m\n\xC2\x9B";
  std::string rows = "x,kind,y\n";
  for (int i = 0; i < 40; ++i)
    rows += std::to_string(i % 7) + "," + (i == 5 ? "?!" : std::to_string(i % 3)) + "," +
            std::to_string(i * 5 % 11) + ".5\n";
  write(name + ".csv", rows);
  const auto check = [](const Result& result) {
    EXPECT_EQ(result.exit_code, 0) << result.err;
    for (const auto& text : {result.out, result.err}) {
      EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
      EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos) << text;
      EXPECT_EQ(text.find("[31m\n"), std::string::npos) << text;
    }
  };
  const auto trained = run({"train", name + ".csv", "--target", "y", "--epochs", "1"});
  check(trained);
  EXPECT_NE(trained.err.find("'kind' taken as categorical: '?!' among numbers"), std::string::npos);
  check(run({"train", name + ".csv", "--target", "y", "--epochs", "1", "--quiet"}));
  check(run({"train", "--resume", "runs/" + name}));
  check(run({"evaluate", "runs/" + name}));
  check(run({"inspect", "runs/" + name}));
}

TEST_F(Train, ClassificationDrawsItsConfusionMatrix) {
  const auto result = run({"train", "digits", "--layers", "8:relu,10:softmax", "--epochs", "1", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(exists("runs/digits/confusion.svg"));

  const auto json = only_json(result.out);
  EXPECT_EQ(json["dataset"], "digits");
  EXPECT_GT(json["test_accuracy"].get<double>(), 0.5) << "one epoch learns more than chance";
  EXPECT_LE(json["test_accuracy"].get<double>(), 1.0);
  EXPECT_GT(json["test_loss"].get<double>(), 0.0);
  for (const char* key : {"test_balanced_accuracy", "test_macro_f1", "test_roc_auc", "test_log_loss"}) {
    ASSERT_TRUE(json[key].is_number()) << key;
    EXPECT_GT(json[key].get<double>(), 0.1) << key;
  }
  ASSERT_EQ(json["test_classes"].size(), 10u);
  EXPECT_EQ(json["test_classes"][9]["name"], "9");
  ASSERT_EQ(json["test_confusion"].size(), 10u);
  int right = 0, all = 0;
  for (std::size_t c = 0; c < 10; ++c) {
    right += json["test_confusion"][c].at(c).get<int>();
    for (const auto& count : json["test_confusion"][c]) all += count.get<int>();
  }
  EXPECT_EQ(all, json["test_rows"]);
  EXPECT_DOUBLE_EQ(json["test_accuracy"].get<double>(), static_cast<double>(right) / all);
  EXPECT_FALSE(json.contains("test_mse"));
  EXPECT_FALSE(json.contains("report_total_loss"));

  const auto evaluated = run({"evaluate", "runs/digits", "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  for (const auto& [key, value] : json.items()) {
    if (!key.starts_with("test_")) continue;
    EXPECT_EQ(only_json(evaluated.out)[key], value) << key;
  }
  const auto text = run({"evaluate", "runs/digits"});
  EXPECT_NE(text.out.find("\n  class  precision  recall "), std::string::npos) << text.out;
}

TEST_F(Train, TheReportShowsTheRunAndHowToRepeatIt) {
  const auto result = run(quick_training({"--output", "it's here"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string report = content("it's here/report.html");
  for (const char* text :
       {"<h1>friedman</h1>", "Test RMSE", "predicted over true", "Hardest examples",
        "mlp train --config &#39;it&#39;\\&#39;&#39;s here/config.toml&#39;",
        "--output &#39;it&#39;\\&#39;&#39;s here&#39;</code>", "adamw(weight_decay=0.3)"}) {
    EXPECT_NE(report.find(text), std::string::npos) << text;
  }
  EXPECT_NE(result.out.find("it's here/report.html"), std::string::npos) << result.out;
  EXPECT_TRUE(exists("it's here/predicted.svg"));

  // The command it names does the same again.
  ASSERT_EQ(shell("$MLP train --config 'it'\\''s here/config.toml' --quiet --output again").exit_code, 0);
  EXPECT_EQ(tensors("again/model.safetensors"), tensors("it's here/model.safetensors"));
}

TEST_F(Train, AReportThatCannotBeWrittenCostsNothingElse) {
  std::filesystem::create_directories(path("runs/friedman/report.html"));
  write("runs/friedman/report.html/in-its-place", "");
  const auto result = run(quick_training({"--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(exists("runs/friedman/model.safetensors"));
  EXPECT_NE(result.err.find("mlp: note: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("report.html"), std::string::npos) << result.err;
  const auto notes = only_json(result.out)["notes"];
  EXPECT_NE(notes.dump().find("report.html"), std::string::npos);
}

TEST_F(Train, JsonHasEveryPromisedKey) {
  const auto result =
      run(quick_training({"--json", "--seed", "7", "--dropout", "0.25", "--output", "here/run"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["command"], "train");
  EXPECT_EQ(json["dataset"], "friedman");
  EXPECT_EQ(json["parameters"], 10 * 8 + 8 + 8 + 1);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["threads"], 1);
  EXPECT_EQ(json["epochs"], 4);
  EXPECT_EQ(json["output"], "here/run");
  for (const char* key : {"seconds_training", "samples_per_second", "train_loss", "validation_loss",
                          "test_loss", "test_mse", "test_rmse", "test_mae", "test_r2"}) {
    ASSERT_TRUE(json.contains(key)) << key;
    EXPECT_TRUE(json[key].is_number()) << key;
  }
  EXPECT_NEAR(json["test_rmse"].get<double>(), std::sqrt(json["test_mse"].get<double>()), 1e-9);
  EXPECT_LT(json["test_r2"].get<double>(), 1.0);

  ASSERT_EQ(json["network"].size(), 2u);
  EXPECT_EQ(json["network"][0],
            (nlohmann::json{{"fan_in", 10}, {"fan_out", 8}, {"activation", "relu"}, {"dropout", 0.25}}));
  EXPECT_EQ(json["network"][1],
            (nlohmann::json{{"fan_in", 8}, {"fan_out", 1}, {"activation", "linear"}, {"dropout", 0.0}}));
}

TEST_F(Train, ALossThatDoesNotExistIsNull) {
  const auto result = run(quick_training({"--json", "--validation", "0"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(only_json(result.out)["validation_loss"].is_null());
}

TEST_F(Train, ThreadsAreThoseThatWereUsed) {
  EXPECT_EQ(only_json(run(quick_training({"--json"})).out)["threads"], 1);
  const int automatic = only_json(run(quick_training({"--json", "--threads", "auto"})).out)["threads"];
  EXPECT_GE(automatic, 1);
}

TEST_F(Train, ZerosAreSkippedWhereToldOrWhereThereAreMany) {
  const auto skipped = [&](const Arguments& more) {
    Arguments arguments = {"train",    "digits", "--layers", "8:relu,10:softmax",
                           "--epochs", "1",      "--json",   "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return only_json(run(arguments).out)["sparse_inputs"].get<bool>();
  };
  EXPECT_TRUE(skipped({})) << "images are mostly black";
  const auto parameters = tensors("runs/digits/model.safetensors");
  EXPECT_FALSE(skipped({"--sparse-inputs", "off"}));
  EXPECT_EQ(tensors("runs/digits/model.safetensors"), parameters);

  const auto json_of = [&](const Arguments& arguments) { return only_json(run(arguments).out); };
  EXPECT_EQ(json_of(quick_training({"--json"}))["sparse_inputs"], false) << "Friedman #1 has no zeros";
  EXPECT_EQ(json_of(quick_training({"--json", "--sparse-inputs", "on"}))["sparse_inputs"], true);
  EXPECT_NE(content("runs/friedman/config.toml").find("\nsparse-inputs = \"on\"\n"), std::string::npos);
  // A resumed run keeps the setting, and may change it.
  EXPECT_EQ(json_of({"train", "--resume", "runs/friedman", "--json"})["sparse_inputs"], true);
  const auto changed = json_of({"train", "--resume", "runs/friedman", "--json", "--sparse-inputs", "auto"});
  EXPECT_EQ(changed["sparse_inputs"], false);
}

TEST_F(Train, PrecisionIsPartOfTheRun) {
  if (kernels::available_bfloat16_kernels().empty()) {
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    return;
  }
  const auto train = [&](const Arguments& more) {
    Arguments arguments = {"train", "digits",    "--layers", "40:relu,10:softmax", "--json", "--epochs",
                           "1",     "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto json = only_json(result.out);
    EXPECT_EQ(json["bf16_layers"], json["precision"] == "bf16" ? 1 : 0) << "the last layer is too narrow";
    return json["precision"].get<std::string>();
  };
  EXPECT_EQ(train({"--output", "a"}), "float32");
  EXPECT_EQ(train({"--output", "b", "--precision", "bf16"}), "bf16");
  EXPECT_NE(content("b/config.toml").find("\nprecision = \"bf16\"\n"), std::string::npos);
  EXPECT_NE(tensors("b/model.safetensors"), tensors("a/model.safetensors"));
  const auto again = run({"train", "--config", "b/config.toml", "--output", "c", "--threads", "3"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(tensors("c/model.safetensors"), tensors("b/model.safetensors"));
  const auto other = run({"train", "--resume", "b", "--precision", "float32"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("precision is float32, but bf16 in the checkpoint"), std::string::npos)
      << other.err;
}

TEST_F(Train, ZerosThatBfloat16DoesNotSkipAreTold) {
  if (kernels::available_bfloat16_kernels().empty()) {
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    return;
  }
  const auto told = [&](const Arguments& more) {
    Arguments arguments = {"train", "digits", "--epochs", "1", "--quiet", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const bool in_json = only_json(result.out)["notes"].dump().find("skips no zeros") != std::string::npos;
    EXPECT_EQ(result.err.find("mlp: note: --sparse-inputs on skips no zeros") != std::string::npos, in_json);
    return in_json;
  };
  const std::string wide = "40:relu,10:softmax", narrow = "8:relu,10:softmax";
  EXPECT_TRUE(told({"--layers", wide, "--precision", "bf16", "--sparse-inputs", "on"}));
  EXPECT_FALSE(told({"--layers", wide, "--precision", "bf16"}));
  EXPECT_FALSE(told({"--layers", wide, "--sparse-inputs", "on"}));
  EXPECT_FALSE(told({"--layers", narrow, "--precision", "bf16", "--sparse-inputs", "on"}));
}

TEST_F(Train, ResultsGoToOutputAndProgressToErrors) {
  const auto result = run(quick_training());
  EXPECT_NE(result.err.find("epoch 4/4"), std::string::npos) << result.err;
  EXPECT_EQ(result.out.find("epoch 4/4"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("RMSE"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("runs/friedman"), std::string::npos) << result.out;
}

TEST_F(Train, QuietSaysNothingButTheResult) {
  const auto result = run(quick_training({"--quiet"}));
  ASSERT_EQ(result.exit_code, 0);
  if (exists("runs/friedman/loss.svg")) {
    EXPECT_EQ(result.err, "");
  }
  EXPECT_NE(result.out.find("RMSE"), std::string::npos);
}

TEST_F(Train, ManyEpochsMakeFewLines) {
  const auto result = run(quick_training({"--epochs", "333"}));
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = result.err.find("\nepoch ", at)) != std::string::npos; ++at) ++lines;
  EXPECT_GE(lines, 10u) << result.err;
  EXPECT_LE(lines, 30u) << result.err;
  EXPECT_NE(result.err.find("epoch 333/333"), std::string::npos) << "the last epoch is always shown";
}

TEST_F(Train, OptionsDecideTheRun) {
  // Each option must change the parameters that come out.
  ASSERT_EQ(run(quick_training({"--output", "plain"})).exit_code, 0);
  const auto plain = tensors("plain/model.safetensors");
  ASSERT_FALSE(plain.empty());
  const std::vector<Arguments> changes = {{"--seed", "2"},
                                          {"--loss", "huber(0.5)"},
                                          {"--optimizer", "sgd"},
                                          {"--optimizer", "adam(beta2=0.9)", "--learning-rate", "0.005"},
                                          {"--learning-rate", "0.001"},
                                          {"--schedule", "constant"},
                                          {"--epochs", "5"},
                                          {"--batch-size", "16"},
                                          {"--dropout", "0.1"},
                                          {"--weight-decay", "0.1"},
                                          {"--l2", "0.1"},
                                          {"--clip-norm", "0.01"},
                                          {"--validation", "0.2"},
                                          {"--initializer", "lecun_normal"},
                                          {"--layers", "8:tanh,1:linear"}};
  for (const auto& change : changes) {
    std::filesystem::remove_all(path("changed"));
    auto arguments = quick_training({"--output", "changed", "--quiet"});
    arguments.insert(arguments.end(), change.begin(), change.end());
    const auto result = run(arguments);
    ASSERT_EQ(result.exit_code, 0) << change[0] << ": " << result.err;
    EXPECT_NE(tensors("changed/model.safetensors"), plain)
        << change[0] << " " << change[1] << " changes nothing";
  }
  // And these options must not change them.
  for (const auto& same : std::vector<Arguments>{{"--threads", "3"},
                                                 {"--json"},
                                                 {"--threads", "auto"},
                                                 {"--sparse-inputs", "on"},
                                                 {"--sparse-inputs", "off"}}) {
    auto arguments = quick_training({"--output", "same"});
    arguments.insert(arguments.end(), same.begin(), same.end());
    ASSERT_EQ(run(arguments).exit_code, 0) << same[0];
    EXPECT_EQ(tensors("same/model.safetensors"), plain) << same[0] << " changes the result";
  }
}

TEST_F(Train, WeightDecayIsAdamWsOwnOrElseL2) {
  ASSERT_EQ(
      run(quick_training({"--optimizer", "adam", "--weight-decay", "0.1", "--output", "decay"})).exit_code,
      0);
  ASSERT_EQ(run(quick_training({"--optimizer", "adam", "--l2", "0.1", "--output", "l2"})).exit_code, 0);
  EXPECT_EQ(tensors("decay/model.safetensors"), tensors("l2/model.safetensors"));

  ASSERT_EQ(
      run(quick_training({"--optimizer", "adamw", "--weight-decay", "0.3", "--output", "option"})).exit_code,
      0);
  ASSERT_EQ(run(quick_training({"--optimizer", "adamw(weight_decay=0.3)", "--output", "text"})).exit_code, 0);
  EXPECT_EQ(tensors("option/model.safetensors"), tensors("text/model.safetensors"));
}

TEST_F(Train, ABatchMayBeLargerThanTheData) {
  const auto result = run(quick_training({"--batch-size", "1000000000", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(only_json(result.out)["batch_size"], 1000000000);
}

TEST_F(Train, EarlyStoppingSaysWhenAndWhichEpochWasBest) {
  const auto result = run(quick_training({"--epochs", "500", "--learning-rate", "0.1", "--schedule",
                                          "constant", "--early-stopping", "3", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["stopped"], "early_stopping");
  EXPECT_LT(json["epochs"].get<int>(), 500);
  EXPECT_EQ(json["epochs"].get<int>() - json["best_epoch"].get<int>(), 3);
  EXPECT_NE(result.err.find("epoch " +
                            std::string(json["epochs"] < 10    ? "  "
                                        : json["epochs"] < 100 ? " "
                                                               : "") +
                            json["epochs"].dump() + "/500"),
            std::string::npos)
      << "the last epoch is shown\n"
      << result.err;
}

TEST_F(Train, ANewRunReplacesTheOldOneWhole) {
  ASSERT_EQ(
      run({"train", "digits", "--layers", "4:relu,10:softmax", "--epochs", "1", "--output", "run"}).exit_code,
      0);
  ASSERT_EQ(run(quick_training({"--output", "run"})).exit_code, 0);
  EXPECT_FALSE(exists("run/confusion.svg")) << "a figure of the run before";
  EXPECT_NE(content("run/report.html").find("<h1>friedman</h1>"), std::string::npos);
}

TEST_F(Train, WhatARunReplacesIsSaidBeforeItBegins) {
  const auto first = run(quick_training());
  EXPECT_EQ(first.err.find("replaces"), std::string::npos) << first.err;
  const auto second = run(quick_training());
  const auto place = second.err.find("  replaces    the run of 20");
  ASSERT_NE(place, std::string::npos) << second.err;
  EXPECT_LT(place, second.err.find("epoch 1/4"));
  EXPECT_NE(second.err.find(" (4 epochs, validation RMSE ", place), std::string::npos) << second.err;
  EXPECT_EQ(run({"train", "--resume", "runs/friedman"}).err.find("replaces"), std::string::npos);
  std::filesystem::remove(path("runs/friedman/model.safetensors"));
  EXPECT_NE(run(quick_training()).err.find(" (4 epochs, not finished)\n"), std::string::npos);
  write("runs/friedman/metrics.csv", "damaged");
  const auto damaged = run(quick_training());
  EXPECT_EQ(damaged.exit_code, 0);
  EXPECT_NE(damaged.err.find("  replaces    the run of 20"), std::string::npos) << damaged.err;
}

TEST_F(Train, AnEventFileIsWrittenWhereAskedFor) {
  const auto event_files = [&](const std::string& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path(folder)))
      count += entry.path().filename().string().find("tfevents") != std::string::npos;
    return count;
  };
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  EXPECT_EQ(event_files("runs/friedman"), 0u);
  const auto result = run(quick_training({"--tensorboard", "--ensemble", "2"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(event_files("runs/friedman"), 1u);
  EXPECT_EQ(event_files("runs/friedman/members/2"), 1u);
  EXPECT_NE(result.out.find("events.out.tfevents."), std::string::npos);
  EXPECT_NE(content("runs/friedman/config.toml").find("\ntensorboard = true\n"), std::string::npos);
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  EXPECT_EQ(event_files("runs/friedman"), 0u) << "of the run before";
}

TEST_F(Train, LearningByHeartIsSaid) {
  // Noise, few rows, a wide network without dropout.
  std::string text = "a,b,c,d,y\n";
  for (long i = 0; i < 120; ++i) {
    for (const long factor : {7919, 104729, 1299709, 15485863, 32452843}) {
      text += std::to_string(i * i * factor % 1009) + (factor == 32452843 ? "\n" : ",");
    }
  }
  write("noise.csv", text);
  const Arguments options = {
      "train",   "noise.csv", "--target", "y",   "--layers",     "128:relu,128:relu,1:linear",
      "--quiet", "--json",    "--epochs", "200", "--validation", "0.2"};
  const auto with = [&](const Arguments& more) {
    Arguments arguments = options;
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out)["notes"].dump();
  };
  const std::string said = "the validation loss was lowest after epoch ";
  const std::string notes = with({});
  EXPECT_NE(notes.find(said), std::string::npos) << notes;
  EXPECT_NE(notes.find("% higher\""), std::string::npos)
      << notes << ": of numbers no advice was found to help";
  EXPECT_EQ(with({"--early-stopping", "150"}).find(said), std::string::npos) << "it is watched";
  EXPECT_EQ(with({"--validation", "0"}).find(said), std::string::npos) << "nobody knows";
  EXPECT_EQ(with({"--epochs", "1"}).find(said), std::string::npos) << "the last epoch is the best";
  EXPECT_NE(run({"train", "--config", "runs/noise/config.toml", "--epochs", "200", "--output", "again"})
                .out.find(said),
            std::string::npos);

  text = "a,b,c,y\n";
  for (long i = 0; i < 120; ++i) {
    for (const long factor : {7919, 104729, 1299709}) text += std::to_string(i * i * factor % 1009) + ",";
    text += i * i * 15485863 % 1009 % 2 == 0 ? "even\n" : "odd\n";
  }
  write("noise.csv", text);
  const auto classes = run({"train", "noise.csv", "--target", "y", "--layers", "128:relu,128:relu,2:softmax",
                            "--quiet", "--json", "--validation", "0.2", "--epochs", "200"});
  ASSERT_EQ(classes.exit_code, 0) << classes.err;
  EXPECT_NE(classes.out.find(": where probabilities count, --early-stopping 10 most often makes better ones, "
                             "though no better classes\""),
            std::string::npos)
      << classes.out;
}

TEST_F(Train, ADivergedRunLeavesTheOldOneWhole) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  const std::string model = content("runs/friedman/model.safetensors");
  const std::string config = content("runs/friedman/config.toml");
  const auto result = run(quick_training({"--optimizer", "sgd", "--learning-rate", "1e30", "--quiet"}));
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("layer"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("step"), std::string::npos) << result.err;
  EXPECT_EQ(content("runs/friedman/model.safetensors"), model);
  EXPECT_EQ(content("runs/friedman/config.toml"), config);
}

class RealData : public Sandbox {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MLP_DATA_DIR");
    if (folder == nullptr) {
      std::puts("skipped: MLP_DATA_DIR is not set");
      return;
    }
    environment_["MLP_DATA_DIR"] = std::filesystem::absolute(folder).string();
    present_ = true;
  }
  bool present_ = false;
};

TEST_F(RealData, MpgReportsInItsOwnUnitAndAsTheReportDoes) {
  if (!present_) return;
  const auto result = run({"train", "mpg", "--json", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["network"].size(), 1u);
  EXPECT_EQ(json["parameters"], 7 + 1);
  EXPECT_EQ(json["unit"], "mpg");
  EXPECT_NEAR(json["report_total_loss"].get<double>(), 2.3, 0.15) << "the report's own figure";
  EXPECT_GT(json["test_rmse"].get<double>(), 2.0) << "miles per gallon, not standardised";
  EXPECT_GT(json["test_r2"].get<double>(), 0.75);
  EXPECT_EQ(json["notes"][0].get<std::string>().find("6 of 398 rows"), 0u) << json["notes"];
}

TEST_F(RealData, MnistTrainsTheReportsNetwork) {
  if (!present_) return;
  const auto result = run({"train", "mnist", "--epochs", "1", "--json", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  std::string network = "784";
  for (const auto& layer : json["network"]) {
    network += "-" + std::to_string(layer["fan_out"].get<int>()) + layer["activation"].get<std::string>();
  }
  EXPECT_EQ(network, "784-64relu-87relu-72leaky_relu-10softmax");
  EXPECT_GT(json["test_accuracy"].get<double>(), 0.93);
}

TEST_F(RealData, MnistsDefaultsReach984PercentOnAverage) {
  if (!present_) return;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::puts("skipped: five whole trainings take too long under a sanitizer");
#else
  double sum = 0;
  for (const std::string seed : {"1", "2", "3", "4", "5"}) {
    const auto result = run({"train", "mnist", "--seed", seed, "--json", "--quiet"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    sum += only_json(result.out)["test_accuracy"].get<double>();
  }
  EXPECT_GE(sum / 5, 0.984);
#endif
}

}  // namespace
}  // namespace mlp::app_test
