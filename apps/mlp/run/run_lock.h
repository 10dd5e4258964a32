// One run at a time in a folder: a lock that ends with the process, however that ends.
#pragma once

#include <sys/file.h>

#include <filesystem>
#include <string>
#include <vector>

namespace mlp::app {

/// A folder that exists as long as it is needed: folders created for it are removed again if nothing was
/// written to them.
class MadeFolder {
 public:
  explicit MadeFolder(std::filesystem::path path) : path_(std::move(path)) {}
  MadeFolder(const MadeFolder&) = delete;
  MadeFolder& operator=(const MadeFolder&) = delete;
  ~MadeFolder();

  /// Throws FileError.
  void make();

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;  ///< the innermost first
};

/// The lock of a run on its folder: flock() on a small file there, which says who holds it and is removed
/// with the lock. A process that was killed leaves the file without a lock on it, and the next run takes it
/// over.
class RunLock {
 public:
  using Flock = int (*)(int descriptor, int operation);

  /// Makes the folder where it is not there, checks that files can be written to it, takes the lock, and
  /// removes the temporary files of processes that have died there. Throws FileError; where another run holds
  /// the folder, that says which.
  explicit RunLock(const std::filesystem::path& folder, Flock flock = ::flock);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

  /// The process that trains in a folder, "process 4711 trains there since 12:00"; empty where nobody does.
  static std::string holder_of(const std::filesystem::path& folder);

  /// Why this folder cannot be locked, so that another run in it would not be noticed; empty where it is.
  const std::string& problem() const { return problem_; }

 private:
  /// False where the file was removed meanwhile, by the run that held it.
  bool take(Flock flock);

  std::filesystem::path folder_, path_;
  MadeFolder made_;
  int file_ = -1;
  std::string problem_;
};

}  // namespace mlp::app
