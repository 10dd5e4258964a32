#include "run/folds.h"

#include <vector>

#include "mlp/csv.h"
#include "mlp/split.h"
#include "mlp/table.h"
#include "present/folds.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

/// Prints a line for each fold, and stops all after Ctrl-C.
class FoldsObserver : public CrossValidationObserver {
 public:
  FoldsObserver(std::size_t count, bool quiet) : count_(count), quiet_(quiet) {}

  bool on_step() override { return interrupt_signal() == 0; }
  void on_fold(const FoldResult& result) override {
    if (!quiet_) print_error(fold_line(result, count_));
  }

 private:
  std::size_t count_;
  bool quiet_;
};

FoldSplits folds_of(const Run& run) {
  const Settings& settings = run.settings;
  if (const auto* origin = std::get_if<TableOrigin>(&settings.data))
    return fold_splits(*run.table, options_of(*origin, drawing_of(settings)), *settings.folds);
  return fold_splits(run.data.train, *settings.folds, settings.validation, settings.training.seed);
}

}  // namespace

CrossValidation cross_validate(const Run& run, bool quiet) {
  const std::size_t count = *run.settings.folds;
  FoldsObserver observer(count, quiet);
  const auto network = [&](const Dataset& train) { return network_for(run.settings, train); };
  CrossValidation result = cross_validate(folds_of(run), network, run.settings.training, &observer);
  if (result.rows.size() < count) throw Interrupted{interrupted_folds_text(result, count)};
  return result;
}

std::string folds_csv(const CrossValidation& result) {
  std::vector<std::string> cells = {"fold", "rows"};
  for (const auto& scores : result.scores) cells.push_back(scores.name);
  std::string text = csv_record(cells);
  for (std::size_t fold = 0; fold < result.rows.size(); ++fold) {
    cells = {std::to_string(fold + 1), std::to_string(result.rows[fold])};
    for (const auto& scores : result.scores) cells.push_back(shortest(scores.values[fold]));
    text += csv_record(cells);
  }
  return text;
}

std::optional<CrossValidation> read_folds(const std::filesystem::path& path, std::size_t count) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const Table table = read_table(path);
  if (table.rows != count) return std::nullopt;
  CrossValidation result;
  for (const auto& column : table.columns) {
    const auto& name = column.type.name;
    const auto& numbers = column.numbers;
    if (numbers.size() != count) return std::nullopt;
    if (name == "rows") result.rows.assign(numbers.begin(), numbers.end());
    if (name == "rows" || name == "fold") continue;
    result.scores.push_back(over_folds(name, numbers));
  }
  return result;
}

}  // namespace mlp::app
