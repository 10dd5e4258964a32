// Helpers of the tests of src/data: gzip and IDX bytes made by hand, and checks of errors in detail.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/error.h"

namespace mlp::testing_support {

inline std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

inline std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

inline std::string idx_header(int type, const std::vector<std::uint32_t>& dims) {
  std::string bytes = bytes_of({0, 0, type, static_cast<int>(dims.size())});
  for (const std::uint32_t size : dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  return bytes;
}

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// Version, length and `dictionary` unchanged: nothing is padded or ended.
inline std::string npy_start(std::string_view dictionary, int version = 1) {
  return "\x93NUMPY" + bytes_of({version, 0}) + little_endian(dictionary.size(), version == 1 ? 2 : 4) +
         std::string(dictionary);
}

/// A .npy file; `shape` as in "(2, 3)".
inline std::string npy(std::string_view type, std::string_view shape, std::string_view elements,
                       bool fortran_order = false) {
  return npy_start("{'descr': '" + std::string(type) + "', 'fortran_order': " +
                   (fortran_order ? "True" : "False") + ", 'shape': " + std::string(shape) + ", }  \n") +
         std::string(elements);
}

struct ZipEntry {
  std::string name;
  std::string bytes;
  bool packed = false;
};

/// The first line of a test that reads zip archives, which mlp may be built without.
#define SKIP_WITHOUT_NPZ() \
  if (!MLP_WITH_NPZ) GTEST_SKIP() << "mlp is built without MLP_WITH_NPZ"

/// A zip archive (PKWARE's APPNOTE): local headers with the data, the directory, its end.
inline std::string zip(const std::vector<ZipEntry>& entries) {
  std::string files, directory;
  for (const auto& entry : entries) {
    std::string data = entry.bytes;
    if (entry.packed) {  // a gzip stream without its header and its sum
      data = gzip(data);
      data = data.substr(10, data.size() - 18);
    }
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(entry.bytes.data()), static_cast<uInt>(entry.bytes.size()));
    const std::string common =
        little_endian(20, 2) + little_endian(0, 2) + little_endian(entry.packed ? 8 : 0, 2) +
        little_endian(0, 2) + little_endian(0x21, 2) + little_endian(sum, 4) + little_endian(data.size(), 4) +
        little_endian(entry.bytes.size(), 4) + little_endian(entry.name.size(), 2) + little_endian(0, 2);
    directory += "PK\x01\x02" + little_endian(20, 2) + common + std::string(10, '\0') +
                 little_endian(files.size(), 4) + entry.name;
    files += "PK\x03\x04" + common + entry.name + data;
  }
  return files + directory + "PK\x05\x06" + little_endian(0, 4) + little_endian(entries.size(), 2) +
         little_endian(entries.size(), 2) + little_endian(directory.size(), 4) +
         little_endian(files.size(), 4) + little_endian(0, 2);
}

/// A source of `bytes`, which must outlive it, in pieces of `piece`; counts its calls in `asked`.
inline std::function<std::size_t(std::span<std::uint8_t>)> in_pieces(std::string_view bytes,
                                                                     std::size_t piece,
                                                                     std::size_t* asked = nullptr) {
  return [=](std::span<std::uint8_t> destination) mutable {
    if (asked != nullptr) ++*asked;
    const auto next = bytes.substr(0, std::min(piece, destination.size()));
    std::ranges::copy(next, destination.begin());
    bytes.remove_prefix(next.size());
    return next.size();
  };
}

/// Runs `action`, expects an E whose what() is one line holding every part, and returns it all as
/// "what\nhint".
template <class E, class Action>
std::string expect_error(Action action, std::initializer_list<std::string_view> parts) {
  try {
    action();
  } catch (const E& error) {
    const std::string what = error.what();
    for (const auto part : parts)
      EXPECT_NE(what.find(part), std::string::npos) << "'" << part << "' is missing in: " << what;
    EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    EXPECT_EQ(error.hint().find('\n'), std::string::npos) << error.hint();
    return what + "\n" + error.hint();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return {};
  }
  ADD_FAILURE() << "no exception";
  return {};
}

/// The folder of real data, or nullptr.
inline const char* real_data() {
  const char* folder = std::getenv("MLP_DATA_DIR");
  return folder != nullptr && *folder != '\0' ? folder : nullptr;
}

}  // namespace mlp::testing_support
