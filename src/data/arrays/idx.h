// IDX, the format MNIST is published in (LeCun, Cortes, Burges), plain or gzip.
//
//   byte 0, 1   0
//   byte 2      element type: 08 u8, 09 i8, 0b i16, 0c i32, 0d f32, 0e f64
//   byte 3      rank
//   then        rank sizes, 32 bit unsigned, then the elements, all big-endian, the last index running
//   fastest
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "data/arrays/array.h"
#include "data/bytes/byte_reader.h"

namespace mlp {

/// How a file of bytes begins: element type 08.
inline constexpr std::string_view kIdxBytesMagic("\0\0\x08", 3);

struct IdxHeader {
  std::uint8_t type = 0;            ///< of the elements; not looked at yet
  std::vector<std::uint64_t> dims;  ///< no part of their product overflows
};

/// Throws FileError.
IdxHeader read_idx_header(ByteReader& reader);

/// Of rank 1 at least. Throws FileError naming file, position, what was expected and what was found. No
/// memory is set aside before the file is known to be long enough for it. `check`, if any, sees the shape
/// before the elements are read, perhaps inflated, and throws where they are not wanted.
using ShapeCheck = std::function<void(std::span<const std::uint64_t> dims)>;
Array read_idx(ByteReader& reader, const ShapeCheck& check = {});
Array read_idx(const std::filesystem::path& path);

}  // namespace mlp
