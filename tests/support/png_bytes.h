// PNG files made by hand (ISO/IEC 15948): any bit depth and colour type, from the bytes of the scanlines.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "mlp/matrix.h"

namespace mlp::testing_support {

struct PngHeader {
  std::uint32_t width = 1, height = 1;
  int depth = 8;
  int colour = 0;  ///< 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  int interlace = 0;
};

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift);
  return bytes;
}

inline std::string png_chunk(const std::string& type, std::string_view data) {
  const std::string checked = type + std::string(data);
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(static_cast<std::uint32_t>(sum));
}

inline std::string deflated(std::string_view data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
               static_cast<uLong>(data.size())) != Z_OK)
    throw std::runtime_error("compress");
  packed.resize(size);
  return packed;
}

/// `scanlines` as they stand before compression, each after its filter's byte; `before`: chunks before them.
inline std::string png(const PngHeader& header, std::string_view scanlines, const std::string& before = "") {
  std::string start = big_endian(header.width) + big_endian(header.height);
  for (const int value : {header.depth, header.colour, 0, 0, header.interlace})
    start += static_cast<char>(value);
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", start) + before + png_chunk("IDAT", deflated(scanlines)) +
         png_chunk("IEND", "");
}

/// A grey picture of 8 bits.
inline std::string png(ConstMatrixView<std::uint8_t> picture) {
  std::string scanlines;
  for (std::size_t y = 0; y < picture.rows(); ++y) {
    scanlines += '\0';
    scanlines.append(reinterpret_cast<const char*>(picture.row(y).data()), picture.columns());
  }
  return png({.width = static_cast<std::uint32_t>(picture.columns()),
              .height = static_cast<std::uint32_t>(picture.rows())},
             scanlines);
}

}  // namespace mlp::testing_support
