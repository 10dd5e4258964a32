// .npy: what is accepted is all of the file, and the same in pieces of any size. An input is the line of the
// header, to which the right length is added here, and the elements; or, by the first byte, a file as it is.
#include "fuzz/npy.h"

#include "data/bytes/byte_reader.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::Input input(data, size);
  const std::uint8_t options = input.byte();
  const std::size_t piece = input.byte();
  const bool version_1 = options % 2 == 0, as_it_is = (options & 0x80) != 0;
  std::string bytes;
  if (as_it_is) {
    bytes = input.rest();
  } else {
    const auto header = input.line();
    bytes = std::string("\x93NUMPY") + (version_1 ? '\1' : '\3') + '\0';
    for (int i = 0; i < (version_1 ? 2 : 4); ++i) bytes += static_cast<char>((header.size() + 1) >> 8 * i);
    bytes.append(header).append("\n").append(input.rest());
  }
  const auto array = fuzz::accepted([&] {
    ByteReader reader("npy", bytes);
    return read_npy(reader);
  });
  if (array) fuzz::check_npy(*array, bytes);
  if (piece == 0) return 0;
  const auto again = fuzz::accepted([&] {
    ByteReader reader("npy", fuzz::in_pieces(bytes, piece));
    return read_npy(reader);
  });
  fuzz::expect(array.has_value() == again.has_value(), "pieces decide nothing");
  if (again)
    fuzz::expect(
        fuzz::element_bytes(*array, std::endian::little) == fuzz::element_bytes(*again, std::endian::little),
        "pieces change nothing");
  return 0;
}
