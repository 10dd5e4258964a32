// main() for a fuzz target where there is no libFuzzer: runs the target on every file of the named folders,
// the first of which is the corpus. A file there must be refused if its name begins with "refused-", else
// accepted: a target whose reader refuses everything would find no fault.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;  // a target that has had no crashes
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Whether any part of it was accepted.
bool run(const fs::path& path) {
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);  // the last one named is the one that ended the program
  std::ifstream file(path, std::ios::binary);
  // The buffer is exactly as long as the file, and on the heap: a sanitizer sees reads beyond it.
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  const std::size_t before = mlp::fuzz::acceptances;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return mlp::fuzz::acceptances > before;
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t inputs = 0, wrong = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& file : files_in(arguments[i])) {
      const bool accepted = run(file), expected = !file.filename().string().starts_with("refused-");
      ++inputs;
      if (i != 1 || accepted == expected) continue;
      std::printf("  is %s, which its name does not say\n", accepted ? "accepted" : "refused");
      ++wrong;
    }
  }
  std::printf("%zu inputs\n", inputs);
  return inputs == 0 || wrong > 0 ? 1 : 0;
}
