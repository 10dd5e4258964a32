// Writes a file whole or not at all: temporary file beside it, fsync, rename, fsync of the folder.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace mlp {

/// Writes the concatenation of `pieces` to `path`. A symbolic link is followed; folders are not created.
/// Throws FileError naming path and reason; the file that was there before, if any, is then untouched and no
/// temporary file is left behind. (Only when the folder's own fsync fails is the new file already in place.)
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

}  // namespace mlp
