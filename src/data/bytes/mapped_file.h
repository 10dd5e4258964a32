// The bytes of a file mapped into memory, read-only: the system reads them page by page when they are
// accessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace mlp {

/// Accessing a byte that is no longer there, as the file was truncated, raises SIGBUS.
class MappedFile {
 public:
  /// Takes a mapping over.
  MappedFile(void* memory, std::size_t size) : memory_(memory), size_(size) {}
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return {static_cast<const std::uint8_t*>(memory_), size_}; }

 private:
  void* memory_;
  std::size_t size_;
};

/// Null where it is not a regular file, is empty, or cannot be opened or mapped: reading it may still work,
/// or says why not.
std::shared_ptr<const MappedFile> map_file(const std::filesystem::path& path);

}  // namespace mlp
