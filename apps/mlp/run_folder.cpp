#include "run_folder.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "mlp/error.h"

namespace mlp::app {
namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

}  // namespace

void RunFolder::create() const {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path)) {
    throw FileError("cannot make the folder " + path.string() + ": " +
                        (error ? error.message() : "a file is in its place"),
                    "name another folder with --output");
  }
  const auto probe = path / ".write-test";
  errno = 0;
  const bool writable = std::ofstream(probe).is_open();
  const int why = errno;
  std::filesystem::remove(probe, error);
  if (!writable) {
    throw FileError("cannot write to the folder " + path.string() + ": " + reason_of(why),
                    "name another folder with --output");
  }
}

void RunFolder::clear() const {
  for (const auto& file :
       {model(), checkpoint(), metrics(), config(), loss_svg(), loss_png(), confusion_svg()}) {
    std::error_code ignored;  // what cannot be removed cannot be written either, and writing says why
    std::filesystem::remove(file, ignored);
  }
}

std::vector<std::string> RunFolder::files() const {
  std::vector<std::string> names;
  for (const auto& file :
       {model(), checkpoint(), metrics(), loss_svg(), loss_png(), confusion_svg(), config()}) {
    if (std::filesystem::exists(file)) names.push_back(file.filename().string());
  }
  return names;
}

std::filesystem::path model_file(const std::filesystem::path& given) {
  const auto file = std::filesystem::is_directory(given) ? RunFolder{given}.model() : given;
  if (!std::filesystem::exists(file)) {
    throw FileError("there is no model " + file.string(),
                    "name a run's folder, such as runs/mnist after 'mlp train mnist'");
  }
  return file;
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error, ignored;
  // A device or a pipe takes the text itself; renaming would put a file in its place.
  const bool in_place =
      std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
  const auto target = std::filesystem::is_symlink(path, ignored) && !in_place
                          ? std::filesystem::weakly_canonical(path)
                          : path;
  const std::filesystem::path written = in_place ? target : std::filesystem::path(target.string() + ".tmp");
  errno = 0;
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  const int why = errno;
  if (file && !in_place) std::filesystem::rename(written, target, error);
  if (!file || error) {
    if (!in_place) std::filesystem::remove(written, ignored);
    throw FileError("cannot write " + path.string() + ": " + (error ? error.message() : reason_of(why)));
  }
}

}  // namespace mlp::app
