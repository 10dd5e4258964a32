// Stratified splits and folds, see mlp/split.h.
//
// How many rows a class gives: its quota held_out * n_c / rows, rounded down, and one more for those with the
// largest remainders until the numbers add up (Hamilton's method).
#include "mlp/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/random.h"
#include "mlp/error.h"

namespace mlp {

namespace {

// Each is a stream of RandomPurpose::kSplit.
enum Stream : std::uint16_t { kTestStream = 0, kValidationStream = 1, kFoldStream = 2 };

/// The class of a row; without classes all rows have the same one.
std::size_t class_of(const Strata& strata, std::size_t row) {
  return strata.labels().empty() ? 0 : static_cast<std::size_t>(strata.labels()[row]);
}

std::vector<std::uint64_t> class_counts(const Strata& strata) {
  const auto negative = [](std::int32_t label) { return label < 0; };
  require(std::ranges::none_of(strata.labels(), negative), "split: a label is negative");
  std::vector<std::uint64_t> counts;
  for (std::size_t row = 0; row < strata.rows(); ++row) {
    const std::size_t label = class_of(strata, row);
    if (label >= counts.size()) counts.resize(label + 1);
    ++counts[label];
  }
  return counts;
}

/// How many of `held_out` rows each class gives; each keeps at least one. The classes must have enough to
/// give.
std::vector<std::uint64_t> quotas(const std::vector<std::uint64_t>& counts, std::uint64_t rows,
                                  std::uint64_t held_out) {
  std::vector<std::uint64_t> given(counts.size());
  std::vector<std::size_t> open;  // classes that can give more
  std::uint64_t left = held_out;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    given[c] = held_out * counts[c] / rows;
    left -= given[c];
    open.push_back(c);
  }
  std::ranges::stable_sort(open, std::ranges::greater{},
                           [&](std::size_t c) { return held_out * counts[c] % rows; });
  while (left > 0) {
    std::erase_if(open, [&](std::size_t c) { return given[c] + 1 >= counts[c]; });
    for (const std::size_t c : open) {
      if (left == 0) break;
      ++given[c];
      --left;
    }
  }
  return given;
}

RowSplit split(const Strata& strata, double fraction, std::uint64_t seed, Stream stream) {
  require(fraction >= 0.0 && fraction < 1.0, "split: the fraction must lie in [0, 1)");
  const std::size_t rows = strata.rows();
  if (rows == 0) return {};
  const auto counts = class_counts(strata);
  const auto classes = static_cast<std::size_t>(std::ranges::count_if(counts, [](auto n) { return n > 0; }));
  auto held_out = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows)));
  if (fraction > 0.0) held_out = std::max<std::size_t>(held_out, 1);
  auto left = quotas(counts, rows, std::min(held_out, rows - classes));

  auto order = permutation(rows, RandomStream(seed, RandomPurpose::kSplit, stream));
  std::ranges::reverse(order);
  RowSplit result;
  result.held_out.reserve(std::accumulate(left.begin(), left.end(), std::size_t{0}));
  result.training.reserve(rows - result.held_out.capacity());
  for (const std::uint32_t row : order) {
    auto& quota = left[class_of(strata, row)];
    (quota > 0 ? result.held_out : result.training).push_back(row);
    if (quota > 0) --quota;
  }
  std::ranges::sort(result.training);
  std::ranges::sort(result.held_out);
  return result;
}

}  // namespace

Strata::Strata(const std::vector<std::int32_t>& labels) : Strata(std::span<const std::int32_t>(labels)) {}
Strata::Strata(const Dataset& dataset) : rows_(dataset.rows()), labels_(dataset.labels) {
  require(labels_.empty() || labels_.size() == rows_, "Strata: there must be a label for each row");
}

RowSplit validation_split(const Strata& strata, double fraction, std::uint64_t seed) {
  return split(strata, fraction, seed, kValidationStream);
}

RowSplit draw_validation_rows(const Strata& strata, double fraction, std::uint64_t seed,
                              const std::string& name) {
  RowSplit rows = validation_split(strata, fraction, seed);
  if (fraction > 0 && rows.held_out.empty())
    throw DataError(name + ": no row can be held out for validation: " +
                        (strata.labels().empty() ? "there is but one" : "every class has but one"),
                    "set the validation fraction to 0, or get more rows");
  return rows;
}

RowSplit training_split(const Dataset& dataset) {
  return hold_out(dataset.rows(), dataset.validation_rows.value_or(std::vector<std::uint32_t>()));
}

RowSplit test_split(const Strata& strata, double fraction, std::uint64_t seed) {
  return split(strata, fraction, seed, kTestStream);
}

std::vector<std::vector<std::uint32_t>> folds(const Strata& strata, std::size_t count, std::uint64_t seed) {
  require(count >= 2, "folds: there must be at least two");
  if (count > strata.rows())
    throw UsageError(std::to_string(count) + " folds of " + std::to_string(strata.rows()) + " rows",
                     "each fold needs a row: take fewer folds");
  // Class after class, the rows of each in random order, dealt out like cards.
  auto order = permutation(strata.rows(), RandomStream(seed, RandomPurpose::kSplit, kFoldStream));
  std::ranges::stable_sort(order, {}, [&](std::uint32_t row) { return class_of(strata, row); });
  std::vector<std::vector<std::uint32_t>> result(count);
  for (std::size_t i = 0; i < order.size(); ++i) result[i % count].push_back(order[i]);
  for (auto& fold : result) std::ranges::sort(fold);
  return result;
}

RowSplit hold_out(std::size_t rows, std::vector<std::uint32_t> held_out) {
  std::vector<bool> out(rows);
  for (const std::uint32_t row : held_out) {
    require(row < rows && !out[row], "hold_out: a row that is not there, or twice");
    out[row] = true;
  }
  RowSplit result{.training = {}, .held_out = std::move(held_out)};
  result.training.reserve(rows - result.held_out.size());
  for (std::uint32_t row = 0; row < rows; ++row)
    if (!out[row]) result.training.push_back(row);
  std::ranges::sort(result.held_out);
  return result;
}

namespace {

template <class T>
std::vector<T> selected(const std::vector<T>& values, std::span<const std::uint32_t> rows) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(rows.size());
  for (const std::uint32_t row : rows) result.push_back(values[row]);
  return result;
}

template <class T>
Matrix<T> selected(const Matrix<T>& matrix, std::span<const std::uint32_t> rows) {
  if (matrix.rows() == 0) return {};
  Matrix<T> result(rows.size(), matrix.columns());
  for (std::size_t n = 0; n < rows.size(); ++n) std::ranges::copy(matrix.row(rows[n]), result.row(n).begin());
  return result;
}

template <class T>
MappedRows<T> selected(const MappedRows<T>& mapped, std::span<const std::uint32_t> rows) {
  return mapped.select(rows);
}

}  // namespace

Dataset select_rows(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  require(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < dataset.rows(); }),
          "select_rows: a row that is not there");
  return {.name = dataset.name,
          .inputs = std::visit([&](const auto& inputs) -> Inputs { return selected(inputs, rows); },
                               dataset.inputs),
          .labels = selected(dataset.labels, rows),
          .targets = selected(dataset.targets, rows),
          .sample_weights = selected(dataset.sample_weights, rows),
          .feature_names = dataset.feature_names,
          .class_names = dataset.class_names,
          .target_names = dataset.target_names,
          .unit = dataset.unit,
          .image = dataset.image,
          .preprocessing = dataset.preprocessing,
          .validation_rows = std::nullopt,
          .source_rows = selected(dataset.source_rows, rows),
          .input_units = dataset.input_units};
}

FoldSplits fold_splits(const Dataset& dataset, std::size_t count, double validation_fraction,
                       std::uint64_t seed) {
  require(!dataset.preprocessing,
          "fold_splits: a table's preprocessing has learned from all rows; take the table's own folds");
  const auto split = [&dataset, held_out = folds(dataset, count, seed), validation_fraction,
                      seed](std::size_t fold) {
    const RowSplit rows = hold_out(dataset.rows(), held_out.at(fold));
    DataSplit data{.train = select_rows(dataset, rows.training),
                   .test = select_rows(dataset, rows.held_out),
                   .notes = {},
                   .origin = {}};
    data.train.validation_rows =
        draw_validation_rows(data.train, validation_fraction, seed, dataset.name).held_out;
    return data;
  };
  return {.count = count, .split = split};
}

}  // namespace mlp
