#include "data/bytes/file_kind.h"

#include <array>
#include <string_view>
#include <utility>

namespace mlp {

std::string kind_of_file(ByteReader& reader) {
  using namespace std::string_view_literals;
  static constexpr auto kKinds = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"\x89PNG", "a single PNG image"},
       {"\xff\xd8\xff", "a single JPEG image"},
       {"GIF8", "a GIF image"},
       {"RIFF", "a WebP image or another RIFF file"},
       {"\x89HDF", "HDF5"},
       {"\x93NUMPY", "a NumPy array"},
       {"\x80\x02", "a Python pickle, which is never read"},
       {"\x80\x03", "a Python pickle, which is never read"},
       {"\x80\x04", "a Python pickle, which is never read"},
       {"\x80\x05", "a Python pickle, which is never read"},
       {"MATLAB 5.0 MAT-file", "a MATLAB file"},
       {"PK\3\4", "a zip archive, as an Excel workbook is"},
       {"\xd0\xcf\x11\xe0", "a document of old Microsoft Office, perhaps an Excel workbook"},
       {"%PDF-", "a PDF"},
       {"PAR1\x15", "Parquet"},
       {"SQLite format 3\0"sv, "an SQLite database"},
       {"<?xml", "XML"},
       {"<!DOCTYPE", "HTML"},
       {"<html", "HTML"},
       {"{\"", "JSON"},
       {"{\n", "JSON"},
       {"{\r\n", "JSON"},
       {"[{", "JSON"},
       {"[[", "JSON"},
       {"[\"", "JSON"},
       {"[\n", "JSON"},
       {"[\r\n", "JSON"}});
  for (const auto& [start, kind] : kKinds)
    if (reader.starts_with(start)) return std::string(kind);
  return {};
}

}  // namespace mlp
