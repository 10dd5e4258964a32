#include "report/charts/loss_chart.h"

#include <algorithm>
#include <cmath>

#include "report/charts/number_format.h"

namespace mlp {
namespace {

constexpr std::size_t kRunColours = 7;  ///< in chart.css

std::string epoch_text(double epoch) { return with_thousands(static_cast<std::uint64_t>(epoch)); }

/// "0.1234 at epoch 7"
std::string best_text(const LossCurve& curve, std::size_t best) {
  return significant_text(curve.validation_loss[best]) + " at epoch " + epoch_text(curve.epoch[best]);
}

/// The last finite number of `values`: where a run ended in NaN, the one before.
double last_finite(const std::vector<double>& values) {
  const auto last =
      std::find_if(values.rbegin(), values.rend(), [](double value) { return std::isfinite(value); });
  return last == values.rend() ? kUndefined : *last;
}

/// The value that every curve stays above; 0 where the curves do not have the same.
double common_least(const std::vector<LossCurve>& curves) {
  const auto same = [&](const auto& curve) { return curve.least_loss == curves[0].least_loss; };
  return std::ranges::all_of(curves, same) ? curves[0].least_loss : 0.0;
}

/// All epochs of the curves, ascending.
std::vector<double> all_epochs(const std::vector<LossCurve>& curves) {
  std::vector<double> epochs;
  for (const auto& curve : curves) epochs.insert(epochs.end(), curve.epoch.begin(), curve.epoch.end());
  std::ranges::sort(epochs);
  epochs.erase(std::unique(epochs.begin(), epochs.end()), epochs.end());
  return epochs;
}

/// `values` of a curve's own `epochs` at all `epochs` up to its last; NaN where it has none.
std::vector<double> placed(const std::vector<double>& values, const std::vector<double>& own,
                           const std::vector<double>& epochs) {
  std::vector<double> result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::size_t>(std::ranges::lower_bound(epochs, own[i]) - epochs.begin());
    result.resize(std::max(result.size(), at + 1), kUndefined);
    result[at] = values[i];
  }
  return result;
}

}  // namespace

std::size_t smallest(const std::vector<double>& values) {
  std::size_t best = values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && (best == values.size() || values[i] < values[best])) best = i;
  }
  return best;
}

bool any_finite(const std::vector<double>& values) {
  return std::ranges::any_of(values, [](double value) { return std::isfinite(value); });
}

LossChart loss_chart(const LossCurve& curve) {
  LossChart result;
  // Not one structured binding: Clang 14 lets no lambda use its names.
  LineChart& chart = result.chart;
  auto& keys = result.keys;
  chart.x = curve.epoch;
  chart.may_be_logarithmic = chart.may_cut_start = true;
  chart.least = curve.least_loss;
  chart.series.push_back({"training", "training", curve.train_loss});
  if (curve.epoch.empty()) return result;
  const auto range = [](const std::vector<double>& losses) {
    return significant_text(losses.front()) + " to " + significant_text(losses.back());
  };
  keys.push_back({"training", "training", significant_text(curve.train_loss.back())});
  chart.title = "Training loss from " + range(curve.train_loss);
  if (any_finite(curve.validation_loss)) {
    const std::size_t best = smallest(curve.validation_loss);
    chart.series.push_back({"validation", "validation", curve.validation_loss, best});
    keys.push_back({"validation", "validation", significant_text(curve.validation_loss.back())});
    keys.push_back({"validation best", "best", best_text(curve, best)});
    chart.title += ", validation loss from " + range(curve.validation_loss) + ", lowest at epoch " +
                   epoch_text(curve.epoch[best]);
  }
  if (curve.least_loss > 0.0) keys.push_back({"least", "least possible", significant_text(curve.least_loss)});
  return result;
}

LossChart loss_chart(const std::vector<LossCurve>& curves) {
  LossChart result;
  // Not one structured binding: Clang 14 lets no lambda use its names.
  LineChart& chart = result.chart;
  auto& keys = result.keys;
  chart.x = all_epochs(curves);
  chart.may_be_logarithmic = chart.may_cut_start = true;
  chart.least = common_least(curves);
  chart.title = "Losses of " + with_thousands(curves.size()) + " runs";
  for (std::size_t run = 0; run < curves.size(); ++run) {
    const auto& curve = curves[run];
    const std::string css_class = "run" + std::to_string(run % kRunColours);
    const auto add = [&](const std::vector<double>& losses, const std::string& line, bool marks) {
      auto y = placed(losses, curve.epoch, chart.x);
      const std::size_t marked = marks ? smallest(y) : LineChart::kNone;
      chart.series.push_back({curve.label, line, std::move(y), marked});
    };
    add(curve.train_loss, css_class, false);
    const std::size_t best = smallest(curve.validation_loss);
    const bool validated = best < curve.validation_loss.size();
    if (validated) add(curve.validation_loss, css_class + " dashed", true);
    keys.push_back({css_class, curve.label,
                    validated ? "best " + best_text(curve, best)
                              : "training " + significant_text(last_finite(curve.train_loss))});
  }
  return result;
}

}  // namespace mlp
