#include "data/arrays/array_file.h"

#include <utility>

#include "data/arrays/idx.h"
#include "data/arrays/mapped_array.h"
#include "data/arrays/npy.h"
#include "data/bytes/file_kind.h"
#include "mlp/error.h"

namespace mlp {

void require_not_empty(ByteReader& reader) {
  if (reader.peek()) return;
  throw FileError(reader.name() + ": the file is empty, expected IDX, .npy or .npz",
                  "was it written to its end, and copied whole?");
}

NamedArray read_array(const NpzFile& npz, const ArrayRole& role) {
  const auto array = npz.arrays().size() == 1 ? npz.arrays().front() : npz.find(role);
  if (!array) npz.refuse(role.labels ? "an array of labels" : "an array of inputs");
  return {npz.name() + ": " + *array, npz.read(*array)};
}

NamedArray read_array(const std::filesystem::path& path, const ArrayRole& role, std::uint64_t mapped_from) {
  if (auto mapped = map_array(path, mapped_from)) return {path.string(), std::move(*mapped)};
  ByteReader reader(path);
  return read_array(reader, path, role);
}

NamedArray read_array(ByteReader& reader, const std::filesystem::path& path, const ArrayRole& role) {
  require_not_empty(reader);
  if (reader.starts_with(kZipMagic)) return read_array(NpzFile(path), role);
  if (reader.starts_with(kNpyMagic)) return {path.string(), read_npy(reader)};
  if (*reader.peek() != 0) {
    const std::string kind = kind_of_file(reader);
    throw FileError(path.string() + ": expected IDX, .npy or .npz, found " +
                        (kind.empty() ? "a file of another kind" : kind),
                    "IDX starts with bytes 00 00, .npy with 93 'NUMPY'; NumPy writes arrays with numpy.save");
  }
  return {path.string(), read_idx(reader)};
}

}  // namespace mlp
