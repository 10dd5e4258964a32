// The system calls that writing a file takes, as a value to pass in.
//
// FileLayer itself makes the real calls. A derived class can make any of them fail, or simulate a crash
// before it: so the tests show that no failure loses a file that was there.
#pragma once

#include <sys/types.h>

#include <cstddef>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// As in POSIX: every function returns -1 with errno set where it fails. Has no state; may be called from any
/// thread.
class FileLayer {
 public:
  FileLayer() = default;
  FileLayer(const FileLayer&) = default;
  FileLayer& operator=(const FileLayer&) = default;
  virtual ~FileLayer() = default;

  /// A descriptor that programs started from here do not inherit; a new file gets mode 0666 less the umask.
  virtual int open(const char* path, int flags) const;
  virtual ssize_t write(int descriptor, const void* bytes, std::size_t count) const;
  virtual int fsync(int descriptor) const;
  virtual int close(int descriptor) const;
  virtual int rename(const char* from, const char* to) const;
  virtual int unlink(const char* path) const;
};

}  // namespace mlp
