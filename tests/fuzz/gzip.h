// Compresses bytes for tests: in several members, and fast, since it is done for every input.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

#include "fuzz/fuzz.h"

namespace mlp::fuzz {

/// One gzip member.
inline std::string gzip_member(std::string_view bytes) {
  constexpr int kFastest = 1, kSmallestWindow = 9, kGzip = 16, kLeastMemory = 1;
  static z_stream stream = [] {
    z_stream fresh{};
    expect(deflateInit2(&fresh, kFastest, Z_DEFLATED, kSmallestWindow + kGzip, kLeastMemory,
                        Z_DEFAULT_STRATEGY) == Z_OK,
           "zlib starts");
    return fresh;
  }();
  deflateReset(&stream);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  expect(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib compresses");
  out.resize(out.size() - stream.avail_out);
  return out;
}

/// All of `bytes`, the first `split` of them in a member of their own.
inline std::string gzip(std::string_view bytes, std::size_t split = 0) {
  if (split == 0 || split >= bytes.size()) return gzip_member(bytes);
  return gzip_member(bytes.substr(0, split)) + gzip_member(bytes.substr(split));
}

}  // namespace mlp::fuzz
