#include "data/arrays/mapped_array.h"

#include <bit>
#include <string_view>
#include <system_error>

#include "data/arrays/idx.h"
#include "data/arrays/npy.h"
#include "data/bytes/mapped_file.h"

namespace mlp {

namespace {

using Mapping = std::shared_ptr<const MappedFile>;

/// The elements after the header that `reader` has read; empty where floats are not aligned.
template <class T>
std::optional<Array> elements(const Mapping& mapping, const ByteReader& reader,
                              std::vector<std::uint64_t> dims) {
  const std::uint64_t count = element_count(reader, dims);
  const auto bytes = mapping->bytes().subspan(reader.position());
  if (count > bytes.size() / sizeof(T))
    refuse_elements(reader.name(), dims, sizeof(T),
                    "the file holds at most " + std::to_string(bytes.size()) + " bytes after it");
  if (count * sizeof(T) < bytes.size())
    refuse_elements(reader.name(), dims, sizeof(T), "but there are bytes after them");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) != 0) return std::nullopt;
  return Array{.dims = std::move(dims),
               .values = MappedValues<T>{mapping, {reinterpret_cast<const T*>(bytes.data()), count}}};
}

std::optional<Array> npy_array(const Mapping& mapping, ByteReader& reader) {
  const NpyHeader header = read_npy_header(reader);
  if (header.fortran_order && header.shape.size() > 1) return std::nullopt;
  if (header.kind == 'u' && header.bytes == 1) return elements<std::uint8_t>(mapping, reader, header.shape);
  if (header.kind == 'f' && header.bytes == 4 && header.order == std::endian::native)
    return elements<float>(mapping, reader, header.shape);
  return std::nullopt;
}

}  // namespace

std::optional<Array> map_array(const std::filesystem::path& path, std::uint64_t least) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size < least) return std::nullopt;
  const Mapping mapping = map_file(path);
  if (!mapping) return std::nullopt;
  const std::string_view bytes(reinterpret_cast<const char*>(mapping->bytes().data()),
                               mapping->bytes().size());
  ByteReader reader(path.string(), bytes);
  if (bytes.starts_with(kNpyMagic)) return npy_array(mapping, reader);
  if (!bytes.starts_with(kIdxBytesMagic)) return std::nullopt;
  return elements<std::uint8_t>(mapping, reader, read_idx_header(reader).dims);
}

}  // namespace mlp
