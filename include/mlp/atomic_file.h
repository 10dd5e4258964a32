// Writes a file whole or not at all: temporary file beside it, fsync, rename, fsync of the folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "mlp/export.h"
#include "mlp/file_layer.h"

namespace MLP_EXPORT mlp {

/// Writes the concatenation of `pieces` to `path`. A symbolic link is followed; folders are not created.
/// Throws FileError naming path, operation and reason; the file that was there before, if any, is then
/// untouched and no temporary file is left behind. (Only when the folder's own fsync fails is the new file
/// already in place.) A process that dies here leaves a file `.mlp-PID-N.tmp` at worst.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces,
                           const FileLayer& files = FileLayer());
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           const FileLayer& files = FileLayer());

/// The same, but keeps the file that was there before as previous_version(path), in place of any older file
/// of that name. At every moment at least one of the two names holds a whole file.
void write_file_keeping_previous(const std::filesystem::path& path, std::span<const std::string_view> pieces,
                                 const FileLayer& files = FileLayer());

/// "folder/name.previous.extension" for "folder/name.extension"; beside the file itself where `path` is a
/// link.
std::filesystem::path previous_version(const std::filesystem::path& path);

/// Throws FileError unless files can be made in `folder`; makes one and removes it.
void require_writable_folder(const std::filesystem::path& folder, const FileLayer& files = FileLayer());

/// Removes the temporary files left in `folder` by processes that no longer run on this machine; returns how
/// many. Files that cannot be removed stay.
std::size_t remove_stale_temporary_files(const std::filesystem::path& folder,
                                         const FileLayer& files = FileLayer());

}  // namespace mlp
