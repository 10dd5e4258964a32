// How training went: loss, validation metric and learning rate over the epochs.
#include <algorithm>
#include <cmath>

#include "report/html.h"
#include "report/html_sections.h"
#include "report/line_chart.h"
#include "report/number_format.h"

namespace mlp {
namespace {

constexpr std::size_t kMostRows = 100;  ///< epochs in the table

/// A field of each epoch's record.
std::vector<double> column(const History& history, double EpochRecord::*field) {
  std::vector<double> values;
  for (const auto& record : history) values.push_back(record.*field);
  return values;
}

bool any(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// Index of the smallest number; values.size() where there is none.
std::size_t smallest(const std::vector<double>& values) {
  std::size_t best = values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && (best == values.size() || values[i] < values[best])) best = i;
  }
  return best;
}

double largest(const std::vector<double>& values) {
  double most = EpochRecord::kNone;
  for (const double value : values) {
    if (std::isfinite(value) && !(value <= most)) most = value;
  }
  return most;
}

std::string key(const std::string& css_class, const std::string& name, const std::string& value) {
  return "<span class=\"key " + css_class + "\"><i></i>" + html_text(name, 60) + " <b>" + html_text(value) +
         "</b></span>";
}

/// Which epochs a chart leaves out at its start, and where their values are.
std::string start_text(const LineChart& chart) {
  const Axis axis = value_axis(chart);
  const auto outside = [&](double y) { return drawable(y) && !on_axis(axis.position(y)); };
  std::size_t end = 0;
  for (std::size_t i = 0; i < chart.x.size(); ++i) {
    if (std::ranges::any_of(chart.series, [&](const auto& s) { return outside(s.y[i]); })) end = i + 1;
  }
  if (end == 0) return "";
  std::string values;
  for (const auto& series : chart.series) {
    if (!outside(series.y[0])) continue;
    values += (values.empty() ? "" : ", ") + html_text(series.name, 60) + " from " +
              (chart.unit == AxisUnit::kPercent ? percent_text(series.y[0]) : significant_text(series.y[0]));
  }
  const std::string inside =
      with_thousands(static_cast<std::uint64_t>(chart.x[std::min(end, chart.x.size() - 1)]));
  return "<p class=\"aside\">Before epoch " + inside + " the curves begin outside this chart" +
         (values.empty() ? "" : ": " + values) + ".</p>";
}

std::string figure(const std::string& css_class, const std::string& heading, const std::string& keys,
                   const LineChart& chart) {
  return "<figure class=\"" + css_class + "\"><figcaption><h3>" + html_text(heading, 60) +
         "</h3><span class=\"keys\">" + keys + "</span></figcaption>" + line_chart_svg(chart) +
         start_text(chart) + "</figure>";
}

std::string loss_figure(const ReportContent& content, const std::vector<double>& epochs, std::size_t best) {
  LineChart chart;
  chart.height = 412;
  chart.x = epochs;
  chart.may_be_logarithmic = chart.may_cut_start = true;
  chart.least = content.least_loss;
  const auto training = column(content.history, &EpochRecord::train_loss);
  const auto validation = column(content.history, &EpochRecord::validation_loss);
  chart.series.push_back({"training", "training", training});
  std::string keys = key("training", "training", significant_text(training.back()));
  chart.title =
      "Training loss from " + significant_text(training.front()) + " to " + significant_text(training.back());
  if (any(validation)) {
    chart.series.push_back({"validation", "validation", validation});
    chart.marked = best;
    keys += key("validation", "validation", significant_text(validation.back())) +
            key("validation best", "best",
                significant_text(validation[best]) + " at epoch " +
                    with_thousands(static_cast<std::uint64_t>(epochs[best])));
    chart.title += ", validation loss from " + significant_text(validation.front()) + " to " +
                   significant_text(validation.back()) + ", lowest at epoch " +
                   with_thousands(static_cast<std::uint64_t>(epochs[best]));
  }
  if (content.least_loss > 0.0) keys += key("least", "least possible", significant_text(content.least_loss));
  return figure("wide", "Loss", keys, chart);
}

LineChart small_chart(const std::vector<double>& epochs, const std::string& name,
                      const std::string& css_class, std::vector<double> values) {
  LineChart chart;
  chart.width = 400;
  chart.height = 190;
  chart.x = epochs;
  chart.title = name;
  chart.series.push_back({name, css_class, std::move(values)});
  return chart;
}

std::string epoch_table(const ReportContent& content) {
  const auto& history = content.history;
  const std::size_t rows = std::min(history.size(), kMostRows);
  const bool classes = !content.class_names.empty();
  std::string body;
  for (std::size_t k = 0; k < rows; ++k) {
    const auto& record = history[rows < 2 ? 0 : k * (history.size() - 1) / (rows - 1)];
    body += "<tr>" + html_cell(with_thousands(record.epoch), "n");
    body += html_cell(significant_text(record.train_loss), "n") +
            html_cell(significant_text(record.validation_loss), "n") +
            html_cell(score_text(record.validation_metric, classes), "n");
    body += html_cell(significant_text(record.learning_rate, 3), "n") +
            html_cell(duration_text(record.seconds), "n") + "</tr>";
  }
  return "<details><summary>Every number of these curves</summary><div class=\"scroll swipe\"><table>" +
         (rows < history.size()
              ? "<caption>" + with_thousands(rows) + " of " + with_thousands(history.size()) +
                    " epochs; metrics.csv has all</caption>"
              : std::string()) +
         html_head({"#epoch", "#training loss", "#validation loss",
                    classes ? "#validation accuracy" : "#validation RMSE", "#learning rate", "#time"}) +
         "<tbody>" + body + "</tbody></table></div></details>";
}

}  // namespace

std::string curves_section(const ReportContent& content) {
  if (content.history.empty()) return "";
  std::vector<double> epochs;
  for (const auto& record : content.history) epochs.push_back(static_cast<double>(record.epoch));
  const std::size_t best = smallest(column(content.history, &EpochRecord::validation_loss));

  std::string small;
  const auto metric = column(content.history, &EpochRecord::validation_metric);
  const bool classes = !content.class_names.empty();
  if (any(metric) && !several_targets(content)) {
    const std::string name = classes ? "Validation accuracy" : "Validation RMSE";
    LineChart chart = small_chart(epochs, name, "validation", metric);
    chart.unit = classes ? AxisUnit::kPercent : AxisUnit::kNumber;
    chart.may_be_logarithmic = !classes;
    chart.may_cut_start = true;
    chart.series[0].name = classes ? "accuracy" : "RMSE";
    chart.title = name + " over the epochs";
    small += figure(
        "", name,
        key("validation", "last", classes ? percent_text(metric.back()) : significant_text(metric.back())),
        chart);
  }
  const auto rate = column(content.history, &EpochRecord::learning_rate);
  LineChart chart = small_chart(epochs, "Learning rate", "rate", rate);
  chart.series[0].name = "learning rate";
  chart.title = "Learning rate over the epochs";
  small += figure("", "Learning rate", key("rate", "highest", compact_text(largest(rate), 3)), chart);

  const std::string lead =
      "Mean loss of a row" + (content.loss_name.empty() ? "" : ", " + html_text(content.loss_name, 60)) +
      ", over the epochs. The training loss is a mean over the epoch while the weights still "
      "change, the validation loss is taken at its end." +
      (content.least_loss > 0.0 ? " As labels are smoothed, neither can be below " +
                                      significant_text(content.least_loss) + ", however good the network."
                                : "") +
      (content.weighted ? " Both count rows by their weights; the loss of the test rows, "
                          "where each counts once, cannot be compared with them."
                        : "");
  return section_html("curves", "Training", lead,
                      "<div class=\"curves\">" + loss_figure(content, epochs, best) +
                          "<div class=\"stack\">" + small + "</div></div>" + epoch_table(content));
}

}  // namespace mlp
