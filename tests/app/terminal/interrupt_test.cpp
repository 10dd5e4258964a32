// Ctrl-C and --resume: an interrupted run ends in exactly the bits of an uninterrupted one.
#include <chrono>
#include <csignal>
#include <thread>

#include "app/sandbox.h"
#include "mlp/checkpoint.h"
#include "mlp/version.h"

namespace mlp::app_test {
namespace {

using Interrupt = Sandbox;

/// Long enough to be interrupted, short enough to be finished.
Arguments long_training(const Arguments& more) {
  Arguments arguments = quick_training({"--epochs", "2000", "--dropout", "0.1", "--output", "run"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(Interrupt, CtrlCExitsWith130AndResumeGivesTheSameBits) {
  auto whole_arguments = long_training({"--quiet"});
  whole_arguments.insert(whole_arguments.end(), {"--output", "whole"});
  const auto whole = run(whole_arguments);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;

  auto child = start(long_training({}));
  ASSERT_TRUE(child.wait_for("epoch    1/2000"));
  child.send(SIGINT);
  const auto interrupted = child.finish();
  EXPECT_EQ(interrupted.exit_code, 130) << interrupted.err;
  EXPECT_NE(interrupted.out.find("mlp train --resume run"), std::string::npos) << interrupted.out;
  for (const char* file :
       {"run/model.safetensors", "run/checkpoint.safetensors", "run/metrics.csv", "run/config.toml"}) {
    EXPECT_TRUE(exists(file)) << file;
  }
  EXPECT_NE(tensors("run/model.safetensors"), tensors("whole/model.safetensors"));

  // Once more in the middle, then to the end; with another number of threads.
  auto second = start({"train", "--resume", "run", "--threads", "2"});
  ASSERT_TRUE(second.wait_for("resumed"));
  second.send(SIGINT);
  EXPECT_EQ(second.finish().exit_code, 130);
  const auto last = run({"train", "--resume", "run", "--json"});
  ASSERT_EQ(last.exit_code, 0) << last.err;
  EXPECT_EQ(only_json(last.out)["epochs"], 2000);
  EXPECT_EQ(tensors("run/model.safetensors"), tensors("whole/model.safetensors"));
}

TEST_F(Interrupt, BeforeTheFirstEpochIsOverItCanBeResumedAsWell) {
  auto child = start(long_training({"--json", "--epochs", "1000000", "--batch-size", "1"}));
  ASSERT_TRUE(child.wait_for("training"));
  child.send(SIGINT);
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  const auto json = only_json(result.out);
  EXPECT_EQ(json["stopped"], "interrupted");
  if (json["epochs"] == 0) {
    EXPECT_TRUE(json["train_loss"].is_null());
  }
  auto again = start({"train", "--resume", "run"});
  EXPECT_TRUE(again.wait_for("resumed"));
  again.send(SIGTERM);
  EXPECT_EQ(again.finish().exit_code, 128 + SIGTERM);
}

TEST_F(Interrupt, AKilledRunGoesOnFromItsLastCheckpoint) {
  const auto arguments = long_training({"--epochs", "5000", "--quiet"});
  auto child = start(arguments);
  while (!exists("run/checkpoint.safetensors")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  child.send(SIGKILL);
  ASSERT_EQ(child.finish().signal, SIGKILL) << "it ended before it could be killed";
  ASSERT_FALSE(exists("run/model.safetensors"));
  ASSERT_EQ(run({"train", "--resume", "run", "--quiet"}).exit_code, 0);

  auto whole = arguments;
  whole.insert(whole.end(), {"--output", "whole"});
  ASSERT_EQ(run(whole).exit_code, 0);
  EXPECT_EQ(tensors("run/model.safetensors"), tensors("whole/model.safetensors"));
}

TEST_F(Interrupt, ASecondCtrlCKillsAtOnce) {
  // One step of this takes seconds.
  auto child = start({"train", "digits", "--layers", "4000:relu,4000:relu,10:softmax", "--batch-size",
                      "10000", "--threads", "1"});
  ASSERT_TRUE(child.wait_for("training"));
  child.send(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  child.send(SIGINT);
  const auto result = child.finish();
  EXPECT_EQ(result.signal, SIGINT) << "exit code " << result.exit_code;
}

TEST_F(Interrupt, ATerminalThatIsClosedStopsARunAsSigtermDoes) {
  auto child = start(long_training({"--epochs", "100000"}), {80});
  ASSERT_TRUE(child.wait_for("loss "));
  child.hang_up();
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 128 + SIGHUP) << result.signal;
  EXPECT_TRUE(exists("run/model.safetensors"));
  EXPECT_TRUE(exists("run/checkpoint.safetensors"));
}

TEST_F(Interrupt, AHangUpThatComesTwiceIsOne) {
  auto child = start(long_training({"--epochs", "100000"}));
  ASSERT_TRUE(child.wait_for("epoch      1/100000"));
  child.send(SIGHUP);
  child.send(SIGHUP);
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 128 + SIGHUP) << result.signal << result.err;
  EXPECT_NE(result.out.find("mlp train --resume run"), std::string::npos) << result.out;
}

TEST_F(Interrupt, WhatItWasStartedToIgnoreStaysIgnored) {
  for (const auto& [name, signal] :
       {std::pair("HUP", SIGHUP), std::pair("INT", SIGINT), std::pair("TERM", SIGTERM)}) {
    auto child =
        start_shell(std::string("trap '' ") + name +
                    "; exec \"$MLP\" train friedman --layers 8:relu,1:linear --epochs 500 --threads 1");
    ASSERT_TRUE(child.wait_for("epoch   1/500")) << name;
    child.send(signal);
    const auto result = child.finish();
    EXPECT_EQ(result.exit_code, 0) << name << " " << result.signal << result.err;
    EXPECT_NE(result.err.find("epoch 500/500"), std::string::npos) << name << "\n" << result.err;
  }
}

TEST_F(Interrupt, AFinishedRunIsNotTrainedAgain) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  const auto before = tensors("runs/friedman/model.safetensors");
  const auto result = run({"train", "--resume", "runs/friedman", "--json", "--quiet"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("had finished"), std::string::npos) << result.err;
  EXPECT_EQ(only_json(result.out)["epochs"], 4);
  EXPECT_EQ(tensors("runs/friedman/model.safetensors"), before);
}

TEST_F(Interrupt, AFinishedRunsCheckpointIsNotWrittenAgain) {
  ASSERT_EQ(run(quick_training({"--checkpoint-every", "1"})).exit_code, 0);
  const std::string file = "runs/friedman/checkpoint.safetensors", before = content(file);
  const std::string previous = content("runs/friedman/checkpoint.previous.safetensors");
  ASSERT_NE(previous, "");
  const auto written = std::filesystem::last_write_time(path(file));
  ASSERT_EQ(run({"train", "--resume", "runs/friedman", "--quiet"}).exit_code, 0);
  EXPECT_EQ(content(file), before);
  EXPECT_EQ(std::filesystem::last_write_time(path(file)), written);
  EXPECT_EQ(content("runs/friedman/checkpoint.previous.safetensors"), previous);
}

TEST_F(Interrupt, AnEarlyStoppedRunIsFinishedToo) {
  ASSERT_EQ(run(quick_training({"--epochs", "500", "--learning-rate", "0.1", "--schedule", "constant",
                                "--early-stopping", "3"}))
                .exit_code,
            0);
  const auto before = tensors("runs/friedman/model.safetensors");
  const auto result = run({"train", "--resume", "runs/friedman", "--json", "--quiet"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(only_json(result.out)["stopped"], "early_stopping");
  EXPECT_EQ(tensors("runs/friedman/model.safetensors"), before);
}

TEST_F(Interrupt, ResumeRefusesAnotherRun) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  const std::vector<std::pair<Arguments, std::string>> cases = {
      {{"--epochs", "9"}, "epochs is 9, but 4 in the checkpoint"},
      {{"--seed", "5"}, "seed is 5, but 1 in the checkpoint"},
      {{"--layers", "9:relu,1:linear"}, "layers is 9:relu,1:linear, but 8:relu,1:linear in the checkpoint"},
      {{"--initializer", "pytorch"}, "initializer is pytorch, but not given in the checkpoint"},
      {{"--output", "elsewhere"}, "--output"},
      {{"--config", "runs/friedman/config.toml"}, "--config"},
      {{"digits"}, "digits"},
  };
  for (const auto& [more, message] : cases) {
    Arguments arguments = {"train", "--resume", "runs/friedman"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << more[0] << "\n" << result.err;
    expect_error_message(result.err);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
  }
}

/// A made-up Auto MPG in the published format; the first car drives `mpg` miles.
std::string cars(const std::string& mpg) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    text += (i == 0 ? mpg : std::to_string(15 + i % 9) + ".0") + "   8   307.0   " +
            std::to_string(100 + 3 * i) + ".0   35" + std::to_string(10 + i) + ".   12.0   70  " +
            std::to_string(1 + i % 3) + "\t\"car " + n + "\"\n";
  }
  return text;
}

TEST_F(Interrupt, ResumeRefusesOtherDataOfTheSameShape) {
  const Arguments again = {"train", "--resume", "runs/mpg", "--quiet"};
  write("auto-mpg.data", cars("18.0"));
  const auto first = run({"train", "mpg", "--data-dir", ".", "--epochs", "5", "--quiet"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  ASSERT_EQ(run(again).exit_code, 0);
  write("auto-mpg.data", cars("18.5"));
  const auto result = run(again);
  EXPECT_EQ(result.exit_code, 2);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("runs/mpg: mpg has changed since the run began\n"), std::string::npos)
      << result.err;
  EXPECT_EQ(result.err.find(';'), std::string::npos) << "nothing else differs: " << result.err;
}

TEST_F(Interrupt, AFinishedRunDoesNotSayWhoTrainedIt) {
  const auto trained = run(quick_training());
  EXPECT_NE(trained.out.find(" samples/s on 1 thread\n"), std::string::npos) << trained.out;
  const auto result = run({"train", "--resume", "runs/friedman", "--threads", "2"});
  EXPECT_NE(result.err.find("nothing was left to train\n\n"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find(" samples/s\n"), std::string::npos) << result.out;
}

TEST_F(Interrupt, ResumeRefusesACheckpointOfAnotherVersion) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  auto checkpoint = load_checkpoint(path("runs/friedman/checkpoint.safetensors"));
  const std::string line = std::string("version = \"") + version() + "\"";
  const auto place = checkpoint.fingerprint.find(line);
  ASSERT_NE(place, std::string::npos) << checkpoint.fingerprint;
  checkpoint.fingerprint.replace(place, line.size(), "version = \"0.0.9\"");
  save_checkpoint(checkpoint, path("runs/friedman/checkpoint.safetensors"));
  const auto result = run({"train", "--resume", "runs/friedman"});
  EXPECT_EQ(result.exit_code, 2);
  expect_error_message(result.err);
  EXPECT_NE(
      result.err.find(std::string("the version of mlp is ") + version() + ", but 0.0.9 in the checkpoint"),
      std::string::npos)
      << result.err;
}

TEST_F(Interrupt, ResumeTakesTheCheckpointBeforeADamagedOneAndSaysSo) {
  ASSERT_EQ(run(quick_training({"--checkpoint-every", "1"})).exit_code, 0);
  const auto whole = tensors("runs/friedman/model.safetensors");
  const std::string file = "runs/friedman/checkpoint.safetensors";
  std::string damaged = content(file);
  damaged[damaged.size() - 5] ^= 1;
  write(file, damaged);
  std::filesystem::remove(path("runs/friedman/model.safetensors"));
  const auto result = run({"train", "--resume", "runs/friedman"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("mlp: note: " + file + ": expected the CRC-32"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("going on from runs/friedman/checkpoint.previous.safetensors"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("after epoch 3"), std::string::npos) << result.err;
  EXPECT_EQ(tensors("runs/friedman/model.safetensors"), whole);
  EXPECT_EQ(load_checkpoint(path(file)).state.epoch, 4u);
}

TEST_F(Interrupt, ARunWithoutACheckpointYetStartsFromTheBeginning) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  const auto whole = tensors("runs/friedman/model.safetensors");
  std::filesystem::create_directory(path("killed"));
  write("killed/config.toml", content("runs/friedman/config.toml"));
  const auto result = run({"train", "--resume", "killed"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("was stopped before its first checkpoint"), std::string::npos) << result.err;
  EXPECT_EQ(tensors("killed/model.safetensors"), whole);

  std::filesystem::remove(path("killed/checkpoint.safetensors"));
  const auto lost = run({"train", "--resume", "killed"});
  EXPECT_EQ(lost.exit_code, 1);
  expect_error_message(lost.err);
  EXPECT_NE(lost.err.find("there is no killed/checkpoint.safetensors"), std::string::npos) << lost.err;
  EXPECT_TRUE(exists("killed/model.safetensors"));
}

TEST_F(Interrupt, ADiskThatIsFullKeepsTheEarlierCheckpoint) {
  // A limit on file size that the next checkpoints stay below, until the history is too long.
  const Arguments arguments = quick_training({"--epochs", "4000", "--checkpoint-every", "1"});
  auto child = start(arguments);
  ASSERT_TRUE(child.wait_for("epoch    1/4000"));
  child.send(SIGINT);
  ASSERT_EQ(child.finish().exit_code, 130);
  const std::string file = "runs/friedman/checkpoint.safetensors";
  const auto before = load_checkpoint(path(file)).state.epoch;
  const auto blocks = std::filesystem::file_size(path(file)) / 512 + 2;
  const auto result =
      shell("ulimit -f " + std::to_string(blocks) + "; \"$MLP\" train --resume runs/friedman --quiet --json");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("safetensors: cannot write: File too large"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("'mlp train --resume runs/friedman' then goes on"), std::string::npos)
      << result.err;
  const auto kept = load_checkpoint(path(file));
  EXPECT_GE(kept.state.epoch, before);
  for (const auto& entry : std::filesystem::directory_iterator(path("runs/friedman"))) {
    EXPECT_NE(entry.path().extension(), ".tmp");
  }
}

TEST_F(Interrupt, ResumeRefusesADamagedCheckpoint) {
  ASSERT_EQ(run(quick_training()).exit_code, 0);
  const std::string file = "runs/friedman/checkpoint.safetensors";
  write(file, content(file).substr(0, 100));
  const auto result = run({"train", "--resume", "runs/friedman"});
  EXPECT_EQ(result.exit_code, 1);
  expect_error_message(result.err);
  EXPECT_NE(result.err.find("checkpoint.safetensors"), std::string::npos) << result.err;
}

TEST_F(Interrupt, FoldsThatWereDoneAreTold) {
  auto child = start(long_training({"--folds", "50", "--epochs", "20"}));
  ASSERT_TRUE(child.wait_for("fold 2/50"));
  child.send(SIGINT);
  const auto result = child.finish();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  const auto place = result.err.find("mlp: interrupted in fold ");
  ASSERT_NE(place, std::string::npos) << result.err;
  const std::string text = result.err.substr(place);
  EXPECT_NE(text.find(" of 50; the folds are not saved\n  done: folds 1 to "), std::string::npos) << text;
  // "fold 1/50  RMSE 2.345, ..."
  const auto first = result.err.find("RMSE ", result.err.find("fold 1/50"));
  const std::string score = result.err.substr(first, result.err.find(',', first) - first);
  EXPECT_NE(text.find(", " + score + ", "), std::string::npos) << score << "\n" << text;
  EXPECT_NE(text.find("\n  hint: the same command begins with fold 1 again"), std::string::npos) << text;
  EXPECT_FALSE(exists("run/model.safetensors"));
}

}  // namespace
}  // namespace mlp::app_test
