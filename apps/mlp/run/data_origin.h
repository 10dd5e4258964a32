// Where a run's data come from: the one place that knows. A set known by name, a table, or files of images.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mlp/data.h"
#include "present/run_summary.h"
#include "run/table_origin.h"

namespace mlp::app {

/// The options that name data, as typed; nothing where not given.
struct DataArguments : TableArguments {
  std::optional<std::string> dataset;  ///< a known name, or a file
  std::optional<std::string> images, labels, test_images, test_labels, task;
};

/// Of the sets mlp knows.
std::vector<std::string> known_names();

/// Whether `name` is that of a set mlp knows, not a file's.
bool is_known_data(const std::string& name);

struct KnownData {
  std::string name;
};
struct ImageData {
  ImageFiles files;  ///< absolute
  std::optional<Task> task;
};
using DataOrigin = std::variant<KnownData, ImageData, TableOrigin>;

/// Throws UsageError where the arguments name no data, two kinds of it, or an unknown set.
DataOrigin data_origin(const DataArguments& arguments);

/// Of the data set; of one file its name without ending, of several that of their folder. Never that of a
/// known set for files.
std::string name_of(const DataOrigin& origin);

/// What a message calls the data by: "cars.csv", "mnist".
std::string files_text(const DataOrigin& origin);

/// The data's files, absolute; none of a set known by name.
std::vector<std::filesystem::path> data_files(const DataOrigin& origin);

/// Which file the source rows of the test rows count, and how; nothing of sets that mlp makes.
std::optional<RowSource> row_source(const DataOrigin& origin);

/// A file of the data that is not where it was said to be; nothing where all are there.
std::optional<std::filesystem::path> missing_file(const DataOrigin& origin);

/// Whether mlp makes the data itself, so that there is no file of them.
bool is_generated(const DataOrigin& origin);

/// Whether the number of inputs, classes and targets is known only once the data are read.
bool is_file(const DataOrigin& origin);

/// The data as they were read.
struct LoadedData {
  DataSplit split;
  std::optional<Table> table;  ///< that they were split from, where they are one
};

/// What arrays are read in, where that is not what they have themselves: a model's.
struct ArraysOf {
  std::vector<std::string> class_names = {};
  std::optional<InputUnits> input_units = {};
};
LoadedData load(const DataOrigin& origin, const DataSource& source, const Drawing& drawing,
                const ArraysOf& arrays = {});

/// Decides which training rows validate, unless that was decided when they were read, as a table's are: what
/// is learned of its columns is learned from the others.
void hold_out_validation_rows(Dataset& train, const Drawing& drawing);

}  // namespace mlp::app
