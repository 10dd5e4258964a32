#include "terminal/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "mlp/error.h"

namespace mlp::app {
namespace {

/// 0, or the errno of the write that failed.
int write_all(int stream, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(stream, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void occupy_closed_streams() {
  // Opening takes the lowest free number; beyond the standard streams there is nothing to occupy.
  for (int stream = STDIN_FILENO; stream <= kStderr; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool is_terminal(int stream) { return ::isatty(stream) == 1; }

int terminal_width(int stream) {
  winsize size{};
  if (::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return static_cast<int>(kColumns);
}

Style style_of(int stream, const Environment& environment) {
  if (!is_terminal(stream)) return {};
  const std::size_t columns = std::min(kColumns, static_cast<std::size_t>(terminal_width(stream)));
  if (!environment.colour) return {.columns = columns};
  return {.bold = "\033[1m", .dim = "\033[2m", .red = "\033[1;31m", .off = "\033[0m", .columns = columns};
}

void print(std::string_view text) {
  const int error = write_all(kStdout, text);
  if (error == 0) return;
  const std::string problem = "cannot write to standard output: " + std::generic_category().message(error);
  if (error == EPIPE) throw ClosedPipe(problem);
  throw FileError(problem);
}

void print_error(std::string_view text) { write_all(kStderr, text); }

}  // namespace mlp::app
