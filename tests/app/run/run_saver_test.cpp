// What a run saves, with every call failing once and with a crash between any two calls.
#include "run/run_saver.h"

#include <gtest/gtest.h>

#include "mlp/error.h"
#include "mlp/report.h"
#include "run/checkpoint_every.h"
#include "support/crashing_disk.h"
#include "support/events.h"
#include "support/faulty_files.h"

namespace mlp::app_test {
namespace {

using app::CheckpointEvery;
using app::parse_checkpoint_every;
using app::RunFolder;
using app::RunSaver;
using testing_support::CrashingDisk;
using testing_support::entries;
using testing_support::events_in;
using testing_support::FaultyFiles;
using testing_support::put;
using testing_support::QuickFiles;
using testing_support::read_bytes;
using testing_support::steps_in;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

app::RunIdentity identity(const std::filesystem::path& folder, const std::string& name = "a run") {
  return {.folder = RunFolder{folder},
          .network = MultilayerPerceptron{{{.fan_in = 3, .fan_out = 2}}},
          .config = name,
          .fingerprint = name,
          .folds = "folds of " + name};
}

TrainingState state_at(std::uint64_t step) {
  TrainingState state{.parameters = Parameters(identity("").network), .step = step, .epoch = step};
  for (std::uint64_t epoch = 1; epoch <= step; ++epoch) state.history.push_back({.epoch = epoch});
  return state;
}

Model model_of(const app::RunIdentity& run) {
  return {.network = run.network, .parameters = Parameters(run.network), .loss = SquaredError{}};
}

NewestCheckpoint newest_in(const std::filesystem::path& folder) {
  return load_newest_checkpoint(RunFolder{folder}.checkpoint());
}

/// Does everything that a run with three saves does; returns what was saved when a call failed.
std::uint64_t save_all(const app::RunIdentity& run, const FileLayer& files, std::string& error) {
  RunSaver saver(run, nullptr, files);
  std::uint64_t saved = 0;
  try {
    for (std::uint64_t step = 1; step <= 3; ++step) {
      saver.save(state_at(step));
      saved = step;
    }
    saver.save(model_of(run));
  } catch (const FileError& caught) {
    error = std::string(caught.what()) + " | " + caught.hint();
  }
  return saved;
}

TEST(RunSaver, EveryCallThatFailsOnceLosesNoCheckpointAndTheNextSaveSucceeds) {
  for (const auto& fault : testing_support::all_faults()) {
    for (int which = 0;; ++which) {
      SCOPED_TRACE(fault.name + " in call " + std::to_string(which));
      const TemporaryFolder folder;
      const auto run = identity(folder.path());
      const FaultyFiles files(which, fault);
      std::string error;
      const std::uint64_t saved = save_all(run, files, error);
      ASSERT_LT(which, 300);
      if (which >= files.calls()) break;
      if (fault.harmless()) {
        EXPECT_EQ(error, "");
      }
      if (error.empty()) {
        EXPECT_EQ(saved, 3u);
        continue;
      }
      EXPECT_EQ(error.find(folder.path().string()), 0u) << error;
      EXPECT_FALSE(error.ends_with(" | ")) << error;
      for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        EXPECT_NE(entry.path().extension(), ".tmp");
      }
      // The last checkpoint or, where it failed after the rename, the one being saved.
      std::uint64_t found = 0;
      if (run.folder.has_checkpoint()) found = newest_in(folder.path()).checkpoint.state.step;
      EXPECT_TRUE(found == saved || found == saved + 1) << found << " of " << saved << " saved";
      if (error.find("checkpoint") != std::string::npos && saved > 0) {
        EXPECT_NE(error.find("mlp train --resume " + folder.path().string()), std::string::npos) << error;
      }
      // The run resumes from there.
      const std::optional<NewestCheckpoint> resumed =
          found > 0 ? std::optional(newest_in(folder.path())) : std::nullopt;
      const QuickFiles real;
      RunSaver next(run, resumed ? &*resumed : nullptr, real);
      next.save(state_at(found + 1));
      next.save(model_of(run));
      EXPECT_EQ(newest_in(folder.path()).checkpoint.state.step, found + 1);
      EXPECT_EQ(newest_in(folder.path()).problem, "");
      EXPECT_NO_THROW(load_model(run.folder.model()));
    }
  }
}

TEST(RunSaver, WhereTheFirstSaveFailsTheEarlierRunIsWhole) {
  for (const auto& fault : testing_support::all_faults()) {
    for (int which = 0;; ++which) {
      SCOPED_TRACE(fault.name + " in call " + std::to_string(which));
      const TemporaryFolder folder;
      const QuickFiles real;
      const auto old_run = identity(folder.path(), "the old run");
      RunSaver old(old_run, nullptr, real);
      old.save(state_at(1));
      old.save(model_of(old_run));
      const FaultyFiles files(which, fault);
      RunSaver saver(identity(folder.path(), "the new run"), nullptr, files);
      bool failed = false;
      try {
        saver.save(state_at(1));
      } catch (const FileError&) {
        failed = true;
      }
      ASSERT_LT(which, 100);
      if (which >= files.calls()) break;
      // Which of both is there: config, folds and checkpoint are of the same run.
      const std::string there = newest_in(folder.path()).checkpoint.fingerprint;
      EXPECT_TRUE(failed || there == "the new run");
      EXPECT_EQ(read_bytes(old_run.folder.config()), there);
      EXPECT_EQ(read_bytes(old_run.folder.folds()), "folds of " + there);
      if (there == "the old run") {
        EXPECT_NO_THROW(load_model(old_run.folder.model()));
      }
    }
  }
}

TEST(RunSaver, WhereTheFirstSaveFailsNothingIsLeft) {
  const TemporaryFolder folder;
  for (int which = 0; which < 4; ++which) {
    const FaultyFiles files(which, {"write", ENOSPC});
    RunSaver saver(identity(folder.path()), nullptr, files);
    try {
      saver.save(state_at(1));
    } catch (const FileError&) {
      EXPECT_EQ(entries(folder.path()), 0u) << which;
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      std::filesystem::remove(entry);
  }
}

TEST(RunSaver, AfterACrashBetweenAnyTwoCallsTheRunCanGoOn) {
  const TemporaryFolder folder, after;
  const auto run = identity(folder.path());
  const CrashingDisk disk(folder.path());
  RunSaver saver(run, nullptr, disk);
  std::size_t moment = 0;
  for (std::uint64_t step = 1; step <= 3; ++step) {
    saver.save(state_at(step));
    for (; moment < disk.moments(); ++moment) {
      for (const auto& content : disk.after_crash(moment)) {
        put(after.path(), content);
        if (!RunFolder{after.path()}.has_checkpoint()) {
          EXPECT_EQ(step, 1u);
          continue;
        }
        EXPECT_EQ(content.at("config.toml"), "a run");
        EXPECT_EQ(content.at("folds.csv"), "folds of a run");
        const auto newest = newest_in(after.path());
        EXPECT_TRUE(newest.checkpoint.state.step == step || newest.checkpoint.state.step + 1 == step);
        // metrics.csv is whole or missing, and has no epoch that the run has not finished.
        if (content.contains("metrics.csv")) {
          EXPECT_LE(read_metrics_csv(after / "metrics.csv").size(), newest.checkpoint.state.epoch);
        }
      }
    }
  }
}

TEST(RunSaver, ADamagedCheckpointDoesNotTakeThePlaceOfTheOneBefore) {
  const TemporaryFolder folder;
  const auto run = identity(folder.path());
  const QuickFiles files;
  RunSaver saver(run, nullptr, files);
  saver.save(state_at(1));
  saver.save(state_at(2));
  write_bytes(run.folder.checkpoint(), "damaged");
  const auto resumed = newest_in(folder.path());
  EXPECT_EQ(resumed.checkpoint.state.step, 1u);
  EXPECT_NE(resumed.problem, "");

  const CrashingDisk disk(folder.path());
  RunSaver next(run, &resumed, disk);
  next.save(state_at(2));
  for (std::size_t moment = 0; moment < disk.moments(); ++moment) {
    for (const auto& content : disk.after_crash(moment)) {
      const TemporaryFolder after;
      put(after.path(), content);
      EXPECT_NO_THROW(newest_in(after.path()));
    }
  }
  EXPECT_EQ(newest_in(folder.path()).checkpoint.state.step, 2u);
  EXPECT_EQ(load_checkpoint(run.folder.previous_checkpoint()).state.step, 1u);
}

TEST(RunSaver, WhatIsSavedAlreadyIsNotSavedAgain) {
  const TemporaryFolder folder;
  const auto run = identity(folder.path());
  const FaultyFiles counting(-1, {"none", EIO});
  RunSaver saver(run, nullptr, counting);
  saver.save(state_at(1));
  const int calls = counting.calls();
  saver.save(state_at(1));
  EXPECT_EQ(counting.calls(), calls);
  const auto resumed = newest_in(folder.path());
  RunSaver next(run, &resumed, counting);
  next.save(state_at(1));
  EXPECT_EQ(counting.calls(), calls);
  EXPECT_FALSE(std::filesystem::exists(run.folder.previous_checkpoint()));
}

TEST(RunSaver, AnEarlierRunIsReplacedWithTheFirstSaveAndLeavesNothingToMistake) {
  const TemporaryFolder folder;
  const QuickFiles files;
  const auto old_run = identity(folder.path(), "the old run");
  RunSaver old(old_run, nullptr, files);
  old.save(state_at(1));
  old.save(state_at(2));
  old.save(model_of(old_run));
  RunSaver saver(identity(folder.path(), "the new run"), nullptr, files);
  EXPECT_EQ(read_bytes(old_run.folder.config()), "the old run");
  saver.save(state_at(1));
  EXPECT_EQ(newest_in(folder.path()).checkpoint.fingerprint, "the new run");
  EXPECT_EQ(read_bytes(old_run.folder.config()), "the new run");
  EXPECT_FALSE(std::filesystem::exists(old_run.folder.previous_checkpoint()));
  EXPECT_FALSE(std::filesystem::exists(old_run.folder.model()));
  EXPECT_EQ(read_bytes(old_run.folder.folds()), "folds of the new run");
  EXPECT_EQ(entries(folder.path()), 4u);  // config, folds, checkpoint, metrics
  auto without_folds = identity(folder.path(), "one more");
  without_folds.folds.clear();
  RunSaver(without_folds, nullptr, files).save(state_at(1));
  EXPECT_EQ(entries(folder.path()), 3u);
}

TEST(RunSaver, EventsAreWrittenOnceTheFolderIsTheRuns) {
  const TemporaryFolder folder;
  const QuickFiles files;
  auto run = identity(folder.path());
  run.events_metric = "rmse";
  using Steps = std::vector<std::uint64_t>;
  {
    RunSaver saver(run, nullptr, files);
    saver.write_events(state_at(1));
    EXPECT_TRUE(run.folder.event_files().empty()) << "an earlier run may be in the folder";
    saver.save(state_at(2));
    ASSERT_EQ(run.folder.event_files().size(), 1u);
    EXPECT_EQ(steps_in(run.folder.event_files().front()), (Steps{1, 2}));
    saver.write_events(state_at(3));
    EXPECT_EQ(steps_in(run.folder.event_files().front()), (Steps{1, 2, 3})) << "at once, without a save";
  }
  const auto resumed = newest_in(folder.path());
  RunSaver again(run, &resumed, files);
  again.write_events(state_at(4));
  ASSERT_EQ(run.folder.event_files().size(), 2u);
  EXPECT_EQ(steps_in(run.folder.event_files().back()), (Steps{3, 4})) << "epoch 3 was not in the checkpoint";
  EXPECT_EQ(events_in(run.folder.event_files().back())[1].numbers.at(2), 3u)
      << "replaces what was said of it";

  RunSaver(identity(folder.path(), "another run"), nullptr, files).save(state_at(1));
  EXPECT_TRUE(run.folder.event_files().empty());
}

TEST(CheckpointEvery, ReadsEpochsAndTimes) {
  const auto seconds = [](const std::string& text) { return parse_checkpoint_every(text).seconds; };
  EXPECT_EQ(parse_checkpoint_every("5").epochs, 5u);
  EXPECT_EQ(parse_checkpoint_every("5").seconds, std::nullopt);
  EXPECT_EQ(seconds("30s"), 30.0);
  EXPECT_EQ(seconds("10m"), 600.0);
  EXPECT_EQ(seconds("1.5h"), 5400.0);
  EXPECT_EQ(parse_checkpoint_every("30s").epochs, std::nullopt);
  for (const std::string text :
       {"", "0", "-1", "1.5", "5 epochs", "0s", "-1s", "s", "nans", "infs", "1e999h", "5d", "1s2"}) {
    EXPECT_THROW(parse_checkpoint_every(text), UsageError) << text;
  }
}

TEST(CheckpointEvery, SaysWhenASaveIsDue) {
  const CheckpointEvery by_default = parse_checkpoint_every(std::nullopt);
  EXPECT_FALSE(by_default.due_after_epoch(1, 0.99));
  EXPECT_TRUE(by_default.due_after_epoch(1, 1.0));
  EXPECT_FALSE(by_default.due_after_step(1e9));
  const CheckpointEvery epochs = parse_checkpoint_every("3");
  EXPECT_FALSE(epochs.due_after_epoch(2, 1e9));
  EXPECT_TRUE(epochs.due_after_epoch(3, 0));
  EXPECT_TRUE(epochs.due_after_epoch(6, 0));
  EXPECT_FALSE(epochs.due_after_step(1e9));
  const CheckpointEvery time = parse_checkpoint_every("2m");
  EXPECT_FALSE(time.due_after_epoch(1, 119));
  EXPECT_TRUE(time.due_after_epoch(1, 120));
  EXPECT_FALSE(time.due_after_step(119));
  EXPECT_TRUE(time.due_after_step(120));
}

}  // namespace
}  // namespace mlp::app_test
