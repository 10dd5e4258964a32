#include "data/idx.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <type_traits>

#include "mlp/error.h"

namespace mlp {

namespace {

constexpr const char* kHint = "check that this is the file you mean; if so it is damaged, fetch it again";

std::string hex(std::uint8_t byte) {
  char text[3];
  std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(byte));
  return text;
}

std::string shape_text(const std::vector<std::uint32_t>& dims) {
  constexpr std::size_t kShown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(dims.size(), kShown); ++i)
    text.append(i == 0 ? "" : " x ").append(std::to_string(dims[i]));
  return dims.size() > kShown ? text + " x ..." : text;
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
  return a * b;
}

template <class T>
T from_big_endian(const std::uint8_t* bytes) {
  using Bits = std::conditional_t<
      sizeof(T) == 1, std::uint8_t,
      std::conditional_t<sizeof(T) == 2, std::uint16_t,
                         std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
  Bits bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) bits = static_cast<Bits>(std::uint64_t{bits} << 8 | bytes[i]);
  return std::bit_cast<T>(bits);
}

// Memory grows with the bytes that have really come; the reserve only sets addresses aside, and no more than
// the file can fill.
template <class T>
AlignedVector<T> read_values(ByteReader& reader, std::uint64_t count, std::uint64_t header_bytes,
                             const std::string& shape) {
  const auto fail = [&](const std::string& found) {
    throw FileError(reader.name() + ": the header announces " + shape + " elements of " +
                        std::to_string(sizeof(T)) + (sizeof(T) == 1 ? " byte, " : " bytes, ") + found,
                    kHint);
  };
  const auto bytes = multiply(count, sizeof(T));
  const auto bound = reader.upper_bound();
  if (!bytes || *bytes > std::numeric_limits<std::size_t>::max() / 2) fail("more than any file can hold");
  if (bound && *bytes > *bound - std::min(header_bytes, *bound))
    fail("the file holds at most " + std::to_string(*bound - std::min(header_bytes, *bound)) +
         " bytes after it");

  constexpr std::size_t kChunkBytes = std::size_t{1} << 17;
  AlignedVector<T> values;
  if (bound) values.reserve(count);
  std::vector<std::uint8_t> chunk(sizeof(T) == 1 ? 0 : kChunkBytes);
  while (values.size() < count) {
    const std::size_t done = values.size();
    const std::size_t wanted = std::min<std::uint64_t>(kChunkBytes / sizeof(T), count - done);
    values.resize(done + wanted);
    std::size_t found = 0;
    if constexpr (sizeof(T) == 1) {
      found = reader.read({reinterpret_cast<std::uint8_t*>(values.data()) + done, wanted});
    } else {
      found = reader.read(std::span(chunk).first(wanted * sizeof(T)));
      for (std::size_t i = 0; i < found / sizeof(T); ++i)
        values[done + i] = from_big_endian<T>(chunk.data() + i * sizeof(T));
    }
    if (found < wanted * sizeof(T))
      fail("the data end " + std::to_string(done * sizeof(T) + found) + " bytes after it");
  }
  if (reader.peek()) fail("but there are bytes after them");
  return values;
}

}  // namespace

IdxArray read_idx(ByteReader& reader) {
  const auto fail = [&](const std::string& what) { throw FileError(reader.name() + ": " + what, kHint); };

  std::array<std::uint8_t, 4> magic{};
  const std::size_t magic_bytes = reader.read(magic);
  if (magic_bytes == 0) fail("the file is empty, expected IDX");
  if (magic[0] != 0 || (magic_bytes > 1 && magic[1] != 0))
    fail("not an IDX file: expected it to start with bytes 00 00, found " + hex(magic[0]) +
         (magic_bytes > 1 ? std::string(" ").append(hex(magic[1])) : std::string()));
  if (magic_bytes < magic.size())
    fail("the header ends at byte " + std::to_string(magic_bytes) + ", expected at least 8 bytes");
  const std::uint8_t type = magic[2], rank = magic[3];
  if (rank == 0) fail("byte 3: the rank is 0, expected 1 to 255");

  std::vector<std::uint8_t> sizes(std::size_t{4} * rank);
  const std::size_t size_bytes = reader.read(sizes);
  if (size_bytes < sizes.size())
    fail("the header ends at byte " + std::to_string(4 + size_bytes) + ", expected " +
         std::to_string(4 + sizes.size()) + " bytes for rank " + std::to_string(rank));

  IdxArray array;
  for (std::size_t i = 0; i < rank; ++i)
    array.dims.push_back(from_big_endian<std::uint32_t>(sizes.data() + 4 * i));
  // Counted without the zeros, so that no part of the shape can overflow later.
  std::uint64_t count = 1;
  for (const std::uint32_t size : array.dims) {
    const auto product = multiply(count, std::max<std::uint32_t>(size, 1));
    if (!product)
      fail("the header announces " + shape_text(array.dims) + " elements, more than any file can hold");
    count = *product;
  }
  if (std::find(array.dims.begin(), array.dims.end(), 0u) != array.dims.end()) count = 0;

  const auto read = [&]<class T>(std::type_identity<T>) {
    array.values = read_values<T>(reader, count, 4 + sizes.size(), shape_text(array.dims));
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
      fail("byte 2: unknown element type " + hex(type) + ", expected 08, 09, 0b, 0c, 0d or 0e");
  }
  return array;
}

IdxArray read_idx(const std::filesystem::path& path) {
  ByteReader reader(path);
  return read_idx(reader);
}

Inputs idx_rows(IdxArray array, const std::string& file) {
  const std::size_t rows = array.dims[0];
  std::size_t columns = 1;
  for (std::size_t i = 1; i < array.dims.size(); ++i) columns *= array.dims[i];
  return std::visit(
      [&]<class T>(AlignedVector<T>& values) -> Inputs {
        if constexpr (std::is_same_v<T, std::uint8_t>) {
          return Matrix<std::uint8_t>::adopt(rows, columns, std::move(values));
        } else {
          AlignedVector<float> converted(values.size());
          for (std::size_t i = 0; i < values.size(); ++i) {
            converted[i] = static_cast<float>(values[i]);
            if (!std::isfinite(converted[i]))
              throw FileError(file + ": row " + std::to_string(i / columns) + ", column " +
                                  std::to_string(i % columns) + ": expected a finite number, found " +
                                  std::to_string(values[i]),
                              "remove or replace the value");
          }
          return Matrix<float>::adopt(rows, columns, std::move(converted));
        }
      },
      array.values);
}

std::vector<std::int32_t> idx_labels(const IdxArray& array, const std::string& file) {
  return std::visit(
      [&]<class T>(const AlignedVector<T>& values) -> std::vector<std::int32_t> {
        if constexpr (std::is_integral_v<T>) {
          if (array.dims.size() == 1) return {values.begin(), values.end()};
        }
        throw FileError(file + ": expected labels (integers of rank 1), found " +
                            (std::is_integral_v<T> ? "integers" : "floating-point numbers") + " of rank " +
                            std::to_string(array.dims.size()),
                        "check that images and labels are not swapped");
      },
      array.values);
}

}  // namespace mlp
