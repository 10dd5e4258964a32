#include "mlp/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "mlp/error.h"

namespace mlp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryStart = ".mlp-";
constexpr std::string_view kTemporaryEnd = ".tmp";

const char* remedy(int reason) {
  switch (reason) {
    case ENOENT:
      return "create the folder first";
    case EACCES:
    case EPERM:
    case EROFS:
      return "choose a folder you may write to";
    case ENOSPC:
    case EDQUOT:
      return "make room or choose another disk";
    case EFBIG:
      return "raise the limit on a file's size ('ulimit -f'), or choose another disk";
    case EIO:
      return "the disk reports a fault: check it, or choose another";
    default:
      return "choose another file or folder";
  }
}

[[noreturn]] void fail(const fs::path& path, const std::string& doing, int reason) {
  throw FileError(path.string() + ": cannot " + doing + ": " + std::strerror(reason), remedy(reason));
}

/// Repeats `call` until it is not interrupted by a signal.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// A descriptor of `files`, closed at the end of its life.
class OpenFile {
 public:
  OpenFile(const FileLayer& files, const fs::path& path, int flags)
      : files_(files), number_(uninterrupted([&] { return files.open(path.c_str(), flags); })) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (valid()) files_.close(number_);
  }

  bool valid() const { return number_ >= 0; }

  bool write(std::string_view piece) const {
    while (!piece.empty()) {
      const auto written = uninterrupted([&] { return files_.write(number_, piece.data(), piece.size()); });
      if (written < 0) return false;
      piece.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  /// EINVAL means that the file system cannot sync this, and need not.
  bool sync() const {
    return uninterrupted([&] { return files_.fsync(number_); }) == 0 || errno == EINVAL;
  }

  /// Never retried: after EINTR the descriptor is closed all the same.
  bool close() { return files_.close(std::exchange(number_, -1)) == 0 || errno == EINTR; }

 private:
  const FileLayer& files_;
  int number_;
};

/// Short whatever the target's name, so that a name as long as the file system allows still works.
fs::path temporary_name(const fs::path& folder, unsigned number) {
  return folder / (std::string(kTemporaryStart) + std::to_string(::getpid()) + "-" + std::to_string(number) +
                   std::string(kTemporaryEnd));
}

/// A new file, removed again unless renamed into place.
class TemporaryFile {
 public:
  /// Messages name `path`. A name left behind by a killed process that had the same id is skipped.
  TemporaryFile(const FileLayer& files, const fs::path& folder, const fs::path& path,
                const char* doing = "write")
      : files_(files) {
    for (unsigned number = 0; !file_; ++number) {
      name_ = temporary_name(folder, number);
      file_.emplace(files, name_, O_WRONLY | O_CREAT | O_EXCL);
      if (file_->valid()) return;
      if (errno != EEXIST) fail(path, doing, errno);
      file_.reset();
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_) files_.unlink(name_.c_str());
  }

  OpenFile& file() { return *file_; }

  bool rename(const fs::path& target) {
    renamed_ = files_.rename(name_.c_str(), target.c_str()) == 0;
    return renamed_;
  }

 private:
  const FileLayer& files_;
  fs::path name_;
  std::optional<OpenFile> file_;
  bool renamed_ = false;
};

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

/// Makes the names in a folder survive a power cut. A folder that may be written but not read cannot be
/// synced.
void sync_folder(const fs::path& folder, const fs::path& path, const FileLayer& files) {
  const OpenFile directory(files, folder, O_RDONLY | O_DIRECTORY);
  if (!directory.valid() && errno != EACCES) fail(path, "open the folder", errno);
  if (directory.valid() && !directory.sync()) fail(path, "write the folder to disk", errno);
}

void write_file(const fs::path& path, std::span<const std::string_view> pieces, const FileLayer& files,
                bool keep_previous) {
  const fs::path target = regular_target(path);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");

  TemporaryFile temporary(files, folder, path);
  for (const auto piece : pieces) {
    if (!temporary.file().write(piece)) fail(path, "write", errno);
  }
  if (!temporary.file().sync()) fail(path, "write to disk", errno);
  if (!temporary.file().close()) fail(path, "write", errno);

  const fs::path previous = previous_version(target);
  const bool kept = keep_previous && files.rename(target.c_str(), previous.c_str()) == 0;
  if (keep_previous && !kept && errno != ENOENT) fail(path, "keep as " + previous.filename().string(), errno);
  if (!temporary.rename(target)) {
    const int reason = errno;
    if (kept) files.rename(previous.c_str(), target.c_str());  // restore the old name
    fail(path, "replace", reason);
  }
  sync_folder(folder, path, files);
}

/// The process whose temporary file has this name; none where it is not the name of a temporary file.
std::optional<pid_t> owner_of(std::string_view name) {
  if (!name.starts_with(kTemporaryStart) || !name.ends_with(kTemporaryEnd)) return std::nullopt;
  name.remove_prefix(kTemporaryStart.size());
  name.remove_suffix(kTemporaryEnd.size());
  const auto number = [&](auto& value) {
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error != std::errc()) return false;
    name.remove_prefix(static_cast<std::size_t>(end - name.data()));
    return true;
  };
  pid_t process = 0;
  unsigned count = 0;
  if (!number(process) || process <= 0 || !name.starts_with('-')) return std::nullopt;
  name.remove_prefix(1);
  if (!number(count) || !name.empty()) return std::nullopt;
  return process;
}

bool is_running(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

}  // namespace

void write_file_atomically(const fs::path& path, std::span<const std::string_view> pieces,
                           const FileLayer& files) {
  write_file(path, pieces, files, false);
}

void write_file_atomically(const fs::path& path, std::string_view content, const FileLayer& files) {
  write_file(path, std::span(&content, 1), files, false);
}

void write_file_keeping_previous(const fs::path& path, std::span<const std::string_view> pieces,
                                 const FileLayer& files) {
  write_file(path, pieces, files, true);
}

fs::path previous_version(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  fs::path previous = error ? path : target;
  const std::string extension = previous.extension().string();
  return previous.replace_extension(".previous" + extension);
}

void require_writable_folder(const fs::path& folder, const FileLayer& files) {
  const TemporaryFile probe(files, folder, folder, "make a file in it");
}

std::size_t remove_stale_temporary_files(const fs::path& folder, const FileLayer& files) {
  std::size_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto owner = owner_of(entry->path().filename().native());
    std::error_code ignored;
    if (!owner || is_running(*owner) || !fs::is_regular_file(entry->symlink_status(ignored))) continue;
    if (files.unlink(entry->path().c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace mlp
