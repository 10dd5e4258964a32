// The entries of a zip archive, read by libzip (zip_archive.cpp); or, where mlp is built without it, an error
// (zip_archive_left_out.cpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/bytes/byte_reader.h"

namespace mlp {

inline constexpr std::string_view kZipMagic = "PK\x03\x04";

class ZipArchive {
 public:
  struct Entry {
    std::string name;
    std::uint64_t size = 0;  ///< uncompressed, as the archive claims
  };

  /// Throws FileError where the path is no regular file or not a zip archive, or where mlp is built without
  /// MLP_WITH_NPZ.
  explicit ZipArchive(const std::filesystem::path& path);
  /// Reads `bytes`, which must outlive the archive; `name` stands in error messages.
  ZipArchive(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  const std::vector<Entry>& entries() const { return entries_; }

  /// Inflates entry `index` on the way and checks its checksum at its end. The archive must outlive the
  /// reader, whose name is "ARCHIVE: ENTRY". Throws FileError where it is damaged, encrypted or packed in an
  /// unknown way.
  ByteReader open(std::size_t index) const;

 private:
  std::string name_;
  std::uint64_t file_size_ = 0;
  std::shared_ptr<void> zip_;  // libzip's zip_t
  std::vector<Entry> entries_;
};

}  // namespace mlp
