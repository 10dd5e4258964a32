// Downloads a file from the first of several mirrors that has it, and keeps it only if its SHA-256 is right:
// by libcurl (download.cpp), or, where mlp is built without it, not at all (download_left_out.cpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mlp {

struct DownloadLimits {
  long connect_seconds = 10;
  long stalled_seconds = 15;  ///< a transfer below 1000 bytes a second for so long is given up
  std::uint64_t max_bytes = std::uint64_t{64} << 20;  ///< of the file as it is sent, perhaps compressed
};

/// Bytes so far, bytes in all (0: unknown); false cancels.
using DownloadProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Whether mlp is built with MLP_WITH_DOWNLOAD.
bool downloads_built_in();

/// Tries `urls` in turn and writes the first content whose uncompressed bytes (gzip is recognised) have the
/// checksum `sha256` to `path`, whole or not at all; folders are created. Returns an empty string, or, where
/// every mirror failed, one line that says why each did. Throws FileError where the file cannot be written or
/// `progress` cancels, and where downloads are not built in.
std::string download(const std::vector<std::string>& urls, const std::filesystem::path& path,
                     const std::string& sha256, const DownloadLimits& limits,
                     const DownloadProgress& progress);

}  // namespace mlp
