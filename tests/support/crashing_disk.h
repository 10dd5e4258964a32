// What a disk may hold after a power failure, or after the process dies, between any two calls of a
// FileLayer.
//
// The model is POSIX's: a file's content is on the disk once it is fsynced, the names in a folder once the
// folder is. Before that a file may hold all, half or none of what was written, and any first few of the
// changes of names may have happened. A process that dies loses nothing that was done.
#pragma once

#include <fcntl.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mlp/file_layer.h"
#include "support/temporary_folder.h"

namespace mlp::testing_support {

/// Names and contents of one folder.
using FolderContent = std::map<std::string, std::string>;

/// Real files in `folder`, and a record of what could be lost. No call fails.
class CrashingDisk : public FileLayer {
 public:
  /// The files that are in the folder now count as on the disk.
  explicit CrashingDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names_[entry.path().filename()] = std::make_shared<Node>(Node{read_bytes(entry.path()), true});
    }
    remember();
  }

  /// Calls so far that changed something.
  std::size_t moments() const { return moments_.size(); }

  /// Every content the folder may have after a crash at `moment`.
  const std::vector<FolderContent>& after_crash(std::size_t moment) const { return moments_[moment]; }

  int open(const char* path, int flags) const override {
    const int descriptor = FileLayer::open(path, flags);
    if (descriptor < 0) return descriptor;
    if ((flags & O_CREAT) != 0) {
      const auto node = std::make_shared<Node>();
      files_[descriptor] = node;
      change([name = name_of(path), node](Names& names) { names[name] = node; });
    } else {
      files_.erase(descriptor);  // a folder
    }
    return descriptor;
  }
  ssize_t write(int descriptor, const void* bytes, std::size_t count) const override {
    const ssize_t written = FileLayer::write(descriptor, bytes, count);
    files_.at(descriptor)->content.append(static_cast<const char*>(bytes), static_cast<std::size_t>(written));
    remember();
    return written;
  }
  int fsync(int descriptor) const override {
    if (files_.contains(descriptor)) {
      files_.at(descriptor)->synced = true;
    } else {
      for (const auto& apply : pending_) apply(names_);
      pending_.clear();
    }
    remember();
    return 0;  // no need to wait for the real one
  }
  int rename(const char* from, const char* to) const override {
    const int result = FileLayer::rename(from, to);
    if (result == 0) {
      change([from = name_of(from), to = name_of(to)](Names& names) {
        names[to] = names.at(from);
        names.erase(from);
      });
    }
    return result;
  }
  int unlink(const char* path) const override {
    change([name = name_of(path)](Names& names) { names.erase(name); });
    return FileLayer::unlink(path);
  }

 private:
  struct Node {
    std::string content;
    bool synced = false;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;

  static std::string name_of(const char* path) { return std::filesystem::path(path).filename(); }

  void change(std::function<void(Names&)> apply) const {
    pending_.push_back(std::move(apply));
    remember();
  }

  /// The disk after the first `done` of the pending changes of names, with `share` of 2 halves of each
  /// content that is not synced.
  FolderContent disk(std::size_t done, std::size_t share) const {
    Names names = names_;
    for (std::size_t i = 0; i < done; ++i) pending_[i](names);
    FolderContent content;
    for (const auto& [name, node] : names) {
      content[name] =
          node->content.substr(0, node->synced ? std::string::npos : node->content.size() * share / 2);
    }
    return content;
  }

  void remember() const {
    std::vector<FolderContent> disks;
    for (std::size_t done = 0; done <= pending_.size(); ++done) {
      for (std::size_t share = 0; share <= 2; ++share) disks.push_back(disk(done, share));
    }
    moments_.push_back(std::move(disks));
  }

  std::filesystem::path folder_;
  mutable Names names_;  ///< on the disk
  mutable std::vector<std::function<void(Names&)>> pending_;
  mutable std::map<int, std::shared_ptr<Node>> files_;
  mutable std::vector<std::vector<FolderContent>> moments_;
};

/// Makes `folder` hold exactly `content`.
inline void put(const std::filesystem::path& folder, const FolderContent& content) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) std::filesystem::remove(entry.path());
  for (const auto& [name, bytes] : content) write_bytes(folder / name, bytes);
}

}  // namespace mlp::testing_support
