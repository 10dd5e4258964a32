// Facts about the terminal behind a stream, and checked writing to standard output.
#pragma once

#include <string>
#include <string_view>

#include "mlp/error.h"
#include "terminal/environment.h"

namespace mlp::app {

inline constexpr std::size_t kColumns = 80;  ///< of a page, unless the terminal is narrower

/// How text looks on a stream: escape sequences, all empty where it is not a terminal or colour is not
/// wanted, and the columns that it is wrapped to.
struct Style {
  std::string bold;
  std::string dim;
  std::string red;
  std::string off;
  std::size_t columns = kColumns;
};

inline constexpr int kStdout = 1;
inline constexpr int kStderr = 2;

/// Where a standard stream is closed, opens a placeholder on it that cannot be read or written: otherwise the
/// next file that is opened gets its number, and a download would receive its own progress.
void occupy_closed_streams();

bool is_terminal(int stream);
/// Columns of the terminal behind `stream`; 80 where unknown.
int terminal_width(int stream);
Style style_of(int stream, const Environment& environment);

/// Standard output is a pipe whose reader has gone, as `head` does after its last line.
class ClosedPipe : public FileError {
 public:
  using FileError::FileError;
};

/// Writes all of `text` or throws FileError with the reason, as of a full disk; ClosedPipe for that.
void print(std::string_view text);

/// Writes to standard error; progress and messages that cannot be delivered are dropped.
void print_error(std::string_view text);

}  // namespace mlp::app
