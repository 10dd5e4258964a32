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

/// The options that name data, as typed; empty where not given.
struct DataArguments : TableArguments {
  std::optional<std::string> dataset;  ///< a known name, or a file
  std::optional<std::string> images, labels, test_images, test_labels, task;
};

/// The names of the data sets that mlp knows.
std::vector<std::string> known_names();

/// Whether `name` is a data set that mlp knows, and not a file.
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

/// The name of the data set; for one file its name without ending, for several that of their folder. Files
/// never have the name of a known set.
std::string name_of(const DataOrigin& origin);

/// The name of the data in messages: "cars.csv", "mnist".
std::string files_text(const DataOrigin& origin);

/// The data's files, absolute; none of a set known by name.
std::vector<std::filesystem::path> data_files(const DataOrigin& origin);

/// The file in which the test rows' source rows are counted, and how; none for sets that mlp generates.
std::optional<RowSource> row_source(const DataOrigin& origin);

/// A file of the data that is missing; none where all are there.
std::optional<std::filesystem::path> missing_file(const DataOrigin& origin);

/// Whether mlp generates the data, so that there is no file.
bool is_generated(const DataOrigin& origin);

/// Whether the number of inputs, classes and targets is known only once the data are read.
bool is_file(const DataOrigin& origin);

/// The data as they were read.
struct LoadedData {
  DataSplit split;
  std::optional<Table> table;  ///< the table they were split from, if any
};

/// The classes and units that arrays are read in, where these are not their own but a model's.
struct ArraysOf {
  std::vector<std::string> class_names = {};
  std::optional<InputUnits> input_units = {};
};
LoadedData load(const DataOrigin& origin, const DataSource& source, const Drawing& drawing,
                const ArraysOf& arrays = {});

/// Decides which training rows validate, unless that was decided when they were read. (For a table it was, as
/// its preprocessing is learned from the other rows.)
void hold_out_validation_rows(Dataset& train, const Drawing& drawing);

}  // namespace mlp::app
