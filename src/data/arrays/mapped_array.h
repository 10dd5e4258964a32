// Maps large files of arrays instead of reading them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "data/arrays/array.h"

namespace mlp {

/// The array of an IDX file, not compressed, or of a .npy file, of at least `least` bytes, if its elements
/// are stored as they are used in memory: bytes, or in .npy 32-bit floats of this machine's byte order, the
/// last index fastest. Empty for any other file, which must be read. Throws FileError as reading does where
/// the header is wrong, or announces another number of bytes than the file has.
std::optional<Array> map_array(const std::filesystem::path& path, std::uint64_t least);

}  // namespace mlp
