// Permutation importance, see mlp/importance.h.
#include "mlp/importance.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/random.h"
#include "mlp/split.h"
#include "training/evaluation.h"

namespace mlp {
namespace {

constexpr std::size_t kLeastRows = 100;
constexpr double kMostExcess = 10.0;  ///< how far most_operations may be exceeded with the fewest rows
constexpr std::size_t kStepRows = 1024;

/// The inputs first .. first + count - 1 belong to one column.
struct InputRange {
  std::string column;
  std::size_t first = 0;
  std::size_t count = 1;
};

std::vector<InputRange> columns_of(const Dataset& dataset) {
  std::vector<InputRange> columns;
  if (!dataset.preprocessing) {
    for (std::size_t i = 0; i < dataset.features(); ++i) {
      const bool named = i < dataset.feature_names.size();
      columns.push_back({named ? dataset.feature_names[i] : "feature " + std::to_string(i + 1), i});
    }
    return columns;
  }
  std::size_t first = 0;
  for (const auto& input : dataset.preprocessing->inputs) {
    columns.push_back({input.type.name, first, input.width()});
    first += input.width();
  }
  return columns;
}

/// As many rows as `options` allow; 0 where they allow too few.
std::size_t rows_to_measure(const Model& model, std::size_t rows, std::size_t columns,
                            const ImportanceOptions& options) {
  const double each = static_cast<double>(columns) * options.shuffles *
                      static_cast<double>(model.network.parameter_count() * model.member_count());
  const auto least = static_cast<double>(std::min(rows, kLeastRows));
  if (each * least > kMostExcess * options.most_operations) return 0;
  return static_cast<std::size_t>(
      std::clamp(options.most_operations / each, least, static_cast<double>(rows)));
}

template <class T>
Matrix<T> copied(const MappedRows<T>& mapped) {
  Matrix<T> matrix(mapped.rows(), mapped.columns());
  for (std::size_t n = 0; n < matrix.rows(); ++n) std::ranges::copy(mapped.row(n), matrix.row(n).begin());
  return matrix;
}
template <class T>
Matrix<T> copied(Matrix<T>&& matrix) {
  return std::move(matrix);
}

/// `count` rows of it in memory, evenly spaced, each of which counts once.
Dataset sample(const Dataset& dataset, std::size_t count) {
  std::vector<std::uint32_t> rows;
  for (std::size_t k = 0; k < count; ++k)
    rows.push_back(static_cast<std::uint32_t>(k * dataset.rows() / count));
  Dataset part = select_rows(dataset, rows);
  part.sample_weights.clear();
  part.inputs = std::visit([](auto& inputs) -> Inputs { return copied(std::move(inputs)); }, part.inputs);
  return part;
}

/// Row n gets the cells of row order[n] in this column alone.
void permute_column(Inputs& inputs, const Inputs& originals, const InputRange& column,
                    const std::vector<std::uint32_t>& order) {
  std::visit(
      [&]<class Rows>(Rows& matrix) {
        if constexpr (requires { matrix.view(); }) {  // no others come here
          const auto& original = std::get<Rows>(originals);
          for (std::size_t n = 0; n < order.size(); ++n) {
            std::ranges::copy(original.row(order[n]).subspan(column.first, column.count),
                              matrix.row(n).begin() + static_cast<std::ptrdiff_t>(column.first));
          }
        }
      },
      inputs);
}

ImportanceMeasure measure_for(const Dataset& dataset) {
  if (dataset.task() == Task::kClassification) return ImportanceMeasure::kLoss;
  return dataset.outputs() == 1 ? ImportanceMeasure::kRmse : ImportanceMeasure::kR2;
}

struct LossAndScore {
  double loss = 0.0;
  double score = 0.0;
};

LossAndScore quality(const LossAndOutputs& result, const Dataset& dataset) {
  if (dataset.task() == Task::kClassification) {
    return {result.loss, accuracy(result.outputs, dataset.labels)};
  }
  const auto metrics = regression_metrics(result.outputs, dataset.targets);
  return {result.loss, dataset.outputs() == 1 ? metrics.rmse : metrics.r2};
}

/// How much worse `now` is than `before`.
double rise(ImportanceMeasure measure, const LossAndScore& before, const LossAndScore& now) {
  switch (measure) {
    case ImportanceMeasure::kLoss:
      return now.loss - before.loss;
    case ImportanceMeasure::kRmse:
      return now.score - before.score;
    case ImportanceMeasure::kR2:
      return before.score - now.score;
  }
  return 0.0;
}

}  // namespace

Importances permutation_importance(const Model& model, const Dataset& dataset,
                                   const ImportanceOptions& options, const PredictionOptions& prediction) {
  require(options.shuffles >= 2, "permutation_importance: at least 2 shuffles expected");
  require(options.most_operations > 0, "permutation_importance: most_operations must be positive");
  check_fit(model, dataset);
  const auto columns = columns_of(dataset);
  Importances result{.measure = measure_for(dataset), .shuffles = options.shuffles};
  result.rows = rows_to_measure(model, dataset.rows(), columns.size(), options);
  if (result.rows == 0) return result;

  const Dataset originals = sample(dataset, result.rows);
  Dataset shuffled = originals;
  const std::size_t step = std::min(result.rows, kStepRows);
  ModelEngine engine(model, {.max_batch = step, .threads = prediction.threads, .target = prediction.target});
  const auto rows = all_rows(result.rows);
  const auto tested = [&] { return quality(loss_and_outputs(engine, step, shuffled, rows, 1.0), shuffled); };

  const LossAndScore before = tested();
  result.loss = before.loss;
  result.score = before.score;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<double> rises;
    double score = 0.0;
    for (int s = 0; s < options.shuffles; ++s) {
      const RandomStream stream(options.seed, RandomPurpose::kImportance, static_cast<std::uint16_t>(s), c);
      permute_column(shuffled.inputs, originals.inputs, columns[c], permutation(result.rows, stream));
      const LossAndScore now = tested();
      rises.push_back(rise(result.measure, before, now));
      score += now.score / options.shuffles;
    }
    permute_column(shuffled.inputs, originals.inputs, columns[c], rows);
    double mean = 0.0, squares = 0.0;
    for (const double each : rises) mean += each / options.shuffles;
    for (const double each : rises) squares += (each - mean) * (each - mean);
    const double sigma = std::sqrt(squares / (options.shuffles - 1));
    result.columns.push_back({.column = columns[c].column,
                              .rise = mean,
                              .chance = 2.0 * sigma * std::sqrt(1.0 + 1.0 / options.shuffles),
                              .score = score});
  }
  std::ranges::stable_sort(result.columns, std::ranges::greater(), &ColumnImportance::rise);
  return result;
}

}  // namespace mlp
