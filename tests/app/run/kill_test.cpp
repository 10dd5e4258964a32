// mlp train killed by SIGKILL at random moments, resumed, killed again: it ends in exactly the bits of an
// uninterrupted run.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "app/sandbox.h"
#include "core/random.h"
#include "mlp/checkpoint.h"

namespace mlp::app_test {
namespace {

using Kill = Sandbox;

constexpr int kKillsWhileSaving = 100;
constexpr int kMostKills = 500;

/// A tiny network that is saved all the time, so that many kills fall into a write.
Arguments training(const std::string& folder, const std::string& every) {
  return quick_training({"--layers", "8:tanh,1:linear", "--epochs", "40", "--dropout", "0.1",
                         "--early-stopping", "35", "--checkpoint-every", every, "--output", folder});
}

bool has_temporary_file(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".tmp") return true;
  }
  return false;
}

/// What must be equal: the history without times.
std::vector<double> losses(const TrainingState& state) {
  std::vector<double> result;
  for (const auto& record : state.history) {
    for (const double value :
         {record.train_loss, record.validation_loss, record.validation_metric, record.learning_rate}) {
      result.push_back(value);
    }
  }
  return result;
}

/// How often a run was killed, and when.
struct Tally {
  int kills = 0;
  int saving = 0;   ///< between the first and the last checkpoint
  int writing = 0;  ///< during a write
};

/// Draws when to kill. The times adapt to the machine, so that a run is killed some ten times before its end.
class Executioner {
 public:
  void sleep(std::uint64_t index) const {
    const auto most = static_cast<std::uint64_t>(microseconds_);
    std::this_thread::sleep_for(std::chrono::microseconds(random_.below(most, 2 * index)));
  }
  /// One kill in eight may strike at any moment since the program began, the others only while it trains.
  bool waits_for_training(std::uint64_t index) const { return random_.below(8, 2 * index + 1) != 0; }
  void too_late() { microseconds_ = std::max(microseconds_ * 0.8, 500.0); }
  void too_early() { microseconds_ = std::min(microseconds_ * 1.1, 1e6); }

 private:
  RandomStream random_{2024, RandomPurpose::kTest};
  double microseconds_ = 60'000;
};

TEST_F(Kill, AnyNumberOfKillsAtAnyMomentsChangesNoBit) {
  environment_["PATH"] = "/nowhere";  // no PNG: it takes longer than the training
  ASSERT_EQ(run(training("whole", "1")).exit_code, 0);
  const auto whole = load_checkpoint(path("whole/checkpoint.safetensors"));
  Executioner executioner;
  Tally tally;
  int runs = 0;
  for (; tally.saving < kKillsWhileSaving && tally.kills < kMostKills; ++runs) {
    const std::string folder = "run" + std::to_string(runs);
    SCOPED_TRACE(folder);
    const auto file = [&](const char* name) { return folder + "/" + name; };
    // Saves after each epoch, or whenever 2 ms have passed, so in the middle of epochs, too.
    Arguments arguments = training(folder, runs % 2 == 0 ? "1" : "0.002s");
    std::uint64_t step = 0;
    for (int part = 0;; ++part) {
      auto child = start(arguments);
      // A run with nothing left to train writes its results undisturbed: otherwise kills would come ever
      // earlier.
      if (tally.saving < kKillsWhileSaving && step != whole.state.step) {
        const auto index = static_cast<std::uint64_t>(tally.kills);
        if (executioner.waits_for_training(index)) child.wait_for("training");
        executioner.sleep(index);
        child.send(SIGKILL);
      }
      const auto result = child.finish();
      if (result.signal != SIGKILL) {
        ASSERT_EQ(result.exit_code, 0) << result.err;
        if (tally.saving < kKillsWhileSaving) executioner.too_late();
        break;
      }
      ++tally.kills;
      if (!exists(file("config.toml"))) continue;  // nothing was saved yet: start again
      arguments = {"train", "--resume", folder, "--threads", std::to_string(1 + part % 3)};
      const bool whole_name = exists(file("checkpoint.safetensors"));
      if (!whole_name && !exists(file("checkpoint.previous.safetensors"))) continue;

      // Whatever the moment, there is a whole checkpoint, and never an older one than after the kill before.
      const auto newest = load_newest_checkpoint(path(file("checkpoint.safetensors")));
      ASSERT_GE(newest.checkpoint.state.step, step);
      if (newest.checkpoint.state.step == step) executioner.too_early();
      step = newest.checkpoint.state.step;
      if (step == whole.state.step) {
        executioner.too_late();
      } else {
        ++tally.saving;
        tally.writing += !whole_name || has_temporary_file(path(folder));
      }
    }
    EXPECT_EQ(tensors(file("model.safetensors")), tensors("whole/model.safetensors"));
    EXPECT_EQ(tensors(file("checkpoint.safetensors")), tensors("whole/checkpoint.safetensors"));
    const auto last = load_checkpoint(path(file("checkpoint.safetensors")));
    EXPECT_EQ(last.state.step, whole.state.step);
    EXPECT_EQ(last.state.best_epoch, whole.state.best_epoch);
    EXPECT_EQ(losses(last.state), losses(whole.state));
    EXPECT_FALSE(has_temporary_file(path(folder))) << "left by a process that is dead";
  }
  std::cout << tally.kills << " kills of " << runs << " runs: " << tally.saving
            << " between a run's first and last checkpoint, " << tally.writing
            << " of them in the midst of a write\n";
  EXPECT_GE(tally.saving, kKillsWhileSaving);
}

}  // namespace
}  // namespace mlp::app_test
