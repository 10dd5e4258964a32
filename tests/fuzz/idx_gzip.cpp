// Gzip'd IDX: the input is the content of a gzip stream that is made here, so that its checksum is right. It
// must be accepted or refused as it is without gzip.
#include "data/arrays/idx.h"
#include "data/bytes/byte_reader.h"
#include "fuzz/array.h"
#include "fuzz/gzip.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::Input input(data, size);
  const std::size_t piece = 1 + std::size_t{input.byte()};
  const std::size_t split = input.byte();
  const auto bytes = input.rest();
  const auto file = fuzz::gzip(bytes, split);
  const auto array = fuzz::accepted([&] {
    ByteReader reader("images.gz", fuzz::in_pieces(file, piece));
    return read_idx(reader);
  });
  const auto plain = fuzz::accepted([&] {
    ByteReader reader("images", bytes);
    return read_idx(reader);
  });
  if (bytes.starts_with("\x1f\x8b")) {
    fuzz::expect(!array, "gzip within gzip is no IDX");
    return 0;
  }
  fuzz::expect(array.has_value() == plain.has_value(), "gzip decides nothing");
  if (!array) return 0;
  fuzz::expect(fuzz::idx_bytes(*array) == bytes, "an array is all of its file's bytes");
  fuzz::check_array(*array);
  return 0;
}
