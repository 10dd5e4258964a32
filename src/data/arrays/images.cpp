// Images and labels in files of the user's own: which rows are trained on, and what the labels mean.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/arrays/array_file.h"
#include "data/arrays/picture_folder.h"
#include "data/cells/text_count.h"
#include "data/numbers/numbers.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/split.h"
#include "network/text.h"

namespace mlp {

namespace {

using Part = ArrayRole::Part;

/// Inputs and what belongs to each of their rows, as the files have them.
struct LabelledArrays {
  NamedArray inputs;
  NamedArray labels;
};

/// Nothing where a .npz has neither array of that part.
std::optional<LabelledArrays> find_pair(const NpzFile& npz, Part part) {
  const auto inputs = npz.find({part, false});
  const auto labels = npz.find({part, true});
  if (!inputs && !labels) return std::nullopt;
  if (!inputs || !labels) npz.refuse("inputs and labels");
  return LabelledArrays{{npz.name() + ": " + *inputs, npz.read(*inputs)},
                        {npz.name() + ": " + *labels, npz.read(*labels)}};
}

bool has_test_arrays(const NpzFile& npz) {
  return std::ranges::any_of(npz.arrays(), [](const auto& array) {
    const auto role = role_of(array);
    return role && role->part == Part::kTest;
  });
}

/// Arrays that are not used: validation rows, say.
std::vector<std::string> unused_arrays(const NpzFile& npz, const std::vector<std::string>& used) {
  std::vector<std::string> names;
  for (const auto& array : npz.arrays())
    if (std::ranges::find(used, npz.name() + ": " + array) == used.end()) names.push_back(array);
  return names;
}

LabelledArrays read_pair(const std::filesystem::path& images, const std::filesystem::path& labels, Part part,
                         std::uint64_t mapped_from) {
  if (!labels.empty())
    return {read_array(images, {part, false}, mapped_from), read_array(labels, {part, true})};
  ByteReader reader(images);
  require_not_empty(reader);
  if (!reader.starts_with(kZipMagic))
    throw FileError(images.string() + ": no file of labels is given with it, and only a .npz can hold both",
                    "name it with " + Setting::kLabels + " (" + Setting::kTestLabels + " for test images)");
  const NpzFile npz(images);
  auto pair = find_pair(npz, part);
  if (!pair) npz.refuse("inputs and labels");
  return std::move(*pair);
}

[[noreturn]] void refuse_values(const NamedArray& named, const std::string& expected) {
  throw DataError(named.name + ": expected " + expected + ", found " +
                      (named.array.dims.size() == 1 ? "one number for each row (rank 1)"
                                                    : "an array of " + shape_text(named.array.dims)),
                  "check that images and labels are not swapped");
}

bool is_column(const Array& array) {
  return array.dims.size() == 1 || (array.dims.size() == 2 && array.dims[1] == 1);
}

/// Whether these are a label for each row: integers, or floating-point numbers that are all whole.
bool are_labels(const Array& array) {
  if (!is_column(array)) return false;
  constexpr double kMost = 9007199254740992.0;  // 2^53: beyond, not every whole number is a double
  return std::visit(
      []<class Values>(const Values& values) {
        if constexpr (std::is_integral_v<typename Values::value_type>) return true;
        return std::ranges::all_of(values, [](auto value) {
          const auto number = static_cast<double>(value);
          return std::abs(number) < kMost && number == std::trunc(number);
        });
      },
      array.values);
}

/// Whether each row is a single 1 among zeros, as classes are in one-hot form.
bool is_one_hot(const Array& array) {
  if (array.dims.size() != 2 || array.dims[1] < 2) return false;
  const std::size_t columns = array.dims[1];
  return std::visit(
      [&]<class Values>(const Values& values) {
        using T = typename Values::value_type;
        for (std::size_t begin = 0; begin < values.size(); begin += columns) {
          const auto row = std::span(values).subspan(begin, columns);
          const auto ones = std::ranges::count(row, T{1}), zeros = std::ranges::count(row, T{0});
          if (ones != 1 || ones + zeros != std::ssize(row)) return false;
        }
        return !values.empty();
      },
      array.values);
}

/// Several integers in each row are classes in one-hot form, or a class with what else is known of the row;
/// or they are no labels.
[[noreturn]] void refuse_label_rows(const NamedArray& labels, const Array& inputs) {
  const auto& dims = labels.array.dims;
  if (dims.size() != 2 || inputs.dims.size() < 2) refuse_values(labels, "labels, one for each row");
  const std::string count = std::to_string(dims[1]);
  const bool one_hot = is_one_hot(labels.array);
  throw DataError(labels.name + ": expected one label for each row, found " + count + " integers" +
                      (one_hot ? std::string("; ") + kOneHot : ""),
                  (one_hot ? std::string("save as labels ") + kFromOneHot
                           : "save the column of the classes alone, such as labels[:, 0]") +
                      "; or predict all " + count + " as numbers: " + Remedy{Setting::kTask, {"regression"}});
}

Matrix<float> targets_of(NamedArray labels) {
  if (labels.array.dims.empty() || labels.array.dims.size() > 2 ||
      (labels.array.dims.size() == 2 && labels.array.dims[1] == 0))
    refuse_values(labels, "targets, N or N x O numbers");
  return array_targets(std::move(labels.array), labels.name);
}

Dataset read_part(LabelledArrays&& arrays, Task task, const InputUnits& units) {
  auto& [inputs, labels] = arrays;
  if (inputs.array.dims.size() < 2) refuse_values(inputs, "images or rows of inputs (rank 2 or more)");
  const auto& dims = inputs.array.dims;
  if (std::ranges::find(dims, 0u) != dims.end())
    throw DataError(inputs.name + ": expected at least one row and one feature, found " + shape_text(dims));
  if (dims[0] > std::numeric_limits<std::uint32_t>::max())
    throw DataError(inputs.name + ": expected at most 4,294,967,295 rows, found " + shape_text(dims),
                    "give a part of them");
  const std::uint64_t count = labels.array.dims.empty() ? 1 : labels.array.dims[0];
  if (count != dims[0])
    throw DataError(labels.name + ": expected a label for each of the " + std::to_string(dims[0]) +
                        " rows of " + inputs.name + ", found " + std::to_string(count),
                    "check that images and labels belong together");
  Dataset dataset;
  dataset.image = image_shape(inputs.array);
  dataset.inputs = array_rows(std::move(inputs.array), inputs.name, units);
  dataset.input_units = units;
  if (task == Task::kRegression) {
    dataset.targets = targets_of(std::move(labels));
    if (dataset.targets.columns() == 1) dataset.target_names = {"target"};
  }
  return dataset;
}

/// Throws where all targets of training rows are the same, in every column.
void refuse_constant(const Matrix<float>& targets, const std::string& name) {
  if (targets.rows() < 2) return;
  for (std::size_t row = 1; row < targets.rows(); ++row)
    if (!std::ranges::equal(targets.row(row), targets.row(0))) return;
  throw DataError(name + ": " + format_number(static_cast<double>(targets(0, 0))) +
                      " in every row: there is nothing to learn",
                  "is it the right array?");
}

/// Nothing where the numbers are to stay as they are.
std::optional<InputsInUnits> inputs_in_units(const InputUnits& units) {
  InputsInUnits found;
  for (std::size_t c = units.origin.size(); c-- > 0;) {
    if (units.origin[c] == 0 && units.unit[c] == 1) continue;
    ++found.inputs;
    found.first = c;
    found.origin = units.origin[c];
  }
  return found.inputs > 0 ? std::optional(found) : std::nullopt;
}

/// Class labels on their way to indices.
struct Labels {
  std::string name;
  std::vector<std::int64_t> values;  ///< the different ones, ascending
  std::vector<std::int32_t> places;  ///< [N]: of each row's label among them
};

std::vector<std::string> names_of(const std::vector<std::int64_t>& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.push_back(std::to_string(value));
  return names;
}

void set_labels(Dataset& dataset, Labels labels, const std::vector<std::string>& class_names) {
  constexpr std::int32_t kNone = -1;
  std::map<std::string, std::int32_t> index_of;
  for (std::size_t i = 0; i < class_names.size(); ++i)
    index_of.emplace(class_names[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> index;
  for (const auto value : labels.values) {
    const auto named = index_of.find(std::to_string(value));
    index.push_back(named == index_of.end() ? kNone : named->second);
  }
  for (std::size_t row = 0; row < labels.places.size(); ++row) {
    const auto place = static_cast<std::size_t>(labels.places[row]);
    if (index[place] == kNone)
      throw DataError(labels.name + ": row " + std::to_string(row) + ": label " +
                          std::to_string(labels.values[place]) + " is none of the model's " +
                          std::to_string(class_names.size()) + " classes",
                      "evaluate the model on data with the classes it was trained on");
    labels.places[row] = index[place];
  }
  dataset.class_names = class_names;
  dataset.labels = std::move(labels.places);
}

/// Those of either, ascending.
std::vector<std::int64_t> values_of(const Labels& a, const Labels& b) {
  std::vector<std::int64_t> values;
  std::ranges::set_union(a.values, b.values, std::back_inserter(values));
  return values;
}

void check_classes(const Labels& labels, std::size_t classes, bool task_given) {
  constexpr std::size_t kLikely = 1000, kMost = 65'000;
  if (classes < 2)
    throw DataError(labels.name + ": expected at least two classes, found label " +
                        std::to_string(labels.values.front()) + " in every row",
                    "there is nothing to tell apart; check the file");
  if (classes > (task_given ? kMost : kLikely))
    throw DataError(
        labels.name + ": " + std::to_string(classes) + " different labels are too many for classes",
        task_given ? "at most 65,000 classes can be learned"
                   : "if they are numbers to be predicted: " + Remedy{Setting::kTask, {"regression"}} +
                         "; if classes, " + Remedy{Setting::kTask, {"classification"}});
}

/// Moves a part of the training rows to the test set.
void draw_test_rows(DataSplit& split, double fraction, std::uint64_t seed, const std::string& file) {
  const Dataset all = std::move(split.train);
  const std::size_t rows = all.rows();
  auto drawn = test_split(all, fraction, seed);
  const std::size_t test_rows = drawn.held_out.size();
  if (test_rows == 0)
    throw DataError(
        file + ": " + std::to_string(rows) + (rows == 1 ? " row" : " rows") +
            " cannot be split into training and test rows",
        "give test data as files of its own: " + Setting::kTestImages + " and " + Setting::kTestLabels);
  const auto part = [&](std::vector<std::uint32_t> numbers) {
    Dataset selected = select_rows(all, numbers);
    selected.source_rows = std::move(numbers);
    return selected;
  };
  split.test = part(std::move(drawn.held_out));
  split.train = part(std::move(drawn.training));
  split.notes.emplace_back(TestRowsDrawn{.rows = test_rows, .of = rows});
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

/// A folder needs no file of labels: its sub-folders are the classes.
void check_folder(const std::filesystem::path& folder, const std::filesystem::path& labels,
                  const std::optional<Task>& task) {
  if (!labels.empty())
    throw UsageError(folder.string() + " is a folder, whose sub-folders are the labels, and " +
                         labels.string() + " would be others",
                     "leave out the file of labels, or name one file with all images");
  if (task == Task::kRegression)
    throw UsageError(folder.string() + ": the images of a folder have classes, not numbers to predict",
                     "leave the task out, or give images and their numbers as arrays");
}

DataSplit load_folder(const ImageFiles& files, std::uint64_t seed, const ImageOptions& options) {
  check_folder(files.images, files.labels, options.task);
  PictureFolders folders = picture_folders(files.images);
  if (!files.test_images.empty()) {
    check_folder(files.test_images, files.test_labels, options.task);
    folders = {files.images, files.test_images};
  }
  DataSplit split;
  split.train = read_picture_folder(folders.train, options.class_names, {}, split.notes);
  if (folders.test.empty()) {
    draw_test_rows(split, options.test_fraction, seed, files.images.string());
  } else {
    split.test = read_picture_folder(folders.test, split.train.class_names, split.train.image, split.notes);
  }
  split.train.name = split.test.name = files.images.filename().string();
  split.origin = files.images.string();
  return split;
}

std::string name_of(const std::filesystem::path& file) {
  return (file.extension() == ".gz" ? file.stem() : file).stem().string();
}

Task task_of(const NamedArray& labels, const std::optional<Task>& given) {
  if (given) return *given;
  return labels.array.holds_integers() || are_labels(labels.array) ? Task::kClassification
                                                                   : Task::kRegression;
}

/// Takes the labels out of the arrays: of many rows they would be large to have twice.
Labels take_labels(LabelledArrays& arrays) {
  NamedArray& labels = arrays.labels;
  if (!are_labels(labels.array)) {
    if (!is_column(labels.array)) refuse_label_rows(labels, arrays.inputs.array);
    throw DataError(labels.name + ": expected whole numbers as class labels, found others",
                    "numbers to be predicted take " + Remedy{Setting::kTask, {"regression"}});
  }
  Labels result{.name = labels.name, .values = {}, .places = {}};
  std::visit(
      [&]<class Values>(const Values& values) {
        if constexpr (std::is_same_v<typename Values::value_type, std::uint64_t>)
          array_labels(labels.array, labels.name);  // throws where one is too large
        std::map<std::int64_t, std::int32_t> place_of;
        for (const auto value : values) place_of.try_emplace(static_cast<std::int64_t>(value), 0);
        for (auto& [value, place] : place_of) {
          place = static_cast<std::int32_t>(result.values.size());
          result.values.push_back(value);
        }
        result.places.reserve(values.size());
        for (const auto value : values)
          result.places.push_back(place_of.find(static_cast<std::int64_t>(value))->second);
      },
      labels.array.values);
  labels.array.values = {};
  return result;
}

UntrainedClasses untrained_classes(const Labels& train, const Labels& test) {
  std::vector<std::size_t> rows(test.values.size());
  for (const auto place : test.places) ++rows[static_cast<std::size_t>(place)];
  UntrainedClasses found{.classes = 0, .first = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::ranges::binary_search(train.values, test.values[i])) continue;
    ++found.classes;
    count_text(found.first, std::to_string(test.values[i]), rows[i]);
  }
  return found;
}

}  // namespace

DataSplit load_images(const ImageFiles& files, std::uint64_t seed, const ImageOptions& options) {
  require(options.test_fraction > 0 && options.test_fraction < 1,
          "load_images: test_fraction must lie between 0 and 1");
  require(files.test_labels.empty() || !files.test_images.empty(),
          "load_images: test labels without test images");
  if (is_folder(files.images)) return load_folder(files, seed, options);
  auto train = read_pair(files.images, files.labels, Part::kTrain, options.mapped_from);
  std::optional<LabelledArrays> test;
  DataSplit split;
  if (!files.test_images.empty()) {
    test = read_pair(files.test_images, files.test_labels, Part::kTest, options.mapped_from);
  } else if (files.labels.empty()) {
    const NpzFile npz(files.images);
    if (has_test_arrays(npz)) test = find_pair(npz, Part::kTest);
    std::vector<std::string> used = {train.inputs.name, train.labels.name};
    if (test) used.insert(used.end(), {test->inputs.name, test->labels.name});
    if (auto unused = unused_arrays(npz, used); !unused.empty())
      split.notes.emplace_back(ArraysNotUsed{std::move(unused)});
  }

  const Task task = task_of(train.labels, options.task);
  std::optional<Labels> train_labels, test_labels;
  if (task == Task::kClassification) {
    train_labels = take_labels(train);
    if (test) test_labels = take_labels(*test);
  } else if (is_one_hot(train.labels.array)) {
    split.notes.emplace_back(OneHotTargets{train.labels.name});
  }
  const InputUnits units = options.input_units ? *options.input_units : units_for(train.inputs.array);
  if (const auto note = inputs_in_units(units)) split.notes.emplace_back(*note);
  if (const auto& dims = train.inputs.array.dims;
      dims.size() > 3 && image_shape(train.inputs.array) == ImageShape{})
    split.notes.emplace_back(RowsNotImages{{dims.begin() + 1, dims.end()}});
  const std::string test_name = test ? test->inputs.name : "", labels_name = train.labels.name;
  split.train = read_part(std::move(train), task, units);
  if (task == Task::kRegression) refuse_constant(split.train.targets, labels_name);
  if (test) {
    split.test = read_part(std::move(*test), task, units);
    const auto& a = split.train;
    const auto& b = split.test;
    if (a.features() != b.features() || a.image != b.image ||
        (task == Task::kRegression && a.outputs() != b.outputs()))
      throw DataError(test_name + ": expected test rows like those to train on, " +
                          std::to_string(a.features()) + " inputs, found " + std::to_string(b.features()),
                      "check that both belong to the same data set");
  }
  if (train_labels) {
    const auto values = test_labels ? values_of(*train_labels, *test_labels) : train_labels->values;
    check_classes(*train_labels, values.size(), options.task.has_value());
    if (values.size() > train_labels->values.size())
      split.notes.emplace_back(untrained_classes(*train_labels, *test_labels));
    const auto names = options.class_names.empty() ? names_of(values) : options.class_names;
    set_labels(split.train, std::move(*train_labels), names);
    if (test_labels) set_labels(split.test, std::move(*test_labels), names);
  }
  if (!test) draw_test_rows(split, options.test_fraction, seed, files.images.string());
  split.train.name = split.test.name = name_of(files.images);
  split.origin = (files.labels.empty() ? files.images : files.images.parent_path()).string();
  if (split.origin.empty()) split.origin = ".";
  return split;
}

Dataset load_labelled_images(const std::filesystem::path& images, const std::filesystem::path& labels,
                             const ImageOptions& options) {
  if (is_folder(images)) {
    check_folder(images, labels, options.task);
    const PictureFolders folders = picture_folders(images);
    std::vector<Note> notes;
    Dataset dataset = read_picture_folder(folders.test.empty() ? folders.train : folders.test,
                                          options.class_names, {}, notes);
    dataset.name = images.filename().string();
    return dataset;
  }
  auto arrays = read_pair(images, labels, Part::kTest, options.mapped_from);
  const Task task = task_of(arrays.labels, options.task);
  std::optional<Labels> classes;
  if (task == Task::kClassification) classes = take_labels(arrays);
  Dataset dataset = read_part(std::move(arrays), task, options.input_units.value_or(InputUnits{}));
  if (classes) {
    const auto names = options.class_names.empty() ? names_of(classes->values) : options.class_names;
    set_labels(dataset, std::move(*classes), names);
  }
  dataset.name = name_of(images);
  return dataset;
}

}  // namespace mlp
