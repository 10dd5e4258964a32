// Reads PNG (ISO/IEC 15948) by libpng: every bit depth and colour type, palette, transparency, interlaced or
// not, as greys of 8 bits. Without libpng (MLP_WITH_PNG=OFF) reading throws, and says so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mlp/matrix.h"

namespace mlp {

inline constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";

/// The picture [height, width]: 0 black, 255 white. A colour counts by its luma, 0.299 R + 0.587 G + 0.114 B
/// (ITU-R BT.601). What is transparent is white, as paper is; or black, where nothing would be seen on white.
/// `name` stands in messages. Throws FileError for anything that is not a whole PNG, or has more than 2^24
/// pixels, before memory is taken for them.
Matrix<std::uint8_t> decode_png(std::string_view bytes, const std::string& name);

}  // namespace mlp
