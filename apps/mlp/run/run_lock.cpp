#include "run/run_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <utility>

#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = ".mlp-run.lock";

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Who holds the lock, as that process wrote it: "process 4711", "process 4711 on node7".
std::string holder(int file) {
  std::array<char, 512> text{};
  std::istringstream words(::pread(file, text.data(), text.size() - 1, 0) > 0 ? text.data() : "");
  long process = 0;
  std::string host;
  if (!(words >> process >> host)) return "another process";
  return "process " + std::to_string(process) + (host == host_name() ? "" : " on " + one_line(host));
}

void write_holder(int file) {
  const std::string text = std::to_string(::getpid()) + " " + host_name() + "\n";
  // Only informs others who it is; the lock holds without it, for example on a full disk.
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) < 0) return;
}

/// "process 4711 trains there since ...", of a lock that is held.
std::string held_by(int file, const fs::path& path) {
  std::error_code error;
  const auto since = fs::last_write_time(path, error);
  return holder(file) + " trains there" + (error ? "" : " since " + local_time(since));
}

bool is_at(int file, const fs::path& path) {
  struct stat open {
  }, named{};
  return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

}  // namespace

MadeFolder::~MadeFolder() {
  for (const auto& folder : made_) ::rmdir(folder.c_str());  // those that hold something stay
}

void MadeFolder::make() {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path folder = path_; !folder.empty() && !fs::exists(folder, error); folder = folder.parent_path())
    missing.push_back(folder);
  fs::create_directories(path_, error);
  const bool made = !error && fs::is_directory(path_, error);
  made_.insert(made_.begin(), missing.begin(), missing.end());
  if (!made) {
    throw FileError("cannot make the folder " + path_.string() + ": " +
                        (error ? reason_of(error) : "a file is in its place"),
                    "name another folder with --output");
  }
}

RunLock::RunLock(const fs::path& folder, Flock flock)
    : folder_(folder), path_(folder / kFile), made_(folder) {
  do {
    made_.make();
    require_writable_folder(folder);
  } while (!take(flock));
  remove_stale_temporary_files(folder);
}

bool RunLock::take(Flock flock) {
  constexpr int kFlags = O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const int file = ::open(path_.c_str(), O_RDWR | kFlags, 0666);
  if (file < 0) {
    if (errno == ENOENT) return false;  // the folder was removed, by a run that failed
    problem_ = std::generic_category().message(errno);
    return true;
  }
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      const std::string text = folder_.string() + " is in use: " + held_by(file, path_);
      ::close(file);
      throw FileError(text, "wait until that has finished, or name another folder with --output");
    }
    problem_ = std::generic_category().message(errno);
    ::unlink(path_.c_str());
    ::close(file);
    return true;
  }
  if (!is_at(file, path_)) {
    ::close(file);
    return false;
  }
  write_holder(file);
  file_ = file;
  return true;
}

std::string RunLock::holder_of(const fs::path& folder) {
  const fs::path path = folder / kFile;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {};
  std::string text;
  if (::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) text = held_by(file, path);
  ::close(file);
  return text;
}

RunLock::~RunLock() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());  // while locked: a run that has opened it notices that it is gone
  ::close(file_);
}

}  // namespace mlp::app
