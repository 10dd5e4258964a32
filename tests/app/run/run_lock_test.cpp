// Two runs in one folder: the second names the first. What a failed run made is removed again.
#include "run/run_lock.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "app/sandbox.h"
#include "mlp/error.h"
#include "mlp/model.h"

namespace mlp::app_test {
namespace {

using app::RunLock;
using RunLocks = Sandbox;

constexpr const char* kLock = "same/.mlp-run.lock";

Arguments long_training(const Arguments& more = {}) {
  Arguments arguments = quick_training({"--epochs", "1000000", "--output", "same"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST_F(RunLocks, TheSecondRunSaysWhoIsThereAndTouchesNothing) {
  auto first = start(long_training({"--seed", "11"}));
  ASSERT_TRUE(first.wait_for("epoch       1/1000000"));
  ASSERT_TRUE(exists(kLock));
  for (const Arguments& second :
       {quick_training({"--seed", "22", "--output", "same"}), quick_training({"--output", "./same/../same"}),
        Arguments{"train", "--resume", "same"}}) {
    const auto result = run(second);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    expect_error_message(result.err);
    const std::string who =
        " is in use: process " + std::to_string(first.process()) + " trains there since 20";
    EXPECT_NE(result.err.find(who), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("--output"), std::string::npos) << result.err;
  }
  // Who asks for its model is not sent to resume what is going on.
  const auto asked = run({"inspect", "same"});
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_NE(asked.err.find("has no model yet: process " + std::to_string(first.process()) + " trains there"),
            std::string::npos)
      << asked.err;
  EXPECT_EQ(asked.err.find("--resume"), std::string::npos) << asked.err;
  first.send(SIGINT);
  EXPECT_EQ(first.finish().exit_code, 130);
  EXPECT_EQ(load_model(path("same/model.safetensors")).record.seed, 11u);
  EXPECT_NE(content("same/config.toml").find("\nseed = 11\n"), std::string::npos);
  EXPECT_FALSE(exists(kLock));
}

TEST_F(RunLocks, RunsThatStartTogetherLeaveOneRun) {
  for (int round = 0; round < 8; ++round) {
    const auto training = [&](const std::string& seed, const std::string& layers) {
      return start({"train", "friedman", "--seed", seed, "--layers", layers, "--epochs", "40", "--output",
                    "same", "--threads", "1", "--json", "--quiet"});
    };
    auto a = training("11", "8:relu,1:linear"), b = training("22", "16:relu,1:linear");
    const auto first = a.finish(), second = b.finish();
    EXPECT_TRUE(first.exit_code == 0 || second.exit_code == 0) << first.err << second.err;
    for (const auto& result : {first, second}) {
      if (result.exit_code == 0) continue;
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_NE(result.err.find("same is in use: "), std::string::npos) << result.err;
    }
    const Model model = load_model(path("same/model.safetensors"));
    const std::string config = content("same/config.toml"), report = content("same/report.html");
    const std::string seed = std::to_string(model.record.seed);
    EXPECT_NE(config.find("\nseed = " + seed + "\n"), std::string::npos) << config;
    EXPECT_NE(config.find(model.record.seed == 11 ? "\"8:relu" : "\"16:relu"), std::string::npos) << config;
    EXPECT_EQ(model.network.layer(0).fan_out, model.record.seed == 11 ? 8u : 16u);
    EXPECT_NE(report.find("--seed " + seed), std::string::npos);
    EXPECT_FALSE(exists(kLock));
  }
}

TEST_F(RunLocks, OfAKilledRunNoLockIsLeft) {
  auto child = start(long_training({"--checkpoint-every", "1"}));
  while (!exists("same/checkpoint.safetensors")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  child.send(SIGKILL);
  ASSERT_EQ(child.finish().signal, SIGKILL);
  const auto result = run(quick_training({"--output", "same", "--quiet"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(exists(kLock));
}

TEST_F(RunLocks, ReadersDoNotWait) {
  ASSERT_EQ(run(quick_training({"--output", "same", "--quiet"})).exit_code, 0);
  const std::string rows = "1,2,3,4,5,6,7,8,9,10\n";
  write("rows.csv", rows);
  const RunLock lock(path("same"));
  ASSERT_TRUE(exists(kLock));
  for (const Arguments& command :
       {Arguments{"inspect", "same"}, Arguments{"predict", "same", "--input", "rows.csv"},
        Arguments{"evaluate", "same"}, Arguments{"plot", "same", "--output", "loss.svg"}}) {
    EXPECT_EQ(run(command).exit_code, 0) << command[0];
  }
  EXPECT_EQ(run(quick_training({"--output", "same", "--quiet"})).exit_code, 1);
}

TEST_F(RunLocks, StartsThatFailLeaveNoFolder) {
  const std::vector<Arguments> commands = {
      {"train", "mnist", "--quiet"},  // there is no network
      {"train", "mnist", "--quiet", "--output", "a/b/c"},
      quick_training({"--quiet", "--optimizer", "adam", "--l2", "1e30"}),  // diverges
      quick_training({"--quiet", "--checkpoint-every", "1", "--batch-size", "7", "--learning-rate", "1e30"})};
  for (const auto& command : commands) {
    EXPECT_EQ(run(command).exit_code, 1) << command[1];
    EXPECT_FALSE(exists("runs")) << command[1];
    EXPECT_FALSE(exists("a")) << command[1];
  }
  auto child = start(quick_training({"--folds", "50", "--epochs", "200"}));
  ASSERT_TRUE(child.wait_for("fold 1/50"));
  child.send(SIGTERM);
  EXPECT_EQ(child.finish().exit_code, 128 + SIGTERM);
  EXPECT_FALSE(exists("runs"));

  // A folder that was there before stays as it was.
  std::filesystem::create_directories(path("runs/mnist"));
  EXPECT_EQ(run({"train", "mnist", "--quiet"}).exit_code, 1);
  EXPECT_TRUE(exists("runs/mnist"));
  EXPECT_EQ(names_in(path("runs/mnist")), std::vector<std::string>());
}

TEST_F(RunLocks, WhatWasMadeGoesUnlessSomethingIsInIt) {
  {
    const RunLock lock(path("a/b/c"));
    EXPECT_EQ(lock.problem(), "");
    EXPECT_TRUE(exists("a/b/c/.mlp-run.lock"));
    EXPECT_THROW(RunLock{path("a/b/c")}, FileError);
    EXPECT_TRUE(exists("a/b/c/.mlp-run.lock")) << "it is the first one's";
  }
  EXPECT_FALSE(exists("a"));
  {
    const RunLock lock(path("a/b/c"));
    write("a/b/file", "");
  }
  EXPECT_EQ(names_in(path("a/b")), std::vector<std::string>{"file"});
}

TEST_F(RunLocks, WhereNothingCanBeLockedARunGoesOn) {
  const auto none = [](int, int) {
    errno = ENOLCK;
    return -1;
  };
  const RunLock lock(path("same"), none);
  EXPECT_EQ(lock.problem(), "No locks available");
  EXPECT_TRUE(exists("same"));
  EXPECT_EQ(names_in(path("same")), std::vector<std::string>());
}

TEST_F(RunLocks, AFileInTheLocksPlaceIsLeftAlone) {
  write("precious", "text");
  std::filesystem::create_directory(path("same"));
  std::filesystem::create_symlink(path("precious"), path(kLock));
  const auto result = run(quick_training({"--output", "same", "--quiet"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("mlp: note: same cannot be locked ("), std::string::npos) << result.err;
  EXPECT_EQ(content("precious"), "text");
  EXPECT_TRUE(std::filesystem::is_symlink(path(kLock)));
}

}  // namespace
}  // namespace mlp::app_test
