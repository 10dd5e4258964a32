// .npz: zip archives as they are, and (first byte 's' or 'd') archives made here, with right checksums, from
// the entries in the input, stored or deflated: a line "name bytes" before each entry's content.
#include "data/arrays/npz.h"

#include <charconv>

#include "data/support.h"
#include "fuzz/npy.h"

namespace {

using namespace mlp;

std::vector<testing_support::ZipEntry> entries_in(std::string_view text, bool packed) {
  constexpr std::size_t kMostEntries = 8;
  std::vector<testing_support::ZipEntry> entries;
  while (!text.empty() && entries.size() < kMostEntries) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto blank = std::min(line.rfind(' '), line.size());
    std::size_t bytes = 0;
    const auto count = line.substr(std::min(blank + 1, line.size()));
    std::from_chars(count.data(), count.data() + count.size(), bytes);
    entries.push_back({std::string(line.substr(0, blank)), std::string(text.substr(0, bytes)), packed});
    text.remove_prefix(std::min(bytes, text.size()));
  }
  return entries;
}

void check_archive(std::string_view archive, const std::vector<testing_support::ZipEntry>& entries) {
  const auto npz = fuzz::accepted([&] { return std::make_unique<NpzFile>(ZipArchive("npz", archive)); });
  if (!npz) return;
  const NpzFile& file = **npz;
  fuzz::expect(!file.arrays().empty(), "an accepted archive has an array");
  for (const auto& name : file.arrays()) {
    const auto array = fuzz::accepted([&] { return file.read(name); });
    if (array) fuzz::check_array(*array);
    for (const auto& entry : entries)
      if (array && entry.name == name + ".npy") {
        fuzz::check_npy(*array, entry.bytes);
        break;  // of several entries with one name the first is read
      }
  }
  for (const auto part : {ArrayRole::Part::kAll, ArrayRole::Part::kTrain, ArrayRole::Part::kTest})
    for (const bool labels : {false, true}) fuzz::accepted([&] { return file.find({part, labels}); });
  fuzz::expect(!fuzz::accepted([&]() -> bool { file.refuse("something else"); }), "refusing throws");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const char mode = static_cast<char>(input.byte());
  if (mode == 's' || mode == 'd') {
    const auto entries = entries_in(input.rest(), mode == 'd');
    check_archive(testing_support::zip(entries), entries);
  } else {
    check_archive(input.rest(), {});
  }
  return 0;
}
