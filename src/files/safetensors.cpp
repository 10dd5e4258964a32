#include "files/safetensors.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "files/json.h"
#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "network/text.h"

namespace mlp {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are read and written as they lie in memory");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kAlignment = 64;
/// Header, tensor, shape; the largest checkpoint has some 36,000 tensors of 8 values each.
constexpr JsonLimits kHeaderLimits{.depth = 3, .values = 1'000'000};
const char* const kMetadataKey = "__metadata__";

std::optional<std::uint64_t> dtype_bytes(std::string_view dtype) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 15> kBytes{{
      {"F64", 8},
      {"I64", 8},
      {"U64", 8},
      {"F32", 4},
      {"I32", 4},
      {"U32", 4},
      {"F16", 2},
      {"BF16", 2},
      {"I16", 2},
      {"U16", 2},
      {"BOOL", 1},
      {"I8", 1},
      {"U8", 1},
      {"F8_E5M2", 1},
      {"F8_E4M3", 1},
  }};
  for (const auto& [name, bytes] : kBytes) {
    if (name == dtype) return bytes;
  }
  return std::nullopt;
}

/// shape[0] * shape[1] * ... * element_bytes; none on overflow.
std::optional<std::uint64_t> tensor_bytes(std::span<const std::uint64_t> shape, std::uint64_t element_bytes) {
  std::uint64_t bytes = element_bytes;
  for (const auto dimension : shape) {
    if (__builtin_mul_overflow(bytes, dimension, &bytes)) return std::nullopt;
  }
  return bytes;
}

TensorInfo read_tensor_info(const JsonField& field) {
  TensorInfo tensor{.dtype = field["dtype"].text(), .shape = {}};
  const auto element_bytes = dtype_bytes(tensor.dtype);
  if (!element_bytes) field["dtype"].fail_expected("a dtype such as F32");
  for (const auto& dimension : field["shape"].items()) tensor.shape.push_back(dimension.count());
  const auto offsets = field["data_offsets"].items();
  if (offsets.size() != 2) field["data_offsets"].fail_expected("two offsets");
  tensor.begin = offsets[0].count();
  tensor.end = offsets[1].count();
  const auto bytes = tensor_bytes(tensor.shape, *element_bytes);
  if (!bytes) field["shape"].fail("the product of its dimensions overflows");
  if (tensor.end < tensor.begin || tensor.end - tensor.begin != *bytes) {
    field["data_offsets"].fail("expected " + std::to_string(*bytes) +
                               " bytes for its dtype and shape, found [" + std::to_string(tensor.begin) +
                               ", " + std::to_string(tensor.end) + ")");
  }
  return tensor;
}

/// Checks that the tensors, one after the other, are all of the data.
void check_coverage(const SafetensorsHeader& header, std::uint64_t data_bytes, const std::string& where) {
  std::vector<std::map<std::string, TensorInfo>::const_iterator> order;
  for (auto tensor = header.tensors.begin(); tensor != header.tensors.end(); ++tensor)
    order.push_back(tensor);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t covered = 0;
  for (const auto& tensor : order) {
    const auto& [name, info] = *tensor;
    if (info.begin != covered) {
      throw FileError(where + ": tensor " + quote(name) + " begins at data byte " +
                      std::to_string(info.begin) + ", expected " + std::to_string(covered) +
                      " where the one before it ends");
    }
    covered = info.end;
  }
  if (covered != data_bytes) {
    throw FileError(where + ": expected " + std::to_string(covered) +
                        " bytes of data after the header, found " + std::to_string(data_bytes),
                    covered > data_bytes ? "the file was cut short; copy it again" : "");
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_bytes,
                                           const std::string& where) {
  if (!text.starts_with('{')) throw FileError(where + ": expected a safetensors header that starts with '{'");
  const auto document = parse_json(text, kHeaderLimits, where + ": header");
  const JsonField root(document, where + ": header");
  SafetensorsHeader header;
  for (const auto& item : document.items()) {
    if (item.key() == kMetadataKey) {
      const JsonField metadata = root[kMetadataKey];
      if (!item.value().is_object()) metadata.fail_expected("an object");
      for (const auto& entry : item.value().items()) {
        header.metadata.emplace(entry.key(), metadata[entry.key()].text());
      }
    } else {
      const JsonField field(item.value(), where + ": header: tensor " + quote(item.key()));
      header.tensors.emplace(item.key(), read_tensor_info(field));
    }
  }
  check_coverage(header, data_bytes, where);
  return header;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : path_(path.string()) {
  // O_NONBLOCK: do not wait for a writer where the path is a named pipe.
  descriptor_ = Descriptor::open(path, O_RDONLY | O_NONBLOCK);
  if (!descriptor_.valid()) {
    const int reason = errno;
    throw FileError(path_ + ": cannot read: " + std::strerror(reason),
                    reason == ENOENT ? "check the path" : "");
  }
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0)
    throw FileError(path_ + ": cannot read: " + std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw FileError(path_ + ": expected a safetensors file, found a folder");
  if (!S_ISREG(status.st_mode))
    throw FileError(path_ + ": expected a safetensors file, found a device or pipe");
  read_header(static_cast<std::uint64_t>(status.st_size));
}

SafetensorsFile::SafetensorsFile(std::span<const char> bytes, std::string name)
    : path_(std::move(name)), memory_(bytes) {
  read_header(bytes.size());
}

void SafetensorsFile::read_header(std::uint64_t file_bytes) {
  if (file_bytes < kLengthBytes) {
    throw FileError(path_ + ": expected a safetensors file of at least 8 bytes, found " +
                    std::to_string(file_bytes));
  }

  std::array<char, kLengthBytes> length_bytes{};
  read_bytes(0, length_bytes);
  const auto header_bytes = std::bit_cast<std::uint64_t>(length_bytes);
  const std::uint64_t most = std::min(SafetensorsHeader::kMaxBytes, file_bytes - kLengthBytes);
  if (header_bytes > most) {
    throw FileError(path_ + ": byte 0: expected a header length of at most " + std::to_string(most) +
                        ", found " + std::to_string(header_bytes),
                    "this is no safetensors file, or it was cut short");
  }
  std::string text(header_bytes, '\0');
  read_bytes(kLengthBytes, text);
  data_begin_ = kLengthBytes + header_bytes;
  data_bytes_ = file_bytes - data_begin_;
  header_ = parse_safetensors_header(text, data_bytes_, path_);
}

void SafetensorsFile::read(const TensorInfo& tensor, std::span<float> values) const {
  require(tensor.dtype == "F32" && tensor.end - tensor.begin == values.size_bytes(),
          "SafetensorsFile::read: not an F32 tensor of that size");
  read_bytes(data_begin_ + tensor.begin, {reinterpret_cast<char*>(values.data()), values.size_bytes()});
}

std::uint32_t SafetensorsFile::data_crc32(std::uint32_t crc) const {
  std::vector<char> chunk(std::size_t{1} << 16);
  for (std::uint64_t done = 0; done < data_bytes_; done += chunk.size()) {
    chunk.resize(std::min<std::uint64_t>(chunk.size(), data_bytes_ - done));
    read_bytes(data_begin_ + done, chunk);
    crc = static_cast<std::uint32_t>(
        ::crc32_z(crc, reinterpret_cast<const unsigned char*>(chunk.data()), chunk.size()));
  }
  return crc;
}

void SafetensorsFile::read_bytes(std::uint64_t offset, std::span<char> bytes) const {
  if (!descriptor_.valid()) {
    std::ranges::copy(memory_.subspan(offset, bytes.size()), bytes.begin());
    return;
  }
  while (!bytes.empty()) {
    const ssize_t count =
        ::pread(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw FileError(path_ + ": cannot read at byte " + std::to_string(offset) + ": " +
                      std::strerror(errno));
    }
    if (count == 0) {
      throw FileError(path_ + ": ends at byte " + std::to_string(offset) + " while it is being read");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void make_safetensors(const std::string& name, const std::map<std::string, std::string>& metadata,
                      std::span<const TensorView> tensors, const TakePieces& take) {
  auto document = nlohmann::json::object();
  if (!metadata.empty()) document[kMetadataKey] = metadata;
  std::vector<std::string_view> pieces(2);
  std::uint64_t offset = 0;
  for (const auto& tensor : tensors) {
    require(tensor_bytes(tensor.shape, sizeof(float)) == tensor.values.size_bytes(),
            "make_safetensors: the shape of " + tensor.name + " does not fit its values");
    require(!document.contains(tensor.name), "make_safetensors: two tensors " + tensor.name);
    const std::uint64_t end = offset + tensor.values.size_bytes();
    document[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
    pieces.emplace_back(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size_bytes());
  }

  std::string header = dump_json(document, name);
  header.resize((kLengthBytes + header.size() + kAlignment - 1) / kAlignment * kAlignment - kLengthBytes,
                ' ');
  if (header.size() > SafetensorsHeader::kMaxBytes) {
    throw FileError(name + ": cannot write: a header of " + std::to_string(header.size()) +
                    " bytes, the format allows " + std::to_string(SafetensorsHeader::kMaxBytes));
  }
  const auto length = std::bit_cast<std::array<char, kLengthBytes>>(std::uint64_t{header.size()});
  pieces[0] = {length.data(), length.size()};
  pieces[1] = header;
  take(pieces);
}

TakePieces to_file(const std::filesystem::path& path, Previous previous, const FileLayer& files) {
  const auto write = previous == Previous::kKeep
                         ? write_file_keeping_previous
                         : static_cast<decltype(&write_file_keeping_previous)>(write_file_atomically);
  return [=, &files](std::span<const std::string_view> pieces) { write(path, pieces, files); };
}

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata,
                       std::span<const TensorView> tensors, Previous previous, const FileLayer& files) {
  make_safetensors(path.string(), metadata, tensors, to_file(path, previous, files));
}

}  // namespace mlp
