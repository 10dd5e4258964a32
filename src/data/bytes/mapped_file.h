// A file's bytes where the system keeps them: mapped into memory, read-only, read page by page when they are
// looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace mlp {

/// Whoever looks at a byte that is no longer there, since somebody has made the file shorter, is sent SIGBUS.
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

/// Null for what is no regular file, is empty or cannot be opened or mapped: reading it may still do, or says
/// why not.
std::shared_ptr<const MappedFile> map_file(const std::filesystem::path& path);

}  // namespace mlp
