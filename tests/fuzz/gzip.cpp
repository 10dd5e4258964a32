// Gzip streams, damaged and not: ByteReader gives what zlib does, in pieces of any size, and an error where
// zlib has one. The input is a file as it is, or (odd first byte) bytes to compress and one byte of the
// result to change.
#include "fuzz/gzip.h"

#include "data/bytes/byte_reader.h"

namespace {

using namespace mlp;

constexpr std::size_t kMaxBytes = 100'000;  // more than ByteReader has at once

/// What zlib itself makes of gzip members; nothing where it finds fault with them.
std::optional<std::string> inflated(std::string_view file) {
  std::string text;
  while (!file.empty()) {
    z_stream stream{};
    fuzz::expect(inflateInit2(&stream, 15 + 16) == Z_OK, "zlib starts");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data()));
    stream.avail_in = static_cast<uInt>(file.size());
    int status = Z_OK;
    while (status == Z_OK && text.size() <= kMaxBytes) {
      char buffer[4096];
      stream.next_out = reinterpret_cast<Bytef*>(buffer);
      stream.avail_out = sizeof buffer;
      status = inflate(&stream, Z_NO_FLUSH);
      text.append(buffer, sizeof buffer - stream.avail_out);
    }
    file.remove_prefix(file.size() - stream.avail_in);
    inflateEnd(&stream);
    if (status != Z_STREAM_END) return std::nullopt;
  }
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::uint8_t options = input.byte();
  const std::size_t piece = 1 + std::size_t{input.byte()};
  std::string file;
  if (options % 2 == 0) {
    file = input.rest();
  } else {
    const std::size_t split = input.byte(), place = input.byte(), change = input.byte();
    file = fuzz::gzip(input.rest(), split);
    file[place % file.size()] = static_cast<char>(file[place % file.size()] ^ change);
  }
  const auto text = fuzz::accepted([&] {
    ByteReader reader("file", fuzz::in_pieces(file, piece));
    auto all = read_text(reader, kMaxBytes);
    fuzz::expect(reader.position() == all.size(), "the position counts the bytes");
    fuzz::expect(!reader.peek(), "the end is the end");
    return all;
  });
  const auto expected = file.starts_with("\x1f\x8b") ? inflated(file) : file;
  const bool fits = expected && expected->size() <= kMaxBytes;
  fuzz::expect(text.has_value() == fits, "accepted is what zlib accepts");
  fuzz::expect(!text || *text == *expected, "the text is what zlib makes of it");
  return 0;
}
