// PNG pictures (ISO/IEC 15948) of at most 256 colours, compressed by zlib: small enough to be put into a
// page.
//
//   signature | IHDR | PLTE | tRNS | IDAT | IEND,  a chunk = length, type, data, CRC-32 of type and data
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  std::uint8_t alpha = 255;  ///< 0: transparent
};

/// `pixels` [height * width], row by row, index into `palette` (1 to 256 colours).
std::string encode_png(std::size_t width, std::size_t height, std::span<const std::uint8_t> pixels,
                       std::span<const Colour> palette);

/// 256 greys from black (0) to white (255).
const std::vector<Colour>& grey_palette();

/// "data:image/png;base64,..."
std::string data_uri(std::string_view png);

}  // namespace mlp
