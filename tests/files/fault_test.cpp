// Saving when calls fail or the process dies between them: no whole file is lost.
#include <gtest/gtest.h>

#include <set>

#include "files/samples.h"
#include "mlp/atomic_file.h"
#include "mlp/report.h"
#include "support/crashing_disk.h"
#include "support/faulty_files.h"

namespace mlp {
namespace {

using testing_support::all_faults;
using testing_support::CrashingDisk;
using testing_support::entries;
using testing_support::error_of;
using testing_support::FaultyFiles;
using testing_support::put;
using testing_support::QuickFiles;
using testing_support::read_bytes;
using testing_support::sample_parameters;
using testing_support::TemporaryFolder;

const std::filesystem::path kFile = "c.safetensors";
const std::filesystem::path kPrevious = "c.previous.safetensors";

/// Small, since each tensor takes a call.
Checkpoint marked(double mark) {
  const MultilayerPerceptron network{{{.fan_in = 3, .fan_out = 2}}};
  return {.network = network,
          .state = {.parameters = sample_parameters(network, 1), .epoch_loss = mark},
          .fingerprint = "the same run"};
}

std::string bytes_of(const Checkpoint& checkpoint) {
  const TemporaryFolder folder;
  save_checkpoint(checkpoint, folder / "c", QuickFiles());
  return read_bytes(folder / "c");
}

using Save = std::function<void(const std::filesystem::path& folder, double mark, const FileLayer& files)>;

struct Case {
  std::string name;
  Save save;
};

/// Each saves `mark`'s content to kFile.
std::vector<Case> cases() {
  return {
      {"checkpoint", [](const auto& folder, double mark,
                        const FileLayer& files) { save_checkpoint(marked(mark), folder / kFile, files); }},
      {"checkpoint, previous kept",
       [](const auto& folder, double mark, const FileLayer& files) {
         save_checkpoint_keeping_previous(marked(mark), folder / kFile, files);
       }},
      {"model",
       [](const auto& folder, double mark, const FileLayer& files) {
         const auto network = marked(0).network;
         Model model{.network = network, .parameters = sample_parameters(network, 2), .loss = Huber{}};
         model.record.seconds = mark;
         save_model(model, folder / kFile, files);
       }},
      {"metrics",
       [](const auto& folder, double mark, const FileLayer& files) {
         write_metrics_csv({{.epoch = 1, .train_loss = mark}}, folder / kFile, files);
       }},
  };
}

/// What `save` writes when nothing goes wrong.
std::string saved_whole(const Save& save, double mark) {
  const TemporaryFolder folder;
  save(folder.path(), mark, QuickFiles());
  return read_bytes(folder / kFile.string());
}

/// Whether the folder holds `content` whole under one of the two names.
bool holds(const std::filesystem::path& folder, const std::string& content) {
  return std::ranges::any_of(std::array{kFile, kPrevious}, [&](const auto& name) {
    return std::filesystem::exists(folder / name) && read_bytes(folder / name) == content;
  });
}

TEST(Faults, EveryCallThatFailsOnceLosesNothing) {
  std::set<std::string> failed;
  for (const auto& test : cases()) {
    for (const auto& fault : all_faults()) {
      for (int which = 0;; ++which) {
        SCOPED_TRACE(test.name + ": " + fault.name + " in call " + std::to_string(which));
        const TemporaryFolder folder;
        test.save(folder.path(), 1, QuickFiles());
        test.save(folder.path(), 2, QuickFiles());
        const std::string before = read_bytes(folder / kFile.string());
        const std::size_t files_before = entries(folder.path());

        const FaultyFiles files(which, fault);
        const std::string error = error_of([&] { test.save(folder.path(), 3, files); });
        ASSERT_LT(which, 100);
        if (which >= files.calls()) break;
        const std::string& call = files.failed();
        if (call.empty()) continue;
        failed.insert(call);
        // Where the new file cannot get its name, the previous one gets it back, and the one before that is
        // gone.
        const bool taken_back = files_before == 2 && error.find(": cannot replace: ") != std::string::npos;
        EXPECT_EQ(entries(folder.path()), taken_back ? 1 : files_before);
        if (fault.harmless()) {
          EXPECT_EQ(error, "no FileError");
          EXPECT_EQ(read_bytes(folder / kFile.string()), saved_whole(test.save, 3));
        } else if (error == "no FileError") {
          EXPECT_EQ(call, "close");  // of the folder, when everything is done
          EXPECT_EQ(read_bytes(folder / kFile.string()), saved_whole(test.save, 3));
        } else {
          EXPECT_EQ(error.find((folder / kFile.string()).string() + ": cannot "), 0u) << error;
          EXPECT_NE(error.find(std::strerror(fault.error)), std::string::npos) << error;
          EXPECT_FALSE(error.ends_with(" | ")) << error;
          // Only after a failure that follows the rename is the new file in place; the previous one, if it is
          // kept at all, is kept then.
          const bool replaced = read_bytes(folder / kFile.string()) != before;
          EXPECT_EQ(replaced, error.find("the folder") != std::string::npos) << error;
          EXPECT_TRUE(!replaced || files_before == 1 || holds(folder.path(), before));
        }
        test.save(folder.path(), 4, QuickFiles());
        EXPECT_EQ(read_bytes(folder / kFile.string()), saved_whole(test.save, 4));
        EXPECT_EQ(entries(folder.path()), files_before);
      }
    }
  }
  EXPECT_EQ(failed, (std::set<std::string>{"open", "write", "fsync", "close", "rename"}));
}

TEST(Faults, WhereCleaningUpFailsTooTheErrorIsTheFirst) {
  // The first write fails, and so does removing the temporary file.
  class Files : public FileLayer {
    ssize_t write(int, const void*, std::size_t) const override {
      errno = ENOSPC;
      return -1;
    }
    int unlink(const char*) const override {
      errno = EIO;
      return -1;
    }
  };
  const TemporaryFolder folder;
  const std::string error = error_of([&] { save_checkpoint(marked(1), folder / kFile.string(), Files()); });
  EXPECT_EQ(error, (folder / kFile.string()).string() +
                       ": cannot write: No space left on device | make room or choose another disk");
  EXPECT_EQ(entries(folder.path()), 1u);  // that of this process, which is alive: it is not stale
  EXPECT_EQ(remove_stale_temporary_files(folder.path()), 0u);
}

TEST(Faults, AfterACrashBetweenAnyTwoCallsAWholeCheckpointLoads) {
  const TemporaryFolder folder, after;
  save_checkpoint_keeping_previous(marked(1), folder / kFile.string());
  const CrashingDisk disk(folder.path());
  int disks = 0, fallen_back = 0;
  std::set<double> found;
  std::size_t moment = 0;
  for (const double mark : {2.0, 3.0, 4.0}) {
    save_checkpoint_keeping_previous(marked(mark), folder / kFile.string(), disk);
    for (; moment < disk.moments(); ++moment) {
      for (const auto& content : disk.after_crash(moment)) {
        SCOPED_TRACE("moment " + std::to_string(moment));
        put(after.path(), content);
        const auto newest = load_newest_checkpoint(after / kFile.string());
        const double mark_found = newest.checkpoint.state.epoch_loss;
        EXPECT_TRUE(mark_found == mark || mark_found == mark - 1) << mark_found << " while saving " << mark;
        EXPECT_EQ(read_bytes(newest.path), bytes_of(marked(mark_found)));
        found.insert(mark_found);
        fallen_back += !newest.problem.empty();
        ++disks;
      }
    }
    // Once the call has returned, what it saved survives any crash.
    for (const auto& content : disk.after_crash(disk.moments() - 1)) {
      put(after.path(), content);
      EXPECT_EQ(load_newest_checkpoint(after / kFile.string()).checkpoint.state.epoch_loss, mark);
    }
  }
  EXPECT_GT(disks, 100);
  EXPECT_GT(fallen_back, 0);
  EXPECT_EQ(found, (std::set<double>{1, 2, 3, 4}));
}

TEST(Faults, AfterACrashTheFileIsTheOldOneOrTheNewOne) {
  for (const auto& [name, save] : cases()) {
    if (name.find("kept") != std::string::npos) continue;
    SCOPED_TRACE(name);
    const TemporaryFolder folder;
    save(folder.path(), 1, QuickFiles());
    const std::string before = read_bytes(folder / kFile.string());
    const CrashingDisk disk(folder.path());
    save(folder.path(), 2, disk);
    const std::string now = read_bytes(folder / kFile.string());
    ASSERT_NE(now, before);
    for (std::size_t moment = 0; moment < disk.moments(); ++moment) {
      for (const auto& content : disk.after_crash(moment)) {
        const auto& file = content.at(kFile);
        EXPECT_TRUE(file == before || file == now) << "moment " << moment;
      }
    }
    for (const auto& content : disk.after_crash(disk.moments() - 1)) EXPECT_EQ(content.at(kFile), now);
  }
}

}  // namespace
}  // namespace mlp
