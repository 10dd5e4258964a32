// Plain IDX: what is accepted is all of the file, and the same in pieces of any size.
#include "data/arrays/idx.h"

#include "data/bytes/byte_reader.h"
#include "fuzz/array.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::Input input(data, size);
  const std::size_t piece = input.byte();
  const auto bytes = input.rest();
  if (bytes.starts_with("\x1f\x8b")) return -1;  // gzip: another target
  const auto array = fuzz::accepted([&] {
    ByteReader reader("images", bytes);
    return read_idx(reader);
  });
  if (array) {
    fuzz::expect(fuzz::idx_bytes(*array) == bytes, "an array is all of its file's bytes");
    fuzz::check_array(*array);
  }
  if (piece == 0) return 0;
  const auto again = fuzz::accepted([&] {
    ByteReader reader("images", fuzz::in_pieces(bytes, piece));
    return read_idx(reader);
  });
  fuzz::expect(array.has_value() == again.has_value(), "pieces decide nothing");
  if (again) fuzz::expect(fuzz::idx_bytes(*again) == bytes, "pieces change nothing");
  return 0;
}
