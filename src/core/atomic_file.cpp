#include "mlp/atomic_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "core/descriptor.h"
#include "mlp/error.h"

namespace mlp {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& doing, int reason) {
  std::string hint;
  if (reason == ENOENT) hint = "create the folder first";
  if (reason == EACCES || reason == EPERM || reason == EROFS) hint = "choose a folder you may write to";
  if (reason == ENOSPC || reason == EDQUOT) hint = "make room or choose another disk";
  throw FileError(path.string() + ": cannot " + doing + ": " + std::strerror(reason), hint);
}

/// The file that writing to `path` changes; refuses what a rename must not replace (a folder, a device).
fs::path regular_target(const fs::path& path) {
  std::error_code ignored;
  if (path.filename().empty() || fs::is_directory(path, ignored)) fail(path, "write", EISDIR);
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    throw FileError(path.string() + ": cannot write: not a regular file", "name a file in a folder");
  }
  if (!fs::is_symlink(path, ignored)) return path;
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) fail(path, "follow the symbolic link", error.value());
  return target;
}

/// Removes the temporary file unless it has been renamed into place.
struct TemporaryName {
  fs::path path;
  bool kept = false;
  ~TemporaryName() {
    if (!kept) ::unlink(path.c_str());
  }
};

bool write_all(int descriptor, std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t written = ::write(descriptor, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync(int descriptor) {
  int result;
  do {
    result = ::fsync(descriptor);
  } while (result != 0 && errno == EINTR);
  return result == 0 || errno == EINVAL;  // EINVAL: a file system that cannot sync this, and need not
}

/// Short whatever the target's name, so that a name as long as the file system allows still works.
fs::path temporary_name(const fs::path& folder) {
  static std::atomic<unsigned> counter{0};
  return folder / (".mlp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp");
}

}  // namespace

void write_file_atomically(const fs::path& path, std::span<const std::string_view> pieces) {
  const fs::path target = regular_target(path);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");

  // A name left behind by a killed process that had the same id is skipped, not overwritten.
  fs::path name = temporary_name(folder);
  while (::access(name.c_str(), F_OK) == 0) name = temporary_name(folder);
  Descriptor file = Descriptor::open(name, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.valid()) fail(path, "write", errno);
  TemporaryName temporary{name};

  for (const auto piece : pieces) {
    if (!write_all(file.number(), piece)) fail(path, "write", errno);
  }
  if (!sync(file.number())) fail(path, "write to disk", errno);
  if (!file.close()) fail(path, "write", errno);
  if (::rename(name.c_str(), target.c_str()) != 0) fail(path, "replace", errno);
  temporary.kept = true;

  // The rename itself must survive a power cut. A folder that may be written but not read cannot be synced.
  const Descriptor directory = Descriptor::open(folder, O_RDONLY | O_DIRECTORY);
  if (!directory.valid() && errno != EACCES) fail(path, "open the folder", errno);
  if (directory.valid() && !sync(directory.number())) fail(path, "write the folder to disk", errno);
}

void write_file_atomically(const fs::path& path, std::string_view content) {
  write_file_atomically(path, std::span(&content, 1));
}

}  // namespace mlp
