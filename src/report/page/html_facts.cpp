// The data, the network, the settings, and the command that does the same again.
#include <algorithm>
#include <array>
#include <cmath>

#include "report/charts/line_text.h"
#include "report/charts/number_format.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostColumns = 200;
constexpr std::size_t kMostLayers = 100;
constexpr std::size_t kMostSteps = 24;   ///< layers in the drawing
constexpr std::size_t kMostBeside = 22;  ///< characters of a fact beside others; longer ones have a line

std::string facts_table(const std::vector<ReportFact>& facts) {
  if (facts.empty()) return "";
  std::string rows;
  for (const auto& [label, value] : facts) {
    rows += "<tr><th scope=\"row\">" + html_text(label, 60) + "</th>" +
            html_cell(html_breakable(html_label(value, 120))) + "</tr>";
  }
  return "<table class=\"facts\"><tbody>" + rows + "</tbody></table>";
}

/// The same side by side.
std::string facts_grid(const std::vector<ReportFact>& facts) {
  if (facts.empty()) return "";
  std::string html;
  for (const auto& [label, value] : facts) {
    const bool line = character_count(value) > kMostBeside;  // a path, mostly
    html += std::string(line ? "<div class=\"line\"><dt>" : "<div><dt>") + html_text(label, 60) +
            "</dt><dd>" + html_breakable(html_label(value, 120)) + "</dd></div>";
  }
  return "<dl class=\"given\">" + html + "</dl>";
}

/// A column's distribution as a chart of a word's size.
std::string sparkline(const std::vector<std::uint64_t>& histogram) {
  const std::uint64_t most = histogram.empty() ? 0 : *std::max_element(histogram.begin(), histogram.end());
  if (most == 0) return "";
  constexpr double kWidth = 96.0, kHeight = 22.0, kWidest = 12.0;
  const double bar = std::min(kWidest, kWidth / static_cast<double>(histogram.size()));
  std::string bars;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    if (histogram[i] == 0) continue;
    const double height =
        std::max(1.0, kHeight * static_cast<double>(histogram[i]) / static_cast<double>(most));
    bars += "M" + html_number(bar * (static_cast<double>(i) + 0.5) - 0.5) + " " + html_number(kHeight) + "v" +
            html_number(-height);
  }
  return R"(<svg class="spark" viewBox="0 0 )" + html_number(kWidth) + " " + html_number(kHeight) +
         R"(" aria-hidden="true"><path style="stroke-width:)" + html_number(bar - 1.0) + "\" d=\"" + bars +
         "\"/></svg>";
}

std::string columns_table(const std::vector<DataColumn>& columns, const std::vector<ReportFact>& left_out) {
  if (columns.empty()) return "";
  const bool missing =
      std::any_of(columns.begin(), columns.end(), [](const auto& c) { return c.missing > 0; });
  const bool inputs = std::any_of(columns.begin(), columns.end(), [](const auto& c) { return c.inputs > 1; });
  std::string rows;
  for (std::size_t i = 0; i < std::min(columns.size(), kMostColumns); ++i) {
    const auto& column = columns[i];
    rows += "<tr>" + html_cell(html_label(column.name, 28)) + html_cell(html_text(column.kind, 20), "quiet");
    if (column.categories.empty()) {
      for (const auto& text : compact_texts(std::array{column.minimum, column.mean, column.maximum}, 5))
        rows += html_cell(text, "n");
    } else {
      rows += "<td colspan=\"3\">" + html_label(column.categories, 60) + "</td>";
    }
    rows += html_cell(sparkline(column.histogram), "spread") +
            (inputs ? html_cell(column.inputs == 0 ? "" : with_thousands(column.inputs), "n") : "") +
            (missing ? html_cell(column.missing == 0 ? "" : with_thousands(column.missing), "n") : "") +
            "</tr>";
  }
  std::vector<std::string_view> head{"column", "kind", "#smallest", "#mean", "#largest", "~distribution"};
  if (inputs) head.emplace_back("#inputs");
  if (missing) head.emplace_back("#missing");
  for (std::size_t i = 0; i < std::min(left_out.size(), kMostColumns); ++i) {
    rows += "<tr>" + html_cell(html_label(left_out[i].label, 28), "quiet") + html_cell("left out", "quiet") +
            R"(<td class="quiet" colspan=")" + std::to_string(head.size() - 2) + "\">" +
            html_label(left_out[i].value, 100) + "</td></tr>";
  }
  std::string html =
      "<p class=\"aside\">Of the rows to train on and to validate with; the test rows are not looked at.</p>"
      "<div class=\"scroll swipe\"><table>" +
      html_head(head) + "<tbody>" + rows + "</tbody></table></div>";
  const auto beyond = [](std::size_t count) { return count - std::min(count, kMostColumns); };
  if (const std::size_t more = beyond(columns.size()) + beyond(left_out.size()); more > 0) {
    html += "<p class=\"quiet\">" + with_thousands(more) + " more columns are not shown.</p>";
  }
  return html;
}

std::string step(std::size_t width, const std::string& text) {
  return "<li><b>" + with_thousands(width) + "</b><span>" + html_text(text, 40) + "</span></li>";
}

std::string network_drawing(const std::vector<Layer>& layers) {
  std::string steps = step(layers.front().fan_in, "inputs");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers.size() > kMostSteps && i == kMostSteps / 2) {
      steps += "<li class=\"gap\">\u2026</li>";
      i = layers.size() - kMostSteps / 2;
    }
    const auto& layer = layers[i];
    steps += step(layer.fan_out, to_string(layer.activation) +
                                     (layer.dropout > 0.0 ? ", dropout " + compact_text(layer.dropout) : ""));
  }
  return "<ol class=\"network\">" + steps + "</ol>";
}

std::string layer_table(const std::vector<Layer>& layers) {
  const bool dropout =
      std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.dropout > 0.0; });
  std::string rows;
  for (std::size_t i = 0; i < std::min(layers.size(), kMostLayers); ++i) {
    const auto& layer = layers[i];
    rows += "<tr>" + html_cell(with_thousands(i + 1), "n") + html_cell(with_thousands(layer.fan_in), "n") +
            html_cell(with_thousands(layer.fan_out), "n") +
            html_cell(html_text(to_string(layer.activation))) +
            (dropout ? html_cell(layer.dropout > 0.0 ? compact_text(layer.dropout) : "\u2013", "n") : "") +
            html_cell(with_thousands((layer.fan_in + 1) * layer.fan_out), "n") + "</tr>";
  }
  std::vector<std::string_view> head{"#layer", "#inputs", "#outputs", "activation"};
  if (dropout) head.emplace_back("#dropout");
  head.emplace_back("#parameters");
  return R"(<div class="scroll"><table class="layers">)" + html_head(head) + "<tbody>" + rows +
         "</tbody></table></div>";
}

std::string command_html(const std::string& heading, const std::string& command) {
  if (command.empty()) return "";
  return "<h3>" + heading + "</h3><pre><code>" + html_text(command, 4000) + "</code></pre>";
}

}  // namespace

std::string data_section(const ReportContent& content) {
  return section_html("data", "Data", "",
                      facts_grid(content.data) + columns_table(content.columns, content.left_out));
}

std::string network_section(const ReportContent& content) {
  std::string body;
  if (!content.layers.empty()) body += network_drawing(content.layers);
  std::string columns;
  if (!content.layers.empty()) columns += "<div><h3>Layers</h3>" + layer_table(content.layers) + "</div>";
  if (!content.training.empty())
    columns += "<div><h3>Settings</h3>" + facts_table(content.training) + "</div>";
  if (!columns.empty()) body += "<div class=\"two\">" + columns + "</div>";
  return section_html("network", "Network and settings", "", body);
}

std::string reproduce_section(const ReportContent& content) {
  return section_html("reproduce", "The same again",
                      "The same version of the program makes the same model of the same data, bit for bit, "
                      "with any number of threads.",
                      command_html("From the run's settings", content.reproduce) +
                          command_html("As it was typed", content.command));
}

}  // namespace mlp
