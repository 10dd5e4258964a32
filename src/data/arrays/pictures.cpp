// PNG files and where they lie.
#include "mlp/pictures.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "data/arrays/png_file.h"
#include "data/bytes/byte_reader.h"
#include "data/bytes/file_kind.h"
#include "mlp/error.h"

namespace mlp {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with("__");  // .DS_Store, __MACOSX
}

bool is_called_png(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending == ".png";
}

}  // namespace

bool is_picture(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;  // reading would take a pipe's first bytes
  try {
    return ByteReader(path).starts_with(kPngMagic);
  } catch (const FileError&) {
    return false;
  }
}

Matrix<std::uint8_t> read_picture(const fs::path& path) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 28;  // for 2^24 pixels of 16 bytes each
  ByteReader reader(path);
  if (!reader.starts_with(kPngMagic)) {
    const bool empty = !reader.peek();
    const std::string kind = kind_of_file(reader);
    throw FileError(path.string() + ": expected a PNG image, found " +
                        (empty          ? "an empty file"
                         : kind.empty() ? "a file of another kind"
                                        : kind),
                    "images are read from PNG: save or convert it as that");
  }
  return decode_png(read_text(reader, kMostBytes), path.string());
}

namespace {

/// Opening a pipe would wait for its other end.
bool is_device(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  return fs::is_fifo(status) || fs::is_socket(status) || fs::is_character_file(status) ||
         fs::is_block_file(status);
}

}  // namespace

PictureFiles find_pictures(const fs::path& folder) {
  PictureFiles found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (const auto end = fs::end(entry); !error && entry != end; entry.increment(error)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (!entry->is_directory(error)) {
      (is_called_png(entry->path()) && !is_device(entry->path()) ? found.pictures : found.others)
          .push_back(entry->path());
    }
  }
  if (error) throw FileError("cannot read the folder " + folder.string() + ": " + error.message());
  std::ranges::sort(found.pictures);
  std::ranges::sort(found.others);
  return found;
}

}  // namespace mlp
