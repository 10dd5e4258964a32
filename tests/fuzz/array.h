// What must hold for an array that was read from a file, IDX or .npy.
#pragma once

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "data/arrays/array.h"
#include "fuzz/fuzz.h"

namespace mlp::fuzz {

/// The elements as they stand in a file.
inline std::string element_bytes(const Array& array, std::endian order) {
  return std::visit(
      [&]<class Values>(const Values& values) {
        using T = typename Values::value_type;
        std::string bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
        if (order == std::endian::big)
          for (std::size_t i = 0; i < bytes.size(); i += sizeof(T))
            std::reverse(&bytes[i], &bytes[i] + sizeof(T));
        return bytes;
      },
      array.values);
}

/// IDX, written by a few lines of its own.
inline std::string idx_bytes(const Array& array) {
  const char type = std::visit(
      []<class Values>(const Values&) -> char {
        using T = typename Values::value_type;
        if constexpr (std::is_same_v<T, std::uint8_t>) return 0x08;
        if constexpr (std::is_same_v<T, std::int8_t>) return 0x09;
        if constexpr (std::is_same_v<T, std::int16_t>) return 0x0b;
        if constexpr (std::is_same_v<T, std::int32_t>) return 0x0c;
        if constexpr (std::is_same_v<T, float>) return 0x0d;
        if constexpr (std::is_same_v<T, double>) return 0x0e;
        return 0;
      },
      array.values);
  std::string bytes = {'\0', '\0', type, static_cast<char>(array.dims.size())};
  for (const std::uint64_t size : array.dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  return bytes + element_bytes(array, std::endian::big);
}

/// The rows and labels it can stand for have the counts that its shape says.
inline void check_array(const Array& array) {
  std::uint64_t count = 1;
  for (const auto size : array.dims) count *= size;
  const auto held = std::visit([](const auto& values) { return values.size(); }, array.values);
  expect(held == count, "there are as many elements as the shape says");
  if (const auto labels = accepted([&] { return array_labels(array, "labels"); }))
    expect(labels->size() == array.dims[0], "there are as many labels as the first size says");
  if (const auto rows = accepted([&] { return array_rows(array, "rows"); })) {
    expect(row_count(*rows) == array.dims[0], "there are as many rows as the first size says");
    const auto image = image_shape(array);
    expect(image == ImageShape{} || image.height * image.width == column_count(*rows), "an image is a row");
  }
  const auto units = units_for(array);
  expect(units.origin.size() == units.unit.size(), "an origin for each unit");
  if (const auto rows = accepted([&] { return array_rows(array, "rows", units); }))
    expect(row_count(*rows) == array.dims[0], "units lose no row");
  if (const auto targets = accepted([&] { return array_targets(array, "targets"); }))
    expect(targets->rows() == array.dims[0], "there are as many targets as the first size says");
}

}  // namespace mlp::fuzz
