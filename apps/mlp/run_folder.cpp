#include "run_folder.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "format.h"
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
  require_writable_folder(path);
  remove_stale_temporary_files(path);
}

bool RunFolder::has_checkpoint() const {
  return std::filesystem::exists(checkpoint()) || std::filesystem::exists(previous_checkpoint());
}

namespace {

// What cannot be removed cannot be written either, and writing says why.
void remove_if_there(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

}  // namespace

void RunFolder::clear_earlier_run() const {
  for (const auto& file : {previous_checkpoint(), model(), metrics(), loss_svg(), loss_png(), confusion_svg(),
                           predicted_svg(), report()}) {
    remove_if_there(file);
  }
}

void RunFolder::clear_folds() const { remove_if_there(folds()); }

std::vector<std::string> RunFolder::files() const {
  std::vector<std::string> names;
  for (const auto& file : {report(), model(), checkpoint(), previous_checkpoint(), metrics(), loss_svg(),
                           loss_png(), confusion_svg(), predicted_svg(), folds(), config()}) {
    if (std::filesystem::exists(file)) names.push_back(file.filename().string());
  }
  return names;
}

std::filesystem::path model_file(const std::filesystem::path& given) {
  const RunFolder folder{given};
  const bool is_folder = std::filesystem::is_directory(given);
  const auto file = is_folder ? folder.model() : given;
  if (is_folder && !std::filesystem::exists(file) && folder.has_checkpoint()) {
    throw FileError(
        "the run in " + given.string() + " was not finished: it has a checkpoint and no model yet",
        "go on with it: " + shell_text({"mlp", "train", "--resume", given.string()}));
  }
  if (!std::filesystem::exists(file)) {
    throw FileError("there is no model " + file.string(),
                    "name a run's folder, such as runs/mnist after 'mlp train mnist'");
  }
  return file;
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error)) {
    write_file_atomically(path, text);
    return;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) throw FileError("cannot write " + path.string() + ": " + reason_of(errno));
}

}  // namespace mlp::app
