// Files of arrays, told apart by their first bytes: IDX (plain or gzip), .npy, .npz.
#pragma once

#include <filesystem>
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

/// Throws FileError where there is no byte to read.
void require_not_empty(ByteReader& reader);

/// The one array of a file; of a .npz that holds several, the one whose name says `role`. Throws FileError.
NamedArray read_array(const std::filesystem::path& path, const ArrayRole& role);
NamedArray read_array(const NpzFile& npz, const ArrayRole& role);
/// `reader` reads `path` and has not taken anything yet.
NamedArray read_array(ByteReader& reader, const std::filesystem::path& path, const ArrayRole& role);

}  // namespace mlp
