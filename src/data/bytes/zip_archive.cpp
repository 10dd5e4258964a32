#include "data/bytes/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <limits>
#include <system_error>

#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr const char* kHint = "the file is damaged or incomplete; fetch it or write it again";

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return printable(text);
}

[[noreturn]] void refuse(const std::string& name, zip_error_t& error) {
  throw FileError(name + ": cannot be read as a zip archive: " + text_of(error), kHint);
}

std::shared_ptr<zip_t> open_source(const std::string& name, zip_source_t* source, zip_error_t& error) {
  if (source == nullptr) refuse(name, error);
  zip_t* const zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (zip == nullptr) {
    zip_source_free(source);
    refuse(name, error);
  }
  return {zip, zip_discard};
}

std::vector<ZipArchive::Entry> entries_of(const std::string& name, zip_t* zip) {
  std::vector<ZipArchive::Entry> entries;
  const auto count = static_cast<std::uint64_t>(zip_get_num_entries(zip, 0));
  for (std::uint64_t i = 0; i < count; ++i) {
    zip_stat_t status;
    zip_stat_init(&status);
    constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    if (zip_stat_index(zip, i, 0, &status) != 0 || (status.valid & kNeeded) != kNeeded)
      throw FileError(name + ": entry " + std::to_string(i) + " of the zip archive cannot be read", kHint);
    entries.push_back({status.name, status.size});
  }
  return entries;
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path) : name_(path.string()) {
  std::error_code failed;
  // A zip's list of entries is at its end, where a pipe cannot be read first.
  if (!std::filesystem::is_regular_file(path, failed))
    throw FileError(name_ + ": a zip archive must be a regular file", "write it to a file first");
  file_size_ = std::filesystem::file_size(path, failed);
  zip_error_t error;
  zip_error_init(&error);
  const auto zip = open_source(name_, zip_source_file_create(path.c_str(), 0, -1, &error), error);
  entries_ = entries_of(name_, zip.get());
  zip_ = zip;
}

ZipArchive::ZipArchive(std::string name, std::string_view bytes)
    : name_(std::move(name)), file_size_(bytes.size()) {
  zip_error_t error;
  zip_error_init(&error);
  const auto zip = open_source(name_, zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error), error);
  entries_ = entries_of(name_, zip.get());
  zip_ = zip;
}

ByteReader ZipArchive::open(std::size_t index) const {
  const std::string entry = name_ + ": " + printable(entries_.at(index).name);
  const auto zip = static_cast<zip_t*>(zip_.get());
  const std::shared_ptr<zip_file_t> file(zip_fopen_index(zip, index, 0), [](zip_file_t* opened) {
    if (opened != nullptr) zip_fclose(opened);
  });
  if (file == nullptr && zip_error_code_zip(zip_get_error(zip)) == ZIP_ER_NOPASSWD)
    throw FileError(entry + ": is encrypted", "write the archive without a password");
  if (file == nullptr) throw FileError(entry + ": cannot be opened: " + printable(zip_strerror(zip)), kHint);
  const auto read = [file, entry](std::span<std::uint8_t> destination) {
    const zip_int64_t count = zip_fread(file.get(), destination.data(), destination.size());
    if (count < 0)
      throw FileError(entry + ": cannot be inflated: " + printable(zip_file_strerror(file.get())), kHint);
    return static_cast<std::size_t>(count);
  };
  // What the archive claims, capped at what a file of its length can hold.
  const bool overflows = file_size_ > std::numeric_limits<std::uint64_t>::max() / kMaxDeflateRatio;
  const std::uint64_t most =
      overflows ? std::numeric_limits<std::uint64_t>::max() : file_size_ * kMaxDeflateRatio;
  return ByteReader(entry, read, std::min(entries_[index].size, most));
}

}  // namespace mlp
