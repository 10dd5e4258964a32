// What must hold for an array that was read from .npy `bytes`: its elements are the file's, in C order.
#pragma once

#include <string>
#include <string_view>

#include "data/arrays/npy.h"
#include "fuzz/array.h"

namespace mlp::fuzz {

inline void check_npy(const Array& array, std::string_view bytes) {
  ByteReader reader("npy", bytes);
  const NpyHeader header = read_npy_header(reader);
  const auto elements = bytes.substr(reader.position());
  check_array(array);
  expect(array.dims == header.shape, "the shape is the header's");
  if (header.kind == 'f' && header.bytes == 2) return;  // comes as 32 bit
  const std::string found = element_bytes(array, header.order);
  expect(found.size() == elements.size(), "an array is all of its file's bytes");
  if (!header.fortran_order) {
    expect(found == elements, "elements are the file's");
    return;
  }
  for (std::size_t at = 0; at < found.size() / header.bytes; ++at) {
    // From the element's position in C order to its indices, and from these to its position in Fortran order.
    std::size_t rest = at, size = found.size() / header.bytes, place = 0;
    for (std::size_t axis = header.shape.size(); axis-- > 0;) {
      size /= header.shape[axis];
      place += rest % header.shape[axis] * size;
      rest /= header.shape[axis];
    }
    expect(
        found.substr(at * header.bytes, header.bytes) == elements.substr(place * header.bytes, header.bytes),
        "Fortran order is turned into C order");
  }
}

}  // namespace mlp::fuzz
