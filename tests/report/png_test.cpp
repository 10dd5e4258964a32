// The PNG writer, read back by an independent decoder; base64 by RFC 4648's test vectors.
#include "report/charts/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <random>

namespace mlp {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number * 256 + static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

/// CRC-32 bit by bit, as the PNG specification's annex D has it.
std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

/// The chunks of a PNG file, after a check of signature, lengths and checksums.
std::map<std::string, std::string> chunks_of(const std::string& file) {
  std::map<std::string, std::string> chunks;
  EXPECT_EQ(file.substr(0, 8), std::string("\x89PNG\r\n\x1A\n"));
  std::size_t at = 8;
  while (at < file.size()) {
    const std::size_t length = number_at(file, at);
    const std::string type = file.substr(at + 4, 4), data = file.substr(at + 8, length);
    EXPECT_EQ(number_at(file, at + 8 + length), crc_of(type + data)) << type;
    EXPECT_TRUE(chunks.emplace(type, data).second) << type;
    at += 12 + length;
  }
  EXPECT_EQ(at, file.size());
  EXPECT_EQ(file.substr(file.size() - 8, 4), "IEND");
  return chunks;
}

/// The pixels of a PNG with 8 bits a pixel and unfiltered rows.
Bytes pixels_of(const std::map<std::string, std::string>& chunks) {
  const std::size_t width = number_at(chunks.at("IHDR"), 0), height = number_at(chunks.at("IHDR"), 4);
  const std::string& packed = chunks.at("IDAT");
  Bytes rows((width + 1) * height + 1);
  uLongf size = static_cast<uLongf>(rows.size());
  EXPECT_EQ(::uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(packed.data()),
                         static_cast<uLong>(packed.size())),
            Z_OK);
  EXPECT_EQ(size, (width + 1) * height);
  Bytes pixels;
  for (std::size_t y = 0; y < height; ++y) {
    EXPECT_EQ(rows[y * (width + 1)], 0) << "filter of row " << y;
    for (std::size_t x = 0; x < width; ++x) pixels.push_back(rows[y * (width + 1) + 1 + x]);
  }
  return pixels;
}

TEST(Png, DecodesToItsPixels) {
  const Bytes pixels{0, 1, 2, 2, 1, 0};
  const std::vector<Colour> palette{{1, 2, 3}, {250, 251, 252}, {0, 128, 255}};
  const auto chunks = chunks_of(encode_png(3, 2, pixels, palette));
  EXPECT_EQ(chunks.at("IHDR"), std::string("\0\0\0\x03\0\0\0\x02\x08\x03\0\0\0", 13));
  EXPECT_EQ(chunks.at("PLTE"), std::string("\x01\x02\x03\xFA\xFB\xFC\x00\x80\xFF", 9));
  EXPECT_EQ(chunks.count("tRNS"), 0u) << "nothing is transparent";
  EXPECT_EQ(pixels_of(chunks), pixels);
}

TEST(Png, TransparencyHasItsChunk) {
  const std::vector<Colour> palette{{0, 0, 0, 255}, {9, 9, 9, 7}};
  const auto chunks = chunks_of(encode_png(1, 1, Bytes{1}, palette));
  EXPECT_EQ(chunks.at("tRNS"), std::string("\xFF\x07"));
}

TEST(Png, LargeAndNoisyPicturesComeBack) {
  std::mt19937 random(3);
  Bytes pixels(257 * 130);
  for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(random());
  EXPECT_EQ(pixels_of(chunks_of(encode_png(257, 130, pixels, grey_palette()))), pixels);
}

TEST(Png, GreysRunFromBlackToWhite) {
  ASSERT_EQ(grey_palette().size(), 256u);
  EXPECT_EQ(grey_palette()[0].red, 0);
  EXPECT_EQ(grey_palette()[255].green, 255);
  EXPECT_EQ(grey_palette()[100].blue, 100);
}

TEST(Png, ArgumentsAreChecked) {
  const Bytes one{0}, two{0, 1};
  EXPECT_THROW(encode_png(0, 1, Bytes{}, grey_palette()), std::invalid_argument);
  EXPECT_THROW(encode_png(2, 1, one, grey_palette()), std::invalid_argument);
  EXPECT_THROW(encode_png(1, 1, one, {}), std::invalid_argument);
  EXPECT_THROW(encode_png(2, 1, two, std::vector<Colour>{{}}), std::invalid_argument) << "no colour 1";
  EXPECT_THROW(encode_png(std::size_t{1} << 33, std::size_t{1} << 31, one, grey_palette()),
               std::invalid_argument);
}

TEST(Png, DataUrisAreBase64) {  // RFC 4648, section 10
  const std::string head = "data:image/png;base64,";
  for (const auto& [plain, coded] : {std::pair("", ""),
                                     {"f", "Zg=="},
                                     {"fo", "Zm8="},
                                     {"foo", "Zm9v"},
                                     {"foob", "Zm9vYg=="},
                                     {"fooba", "Zm9vYmE="},
                                     {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(data_uri(plain), head + coded);
  }
  EXPECT_EQ(data_uri("\xFB\xEF\xFF"), head + "++//");
}

}  // namespace
}  // namespace mlp
