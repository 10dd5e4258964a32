// Safetensors files: named tensors with a JSON header, nothing that could be executed.
//
//   8 bytes   n, the header's length, little-endian
//   n bytes   header, JSON: {"__metadata__": {text: text}, name: {"dtype", "shape", "data_offsets"}, ...},
//             blanks after it
//   the rest  the tensors' values, little-endian, row-major; data_offsets [begin, end) count from here
//
// Source: the format's public description, Hugging Face, 2022. Read with all its rules enforced; written with
// the data aligned to 64 bytes by blanks after the header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.h"
#include "mlp/file_layer.h"

namespace mlp {

struct TensorInfo {
  std::string dtype;  ///< "F32", "I64", ...
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  ///< bytes from the start of the data
  std::uint64_t end = 0;
  friend bool operator==(const TensorInfo&, const TensorInfo&) = default;
};

struct SafetensorsHeader {
  static constexpr std::uint64_t kMaxBytes = 100'000'000;  ///< the format's own cap

  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorInfo> tensors;
};

/// Checks everything the format demands of a header that `data_bytes` of data follow: UTF-8 JSON that starts
/// with '{', no key twice, known dtypes, sizes that do not overflow, and tensors that cover the data without
/// hole or overlap. Throws FileError "where: ...".
SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_bytes,
                                           const std::string& where);

/// A file whose header has been read and checked; values are read straight to where they belong, so that the
/// caller decides what is worth its memory.
class SafetensorsFile {
 public:
  /// Throws FileError naming path, byte, what was expected and what was found.
  explicit SafetensorsFile(const std::filesystem::path& path);
  /// The bytes of such a file, which must outlive this; messages call it `name`.
  SafetensorsFile(std::span<const char> bytes, std::string name);

  const std::string& path() const { return path_; }
  const SafetensorsHeader& header() const { return header_; }
  /// The values of an F32 tensor of this file, exactly values.size() of them.
  void read(const TensorInfo& tensor, std::span<float> values) const;
  /// The CRC-32 `crc`, continued over all of the data.
  std::uint32_t data_crc32(std::uint32_t crc) const;

 private:
  void read_header(std::uint64_t file_bytes);
  void read_bytes(std::uint64_t offset, std::span<char> bytes) const;

  std::string path_;
  Descriptor descriptor_;         // not valid: the bytes are in memory
  std::span<const char> memory_;  // them
  std::uint64_t data_begin_ = 0;
  std::uint64_t data_bytes_ = 0;
  SafetensorsHeader header_;
};

/// An F32 tensor in someone else's memory, to be written.
struct TensorView {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::span<const float> values;  ///< row-major
};

/// Given the pieces of a file's bytes, in order and valid during the call.
using TakePieces = std::function<void(std::span<const std::string_view>)>;

/// Calls `take` with the bytes of a file called `name`. Throws FileError, also what `take` throws;
/// std::invalid_argument when a shape does not fit its values.
void make_safetensors(const std::string& name, const std::map<std::string, std::string>& metadata,
                      std::span<const TensorView> tensors, const TakePieces& take);

/// What becomes of the file that is replaced: see mlp/atomic_file.h.
enum class Previous { kReplace, kKeep };

/// Whole or not at all. Throws as make_safetensors() does.
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata,
                       std::span<const TensorView> tensors, Previous previous = Previous::kReplace,
                       const FileLayer& files = FileLayer());

/// A `take` that writes the file.
TakePieces to_file(const std::filesystem::path& path, Previous previous, const FileLayer& files);

}  // namespace mlp
