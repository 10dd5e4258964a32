// What is shown about a training run, before and after it: a value that run/ fills in (summary_of() in
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

/// How a table was read and what is predicted from it.
struct TableSummary {
  TableOptions reading;
  TableDataOptions options;
  bool draws_test_rows = true;  ///< options.test_fraction of the rows; else they are in a separate file
};

/// The file in which the test rows' source rows are counted, and how.
struct RowSource {
  std::filesystem::path file;
  RowNumbers numbers = RowNumbers::kFromOne;
};

/// Large members refer to the run, which must live as long.
struct RunSummary {
  std::string dataset;  ///< its name
  const DataSplit& data;
  std::vector<std::filesystem::path> data_files;  ///< absolute; none of a set known by name
  std::optional<RowSource> row_source;
  std::optional<TableSummary> table;  ///< where the data are one
  bool generated = false;             ///< mlp generates the data: there is no file to predict

  std::string recipe;  ///< its name
  std::vector<Variant> variants;
  const MultilayerPerceptron& network;
  const TrainingOptions& options;
  std::size_t members = 1;                 ///< of the ensemble
  double validation_share = 0.0;           ///< of the rows that are not test rows
  std::optional<Initializer> initializer;  ///< empty: each activation's default

  std::string replaced;                    ///< the earlier run in the folder, or empty
  const TrainingState* resumed = nullptr;  ///< the state it continued from
  std::filesystem::path folder, config_file, report_file;
  std::vector<std::string> files;  ///< names of the files in the folder so far

  /// The number of validation rows, which data.train has decided on.
  std::size_t validation_rows() const { return data.train.validation_rows->size(); }
  std::size_t training_rows() const { return data.train.rows() - validation_rows(); }
  bool balances_classes() const { return table && table->options.class_weights == ClassWeights::kBalanced; }
  PredictionOptions prediction() const { return {.threads = options.threads, .target = options.target}; }
};

}  // namespace mlp::app
