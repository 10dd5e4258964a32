#include "terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
  int file = ::open("/dev/null", O_RDONLY);
  while (file >= 0 && file <= kStderr) file = ::open("/dev/null", O_RDONLY);
  if (file >= 0) ::close(file);
}

bool is_terminal(int stream) { return ::isatty(stream) == 1; }

int terminal_width(int stream) {
  winsize size{};
  if (::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

Style style_of(int stream, const Environment& environment) {
  if (!environment.colour || !is_terminal(stream)) return {};
  return {.bold = "\033[1m", .dim = "\033[2m", .red = "\033[1;31m", .off = "\033[0m"};
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
