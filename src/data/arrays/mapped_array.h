// Large files of arrays, mapped rather than read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "data/arrays/array.h"

namespace mlp {

/// The array of an IDX file, not compressed, or of a .npy file, of at least `least` bytes, where its elements
/// lie in the file as they are computed with: bytes, or in .npy 32-bit floats of this machine's byte order,
/// the last index fastest. Nothing for any other file, which is to be read. Throws FileError as reading does
/// where the header is wrong, or does not announce the bytes that are there.
std::optional<Array> map_array(const std::filesystem::path& path, std::uint64_t least);

}  // namespace mlp
