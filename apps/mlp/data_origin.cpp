#include "data_origin.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "config_file.h"
#include "mlp/error.h"
#include "mlp/suggest.h"
#include "option_value.h"

namespace mlp::app {
namespace {

/// Each argument with its key in config.toml.
constexpr std::array<std::pair<const char*, std::optional<std::string> DataArguments::*>, 6> kKeys = {
    {{"dataset", &DataArguments::dataset},
     {"images", &DataArguments::images},
     {"labels", &DataArguments::labels},
     {"test-images", &DataArguments::test_images},
     {"test-labels", &DataArguments::test_labels},
     {"task", &DataArguments::task}}};

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& info : known_datasets()) names.push_back(info.name);
  return names;
}

bool is_known(const std::string& name) {
  const auto names = known_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::filesystem::path absolute(const std::optional<std::string>& path) {
  return path ? std::filesystem::absolute(*path).lexically_normal() : std::filesystem::path();
}

std::optional<Task> parse_task(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (*text == "classification") return Task::kClassification;
  if (*text == "regression") return Task::kRegression;
  reject("--task", "classification or regression", *text);
}

DataOrigin images(const DataArguments& arguments) {
  return ImageData{.files = {.images = absolute(arguments.images),
                             .labels = absolute(arguments.labels),
                             .test_images = absolute(arguments.test_images),
                             .test_labels = absolute(arguments.test_labels)},
                   .task = parse_task(arguments.task)};
}

/// What DATASET stands for: a known name or a file.
DataOrigin named(const DataArguments& arguments) {
  const std::string& text = *arguments.dataset;
  if (is_known(text)) {
    if (arguments.task)
      throw UsageError("--task is for data from files; what " + text + " is for is known", "leave it out");
    return KnownData{text};
  }
  const std::filesystem::path path = text;
  if (path.extension() == ".npz") {
    DataArguments file = arguments;
    file.images = std::exchange(file.dataset, std::nullopt);
    return images(file);
  }
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error))
    throw UsageError("'" + text + "' is a file, but no .npz",
                     "images and labels: --images FILE --labels FILE");
  throw UsageError("unknown data set '" + text + "'", suggest(text, known_names()));
}

}  // namespace

bool is_data_key(const std::string& key) {
  return std::any_of(kKeys.begin(), kKeys.end(), [&](const auto& entry) { return key == entry.first; });
}

DataOrigin data_origin(const DataArguments& arguments) {
  if (arguments.test_labels && !arguments.test_images) {
    throw UsageError("--test-labels without --test-images", "give both");
  }
  if (arguments.labels && !arguments.images) throw UsageError("--labels without --images", "give both");
  if (arguments.dataset) {
    if (arguments.images || arguments.test_images) {
      throw UsageError("'" + *arguments.dataset + "' and --images are two sources of data",
                       "give one of them");
    }
    return named(arguments);
  }
  if (arguments.images) return images(arguments);
  if (arguments.test_images) throw UsageError("--test-images without --images", "give both");
  throw UsageError(
      "which data set?",
      "mlp train mnist, mlp train mpg, mlp train digits or mlp train friedman; or files: --images "
      "FILE --labels FILE");
}

DataOrigin data_origin_in(const std::filesystem::path& config) {
  DataArguments arguments;
  for (const auto& [key, value, line] : read_config(config)) {
    for (const auto& [name, member] : kKeys) {
      if (key == name) arguments.*member = value;
    }
  }
  return data_origin(arguments);
}

std::string name_of(const DataOrigin& origin) {
  if (const auto* known = std::get_if<KnownData>(&origin)) return known->name;
  const auto& files = std::get<ImageData>(origin).files;
  std::string name =
      (files.labels.empty() ? files.images.stem() : files.images.parent_path().filename()).string();
  if (name.empty()) name = "images";
  return is_known(name) ? name + "-files" : name;
}

bool is_file(const DataOrigin& origin) { return !std::holds_alternative<KnownData>(origin); }

DataSplit load(const DataOrigin& origin, const DataSource& source, std::uint64_t seed,
               const std::vector<std::string>& class_names) {
  if (const auto* known = std::get_if<KnownData>(&origin)) return load_dataset(known->name, source, seed);
  const auto& [files, task] = std::get<ImageData>(origin);
  auto split = load_images(files, seed, {.task = task, .class_names = class_names});
  split.train.name = split.test.name = name_of(origin);
  return split;
}

std::string to_toml(const DataOrigin& origin) {
  if (const auto* known = std::get_if<KnownData>(&origin))
    return "dataset = " + toml_string(known->name) + "\n";
  const auto& [files, task] = std::get<ImageData>(origin);
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) text += key + " = " + toml_string(value) + "\n";
  };
  line("images", files.images.string());
  line("labels", files.labels.string());
  line("test-images", files.test_images.string());
  line("test-labels", files.test_labels.string());
  if (task) line("task", *task == Task::kClassification ? "classification" : "regression");
  return text;
}

std::string identity(const DataOrigin& origin, const Dataset& training) {
  if (!is_file(origin)) return to_toml(origin);
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), checksum(training), 16).ptr;
  return "data-checksum = " + toml_string(std::string(digits.data(), end)) + "\n";
}

}  // namespace mlp::app
