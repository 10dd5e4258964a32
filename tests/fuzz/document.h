// Model files and checkpoints from inputs that a fuzzer can explore. An input has the JSON document, which is
// stored escaped in the file's header, and the header's tensors as lines of text; the tensors' bytes follow.
// The file itself is in memory: no disk is touched, and the readers see an ordinary path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <map>
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
/// Its checksum is right, so that the code behind that check is reached.
inline std::string document_file(Input input) {
  const auto document = input.line();
  const auto tensors = input.line();
  const auto crc = [](unsigned long so_far, std::string_view bytes) {
    return ::crc32_z(so_far, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  char checksum[9];
  std::snprintf(checksum, sizeof checksum, "%08lx", crc(crc(0, document), input.rest()));
  std::string header = R"({"__metadata__":{"crc32":")" + std::string(checksum) + R"(","mlp":)";
  // Text that is not UTF-8 is left to the safetensors target.
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

/// A file of ours, as a reader of the plain format sees it.
struct PlainDocument {
  nlohmann::json document;
  std::map<std::string, std::string> tensors;  ///< shapes and bytes

  explicit PlainDocument(std::string_view bytes) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    const auto header = nlohmann::json::parse(bytes.substr(sizeof length, length));
    const auto data = bytes.substr(sizeof length + length);
    for (const auto& [name, tensor] : header.items()) {
      if (name == "__metadata__") {
        document = nlohmann::json::parse(tensor.at("mlp").get<std::string>());
        continue;
      }
      const std::size_t begin = tensor.at("data_offsets").at(0), end = tensor.at("data_offsets").at(1);
      tensors[name] = tensor.at("shape").dump() + std::string(data.substr(begin, end - begin));
    }
  }
};

/// Members that both documents have are the same, apart from texts that may be spelt in several ways.
inline void expect_same_members(const nlohmann::json& read, const nlohmann::json& written) {
  if (written.is_object()) {
    for (const auto& [key, value] : written.items()) {
      const bool spelt = key == "activation" || key == "initializer" || key == "loss";
      const bool of_the_writer = key == "version" || key == "written_by";
      if (!spelt && !of_the_writer && read.contains(key)) expect_same_members(read.at(key), value);
    }
  } else if (written.is_array()) {
    expect(read.size() == written.size(), "what is loaded is saved");
    for (std::size_t i = 0; i < written.size(); ++i) expect_same_members(read.at(i), written.at(i));
  } else if (read != written) {
    fail("what is loaded is saved: " + read.dump() + " became " + written.dump());
  }
}

/// What must hold for any file of ours: it is refused, or loaded and saved unchanged, in a file that is
/// accepted.
template <class Load, class Save>
void check_round_trip(const std::string& bytes, Load load, Save save) {
  static MemoryFile file;
  static const MemoryFolder folder;
  file.write(bytes);
  const auto value = accepted([&] { return load(file.path()); });
  if (!value) return;
  const auto saved = folder / "saved";
  save(*value, saved);
  const PlainDocument before(bytes), after(read_bytes(saved));
  expect_same_members(before.document, after.document);
  expect(before.tensors == after.tensors, "tensors that are loaded are saved");
  load(saved);
}

}  // namespace mlp::fuzz
