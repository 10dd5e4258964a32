// What must hold for an IDX array that was read from `bytes`: written again by a few lines of its own, it is
// the same bytes; and its rows and labels are what the shape says.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "data/array.h"
#include "data/idx.h"
#include "fuzz/fuzz.h"

namespace mlp::fuzz {

template <class T>
constexpr char idx_type() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return 0x08;
  if constexpr (std::is_same_v<T, std::int8_t>) return 0x09;
  if constexpr (std::is_same_v<T, std::int16_t>) return 0x0b;
  if constexpr (std::is_same_v<T, std::int32_t>) return 0x0c;
  if constexpr (std::is_same_v<T, float>) return 0x0d;
  if constexpr (std::is_same_v<T, double>) return 0x0e;
  return 0;  // a type that IDX does not have
}

inline std::string idx_bytes(const Array& array) {
  return std::visit(
      [&]<class T>(const AlignedVector<T>& values) {
        std::string bytes = {'\0', '\0', idx_type<T>(), static_cast<char>(array.dims.size())};
        for (const std::uint64_t size : array.dims)
          for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
        const std::size_t header = bytes.size();
        bytes.resize(header + values.size() * sizeof(T));
        for (std::size_t i = 0; i < values.size(); ++i)
          for (std::size_t b = 0; b < sizeof(T); ++b)
            bytes[header + i * sizeof(T) + b] = reinterpret_cast<const char*>(&values[i])[sizeof(T) - 1 - b];
        return bytes;
      },
      array.values);
}

inline void check_idx(const Array& array, std::string_view bytes) {
  expect(idx_bytes(array) == bytes, "an IDX array is all of its file's bytes");
  if (const auto labels = accepted([&] { return array_labels(array, "labels"); }))
    expect(labels->size() == array.dims[0] &&
               (array.dims.size() == 1 || (array.dims.size() == 2 && array.dims[1] == 1)),
           "there are as many labels as the size says");
  if (const auto rows = accepted([&] { return array_rows(array, "rows"); }))
    expect(row_count(*rows) == array.dims[0], "there are as many rows as the first size says");
}

}  // namespace mlp::fuzz
