// Reads the bytes of a file, or of memory, and inflates them on the way where they are gzip (RFC 1952: they
// start with 1f 8b). Holds in memory only as much as the caller asks for, and waits for no more than that.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// Deflate's best case is a match of 258 bytes in two bits (RFC 1951, 3.2.5).
inline constexpr std::uint64_t kMaxDeflateRatio = 258 * 8 / 2;

class ByteReader {
 public:
  /// Fills the front of `destination` and returns how many bytes: at least one, 0 at the end. Throws on
  /// failure.
  using Source = std::function<std::size_t(std::span<std::uint8_t> destination)>;

  /// Throws FileError where the file is missing, a directory, or may not be read.
  explicit ByteReader(const std::filesystem::path& path);
  /// Reads `bytes`, which must outlive the reader; `name` stands in error messages.
  ByteReader(std::string name, std::string_view bytes);
  /// Reads what `source` gives, in pieces of any size; no more than `source_size` bytes where that is known.
  ByteReader(std::string name, Source source, std::optional<std::uint64_t> source_size = std::nullopt);
  ~ByteReader();
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;

  /// Fills `destination` and returns its size, or less where the data end. Throws FileError, with the
  /// position, where a gzip stream is damaged or cut short.
  std::size_t read(std::span<std::uint8_t> destination);

  /// As read(), but returns as soon as some bytes have come; 0 only at the end.
  std::size_t read_some(std::span<std::uint8_t> destination);

  /// The next byte without taking it; nothing at the end.
  std::optional<std::uint8_t> peek();

  /// Whether the next bytes are these, without taking them. Waits for no byte after one that differs.
  bool starts_with(std::string_view prefix);

  /// Inflated bytes handed out so far.
  std::uint64_t position() const { return position_; }

  /// An upper bound on all bytes that can come; unknown for a pipe. Counts that a header claims are checked
  /// against it before memory is set aside for them.
  std::optional<std::uint64_t> upper_bound() const;

  const std::string& name() const { return name_; }

 private:
  void start();
  std::size_t read_source(std::span<std::uint8_t> destination);
  bool refill();
  bool peek_to(std::size_t count);
  std::size_t copy(std::span<std::uint8_t> destination);
  std::size_t inflate_some(std::span<std::uint8_t> destination);
  std::uint64_t source_position() const { return source_read_ - pending_.size(); }

  std::string name_;
  Source source_;
  std::optional<std::uint64_t> source_size_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::span<std::uint8_t> pending_;  // the part of buffer_ not used yet
  std::uint64_t source_read_ = 0;
  bool source_ended_ = false;
  std::uint64_t position_ = 0;
  std::vector<std::uint8_t> peeked_;  // read, but not handed out yet
  bool compressed_ = false;
  bool member_ended_ = false;
  z_stream stream_{};
};

/// The whole (inflated) content; throws FileError where it is longer than `max_bytes`.
std::string read_text(ByteReader& reader, std::size_t max_bytes);

}  // namespace mlp
