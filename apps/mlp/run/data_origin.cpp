#include "run/data_origin.h"

#include <algorithm>
#include <utility>

#include "cli/option_value.h"
#include "mlp/error.h"
#include "mlp/pictures.h"
#include "mlp/split.h"
#include "mlp/suggest.h"
#include "terminal/format.h"

namespace mlp::app {

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& info : known_datasets()) names.push_back(info.name);
  return names;
}

bool is_known_data(const std::string& name) {
  const auto names = known_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

namespace {

/// A folder's path without the '/' that may end it.
std::filesystem::path absolute(const std::optional<std::string>& path) {
  if (!path) return {};
  const auto normal = std::filesystem::absolute(*path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

std::optional<Task> parse_task(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (*text == "classification") return Task::kClassification;
  if (*text == "regression") return Task::kRegression;
  reject("--task", "classification or regression", *text);
}

DataOrigin images(const DataArguments& arguments) {
  if (is_picture(*arguments.images)) {
    throw FileError(*arguments.images + ": is a single PNG image",
                    "name the folder of all of them, with one sub-folder for each class: mlp train FOLDER");
  }
  return ImageData{.files = {.images = absolute(arguments.images),
                             .labels = absolute(arguments.labels),
                             .test_images = absolute(arguments.test_images),
                             .test_labels = absolute(arguments.test_labels)},
                   .task = parse_task(arguments.task)};
}

/// By its name: .npy, or a usual name of IDX files ("train-images-idx3-ubyte.gz").
bool looks_like_images(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return path.extension() == ".npy" || name.find("idx") != std::string::npos ||
         name.find("ubyte") != std::string::npos;
}

/// What DATASET stands for: a known name or a file.
DataOrigin named(const DataArguments& arguments) {
  const std::string& text = *arguments.dataset;
  if (text == "-") {
    throw UsageError("a run needs its data again, to resume and evaluate it, and standard input comes once",
                     "write it to a file first: cat > FILE.csv; mlp train FILE.csv --target COLUMN");
  }
  if (is_known_data(text)) {
    if (arguments.task || arguments.any_of_table()) {
      throw UsageError((arguments.task ? "--task is for data from files; what "
                                       : "--target and other options of tables are for files; what ") +
                           text + " is for is known",
                       "leave it out");
    }
    return KnownData{text};
  }
  const std::filesystem::path path = text;
  if (path.extension() == ".npz" || is_folder(path) || is_picture(path)) {
    if (arguments.any_of_table()) {
      throw UsageError("--target and other options of tables do not go with " + text, "leave them out");
    }
    DataArguments file = arguments;
    file.images = std::exchange(file.dataset, std::nullopt);
    return images(file);
  }
  // A name that looks like a table's is taken for one even if there is no such file: reading it then says so.
  std::error_code error;
  const bool is_table = is_table_name(path) || !arguments.targets.empty();
  if (is_table || (std::filesystem::is_regular_file(path, error) && !looks_like_images(path))) {
    return table_origin(text, arguments, parse_task(arguments.task));
  }
  if (std::filesystem::is_regular_file(path, error)) {
    throw UsageError("'" + text + "' has images or labels", "name both: --images FILE --labels FILE");
  }
  if (std::filesystem::is_symlink(path, error)) {
    const auto status = std::filesystem::status(path, error);
    const bool dangling = status.type() == std::filesystem::file_type::not_found;
    throw FileError(
        "cannot read " + text + ": " + (dangling ? "its link leads to no file" : reason_of(error)),
        "see where it points: ls -l");
  }
  if (text.find('/') != std::string::npos) throw FileError("cannot read " + text + ": there is no such file");
  throw UsageError("unknown data set '" + text + "'", suggest(text, known_names()));
}

/// A pipe or a device gives its bytes once, and a run reads its data again: to resume, to evaluate, for the
/// report. (Opening it to find out would also wait for a writer.)
void require_lasting(const std::optional<std::string>& file) {
  if (!file) return;
  std::error_code error;
  const auto status = std::filesystem::status(*file, error);
  if (!std::filesystem::is_other(status)) return;
  throw UsageError(*file +
                       " is no file but a pipe or a device: a run reads its data again, and from there "
                       "they come once",
                   "write them to a file first: cat " + shell_text({*file}) + " > FILE");
}

}  // namespace

DataOrigin data_origin(const DataArguments& arguments) {
  for (const auto* file : {&arguments.dataset, &arguments.images, &arguments.labels, &arguments.test_images,
                           &arguments.test_labels, &arguments.test})
    require_lasting(*file);
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
  if (arguments.images) {
    if (arguments.any_of_table()) {
      throw UsageError("--target and other options of tables do not go with --images", "leave them out");
    }
    return images(arguments);
  }
  if (arguments.test_images) throw UsageError("--test-images without --images", "give both");
  std::vector<std::string> commands;
  for (const auto& name : known_names()) commands.push_back("mlp train " + name);
  throw UsageError("which data set?",
                   alternatives(commands) +
                       "; or your own: mlp train "
                       "FILE.csv --target COLUMN, --images FILE --labels FILE, or a folder of PNG images");
}

std::string name_of(const DataOrigin& origin) {
  if (const auto* known = std::get_if<KnownData>(&origin)) return known->name;
  if (const auto* table = std::get_if<TableOrigin>(&origin)) {
    const auto& file = table->file;
    const std::string name = (file.extension() == ".gz" ? file.stem() : file).stem().string();
    if (name.empty() || name == "." || name == "..") return "table";  // "...csv" leaves no name for a folder
    return is_known_data(name) ? name + "-table" : name;
  }
  const auto& files = std::get<ImageData>(origin).files;
  std::string name = (!files.labels.empty()     ? files.images.parent_path().filename()
                      : is_folder(files.images) ? files.images.filename()
                                                : files.images.stem())
                         .string();
  if (name.empty() || name == "." || name == "..") name = "images";
  return is_known_data(name) ? name + "-files" : name;
}

std::string files_text(const DataOrigin& origin) {
  if (const auto* table = std::get_if<TableOrigin>(&origin)) return table->file.filename().string();
  const auto* data = std::get_if<ImageData>(&origin);
  return data != nullptr && data->files.labels.empty() ? data->files.images.filename().string()
                                                       : name_of(origin);
}

std::vector<std::filesystem::path> data_files(const DataOrigin& origin) {
  std::vector<std::filesystem::path> files;
  if (const auto* table = std::get_if<TableOrigin>(&origin)) files = {table->file, table->test};
  if (const auto* data = std::get_if<ImageData>(&origin)) {
    const auto& [images, labels, test_images, test_labels] = data->files;
    files = {images, labels, test_images, test_labels};
  }
  std::erase_if(files, [](const auto& file) { return file.empty(); });
  return files;
}

std::optional<RowSource> row_source(const DataOrigin& origin) {
  if (const auto* table = std::get_if<TableOrigin>(&origin)) {
    return RowSource{.file = table->test.empty() ? table->file : table->test,
                     .numbers = table->reading.header ? RowNumbers::kBelowNames : RowNumbers::kFromOne};
  }
  if (const auto* arrays = std::get_if<ImageData>(&origin))
    return RowSource{.file = arrays->files.images, .numbers = RowNumbers::kFromZero};
  const auto& sets = known_datasets();
  const auto info = std::ranges::find(sets, std::get<KnownData>(origin).name, &DatasetInfo::name);
  if (info == sets.end() || info->files.empty()) return std::nullopt;
  return RowSource{.file = info->files.front(), .numbers = RowNumbers::kFromOne};
}

std::optional<std::filesystem::path> missing_file(const DataOrigin& origin) {
  std::error_code error;
  for (const auto& file : data_files(origin)) {
    if (!std::filesystem::exists(file, error)) return file;
  }
  return std::nullopt;
}

bool is_generated(const DataOrigin& origin) {
  const auto* known = std::get_if<KnownData>(&origin);
  return known != nullptr && std::ranges::any_of(known_datasets(), [&](const DatasetInfo& info) {
           return info.generated && info.name == known->name;
         });
}

bool is_file(const DataOrigin& origin) { return !std::holds_alternative<KnownData>(origin); }

LoadedData load(const DataOrigin& origin, const DataSource& source, const Drawing& drawing,
                const ArraysOf& arrays) {
  if (const auto* known = std::get_if<KnownData>(&origin))
    return {.split = load_dataset(known->name, source, drawing.seed), .table = std::nullopt};
  LoadedData data;
  if (const auto* table = std::get_if<TableOrigin>(&origin)) {
    data.table = read(*table);
    data.split = split(*table, *data.table, drawing);
  } else {
    const auto& [files, task] = std::get<ImageData>(origin);
    data.split =
        load_images(files, drawing.seed,
                    {.task = task, .class_names = arrays.class_names, .input_units = arrays.input_units});
  }
  data.split.train.name = data.split.test.name = name_of(origin);
  return data;
}

void hold_out_validation_rows(Dataset& train, const Drawing& drawing) {
  if (train.validation_rows) return;
  train.validation_rows =
      draw_validation_rows(train, drawing.validation_fraction, drawing.seed, train.name).held_out;
  train.row_use.validation_fraction = drawing.validation_fraction;
}

}  // namespace mlp::app
