// How training went: loss, validation metric and learning rate over the epochs.
#include <algorithm>
#include <cmath>

#include "report/charts/loss_chart.h"
#include "report/charts/number_format.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostRows = 100;  ///< epochs in the table

/// A field of each epoch's record.
std::vector<double> column(const History& history, double EpochRecord::*field) {
  std::vector<double> values;
  for (const auto& record : history) values.push_back(record.*field);
  return values;
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

/// A chart as a page has it.
std::string aside(const std::string& text) {
  return text.empty() ? "" : "<p class=\"aside\">" + html_text(text) + "</p>";
}

std::string figure(const std::string& css_class, const std::string& heading, const std::string& keys,
                   const LineChart& chart) {
  return "<figure class=\"" + css_class + "\"><figcaption><h3>" + html_text(heading, 60) +
         "</h3><span class=\"keys\">" + keys + "</span></figcaption>" + line_chart_svg(chart) +
         aside(start_text(chart)) + "</figure>";
}

std::string loss_figure(const ReportContent& content) {
  auto [chart, keys] = loss_chart(loss_curve(content.history, "", content.least_loss));
  chart.height = 412;
  std::string line;
  for (const auto& [css_class, name, value] : keys) line += key(css_class, name, value);
  return figure("wide", "Loss", line, chart);
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

  std::string small;
  const auto metric = column(content.history, &EpochRecord::validation_metric);
  const bool classes = !content.class_names.empty();
  if (any_finite(metric) && !several_targets(content)) {
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
                      "<div class=\"curves\">" + loss_figure(content) + "<div class=\"stack\">" + small +
                          "</div></div>" + epoch_table(content));
}

}  // namespace mlp
