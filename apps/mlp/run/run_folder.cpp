#include "run/run_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "mlp/error.h"
#include "run/run_lock.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

}  // namespace

bool RunFolder::has_checkpoint() const {
  return std::filesystem::exists(checkpoint()) || std::filesystem::exists(previous_checkpoint());
}

namespace {

// A file that cannot be removed cannot be written either, and writing it says why.
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
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(members(), none)) {
    const RunFolder member{entry.path()};
    for (const auto& file : {member.checkpoint(), member.previous_checkpoint(), member.metrics()})
      remove_if_there(file);
    remove_if_there(member.path);  // unless something else is in it
  }
  remove_if_there(members());
}

void RunFolder::clear_folds() const { remove_if_there(folds()); }

std::vector<std::string> RunFolder::files() const {
  std::vector<std::string> names;
  for (const auto& file : {report(), model(), checkpoint(), previous_checkpoint(), metrics(), loss_svg(),
                           loss_png(), confusion_svg(), predicted_svg(), folds(), members(), config()}) {
    if (std::filesystem::exists(file)) names.push_back(file.filename().string());
  }
  return names;
}

namespace {

/// Whether it is something else, like a table: not a safetensors file, neither by its name nor by its first
/// bytes, the length of a JSON header and its brace.
bool is_other_file(const std::filesystem::path& file) {
  constexpr std::size_t kLength = 8;
  std::error_code error;
  if (file.extension() == ".safetensors" || !std::filesystem::is_regular_file(file, error)) return false;
  std::array<char, kLength + 1> start{};
  std::ifstream in(file, std::ios::binary);
  return in && (!in.read(start.data(), start.size()) || start[kLength] != '{');
}

/// "runs/cars, runs/mnist": the runs in a folder that is not a run itself; empty where there are none.
std::string runs_in(const std::filesystem::path& folder) {
  constexpr std::size_t kMostNames = 5;
  std::error_code error;
  std::vector<std::string> runs;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (std::filesystem::exists(RunFolder{entry.path()}.model(), error))
      runs.push_back(entry.path().string());
  }
  std::ranges::sort(runs);
  std::string text;
  for (std::size_t i = 0; i < std::min(runs.size(), kMostNames); ++i) text += (i == 0 ? "" : ", ") + runs[i];
  return text + (runs.size() > kMostNames ? ", ..." : "");
}

}  // namespace

std::filesystem::path model_file(const std::filesystem::path& given) {
  const RunFolder folder{given};
  const bool is_folder = std::filesystem::is_directory(given);
  const auto file = is_folder ? folder.model() : given;
  if (const auto holder = is_folder && !std::filesystem::exists(file) ? RunLock::holder_of(given) : "";
      !holder.empty()) {
    throw FileError("the run in " + given.string() + " has no model yet: " + holder,
                    "wait until that has finished");
  }
  if (is_folder && !std::filesystem::exists(file) && folder.has_checkpoint()) {
    throw FileError(
        "the run in " + given.string() + " was not finished: it has a checkpoint and no model yet",
        "go on with it: " + shell_text({"mlp", "train", "--resume", given.string()}));
  }
  if (!std::filesystem::exists(file)) {
    const std::string runs = is_folder ? runs_in(given) : "";
    throw FileError("there is no model " + file.string(),
                    runs.empty() ? "name a run's folder, such as runs/mnist after 'mlp train mnist'"
                                 : "name one of the runs in it: " + runs);
  }
  if (is_other_file(file)) {
    throw FileError(file.string() + " is no model",
                    "MODEL is a run's folder or its model.safetensors; rows to predict come with --input: " +
                        shell_text({"mlp", "predict", "MODEL", "--input", file.string()}));
  }
  return file;
}

void require_no_part_of_the_run(const std::filesystem::path& output, const std::filesystem::path& model,
                                const std::string& option) {
  const RunFolder folder{model.parent_path()};
  for (const auto& file : {model, folder.config(), folder.checkpoint(), folder.previous_checkpoint(),
                           folder.metrics(), folder.folds(), folder.report()}) {
    std::error_code error;
    if (!std::filesystem::equivalent(output, file, error)) continue;
    throw UsageError(option + " " + output.string() + " is part of the model's run, and would be replaced",
                     "name another file");
  }
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
