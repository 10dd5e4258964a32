// What is shown of a training run, before and after it: a value that run/ fills in (summary_of() in
// run/run.h), so that nothing here knows how a run is prepared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/html_report.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/table_data.h"
#include "mlp/train.h"
#include "present/variant.h"

namespace mlp::app {

/// How a table was read and what was asked of it.
struct TableSummary {
  TableOptions reading;
  TableDataOptions options;
  bool draws_test_rows = true;  ///< options.test_fraction of the rows; else they are in a file of their own
};

/// The file that the source rows of the test rows count, and how.
struct RowSource {
  std::filesystem::path file;
  RowNumbers numbers = RowNumbers::kFromOne;
};

/// What is large is looked at where it is, in the run, which must live as long.
struct RunSummary {
  std::string dataset;  ///< its name
  const DataSplit& data;
  std::vector<std::filesystem::path> data_files;  ///< absolute; none of a set known by name
  std::optional<RowSource> row_source;
  std::optional<TableSummary> table;  ///< where the data are one
  bool generated = false;             ///< mlp makes the data itself: there is no file to predict

  std::string recipe;  ///< its name
  std::vector<Variant> variants;
  const MultilayerPerceptron& network;
  const TrainingOptions& options;
  std::size_t members = 1;                 ///< of the ensemble
  double validation_share = 0.0;           ///< of the rows that are not test rows
  std::optional<Initializer> initializer;  ///< nothing: each activation's own

  std::string replaced;                    ///< the earlier run in the folder, or empty
  const TrainingState* resumed = nullptr;  ///< where it went on from
  std::filesystem::path folder, config_file, report_file;
  std::vector<std::string> files;  ///< names of those that are in the folder by now

  /// Of data.train, which has decided on them.
  std::size_t validation_rows() const { return data.train.validation_rows->size(); }
  std::size_t training_rows() const { return data.train.rows() - validation_rows(); }
  bool balances_classes() const { return table && table->options.class_weights == ClassWeights::kBalanced; }
  PredictionOptions prediction() const { return {.threads = options.threads, .target = options.target}; }
};

}  // namespace mlp::app
