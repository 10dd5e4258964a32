// Tables to training and test data, see mlp/table_data.h.
#include "mlp/table_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/numbers/statistics.h"
#include "data/prepare/labeled_rows.h"
#include "data/prepare/numbers_apart.h"
#include "mlp/error.h"
#include "network/text.h"

namespace mlp {

namespace {

using Rows = std::vector<std::uint32_t>;

/// The elements of `values` at `places`.
template <class T>
std::vector<T> select(const std::vector<T>& values, const Rows& places) {
  std::vector<T> result;
  if (!values.empty())
    for (const std::uint32_t place : places) result.push_back(values[place]);
  return result;
}

/// The rows `places` of `labeled` as a data set, without weights, which only training needs.
Dataset dataset_of(const Preprocessing& preprocessing, const Table& table, const LabeledRows& labeled,
                   const Rows& places) {
  Dataset dataset{.name = table.name,
                  .inputs = encode(preprocessing, table, select(labeled.rows, places)),
                  .labels = select(labeled.labels, places),
                  .feature_names = preprocessing.feature_names(),
                  .preprocessing = preprocessing,
                  .source_rows = select(labeled.rows, places)};
  if (labeled.task == Task::kClassification) {
    dataset.class_names = labeled.targets.front().categories;
    return dataset;
  }
  dataset.targets = Matrix<float>(places.size(), labeled.values.columns());
  for (std::size_t n = 0; n < places.size(); ++n)
    std::ranges::copy(labeled.values.row(places[n]), dataset.targets.row(n).begin());
  for (const auto& target : labeled.targets) dataset.target_names.push_back(target.name);
  return dataset;
}

/// n / (classes * n_c) for each class of the training rows; 1 for others.
std::vector<double> balanced_weights(const Dataset& dataset, const Rows& training) {
  std::vector<double> counts(dataset.class_names.size());
  for (const std::uint32_t row : training) ++counts[static_cast<std::size_t>(dataset.labels[row])];
  const auto classes = static_cast<double>(std::ranges::count_if(counts, [](double n) { return n > 0; }));
  std::vector<double> weights;
  for (const double count : counts)
    weights.push_back(count > 0 ? static_cast<double>(training.size()) / (classes * count) : 1.0);
  return weights;
}

void apply_balanced_weights(Dataset& dataset, const Rows& training) {
  const auto weights = balanced_weights(dataset, training);
  if (dataset.sample_weights.empty()) dataset.sample_weights.assign(dataset.rows(), 1.0f);
  for (std::size_t n = 0; n < dataset.rows(); ++n)
    dataset.sample_weights[n] = static_cast<float>(static_cast<double>(dataset.sample_weights[n]) *
                                                   weights[static_cast<std::size_t>(dataset.labels[n])]);
}

void append(std::vector<Note>& notes, const std::vector<Note>& more) {
  notes.insert(notes.end(), more.begin(), more.end());
}

/// Of targets with numbers far from all others, such as a code for "no value" or a line of totals. Among rows
/// held out they spoil the scores as they spoil what is learned among the others.
std::vector<Note> target_notes(const Table& table, const LabeledRows& labeled) {
  std::vector<Note> notes;
  for (const auto& target : labeled.targets) {
    auto numbers = select(table.column(target.name).numbers, labeled.rows);
    std::ranges::sort(numbers);
    if (const auto apart = text_of_parts(parts_of(numbers)); !apart.empty())
      notes.emplace_back(ColumnsNote{ColumnFinding::kApart, {{target.name, apart}}});
  }
  return notes;
}

/// The weights of rows, divided by their mean over the training rows: only their ratios count.
std::vector<float> relative_weights(const Table& table, const std::string& column,
                                    const std::vector<double>& weights, const Rows& training,
                                    const Rows& validation) {
  const double mean = moments_of(select(weights, training)).mean;
  if (mean == 0)
    throw DataError(table.name + ": column " + quote(column) + ": the weight of every training row is 0",
                    "is it the right column?");
  if (!validation.empty() && moments_of(select(weights, validation)).mean == 0)
    throw DataError(table.name + ": column " + quote(column) + ": the weight of every validation row is 0",
                    "hold out more rows, or none (" + Remedy{Setting::kValidation, {"0"}} +
                        "), or draw others (" + Setting::kSeed + ")");
  std::vector<float> relative;
  for (const double weight : weights) relative.push_back(static_cast<float>(weight / mean));
  return relative;
}

/// The same with the ranges of these rows' numbers in its own.
Preprocessing widened(Preprocessing preprocessing, const Table& table, const Rows& training) {
  for (auto& column : preprocessing.inputs) {
    auto* numeric = std::get_if<NumericEncoding>(&column.encoding);
    if (numeric == nullptr) continue;
    for (const double number : select(table.column(column.type.name).numbers, training)) {
      if (std::isnan(number)) continue;
      numeric->least = std::min(numeric->least, number);
      numeric->most = std::max(numeric->most, number);
    }
  }
  return preprocessing;
}

/// As the options have it, or learned from these rows.
LearnedPreprocessing preprocessing_for(const Table& table, const LabeledRows& labeled, const Rows& training,
                                       const TableDataOptions& options) {
  if (options.preprocessing)
    return {.preprocessing = widened(*options.preprocessing, table, training), .notes = {}, .left_out = {}};
  PreprocessingOptions learning{.excluded = options.targets, .scaling = options.scaling};
  if (options.sample_weight) learning.excluded.push_back(*options.sample_weight);
  auto learned = learn_preprocessing(table, training, learning);
  learned.preprocessing.targets = labeled.targets;
  return learned;
}

}  // namespace

DataSplit split_table(const Table& table, const LabeledRows& labeled, const RowSplit& rows,
                      const TableDataOptions& options) {
  require(!rows.training.empty(), "split_table: there must be rows to train on");
  const auto labels = select(labeled.labels, rows.training);
  const Strata strata = labels.empty() ? Strata(rows.training.size()) : Strata(labels);
  const auto [training, validation] =
      draw_validation_rows(strata, options.validation_fraction, options.seed, table.name);

  auto [preprocessing, notes, left_out] =
      preprocessing_for(table, labeled, select(labeled.rows, select(rows.training, training)), options);

  DataSplit split{.train = dataset_of(preprocessing, table, labeled, rows.training),
                  .test = dataset_of(preprocessing, table, labeled, rows.held_out),
                  .notes = labeled.notes,
                  .origin = table.name,
                  .left_out = std::move(left_out)};
  append(split.notes, notes);
  if (labeled.task == Task::kRegression) append(split.notes, target_notes(table, labeled));
  split.train.validation_rows = validation;
  split.train.row_use = {.validation_fraction = options.validation_fraction,
                         .weight_column = options.sample_weight.value_or(""),
                         .balanced_classes = options.class_weights == ClassWeights::kBalanced};
  if (options.sample_weight)
    split.train.sample_weights = relative_weights(
        table, *options.sample_weight, select(labeled.weights, rows.training), training, validation);
  if (options.class_weights == ClassWeights::kBalanced) {
    if (labeled.task != Task::kClassification)
      throw UsageError("class weights are for classes, and " + quote(preprocessing.targets.front().name) +
                           " is predicted as a number",
                       "leave them out, or take " + Remedy{Setting::kTask, {"classification"}});
    apply_balanced_weights(split.train, training);
  }
  return split;
}

DataSplit split_table(const Table& table, const TableDataOptions& options) {
  const LabeledRows labeled = label_rows(table, options);
  return split_table(table, labeled, test_split(labeled.strata(), options.test_fraction, options.seed),
                     options);
}

FoldSplits fold_splits(const Table& table, const TableDataOptions& options, std::size_t count) {
  auto labeled = label_rows(table, options);
  auto held_out = folds(labeled.strata(), count, options.seed);
  const auto split = [&table, options, labeled = std::move(labeled),
                      held_out = std::move(held_out)](std::size_t fold) {
    return split_table(table, labeled, hold_out(labeled.rows.size(), held_out.at(fold)), options);
  };
  return {.count = count, .split = split};
}

namespace {

/// A table that has targets, as this preprocessing encodes it.
Dataset dataset_to_evaluate(const Preprocessing& preprocessing, const Table& table,
                            const LabeledRows& labeled) {
  if (labeled.rows.empty())
    throw DataError(table.name + ": no row has a value in " + quote(preprocessing.targets.front().name),
                    "without targets there is nothing to compare predictions with");
  Rows places(labeled.rows.size());
  std::iota(places.begin(), places.end(), 0u);
  return dataset_of(preprocessing, table, labeled, places);
}

}  // namespace

DataSplit split_table(const Table& table, const TableSource& test, const TableDataOptions& options,
                      const TableOptions& reading) {
  auto whole = options;
  whole.test_fraction = 0;
  DataSplit split = split_table(table, whole);
  const Preprocessing& preprocessing = *split.train.preprocessing;
  const Table test_table = read_table(test, preprocessing.all_types(), reading);
  const LabeledRows labeled = rows_with_targets(test_table, preprocessing.targets);
  for (Note note : labeled.notes) {
    if (auto* left_out = std::get_if<RowsLeftOut>(&note)) left_out->table = test_table.name;
    split.notes.push_back(std::move(note));
  }
  split.test = dataset_to_evaluate(preprocessing, test_table, labeled);
  return split;
}

Dataset table_dataset(const Preprocessing& preprocessing, const Table& table, std::vector<Note>* notes) {
  require(!preprocessing.targets.empty(), "table_dataset: the preprocessing has no targets");
  const LabeledRows labeled = rows_with_targets(table, preprocessing.targets);
  if (notes) notes->insert(notes->end(), labeled.notes.begin(), labeled.notes.end());
  return dataset_to_evaluate(preprocessing, table, labeled);
}

}  // namespace mlp
