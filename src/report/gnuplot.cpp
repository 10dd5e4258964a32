#include "report/gnuplot.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include "core/descriptor.h"
#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "network/text.h"
#include "report/line_text.h"

extern char** environ;  // handed on to gnuplot unread

namespace mlp {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& problem) { throw FileError("cannot draw: " + problem); }

/// A file in memory. Its number is above those of standard input, output and error, onto which it is copied
/// for the child.
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

/// What a child process is to have open.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  /// Open in the child as `number`; onto itself it means: not closed there.
  void pass(const Descriptor& file, int number) {
    ::posix_spawn_file_actions_adddup2(&actions_, file.number(), number);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// A process group of its own: Ctrl-C at the terminal is for us to answer, not for a figure half drawn.
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

/// The exit status of `child`, the leader of its own process group, which is ended when it takes too long: a
/// figure needs well under a second, and a run must not hang on one.
int wait_for(pid_t child) {
  constexpr auto kLimit = std::chrono::seconds(20);
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) fail(std::string("gnuplot is lost: ") + std::strerror(errno));
    if (std::chrono::steady_clock::now() - start > kLimit) {
      ::kill(-child, SIGKILL);
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      fail("gnuplot did not end within " + std::to_string(kLimit.count()) + " seconds");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

/// Runs gnuplot on `script` with `outputs` open. False where it is not installed.
bool run_gnuplot(const std::string& script, const std::vector<Descriptor>& outputs) {
  const Descriptor input = memory_file();
  const Descriptor said = memory_file();
  write_all(input, script);

  FileActions actions;
  actions.pass(input, STDIN_FILENO);
  actions.pass(said, STDOUT_FILENO);
  actions.pass(said, STDERR_FILENO);
  for (const auto& output : outputs) actions.pass(output, output.number());
  std::array<std::string, 3> arguments{"gnuplot", "--default-settings",
                                       "-"};  // no settings of the user's own
  std::array<char*, 4> pointers{arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
  pid_t child = 0;
  const OwnGroup group;
  const int error = ::posix_spawnp(&child, "gnuplot", actions.get(), group.get(), pointers.data(), environ);
  if (error == ENOENT) return false;
  if (error != 0) fail(std::string("gnuplot does not start: ") + std::strerror(error));

  const int status = wait_for(child);
  if (WIFSIGNALED(status)) fail("gnuplot was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) {
    // Its last line is the error; those before it repeat the command.
    std::string text = read_all(said);
    text.resize(text.find_last_not_of(" \n") + 1);
    fail("gnuplot says: " + std::string(trim(text.substr(text.rfind('\n') + 1, 200))));
  }
  return true;
}

const char* terminal_of(const fs::path& path) {
  const std::string extension = fold(path.extension().string());
  if (extension == ".svg") return "svg";
  if (extension == ".png") return "pngcairo fontscale 0.75";  // its points are 4/3 of a pixel
  throw FileError(path.string() + ": cannot draw a figure of this kind", "end the name in .svg or .png");
}

/// A double-quoted string of letters, blanks and octal escapes. (Digits are escaped too: one after an escape
/// would be read as part of it.)
std::string escaped(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == ' ' || (byte < 0x80 && std::isalpha(byte))) {
      result += c;
    } else {
      result += {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8),
                 static_cast<char>('0' + byte % 8)};
    }
  }
  return result + "\"";
}

}  // namespace

std::optional<std::string> draw_figure(const Figure& figure, std::span<const fs::path> paths) {
  std::string script = "set encoding utf8\n" + figure.data;
  std::vector<Descriptor> outputs;
  for (const auto& path : paths) {
    outputs.push_back(memory_file());
    script += std::string("reset\nset terminal ") + terminal_of(path) + " size " +
              std::to_string(figure.width) + "," + std::to_string(figure.height) +
              " noenhanced font 'sans,14' background rgb 'white'\n" + "set output '/dev/fd/" +
              std::to_string(outputs.back().number()) + "'\n" + figure.commands + "unset output\n";
  }
  if (!run_gnuplot(script, outputs)) {
    return "gnuplot is not installed, so no figure was drawn: install the package gnuplot-nox";
  }
  std::vector<std::string> pictures;
  for (const auto& output : outputs) pictures.push_back(read_all(output));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (pictures[i].empty()) fail("gnuplot left " + paths[i].string() + " empty");
    write_file_atomically(paths[i], pictures[i]);
  }
  return std::nullopt;
}

std::string gnuplot_text(std::string_view text, std::size_t most) { return escaped(line_of(text, most)); }

std::string gnuplot_tick(std::string_view text, std::size_t most) {
  std::string format;
  for (const char c : line_of(text, most)) format += c == '%' ? "%%" : std::string(1, c);
  return escaped(format);
}

std::string number_text(double value) { return std::isfinite(value) ? format_number(value) : "NaN"; }

}  // namespace mlp
