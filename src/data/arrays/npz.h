// .npz, NumPy's format for several arrays: a zip archive with a .npy file for each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/arrays/array.h"
#include "data/arrays/npy.h"
#include "data/bytes/zip_archive.h"

namespace mlp {

/// What an array is for, as its name says: "x_train" and "train_images" are inputs to train on.
struct ArrayRole {
  enum class Part { kAll, kTrain, kTest };
  Part part = Part::kAll;
  bool labels = false;
  friend bool operator==(const ArrayRole&, const ArrayRole&) = default;
};

/// Nothing for a name that says neither inputs nor labels.
std::optional<ArrayRole> role_of(std::string_view name);

class NpzFile {
 public:
  /// Throws FileError; nothing but the list of names is read.
  explicit NpzFile(const std::filesystem::path& path) : NpzFile(ZipArchive(path)) {}
  explicit NpzFile(ZipArchive archive);

  const std::string& name() const { return archive_.name(); }
  const std::vector<std::string>& arrays() const { return names_; }
  Array read(const std::string& array) const;

  /// The array for `role`: of its own part or else of kAll. Nothing where there is none, FileError where
  /// several might be meant.
  std::optional<std::string> find(const ArrayRole& role) const;

  /// Throws FileError that says what was expected and lists the arrays with their types and shapes.
  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  std::size_t index_of(const std::string& array) const;

  ZipArchive archive_;
  std::vector<std::string> names_;
  std::vector<std::size_t> entries_;  // index in the archive of each name's entry
};

}  // namespace mlp
