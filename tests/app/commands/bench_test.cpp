// mlp bench, and the CPU target of every command. Times are never compared: what is checked is that the
// figures are there and agree with each other.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <regex>
#include <set>
#include <sstream>

#include "app/sandbox.h"
#include "kernels/bfloat16.h"
#include "kernels/kernels.h"
#include "mlp/version.h"

namespace mlp::app_test {
namespace {

using Bench = Sandbox;

Arguments quick_bench(const Arguments& more = {}) {
  Arguments arguments = {"bench",        "--network", "6:relu,3:softmax", "--input-size", "20",
                         "--batch-size", "8,32",      "--seconds",        "0.001"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST_F(Bench, JsonHasEveryPromisedKeyAndFiguresThatAgree) {
  const auto result = run(quick_bench({"--threads", "1,2", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const auto json = only_json(result.out);
  EXPECT_EQ(keys_of(json),
            (std::set<std::string>{"command", "version", "cpu", "cores", "target", "network", "parameters",
                                   "loss", "precision", "bf16_layers", "data", "seconds", "limits",
                                   "disturbed", "training", "prediction"}));
  EXPECT_EQ(json["command"], "bench");
  EXPECT_EQ(json["version"], version());
  EXPECT_NE(json["cpu"], "");
  EXPECT_GE(json["cores"], 1);
  EXPECT_EQ(json["target"], kernels::available_targets().front());
  EXPECT_EQ(json["network"][0]["fan_in"], 20);
  EXPECT_EQ(json["parameters"], 20 * 6 + 6 + 6 * 3 + 3);
  EXPECT_EQ(json["loss"], "cross_entropy");
  EXPECT_EQ(json["precision"], "float32");
  EXPECT_EQ(json["bf16_layers"], 0);
  EXPECT_GE(json["data"]["rows"], 1024);
  EXPECT_NEAR(json["data"]["nonzero"].get<double>(), 0.19, 0.01);
  EXPECT_EQ(json["data"]["steps_cut"], false);
  EXPECT_EQ(json["seconds"], 0.001);

  ASSERT_EQ(json["limits"].size(), 2u);
  std::map<int, double> limits;
  for (const auto& limit : json["limits"]) {
    const double before = limit["gflops_before"], after = limit["gflops_after"];
    EXPECT_GT(std::min(before, after), 0.0);
    EXPECT_EQ(limit["gflops"], std::max(before, after));
    limits[limit["threads"]] = limit["gflops"];
  }
  EXPECT_EQ(limits.size(), 2u);
  EXPECT_TRUE(json["disturbed"].is_boolean());
  EXPECT_TRUE(limits.contains(1) && limits.contains(2));

  // Multiply-adds times two of a row: the first layer has no input gradient to compute.
  const double training = 2.0 * (2 * 20 * 6 + 3 * 6 * 3), prediction = 2.0 * (20 * 6 + 6 * 3);
  const auto expect_to_agree = [&](const nlohmann::json& measured, double rows, double flops) {
    const double microseconds = measured["microseconds"], gflops = measured["gflops"];
    EXPECT_GT(microseconds, 0.0);
    EXPECT_NEAR(measured["samples_per_second"].get<double>() * microseconds / (1e6 * rows), 1.0, 1e-9);
    EXPECT_NEAR(measured["ms_per_epoch"].get<double>() / (60'000 / rows * microseconds / 1e3), 1.0, 1e-9);
    EXPECT_NEAR(gflops / (flops * rows / microseconds / 1e3), 1.0, 1e-9);
    EXPECT_NEAR(measured["percent_of_limit"].get<double>() / (100 * gflops / limits.at(measured["threads"])),
                1.0, 1e-9);
  };
  std::set<std::tuple<std::string, int, int>> trained;
  for (const auto& measured : json["training"]) {
    EXPECT_EQ(measured["sparse_inputs"], true) << "by itself, with so many zeros";
    trained.emplace(measured["optimizer"], measured["batch_size"], measured["threads"]);
    expect_to_agree(measured, measured["batch_size"], training);
  }
  EXPECT_EQ(trained, (std::set<std::tuple<std::string, int, int>>{{"sgd", 8, 1},
                                                                  {"sgd", 8, 2},
                                                                  {"sgd", 32, 1},
                                                                  {"sgd", 32, 2},
                                                                  {"adam", 8, 1},
                                                                  {"adam", 8, 2},
                                                                  {"adam", 32, 1},
                                                                  {"adam", 32, 2}}));
  EXPECT_EQ(json["training"].size(), 8u);
  ASSERT_EQ(json["prediction"].size(), 4u);
  for (const auto& measured : json["prediction"]) expect_to_agree(measured, measured["rows"], prediction);
}

TEST_F(Bench, TheTableFitsATerminalAndSaysWhatWasMeasured) {
  const auto result = run(quick_bench({"--optimizer", "momentum", "--threads", "1"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  for (const std::string& part :
       {std::string("mlp ") + version(), std::string("20 -> 6 relu -> 3 softmax, 147 parameters"),
        std::string("target ") + kernels::available_targets().front(), std::string("GFLOP/s on 1 thread"),
        std::string("train momentum"), std::string("predict"), std::string("of limit")}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
  }
  EXPECT_EQ(result.out.find("adam"), std::string::npos);
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(Bench, WhatTheFiguresAreWorthIsSaid) {
  const std::string disturbed = "Other programs are running";
  // Whether this machine is idle is not known here; the page must agree with its own figures.
  const auto result = run(quick_bench({"--optimizer", "sgd", "--threads", "1"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::smatch limit;
  ASSERT_TRUE(std::regex_search(result.out, limit, std::regex(R"(\(([0-9.]+) before, ([0-9.]+) after\))")));
  const double before = std::stod(limit[1]), after = std::stod(limit[2]);
  const double share = std::min(before, after) / std::max(before, after);
  if (std::abs(share - 2.0 / 3.0) > 0.02) {  // figures are rounded
    EXPECT_EQ(result.out.find(disturbed) != std::string::npos, share < 2.0 / 3.0) << result.out;
  }
  EXPECT_EQ(result.out.find("bf16"), std::string::npos) << result.out;
}

TEST_F(Bench, NumbersInsteadOfClasses) {
  const auto result = run({"bench", "--network", "4:tanh,1:linear", "--input-size", "7", "--batch-size", "32",
                           "--optimizer", "adam(beta2=0.99)", "--threads", "auto", "--sparse-inputs", "off",
                           "--seconds", "0.001", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["loss"], "squared_error");
  ASSERT_EQ(json["training"].size(), 1u);
  EXPECT_EQ(json["training"][0]["optimizer"], "adam(beta2=0.99)");
  EXPECT_EQ(json["training"][0]["sparse_inputs"], false);
  EXPECT_EQ(json["training"][0]["threads"], 1) << "more would not help so small a network";
}

TEST_F(Bench, SaysHowManyLayersAreWideEnoughForBFloat16) {
  if (kernels::available_bfloat16_kernels().empty()) {
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    return;
  }
  const auto bench = [&](const std::string& network, const Arguments& more) {
    Arguments arguments = {"bench", "--network",    network, "--input-size", "100", "--optimizer",
                           "sgd",   "--batch-size", "8",     "--threads",    "1",   "--seconds",
                           "0.001", "--precision",  "bf16"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  EXPECT_EQ(only_json(bench("64:relu,10:softmax", {"--json"}))["bf16_layers"], 1);
  EXPECT_EQ(only_json(bench("8:relu,10:softmax", {"--json"}))["bf16_layers"], 0);
  const std::string some = bench("64:relu,10:softmax", {}), none = bench("8:relu,10:softmax", {});
  EXPECT_NE(some.find("training 1 of 2 layers in bf16"), std::string::npos) << some;
  EXPECT_NE(none.find("no layer wide enough for bf16"), std::string::npos) << none;
  EXPECT_NE(some.find("bf16 may do more than 100%"), std::string::npos) << some;
  EXPECT_EQ(none.find("bf16 may do more than 100%"), std::string::npos) << none;
}

using Target = Sandbox;

TEST_F(Target, MlpTargetDecidesWhatComputes) {
  const auto names = kernels::available_targets();
  ASSERT_EQ(run(quick_training({"--quiet", "--output", "best"})).exit_code, 0);
  for (const auto& name : names) {
    environment_["MLP_TARGET"] = name;
    const auto bench = run(quick_bench({"--optimizer", "sgd", "--threads", "1", "--json"}));
    ASSERT_EQ(bench.exit_code, 0) << bench.err;
    EXPECT_EQ(only_json(bench.out)["target"], name);
    ASSERT_EQ(run(quick_training({"--quiet", "--output", name})).exit_code, 0);
    const auto evaluated = run({"evaluate", "best", "--json"});
    EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
    write("row.csv", "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0\n");
    EXPECT_EQ(run({"predict", "best", "--input", "row.csv"}).exit_code, 0);
  }
  // The baseline rounds twice where the others round once: other bits are the proof that it was the baseline.
  if (names.size() > 1 && names.back() == "baseline") {
    EXPECT_NE(tensors("baseline/model.safetensors"), tensors("best/model.safetensors"));
  }
  EXPECT_EQ(tensors(names.front() + "/model.safetensors"), tensors("best/model.safetensors"));
}

TEST_F(Target, BenchTakesAnOptionBeforeTheVariable) {
  const auto names = kernels::available_targets();
  const auto target_of = [&](const Arguments& more) {
    Arguments arguments = quick_bench({"--optimizer", "sgd", "--threads", "1", "--json"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return only_json(result.out)["target"];
  };
  for (const auto& name : names) EXPECT_EQ(target_of({"--cpu-target", name}), name);
  environment_["MLP_TARGET"] = names.front();
  EXPECT_EQ(target_of({"--cpu-target", names.back()}), names.back());
  environment_["MLP_TARGET"] = "z80";
  EXPECT_EQ(target_of({"--cpu-target", names.back()}), names.back()) << "the variable is not looked at";

  const auto unknown = run(quick_bench({"--cpu-target", "z80"}));
  EXPECT_EQ(unknown.exit_code, 2);
  expect_error_message(unknown.err);
  EXPECT_NE(unknown.err.find("--cpu-target: unknown or unsupported CPU target 'z80'"), std::string::npos)
      << unknown.err;
}

TEST_F(Target, TheReferenceSaysTheSame) {
  const auto rmse = [&](const Arguments& more) {
    Arguments arguments = {"train", "friedman", "--epochs", "2", "--quiet", "--json", "--output", "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return nlohmann::json::parse(result.out).at("test_rmse").get<double>();
  };
  const double fast = rmse({});
  const double plain = rmse({"--cpu-target", "reference"});
  EXPECT_NEAR(plain, fast, 1e-3 * fast);
  EXPECT_NE(content("run/config.toml").find("cpu-target = \"reference\""), std::string::npos);
  // A model verifies on another target, and on its own to the last bit.
  EXPECT_EQ(run({"inspect", "run", "--verify"}).exit_code, 0);
  environment_["MLP_TARGET"] = "reference";
  const auto own = run({"inspect", "run", "--verify"});
  EXPECT_NE(own.out.find("8 examples, the outputs the same to the last bit"), std::string::npos) << own.out;
}

TEST_F(Target, OneThatWasAskedForIsPartOfTheRun) {
  const auto names = kernels::available_targets();
  const auto config_line = [&](const std::string& folder) {
    const std::string config = content(folder + "/config.toml");
    const auto begin = config.find("\ncpu-target = ");
    return begin == std::string::npos ? ""
                                      : config.substr(begin + 1, config.find('\n', begin + 1) - begin - 1);
  };
  const auto train = [&](const Arguments& more) {
    Arguments arguments = {"train", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  const auto model = [&](const std::string& folder) { return tensors(folder + "/model.safetensors"); };

  train({"friedman", "--epochs", "2", "--cpu-target", "baseline", "--output", "option"});
  environment_["MLP_TARGET"] = "baseline";
  train({"friedman", "--epochs", "2", "--output", "variable"});
  EXPECT_NE(content("variable/report.html").find("<code>MLP_TARGET=baseline mlp train --quiet "),
            std::string::npos);
  environment_.erase("MLP_TARGET");
  for (const std::string folder : {"option", "variable"}) {
    EXPECT_EQ(config_line(folder), "cpu-target = \"baseline\"");
    train({"--config", folder + "/config.toml", "--output", "again"});
    EXPECT_EQ(model("again"), model("option")) << folder;
    EXPECT_EQ(config_line("again"), "cpu-target = \"baseline\"");
  }
  train({"friedman", "--epochs", "2", "--output", "best"});
  if (names.front() == "baseline") return;
  EXPECT_EQ(config_line("best"), "");
  EXPECT_NE(model("option"), model("best"));

  // The file takes precedence over the environment, an option over the file.
  environment_["MLP_TARGET"] = names.front();
  train({"friedman", "--epochs", "1", "--output", "again"});
  EXPECT_EQ(config_line("again"), "cpu-target = \"" + names.front() + "\"");
  train({"--config", "option/config.toml", "--output", "again"});
  EXPECT_EQ(model("again"), model("option"));
  environment_.erase("MLP_TARGET");
  train({"--config", "option/config.toml", "--cpu-target", names.front(), "--output", "again"});
  EXPECT_EQ(model("again"), model("best"));
  EXPECT_EQ(config_line("again"), "cpu-target = \"" + names.front() + "\"");

  write("other.toml", "dataset = \"friedman\"\ncpu-target = \"z80\"\n");
  const auto unknown = run({"train", "--config", "other.toml"});
  EXPECT_EQ(unknown.exit_code, 2);
  expect_error_message(unknown.err);
  EXPECT_NE(unknown.err.find("--cpu-target: unknown or unsupported CPU target 'z80'"), std::string::npos);
}

TEST_F(Target, AResumedRunKeepsItsArithmetic) {
  const auto names = kernels::available_targets();
  if (names.front() == "baseline") return;
  const Arguments whole = {"train",           "friedman",     "--epochs", "2000",    "--layers",
                           "8:relu,1:linear", "--threads",    "1",        "--quiet", "--output",
                           "whole",           "--cpu-target", "baseline"};
  ASSERT_EQ(run(whole).exit_code, 0);
  auto child = start({"train", "friedman", "--epochs", "2000", "--layers", "8:relu,1:linear", "--threads",
                      "1", "--cpu-target", "baseline", "--output", "run"});
  ASSERT_TRUE(child.wait_for("epoch    1/2000"));
  child.send(SIGINT);
  ASSERT_EQ(child.finish().exit_code, 130);
  const auto refused = [&](const Arguments& more, const std::string& difference) {
    Arguments arguments = {"train", "--resume"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2);
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(": cpu-target is " + difference + " in the checkpoint\n"), std::string::npos)
        << result.err;
  };
  refused({"run", "--cpu-target", names.front()}, "one with fused multiply-add, but baseline");
  ASSERT_EQ(run({"train", "--resume", "run", "--quiet"}).exit_code, 0);
  EXPECT_EQ(tensors("run/model.safetensors"), tensors("whole/model.safetensors"));

  ASSERT_EQ(run(quick_training({"--quiet", "--output", "best"})).exit_code, 0);
  refused({"best", "--cpu-target", "baseline"}, "baseline, but one with fused multiply-add");
  environment_["MLP_TARGET"] = "baseline";
  refused({"best"}, "baseline, but one with fused multiply-add");
  environment_.erase("MLP_TARGET");
  // Any of the others will do.
  for (const auto& name : names) {
    if (name == "baseline") continue;
    const auto result = run({"train", "--resume", "best", "--cpu-target", name});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
}

}  // namespace
}  // namespace mlp::app_test
