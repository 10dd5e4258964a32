// Writes a file whole or not at all: temporary file beside it, fsync, rename, fsync of the folder.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace mlp {

/// Throws FileError naming path and reason; the file that was there before, if any, is then untouched and no
/// temporary file is left behind.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

}  // namespace mlp
