#include "data/arrays/png_file.h"

#include <png.h>

#include <algorithm>

#include "data/bytes/byte_reader.h"
#include "mlp/error.h"
#include "mlp/printable.h"

namespace mlp {
namespace {

constexpr std::size_t kChannels = 4;  // red, green, blue, alpha
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 24;

/// libpng's simplified interface: no longjmp, and nothing is kept that is not needed.
class PngImage {
 public:
  explicit PngImage(const std::string& name) : name_(name) { image_.version = PNG_IMAGE_VERSION; }
  ~PngImage() { png_image_free(&image_); }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;

  void begin(std::string_view bytes) {
    if (png_image_begin_read_from_memory(&image_, bytes.data(), bytes.size()) == 0) fail();
    image_.format = PNG_FORMAT_RGBA;
    image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // read 16 bits as 8 are read, not as linear light
  }
  std::size_t height() const { return image_.height; }
  std::size_t width() const { return image_.width; }

  AlignedVector<std::uint8_t> pixels() {
    AlignedVector<std::uint8_t> pixels(height() * width() * kChannels);
    const png_int_32 stride = 0;  // 0: rows follow each other without gaps
    if (png_image_finish_read(&image_, nullptr, pixels.data(), stride, nullptr) == 0) fail();
    return pixels;
  }

 private:
  [[noreturn]] void fail() const {
    throw FileError(name_ + ": the PNG image is damaged or cut short (" + printable(image_.message) + ")",
                    "get the file again, or save it anew");
  }

  const std::string& name_;
  png_image image_{};
};

/// A file states the size of its picture before the first pixel.
void check_size(const PngImage& image, std::uint64_t file_bytes, const std::string& name) {
  const std::uint64_t pixels = std::uint64_t{image.height()} * image.width();
  const std::string size = std::to_string(image.width()) + " x " + std::to_string(image.height());
  if (pixels > kMostPixels)
    throw FileError(name + ": an image of " + size + " pixels, at most 16,777,216 pixels are read",
                    "make it smaller first");
  // Before compression a pixel takes at least one bit.
  if (pixels / 8 > file_bytes * kMaxDeflateRatio)
    throw FileError(name + ": the header announces " + size + " pixels, more than " +
                        std::to_string(file_bytes) + " bytes can hold",
                    "the file is damaged or cut short: get it again");
}

/// `pixel` on paper of the grey `paper`.
std::uint8_t grey_on(const std::uint8_t* pixel, unsigned paper) {
  const unsigned luma = (299u * pixel[0] + 587u * pixel[1] + 114u * pixel[2] + 500) / 1000;
  const unsigned alpha = pixel[3];
  return static_cast<std::uint8_t>((luma * alpha + paper * (255 - alpha) + 127) / 255);
}

}  // namespace

Matrix<std::uint8_t> decode_png(std::string_view bytes, const std::string& name) {
  PngImage image(name);
  image.begin(bytes);
  check_size(image, bytes.size(), name);
  const auto pixels = image.pixels();
  Matrix<std::uint8_t> greys(image.height(), image.width());
  const auto values = greys.values();
  bool transparent = false;
  for (const unsigned paper : {255u, 0u}) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint8_t* pixel = &pixels[kChannels * i];
      transparent = transparent || pixel[3] < 255;
      values[i] = grey_on(pixel, paper);
    }
    const bool seen = std::ranges::any_of(values, [&](auto grey) { return grey != values.front(); });
    if (seen || !transparent) break;
  }
  return greys;
}

}  // namespace mlp
