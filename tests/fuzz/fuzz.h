// What the fuzz targets share. A target is LLVMFuzzerTestOneInput in a file of its own: libFuzzer calls it
// with bytes it generates (scripts/fuzz), replay.cpp with the committed ones (every test run).
//
// A target states what must hold for any bytes. Where a statement fails the program ends, which is how
// libFuzzer notices an input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/utf8.h"
#include "mlp/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mlp::fuzz {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "does not hold: %s\n", what.c_str());
  std::abort();
}

inline void expect(bool holds, const char* what) {
  if (!holds) fail(what);
}

/// The input, taken from front to back: a target takes its options first, then the rest as a file.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte, 0 at the end.
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  /// The text up to the next line break, which is taken as well.
  std::string_view line() {
    const auto line = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
    return line;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// `text` must be one line, without anything a terminal would obey.
inline void expect_plain_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      fail("a message is one line without control characters: " + std::string(text));
  if (find_invalid_utf8(text)) fail("a message is UTF-8: " + std::string(text));
  if (text.size() > 2000) fail("a message is short: " + std::string(text));
}

/// How often `accepted` returned a value: replay.cpp checks whether an input is accepted as its name says.
inline std::size_t acceptances = 0;

/// What `read` returns, or nothing where it throws an Error, as it must for input it does not accept. Any
/// other exception ends the program.
template <class Read>
auto accepted(Read&& read) -> std::optional<decltype(read())> {
  try {
    auto value = read();
    ++acceptances;
    return value;
  } catch (const Error& error) {
    expect(*error.what() != '\0', "an error says what is wrong");
    expect_plain_line(error.what());
    expect_plain_line(error.hint());
    return std::nullopt;
  }
}

/// A source for ByteReader that gives `bytes`, which must outlive it, `piece` at a time.
inline auto in_pieces(std::string_view bytes, std::size_t piece) {
  return [=](std::span<std::uint8_t> destination) mutable {
    const auto next = bytes.substr(0, std::min(piece, destination.size()));
    std::copy(next.begin(), next.end(), destination.begin());
    bytes.remove_prefix(next.size());
    return next.size();
  };
}

}  // namespace mlp::fuzz
