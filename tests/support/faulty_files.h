// File layers that fail on purpose.
#pragma once

#include <algorithm>
#include <cerrno>
#include <string>

#include "mlp/file_layer.h"

namespace mlp::testing_support {

/// What goes wrong with a call: it fails with an errno, or (a write) stops halfway without failing.
struct Fault {
  std::string name;
  int error = 0;  ///< 0: a short write
  /// The call succeeds in the end, after it is repeated or continued.
  bool harmless() const { return error == 0 || error == EINTR; }
};

inline std::vector<Fault> all_faults() {
  return {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EINTR", EINTR}, {"short write", 0}};
}

/// Real files without waiting for the disk: the next reader sees what was written, but a power cut may lose
/// it.
class QuickFiles : public FileLayer {
 public:
  int fsync(int) const override { return 0; }
};

/// Quick files, but call number `which` (from 0) goes wrong once. Counts calls; for one thread.
class FaultyFiles : public QuickFiles {
 public:
  FaultyFiles(int which, Fault fault) : which_(which), fault_(std::move(fault)) {}

  int calls() const { return calls_; }
  /// The name of the call that went wrong; empty where there were fewer calls, or the fault does not apply to
  /// it.
  const std::string& failed() const { return failed_; }

  int open(const char* path, int flags) const override {
    return fails("open") ? -1 : FileLayer::open(path, flags);
  }
  ssize_t write(int descriptor, const void* bytes, std::size_t count) const override {
    if (is_next() && fault_.error == 0 && count > 1) {
      failed_ = "write";
      ++calls_;
      return FileLayer::write(descriptor, bytes, count / 2);
    }
    return fails("write") ? -1 : FileLayer::write(descriptor, bytes, count);
  }
  int fsync(int descriptor) const override { return fails("fsync") ? -1 : QuickFiles::fsync(descriptor); }
  /// As for close(2): the descriptor is gone even when the call fails.
  int close(int descriptor) const override {
    const bool fail = fails("close");
    const int error = errno;
    const int result = FileLayer::close(descriptor);
    if (!fail) return result;
    errno = error;
    return -1;
  }
  int rename(const char* from, const char* to) const override {
    return fails("rename") ? -1 : FileLayer::rename(from, to);
  }
  int unlink(const char* path) const override { return fails("unlink") ? -1 : FileLayer::unlink(path); }

 private:
  bool is_next() const { return calls_ == which_; }
  bool fails(const char* call) const {
    const bool fail =
        is_next() && fault_.error != 0 &&
        !(fault_.error == EINTR && (call == std::string("rename") || call == std::string("unlink")));
    ++calls_;
    if (!fail) return false;
    failed_ = call;
    errno = fault_.error;
    return true;
  }

  int which_;
  Fault fault_;
  mutable int calls_ = 0;
  mutable std::string failed_;
};

}  // namespace mlp::testing_support
