// Plain IDX: what is accepted is all of the file, and the same in pieces of any size.
#include "fuzz/idx.h"

#include "data/byte_reader.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::Input input(data, size);
  const std::size_t piece = 1 + std::size_t{input.byte()};
  const auto bytes = input.rest();
  if (bytes.starts_with("\x1f\x8b")) return -1;  // gzip: another target
  const auto array = fuzz::accepted([&] {
    ByteReader reader("images", bytes);
    return read_idx(reader);
  });
  const auto in_pieces = fuzz::accepted([&] {
    ByteReader reader("images", fuzz::in_pieces(bytes, piece));
    return read_idx(reader);
  });
  fuzz::expect(array.has_value() == in_pieces.has_value(), "pieces decide nothing");
  if (!array) return 0;
  fuzz::expect(fuzz::idx_bytes(*array) == fuzz::idx_bytes(*in_pieces), "pieces change nothing");
  fuzz::check_idx(*array, bytes);
  return 0;
}
