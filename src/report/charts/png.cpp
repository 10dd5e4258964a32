#include "report/charts/png.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "mlp/error.h"

namespace mlp {
namespace {

void append_big_endian(std::string& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xFF);
}

void append_chunk(std::string& file, std::string_view type, std::string_view data) {
  append_big_endian(file, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = file.size();
  file.append(type).append(data);
  const auto* checked = reinterpret_cast<const Bytef*>(file.data() + start);
  append_big_endian(file, static_cast<std::uint32_t>(::crc32_z(0, checked, file.size() - start)));
}

std::string deflated(const std::string& data) {
  uLongf size = ::compressBound(static_cast<uLong>(data.size()));
  std::string result(size, '\0');
  const int status =
      ::compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                  static_cast<uLong>(data.size()), Z_BEST_COMPRESSION);
  if (status != Z_OK) throw std::bad_alloc();  // zlib fails only for want of memory
  result.resize(size);
  return result;
}

}  // namespace

std::string encode_png(std::size_t width, std::size_t height, std::span<const std::uint8_t> pixels,
                       std::span<const Colour> palette) {
  constexpr std::size_t kMostSide = 1u << 15;
  require(width > 0 && height > 0 && width <= kMostSide && height <= kMostSide,
          "encode_png: width and height are 1 to 32768");
  require(pixels.size() == width * height, "encode_png: the number of pixels is not width x height");
  require(!palette.empty() && palette.size() <= 256, "encode_png: a palette has 1 to 256 colours");
  require(std::all_of(pixels.begin(), pixels.end(), [&](auto pixel) { return pixel < palette.size(); }),
          "encode_png: a pixel's colour is not in the palette");

  std::string header, colours, alphas;
  append_big_endian(header, static_cast<std::uint32_t>(width));
  append_big_endian(header, static_cast<std::uint32_t>(height));
  constexpr std::array<char, 5> kFormat{8, 3, 0, 0, 0};  // bits, palette, deflate, filters, not interlaced
  header.append(kFormat.data(), kFormat.size());
  for (const auto& colour : palette) {
    for (const auto part : {colour.red, colour.green, colour.blue}) colours += static_cast<char>(part);
    alphas += static_cast<char>(colour.alpha);
  }
  std::string rows;
  rows.reserve((width + 1) * height);
  for (std::size_t y = 0; y < height; ++y) {
    rows += '\0';  // filter 0: none, as indices have no gradients
    rows.append(reinterpret_cast<const char*>(pixels.data()) + y * width, width);
  }

  std::string file("\x89PNG\r\n\x1A\n");
  append_chunk(file, "IHDR", header);
  append_chunk(file, "PLTE", colours);
  const bool opaque = std::all_of(palette.begin(), palette.end(), [](auto c) { return c.alpha == 255; });
  if (!opaque) append_chunk(file, "tRNS", alphas);
  append_chunk(file, "IDAT", deflated(rows));
  append_chunk(file, "IEND", "");
  return file;
}

const std::vector<Colour>& grey_palette() {
  static const std::vector<Colour> palette = [] {
    std::vector<Colour> greys;
    for (int i = 0; i < 256; ++i) {
      const auto grey = static_cast<std::uint8_t>(i);
      greys.push_back({grey, grey, grey, 255});
    }
    return greys;
  }();
  return palette;
}

std::string data_uri(std::string_view png) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "data:image/png;base64,";
  for (std::size_t i = 0; i < png.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < png.size() ? static_cast<unsigned char>(png[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > png.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
    }
  }
  return text;
}

}  // namespace mlp
