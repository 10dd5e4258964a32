// Files of arrays, told apart by their first bytes: IDX (plain or gzip), .npy, .npz.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "data/arrays/array.h"
#include "data/arrays/npz.h"

namespace mlp {

struct NamedArray {
  std::string name;  ///< for messages: the file, and for .npz the array in it
  Array array;
};

inline constexpr std::uint64_t kNeverMapped = std::numeric_limits<std::uint64_t>::max();

/// Throws FileError where there is not a byte.
void require_not_empty(ByteReader& reader);

/// The one array of a file; of a .npz that holds several, the one whose name says `role`. Throws FileError.
/// Files of at least `mapped_from` bytes are mapped where they can be (mapped_array.h).
NamedArray read_array(const std::filesystem::path& path, const ArrayRole& role,
                      std::uint64_t mapped_from = kNeverMapped);
NamedArray read_array(const NpzFile& npz, const ArrayRole& role);
/// `reader` reads `path` and has not taken anything yet.
NamedArray read_array(ByteReader& reader, const std::filesystem::path& path, const ArrayRole& role);

}  // namespace mlp
