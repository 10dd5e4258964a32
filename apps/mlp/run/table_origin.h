// A run's data from a CSV or TSV file: the options that say how it is read and what is to be predicted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlp/table.h"
#include "mlp/table_data.h"

namespace mlp::app {

/// How any table is read, as typed; empty where not given.
struct ReadingArguments {
  std::vector<std::string> missing, not_missing;
  std::optional<std::string> delimiter, decimal;
  bool no_header = false;

  TableOptions reading() const;  ///< throws UsageError
  bool operator==(const ReadingArguments&) const = default;
};

/// The options of a table to train on.
struct TableArguments : ReadingArguments {
  std::vector<std::string> targets, ignore, categorical;
  std::optional<std::string> test, test_fraction, scaling, class_weight, sample_weight;

  /// Whether one of these is given.
  bool any_of_table() const { return *this != TableArguments{}; }
  bool operator==(const TableArguments&) const = default;
};

struct TableOrigin {
  std::filesystem::path file;  ///< absolute
  std::filesystem::path test;  ///< absolute; empty: test rows are drawn
  TableOptions reading;
  TableDataOptions options;  ///< except what the run decides: validation fraction and seed
};

/// "cars.csv", "cars.tsv.gz": names of tables.
bool is_table_name(const std::filesystem::path& path);

/// Throws UsageError naming the option.
TableOrigin table_origin(const std::string& file, const TableArguments& arguments, std::optional<Task> task);

/// The share of the training rows that a run holds out to validate on, and the seed of all that is drawn.
struct Drawing {
  double validation_fraction = 0.0;
  std::uint64_t seed = 1;
};

/// The table's options in a run that draws like this.
TableDataOptions options_of(const TableOrigin& origin, const Drawing& drawing);

Table read(const TableOrigin& origin);

/// Training and test data of that run; `table` is what read() gave.
DataSplit split(const TableOrigin& origin, const Table& table, const Drawing& drawing);

/// A table with the same columns, for evaluating a model trained on `origin`: the test part, with notes.
DataSplit load_for(const Preprocessing& preprocessing, const std::filesystem::path& file,
                   const ReadingArguments& arguments);

}  // namespace mlp::app
