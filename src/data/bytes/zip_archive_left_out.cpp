// In place of zip_archive.cpp where mlp is built without libzip (-D MLP_WITH_NPZ=OFF): no archive is opened.
#include "data/bytes/zip_archive.h"
#include "mlp/error.h"

namespace mlp {

namespace {

[[noreturn]] void refuse(const std::string& name) {
  throw FileError(name + ": is a zip archive, as .npz files are, and this mlp was built without reading them",
                  "build mlp with -D MLP_WITH_NPZ=ON, or write the arrays as .npy files with numpy.save");
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path) : name_(path.string()) { refuse(name_); }
ZipArchive::ZipArchive(std::string name, std::string_view) : name_(std::move(name)) { refuse(name_); }
ByteReader ZipArchive::open(std::size_t) const { refuse(name_); }

}  // namespace mlp
