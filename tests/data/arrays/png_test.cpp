// PNG files as greys: every kind of PNG, and what is refused before memory is taken.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "data/arrays/png_file.h"
#include "data/support.h"
#include "mlp/data.h"
#include "mlp/pictures.h"
#include "support/png_bytes.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::bytes_of;
using testing_support::expect_error;
using testing_support::png;
using testing_support::png_chunk;
using Greys = std::vector<int>;

Greys greys(const std::string& bytes) {
  const auto picture = decode_png(bytes, "a.png");
  return {picture.values().begin(), picture.values().end()};
}

TEST(Png, GreysOfEveryDepth) {
  EXPECT_EQ(greys(png({.width = 3, .height = 2}, bytes_of({0, 0, 100, 255, 0, 1, 2, 3}))),
            (Greys{0, 100, 255, 1, 2, 3}));
  EXPECT_EQ(greys(png({.width = 4, .depth = 1}, bytes_of({0, 0b10110000}))), (Greys{255, 0, 255, 255}));
  EXPECT_EQ(greys(png({.width = 4, .depth = 2}, bytes_of({0, 0b00011011}))), (Greys{0, 85, 170, 255}));
  EXPECT_EQ(greys(png({.width = 2, .depth = 4}, bytes_of({0, 0x1E}))), (Greys{17, 238}));
  EXPECT_EQ(greys(png({.width = 3, .depth = 16}, bytes_of({0, 0x80, 0x80, 0, 0, 0xFF, 0xFF}))),
            (Greys{128, 0, 255}));
}

TEST(Png, ColoursByTheirLuma) {
  // 0.299, 0.587 and 0.114 of 255
  const std::string primaries = bytes_of({255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 10, 10});
  const Greys expected = {76, 150, 29, 10};
  EXPECT_EQ(greys(png({.width = 4, .colour = 2}, bytes_of({0}) + primaries)), expected);
  EXPECT_EQ(greys(png({.width = 4, .depth = 2, .colour = 3}, bytes_of({0, 0b00011011}),
                      png_chunk("PLTE", primaries))),
            expected);
  EXPECT_EQ(greys(png({.width = 1, .depth = 16, .colour = 2}, bytes_of({0, 255, 255, 0, 0, 0, 0}))),
            (Greys{76}));
}

TEST(Png, WhatShowsThroughIsPaper) {
  const std::string opaque_clear_half = bytes_of({0, 0, 255, 0, 0, 0, 128});
  EXPECT_EQ(greys(png({.width = 3, .colour = 4}, opaque_clear_half)), (Greys{0, 255, 127}));
  EXPECT_EQ(greys(png({.width = 2, .colour = 6}, bytes_of({0, 255, 0, 0, 255, 255, 0, 0, 0}))),
            (Greys{76, 255}));
  EXPECT_EQ(
      greys(png({.width = 2, .depth = 1, .colour = 3}, bytes_of({0, 0b01000000}),
                png_chunk("PLTE", bytes_of({9, 9, 9, 40, 40, 40})) + png_chunk("tRNS", bytes_of({0, 255})))),
      (Greys{255, 40}));
  // White ink would not be seen on white.
  EXPECT_EQ(greys(png({.width = 2, .colour = 4}, bytes_of({0, 255, 255, 255, 0}))), (Greys{255, 0}));
}

TEST(Png, InterlacedIsTheSame) {
  // Adam7: where each of the seven passes begins, and its steps.
  struct Pass {
    std::size_t x, y, dx, dy;
  };
  constexpr Pass kPasses[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                              {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  Matrix<std::uint8_t> picture(11, 13);
  for (std::size_t i = 0; i < picture.values().size(); ++i)
    picture.values()[i] = static_cast<std::uint8_t>(7 * i + i / 13);
  std::string scanlines;
  for (const auto& [left, top, dx, dy] : kPasses) {
    for (std::size_t y = top; y < picture.rows(); y += dy) {
      scanlines += '\0';
      for (std::size_t x = left; x < picture.columns(); x += dx)
        scanlines += static_cast<char>(picture(y, x));
    }
  }
  EXPECT_EQ(decode_png(png({.width = 13, .height = 11, .interlace = 1}, scanlines), "a.png"), picture);
  EXPECT_EQ(decode_png(png(picture), "a.png"), picture);
}

TEST(Png, CutShortOrDamagedIsRefused) {
  Matrix<std::uint8_t> picture(8, 8);
  for (std::size_t i = 0; i < 64; ++i) picture.values()[i] = static_cast<std::uint8_t>(i * i);
  const std::string whole = png(picture);
  const std::size_t pixels_end = whole.size() - 12;  // behind them is IEND, which holds nothing
  for (std::size_t size = 8; size < pixels_end; ++size) {
    expect_error<FileError>([&] { decode_png(whole.substr(0, size), "a.png"); },
                            {"a.png: the PNG image is damaged or cut short"});
  }
  for (std::size_t at = 16; at < pixels_end; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_THROW(decode_png(damaged, "a.png"), FileError) << at;
  }
}

TEST(Png, ASizeThatIsAnnouncedTakesNoMemory) {
  const auto announced = [](std::uint32_t width, std::uint32_t height) {
    return png({.width = width, .height = height}, bytes_of({0, 1}));
  };
  expect_error<FileError>([&] { decode_png(announced(100'000, 100'000), "a.png"); },
                          {"a.png: an image of 100000 x 100000 pixels, at most 16,777,216 pixels are read"});
  expect_error<FileError>([&] { decode_png(announced(4097, 4096), "a.png"); }, {"4097 x 4096"});
  expect_error<FileError>([&] { decode_png(announced(4096, 4096), "a.png"); },
                          {"a.png: the header announces 4096 x 4096 pixels, more than ", " bytes can hold"});
  EXPECT_THROW(decode_png(announced(0, 1), "a.png"), FileError);
  EXPECT_THROW(decode_png(announced(0x7FFFFFFF, 0x7FFFFFFF), "a.png"), FileError);
}

TEST(Picture, WhatIsNoPngIsNamed) {
  testing_support::TemporaryFolder folder;
  const auto refuse = [&](const std::string& bytes, std::string_view found) {
    const auto file = folder / "seven.png";
    testing_support::write_bytes(file, bytes);
    EXPECT_FALSE(is_picture(file));
    expect_error<FileError>([&] { read_picture(file); }, {"seven.png: expected a PNG image, found ", found});
  };
  refuse("\xff\xd8\xff\xe0\x10JFIF", "a single JPEG image");
  refuse("GIF89a", "a GIF image");
  refuse("BM6\x0c", "a file of another kind");
  refuse("RIFF\x10\x20\x30\x40WEBPVP8 ", "a WebP image");
  refuse("II*\x01", "a file of another kind");
  refuse("", "an empty file");
  expect_error<FileError>([&] { read_picture(folder / "none.png"); }, {"none.png"});
  EXPECT_FALSE(is_picture(folder / "none.png"));
  EXPECT_FALSE(is_picture(folder.path()));
}

TEST(Picture, AFoldersFilesAreFoundByName) {
  testing_support::TemporaryFolder folder;
  const std::string image = png({}, bytes_of({0, 7}));
  for (const std::string name :
       {"b/2.png", "b/10.PNG", "a.png", "a.jpg", ".hidden/c.png", ".x.png", "__MACOSX/d.png"}) {
    std::filesystem::create_directories((folder / name).parent_path());
    testing_support::write_bytes(folder / name, image);
  }
  const auto found = find_pictures(folder.path());
  EXPECT_EQ(found.pictures,
            (std::vector<std::filesystem::path>{folder / "a.png", folder / "b/10.PNG", folder / "b/2.png"}));
  EXPECT_EQ(found.others, (std::vector<std::filesystem::path>{folder / "a.jpg"}));
  EXPECT_EQ(read_picture(found.pictures[1])(0, 0), 7);
  expect_error<FileError>([&] { find_pictures(folder / "none"); }, {"cannot read the folder", "none"});
}

}  // namespace
}  // namespace mlp
