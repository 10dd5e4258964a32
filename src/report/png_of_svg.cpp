#include "report/png_of_svg.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "core/descriptor.h"
#include "mlp/error.h"
#include "network/text.h"
#include "report/charts/markup.h"

extern char** environ;  // passed to the child unread

namespace mlp {
namespace {

[[noreturn]] void fail(const std::string& problem) { throw FileError("cannot draw a PNG: " + problem); }

/// A file in memory. Its descriptor is above those of standard input, output and error, onto which it is
/// copied for the child.
Descriptor memory_file() {
  const Descriptor file(::memfd_create("mlp", MFD_CLOEXEC));
  Descriptor copy(file.valid() ? ::fcntl(file.number(), F_DUPFD_CLOEXEC, 3) : -1);
  if (!copy.valid()) fail(std::string("no file in memory: ") + std::strerror(errno));
  return copy;
}

void write_all(const Descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.number(), 0, SEEK_SET);
}

std::string read_all(const Descriptor& file) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail(std::strerror(errno));
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count =
        ::pread(file.number(), content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  content.resize(done);
  return content;
}

/// Which files a child process has open.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  /// Opens `file` as `number` in the child; where the two are the same, keeps it open there.
  void pass(const Descriptor& file, int number) {
    ::posix_spawn_file_actions_adddup2(&actions_, file.number(), number);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// Puts the child into a process group of its own: Ctrl-C at the terminal is for us to handle, not for a
/// half-drawn figure.
class OwnGroup {
 public:
  OwnGroup() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
  }
  ~OwnGroup() { ::posix_spawnattr_destroy(&attributes_); }
  OwnGroup(const OwnGroup&) = delete;
  OwnGroup& operator=(const OwnGroup&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

/// The exit status of `child`, the leader of its own process group, which is killed when it takes too long: a
/// figure needs well under a second, and a run must not hang on one.
int wait_for(pid_t child) {
  constexpr auto kLimit = std::chrono::seconds(20);
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) fail(std::string("the program is lost: ") + std::strerror(errno));
    if (std::chrono::steady_clock::now() - start > kLimit) {
      ::kill(-child, SIGKILL);
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      fail("it did not end within " + std::to_string(kLimit.count()) + " seconds");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

/// The last line of a program's output.
std::string last_line(std::string text) {
  text.resize(text.find_last_not_of(" \n") + 1);
  return std::string(trim(text.substr(text.rfind('\n') + 1, 200)));
}

}  // namespace

std::optional<std::string> png_of_svg(const std::string& svg, double scale, std::string program) {
  const Descriptor input = memory_file(), output = memory_file(), said = memory_file();
  write_all(input, svg);
  FileActions actions;
  actions.pass(input, STDIN_FILENO);
  actions.pass(output, STDOUT_FILENO);
  actions.pass(said, STDERR_FILENO);
  std::string zoom = "--zoom=" + html_number(scale), format = "--format=png";
  const std::array<char*, 4> arguments{program.data(), zoom.data(), format.data(), nullptr};
  pid_t child = 0;
  const OwnGroup group;
  const int error =
      ::posix_spawnp(&child, program.c_str(), actions.get(), group.get(), arguments.data(), environ);
  if (error == ENOENT) return std::nullopt;
  if (error != 0) fail(program + " does not start: " + std::strerror(error));

  const int status = wait_for(child);
  if (WIFSIGNALED(status)) fail(program + " was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) fail(program + " says: " + last_line(read_all(said)));
  std::string png = read_all(output);
  if (png.empty()) fail(program + " left it empty");
  return png;
}

}  // namespace mlp
