// Model files and checkpoints from inputs in which a fuzzer finds its way: the JSON document, which stands
// escaped in the header of the file, and the header's tensors are lines of text; the tensors' bytes follow.
// The file itself is in memory: no disk is touched, and the readers see an ordinary path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fuzz/fuzz.h"

namespace mlp::fuzz {

/// A file in memory, written anew for each input.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    expect(descriptor_ >= 0, "memfd_create");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  void write(std::string_view bytes) {
    expect(::ftruncate(descriptor_, 0) == 0, "ftruncate");
    expect(::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
           "pwrite");
  }
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// 8 bytes of length, `header`, `data`.
inline std::string safetensors_bytes(std::string_view header, std::string_view data) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((header.size() >> shift) & 0xFF);
  return bytes.append(header).append(data);
}

/// A file with the input's first line as its document, the second as its tensors and the rest as their bytes.
inline std::string document_file(Input input) {
  const auto document = input.line();
  const auto tensors = input.line();
  std::string header = R"({"__metadata__":{"mlp":)";
  // What is no UTF-8 is for the safetensors target.
  header += nlohmann::json(document).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  header.append("}").append(tensors.empty() ? "" : ",").append(tensors).append("}");
  return safetensors_bytes(header, input.rest());
}

/// A folder in memory for what targets write; removed at the end.
class MemoryFolder {
 public:
  MemoryFolder() {
    char name[] = "/dev/shm/mlp_fuzz_XXXXXX";
    expect(::mkdtemp(name) != nullptr, "mkdtemp in /dev/shm");
    path_ = name;
  }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  ~MemoryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_bytes(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  expect(file != nullptr, "the file is there");
  std::string bytes;
  char block[4096];
  for (std::size_t count; (count = std::fread(block, 1, sizeof block, file)) > 0;) bytes.append(block, count);
  std::fclose(file);
  return bytes;
}

/// What any file of ours must hold to: refused, or loaded, saved, loaded and saved again with the same bytes.
template <class Load, class Save>
void check_round_trip(const std::string& bytes, Load load, Save save) {
  static MemoryFile file;
  static const MemoryFolder folder;
  file.write(bytes);
  const auto value = accepted([&] { return load(file.path()); });
  if (!value) return;
  save(*value, folder / "once");
  const auto again = load(folder / "once");
  save(again, folder / "twice");
  expect(read_bytes(folder / "once") == read_bytes(folder / "twice"), "what is saved is loaded the same");
}

}  // namespace mlp::fuzz
