#include "data/arrays/idx.h"

#include <array>
#include <cstdio>
#include <type_traits>
#include <utility>

#include "mlp/error.h"

namespace mlp {

namespace {

constexpr const char* kHint = "check that this is the file you mean; if so it is damaged, fetch it again";

std::string hex(std::uint8_t byte) {
  char text[3];
  std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(byte));
  return text;
}

[[noreturn]] void fail(const ByteReader& reader, const std::string& what) {
  throw FileError(reader.name() + ": " + what, kHint);
}

}  // namespace

IdxHeader read_idx_header(ByteReader& reader) {
  std::array<std::uint8_t, 4> magic{};
  const std::size_t magic_bytes = reader.read(magic);
  if (magic_bytes == 0) fail(reader, "the file is empty, expected IDX");
  if (magic[0] != 0 || (magic_bytes > 1 && magic[1] != 0))
    fail(reader, "not an IDX file: expected it to start with bytes 00 00, found " + hex(magic[0]) +
                     (magic_bytes > 1 ? std::string(" ").append(hex(magic[1])) : std::string()));
  if (magic_bytes < magic.size())
    fail(reader, "the header ends at byte " + std::to_string(magic_bytes) + ", expected at least 8 bytes");
  const std::uint8_t type = magic[2], rank = magic[3];
  if (rank == 0) fail(reader, "byte 3: the rank is 0, expected 1 to 255");

  std::vector<std::uint8_t> sizes(std::size_t{4} * rank);
  const std::size_t size_bytes = reader.read(sizes);
  if (size_bytes < sizes.size())
    fail(reader, "the header ends at byte " + std::to_string(4 + size_bytes) + ", expected " +
                     std::to_string(4 + sizes.size()) + " bytes for rank " + std::to_string(rank));

  IdxHeader header{.type = type, .dims = {}};
  for (std::size_t i = 0; i < sizes.size(); i += 4)
    header.dims.push_back(std::uint64_t{sizes[i]} << 24 | std::uint64_t{sizes[i + 1]} << 16 |
                          std::uint64_t{sizes[i + 2]} << 8 | sizes[i + 3]);
  element_count(reader, header.dims);  // overflows nowhere
  return header;
}

Array read_idx(ByteReader& reader, const ShapeCheck& check) {
  auto [type, dims] = read_idx_header(reader);
  if (check) check(dims);
  Array array{.dims = std::move(dims), .values = {}};
  const auto read = [&]<class T>(std::type_identity<T>) {
    array.values = read_elements<T>(reader, array.dims, std::endian::big);
  };
  switch (type) {
    case 0x08:
      read(std::type_identity<std::uint8_t>{});
      break;
    case 0x09:
      read(std::type_identity<std::int8_t>{});
      break;
    case 0x0b:
      read(std::type_identity<std::int16_t>{});
      break;
    case 0x0c:
      read(std::type_identity<std::int32_t>{});
      break;
    case 0x0d:
      read(std::type_identity<float>{});
      break;
    case 0x0e:
      read(std::type_identity<double>{});
      break;
    default:
      fail(reader, "byte 2: unknown element type " + hex(type) + ", expected 08, 09, 0b, 0c, 0d or 0e");
  }
  return array;
}

Array read_idx(const std::filesystem::path& path) {
  ByteReader reader(path);
  return read_idx(reader);
}

}  // namespace mlp
