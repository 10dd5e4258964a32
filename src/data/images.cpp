// Images and labels in files of the user's own: which rows are trained on, and what the labels mean.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/array_file.h"
#include "data/numbers.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/split.h"

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

/// Arrays that nothing is made of, for a note: validation rows, say.
std::string unused_arrays(const NpzFile& npz, const std::vector<std::string>& used) {
  std::string names;
  for (const auto& array : npz.arrays())
    if (std::ranges::find(used, npz.name() + ": " + array) == used.end())
      names += (names.empty() ? "" : ", ") + printable(array);
  return names;
}

LabelledArrays read_pair(const std::filesystem::path& images, const std::filesystem::path& labels,
                         Part part) {
  if (!labels.empty()) return {read_array(images, {part, false}), read_array(labels, {part, true})};
  ByteReader reader(images);
  require_not_empty(reader);
  if (!reader.starts_with(kZipMagic))
    throw FileError(images.string() + ": no file of labels is given with it, and only a .npz can hold both",
                    "name it with --labels (--test-labels for test images)");
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

/// Labels as integers where all of them are, floating-point or not.
std::optional<std::vector<std::int64_t>> whole_labels(const NamedArray& labels) {
  if (!is_column(labels.array)) return std::nullopt;
  if (labels.array.holds_integers()) return array_labels(labels.array, labels.name);
  constexpr double kMost = 9007199254740992.0;  // 2^53: beyond, not every whole number is a double
  return std::visit(
      [&]<class T>(const AlignedVector<T>& values) -> std::optional<std::vector<std::int64_t>> {
        std::vector<std::int64_t> whole;
        for (const T value : values) {
          const auto number = static_cast<double>(value);
          if (!(std::abs(number) < kMost) || number != std::trunc(number)) return std::nullopt;
          whole.push_back(static_cast<std::int64_t>(number));
        }
        return whole;
      },
      labels.array.values);
}

Matrix<float> targets_of(NamedArray labels) {
  if (labels.array.dims.empty() || labels.array.dims.size() > 2)
    refuse_values(labels, "targets, N or N x O numbers");
  auto rows = array_rows(std::move(labels.array), labels.name);
  if (auto* numbers = std::get_if<Matrix<float>>(&rows)) return std::move(*numbers);
  const auto& bytes = std::get<Matrix<std::uint8_t>>(rows);
  return Matrix<float>::adopt(bytes.rows(), bytes.columns(),
                              AlignedVector<float>(bytes.values().begin(), bytes.values().end()));
}

Dataset read_part(LabelledArrays&& arrays, Task task) {
  auto& [inputs, labels] = arrays;
  if (inputs.array.dims.size() < 2) refuse_values(inputs, "images or rows of inputs (rank 2 or more)");
  Dataset dataset;
  dataset.image = image_shape(inputs.array);
  const std::string shape = shape_text(inputs.array.dims);
  dataset.inputs = array_rows(std::move(inputs.array), inputs.name);
  if (dataset.rows() == 0 || dataset.features() == 0)
    throw DataError(inputs.name + ": expected at least one row and one feature, found " + shape);
  const std::uint64_t count = labels.array.dims.empty() ? 1 : labels.array.dims[0];
  if (count != dataset.rows())
    throw DataError(labels.name + ": expected a label for each of the " + std::to_string(dataset.rows()) +
                        " rows of " + inputs.name + ", found " + std::to_string(count),
                    "check that images and labels belong together");
  if (task == Task::kRegression) {
    dataset.targets = targets_of(std::move(labels));
    if (dataset.targets.columns() == 1) dataset.target_names = {"target"};
  }
  return dataset;
}

/// Class labels on their way to indices.
struct Labels {
  std::string name;
  std::vector<std::int64_t> values;
};

std::vector<std::string> names_of(const std::set<std::int64_t>& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.push_back(std::to_string(value));
  return names;
}

void set_labels(Dataset& dataset, const Labels& labels, const std::vector<std::string>& class_names) {
  std::map<std::int64_t, std::int32_t> index_of;
  std::map<std::string, std::int32_t> index_of_name;
  for (std::size_t i = 0; i < class_names.size(); ++i)
    index_of_name.emplace(class_names[i], static_cast<std::int32_t>(i));
  dataset.class_names = class_names;
  dataset.labels.reserve(labels.values.size());
  for (std::size_t row = 0; row < labels.values.size(); ++row) {
    const auto value = labels.values[row];
    auto known = index_of.find(value);
    if (known == index_of.end()) {
      const auto named = index_of_name.find(std::to_string(value));
      if (named == index_of_name.end())
        throw DataError(labels.name + ": row " + std::to_string(row) + ": label " + std::to_string(value) +
                            " is none of the model's " + std::to_string(class_names.size()) + " classes",
                        "evaluate the model on data with the classes it was trained on");
      known = index_of.emplace(value, named->second).first;
    }
    dataset.labels.push_back(known->second);
  }
}

std::set<std::int64_t> different(const Labels& labels) {
  return {labels.values.begin(), labels.values.end()};
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
                   : "if they are numbers to be predicted: --task regression; if classes, --task "
                     "classification");
}

Dataset select_rows(const Dataset& from, std::span<const std::uint32_t> rows) {
  Dataset dataset;
  dataset.source_rows.assign(rows.begin(), rows.end());
  dataset.class_names = from.class_names;
  dataset.target_names = from.target_names;
  dataset.image = from.image;
  const auto select = [&]<class T>(const Matrix<T>& matrix) {
    Matrix<T> selected(rows.size(), matrix.columns());
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::ranges::copy(matrix.row(rows[i]), selected.row(i).begin());
    return selected;
  };
  dataset.inputs = std::visit([&](const auto& matrix) -> Inputs { return select(matrix); }, from.inputs);
  if (!from.labels.empty())
    for (const auto row : rows) dataset.labels.push_back(from.labels[row]);
  else
    dataset.targets = select(from.targets);
  return dataset;
}

/// Moves a part of the training rows to the test set.
void draw_test_rows(DataSplit& split, double fraction, std::uint64_t seed, const std::string& file) {
  const std::size_t rows = split.train.rows();
  const auto drawn = test_split(split.train, fraction, seed);
  const std::size_t test_rows = drawn.held_out.size();
  if (test_rows == 0)
    throw DataError(file + ": " + std::to_string(rows) + (rows == 1 ? " row" : " rows") +
                        " cannot be split into training and test rows",
                    "give test data as files of its own: --test-images and --test-labels");
  split.test = select_rows(split.train, drawn.held_out);
  split.train = select_rows(split.train, drawn.training);
  split.notes.push_back(std::to_string(test_rows) + " of " + std::to_string(rows) +
                        " rows drawn by seed to test on");
}

std::string name_of(const std::filesystem::path& file) {
  return (file.extension() == ".gz" ? file.stem() : file).stem().string();
}

Task task_of(const NamedArray& labels, const std::optional<Task>& given) {
  if (given) return *given;
  return labels.array.holds_integers() || whole_labels(labels) ? Task::kClassification : Task::kRegression;
}

Labels class_labels(const NamedArray& labels) {
  auto values = whole_labels(labels);
  if (!values) {
    if (labels.array.holds_integers() || !is_column(labels.array))
      refuse_values(labels, "labels, one for each row");
    throw DataError(labels.name + ": expected whole numbers as class labels, found others",
                    "numbers to be predicted take --task regression");
  }
  return {labels.name, std::move(*values)};
}

}  // namespace

DataSplit load_images(const ImageFiles& files, std::uint64_t seed, const ImageOptions& options) {
  require(options.test_fraction > 0 && options.test_fraction < 1,
          "load_images: test_fraction must lie between 0 and 1");
  require(files.test_labels.empty() || !files.test_images.empty(),
          "load_images: test labels without test images");
  auto train = read_pair(files.images, files.labels, Part::kTrain);
  std::optional<LabelledArrays> test;
  DataSplit split;
  if (!files.test_images.empty()) {
    test = read_pair(files.test_images, files.test_labels, Part::kTest);
  } else if (files.labels.empty()) {
    const NpzFile npz(files.images);
    if (has_test_arrays(npz)) test = find_pair(npz, Part::kTest);
    std::vector<std::string> used = {train.inputs.name, train.labels.name};
    if (test) used.insert(used.end(), {test->inputs.name, test->labels.name});
    if (const auto unused = unused_arrays(npz, used); !unused.empty())
      split.notes.push_back("not used: " + unused);
  }

  const Task task = task_of(train.labels, options.task);
  std::optional<Labels> train_labels, test_labels;
  if (task == Task::kClassification) {
    train_labels = class_labels(train.labels);
    if (test) test_labels = class_labels(test->labels);
  }
  if (const auto& dims = train.inputs.array.dims;
      dims.size() > 3 && image_shape(train.inputs.array) == ImageShape{})
    split.notes.push_back("rows of " + shape_text(std::span(dims).subspan(1)) +
                          " are taken as so many numbers, not as images, which have one channel (N x H x W)");
  const std::string test_name = test ? test->inputs.name : "";
  split.train = read_part(std::move(train), task);
  if (test) {
    split.test = read_part(std::move(*test), task);
    const auto& a = split.train;
    const auto& b = split.test;
    if (a.features() != b.features() || a.image != b.image ||
        (task == Task::kRegression && a.outputs() != b.outputs()))
      throw DataError(test_name + ": expected test rows like those to train on, " +
                          std::to_string(a.features()) + " inputs, found " + std::to_string(b.features()),
                      "check that both belong to the same data set");
  }
  if (train_labels) {
    auto values = different(*train_labels);
    const std::size_t trained = values.size();
    if (test_labels) values.merge(different(*test_labels));
    check_classes(*train_labels, values.size(), options.task.has_value());
    if (values.size() > trained)
      split.notes.push_back(std::to_string(values.size() - trained) +
                            " of the classes occur in the test rows only");
    const auto names = options.class_names.empty() ? names_of(values) : options.class_names;
    set_labels(split.train, *train_labels, names);
    if (test_labels) set_labels(split.test, *test_labels, names);
  }
  if (!test) draw_test_rows(split, options.test_fraction, seed, files.images.string());
  split.train.name = split.test.name = name_of(files.images);
  split.origin = (files.labels.empty() ? files.images : files.images.parent_path()).string();
  if (split.origin.empty()) split.origin = ".";
  return split;
}

Dataset load_labelled_images(const std::filesystem::path& images, const std::filesystem::path& labels,
                             const ImageOptions& options) {
  auto arrays = read_pair(images, labels, Part::kTest);
  const Task task = task_of(arrays.labels, options.task);
  std::optional<Labels> classes;
  if (task == Task::kClassification) classes = class_labels(arrays.labels);
  Dataset dataset = read_part(std::move(arrays), task);
  if (classes)
    set_labels(dataset, *classes,
               options.class_names.empty() ? names_of(different(*classes)) : options.class_names);
  dataset.name = name_of(images);
  return dataset;
}

}  // namespace mlp
