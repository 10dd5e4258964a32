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
#include <string>
#include <variant>
#include <vector>

#include "data/byte_reader.h"
#include "mlp/dataset.h"
#include "mlp/matrix.h"

namespace mlp {

struct IdxArray {
  std::vector<std::uint32_t> dims;  ///< at least one
  std::variant<AlignedVector<std::uint8_t>, AlignedVector<std::int8_t>, AlignedVector<std::int16_t>,
               AlignedVector<std::int32_t>, AlignedVector<float>, AlignedVector<double>>
      values;
};

/// Throws FileError naming file, position, what was expected and what was found. No memory is set aside
/// before the file is known to be long enough for it.
IdxArray read_idx(ByteReader& reader);
IdxArray read_idx(const std::filesystem::path& path);

/// The first index runs over rows, all others over columns. u8 stays u8 (nothing is copied), the rest becomes
/// float; throws FileError naming `file` where a value is not finite as a float.
Inputs idx_rows(IdxArray array, const std::string& file);

/// Labels from integers of rank 1; throws FileError naming `file` for anything else.
std::vector<std::int32_t> idx_labels(const IdxArray& array, const std::string& file);

}  // namespace mlp
