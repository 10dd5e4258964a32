#include "data/arrays/npz.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr std::string_view kEnding = ".npy";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_inputs(std::string_view word) {
  return is_one_of(word, {"x", "images", "inputs", "features", "data"});
}
bool is_labels(std::string_view word) {
  return is_one_of(word, {"y", "labels", "label", "targets", "target"});
}

std::optional<ArrayRole::Part> part_of(std::string_view word) {
  if (is_one_of(word, {"train", "training"})) return ArrayRole::Part::kTrain;
  if (is_one_of(word, {"test", "testing"})) return ArrayRole::Part::kTest;
  return std::nullopt;
}

}  // namespace

std::optional<ArrayRole> role_of(std::string_view name) {
  std::string lower(name);
  for (char& character : lower)
    character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  const std::string_view all = lower;
  const auto kind = [](std::string_view word, ArrayRole::Part part) -> std::optional<ArrayRole> {
    if (is_inputs(word)) return ArrayRole{part, false};
    if (is_labels(word)) return ArrayRole{part, true};
    return std::nullopt;
  };
  const auto middle = all.find('_');
  if (middle == std::string_view::npos) return kind(all, ArrayRole::Part::kAll);
  const auto before = all.substr(0, middle), after = all.substr(middle + 1);
  if (const auto part = part_of(before)) return kind(after, *part);
  if (const auto part = part_of(after)) return kind(before, *part);
  return std::nullopt;
}

NpzFile::NpzFile(ZipArchive archive) : archive_(std::move(archive)) {
  const auto& entries = archive_.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string_view entry = entries[i].name;
    if (!entry.ends_with(kEnding)) continue;
    names_.emplace_back(entry.substr(0, entry.size() - kEnding.size()));
    entries_.push_back(i);
  }
  if (names_.empty())
    throw FileError(name() + ": a zip archive without a .npy array in it", "write it with numpy.savez");
}

std::size_t NpzFile::index_of(const std::string& array) const {
  const auto found = std::ranges::find(names_, array);
  require(found != names_.end(), "NpzFile: there is no such array");
  return entries_[static_cast<std::size_t>(found - names_.begin())];
}

Array NpzFile::read(const std::string& array) const {
  ByteReader reader = archive_.open(index_of(array));
  return read_npy(reader);
}

std::optional<std::string> NpzFile::find(const ArrayRole& role) const {
  for (const auto part : {role.part, ArrayRole::Part::kAll}) {
    std::optional<std::string> found;
    for (const auto& array : names_) {
      if (role_of(array) != ArrayRole{part, role.labels}) continue;
      if (found)
        refuse(std::string("one array of ") + (role.labels ? "labels" : "inputs") + ", found several");
      found = array;
    }
    if (found) return found;
  }
  return std::nullopt;
}

void NpzFile::refuse(const std::string& expected) const {
  constexpr std::size_t kListed = 12;
  std::string list;
  for (std::size_t i = 0; i < std::min(names_.size(), kListed); ++i) {
    list += (i == 0 ? "" : ", ") + printable(names_[i]);
    try {
      ByteReader reader = archive_.open(entries_[i]);
      const NpyHeader header = read_npy_header(reader);
      list += " (" + type_text(header) + ", " + shape_text(header.shape) + ")";
    } catch (const FileError&) {
      list += " (not numbers)";
    }
  }
  if (names_.size() > kListed) list += ", and " + std::to_string(names_.size() - kListed) + " more";
  throw FileError(
      name() + ": expected " + expected + "; it holds " + list,
      "name the arrays x and y, or x_train, y_train, x_test and y_test, or give inputs and labels as "
      "files of their own");
}

}  // namespace mlp
