// .npy, NumPy's format for one array (versions 1.0, 2.0 and 3.0; NumPy enhancement proposal 1, Kern 2007, and
// the description of numpy.lib.format).
//
//   6 bytes     93 'N' 'U' 'M' 'P' 'Y'
//   2 bytes     version: 01 00, 02 00 or 03 00
//   2 or 4      length of the header, unsigned, little-endian; 4 bytes from version 2.0 on
//   header      a Python dictionary, padded with blanks and ended by a line feed:
//               {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
//   elements    in the byte order that descr names; the last index runs fastest, or in Fortran order the
//   first
//
// The dictionary is read by a parser that knows nothing else of Python, and pickled objects are never read.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/arrays/array.h"
#include "data/bytes/byte_reader.h"

namespace mlp {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

struct NpyHeader {
  char kind = 'f';        ///< 'b' bool, 'i' integer, 'u' unsigned integer, 'f' floating point
  std::size_t bytes = 4;  ///< of an element
  std::endian order = std::endian::little;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// From the magic bytes to the end of the header. Throws FileError naming file, position, what was expected
/// and what was found; also for elements that are no numbers.
NpyHeader read_npy_header(ByteReader& reader);

/// "uint8", "float32", "bool"
std::string type_text(const NpyHeader& header);

/// Elements keep their type, but bool becomes u8 and 16-bit floats become 32-bit ones. Nothing is allocated
/// on the word of the header alone.
Array read_npy(ByteReader& reader);

}  // namespace mlp
