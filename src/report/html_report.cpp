// The page itself: head, headline figures, sections.
#include "mlp/html_report.h"

#include <algorithm>
#include <cmath>

#include "mlp/atomic_file.h"
#include "report/html.h"
#include "report/html_sections.h"
#include "report/number_format.h"

namespace mlp {
namespace {

std::string tile(const std::string& label, const std::string& value, const std::string& below, bool first) {
  return std::string("<div class=\"tile") + (first ? " first" : "") + "\"><dt>" + html_text(label) +
         "</dt><dd>" + html_text(value) +
         (below.empty() ? "" : "<small>" + html_text(below, 60) + "</small>") + "</dd></div>";
}

std::string notes_html(const std::vector<std::string>& notes) {
  if (notes.empty()) return "";
  constexpr std::size_t kMost = 50;
  std::string list;
  for (std::size_t i = 0; i < std::min(notes.size(), kMost); ++i)
    list += "<li>" + html_text(notes[i], 500) + "</li>";
  if (notes.size() > kMost) list += "<li>and " + with_thousands(notes.size() - kMost) + " more</li>";
  return "<aside class=\"notes\" aria-label=\"Notes\"><ul>" + list + "</ul></aside>";
}

/// A link to each section that is there.
std::string links_html(const std::string& sections) {
  std::string links;
  for (const auto& [id, name] : {std::pair("curves", "Training"), std::pair("results", "Test results"),
                                 std::pair("hardest", "Hardest examples"),
                                 std::pair("weights", "First layer"), std::pair("data", "Data"),
                                 std::pair("network", "Network"), std::pair("reproduce", "The same again")}) {
    if (sections.find("<section id=\"" + std::string(id) + "\"") == std::string::npos) continue;
    links += "<a href=\"#" + std::string(id) + "\">" + name + "</a>";
  }
  return "<nav aria-label=\"Sections\">" + links + "</nav>";
}

}  // namespace

std::string section_html(const std::string& id, const std::string& heading, const std::string& lead,
                         const std::string& body) {
  if (body.empty()) return "";
  return "<section id=\"" + id + "\"><h2>" + heading + "</h2>" +
         (lead.empty() ? "" : "<p class=\"lead\">" + lead + "</p>") + body + "</section>\n";
}

std::string tiles_html(const ReportContent& content) {
  std::string tiles;
  const auto add = [&](const std::string& label, const std::string& value, const std::string& below = "") {
    tiles += tile(label, value, below, tiles.empty());
  };
  const auto& evaluation = content.evaluation;
  if (const auto& classes = evaluation.classification) {
    const auto rows = static_cast<double>(evaluation.rows);
    const double wrong = std::round((1.0 - classes->accuracy) * rows);
    add("Test accuracy", percent_text(classes->accuracy),
        std::isfinite(wrong) ? with_thousands(static_cast<std::uint64_t>(std::max(0.0, wrong))) + " of " +
                                   with_thousands(evaluation.rows) + " wrong"
                             : "");
  }
  if (const auto& classes = evaluation.classification) {
    add("Macro F1", percent_text(classes->macro_f1), "the mean over the classes");
  }
  if (const auto& numbers = evaluation.regression) {
    add("Test RMSE", significant_text(numbers->rmse), content.unit);
    add("Test MAE", significant_text(numbers->mae), content.unit);
    add("Test R\u00b2", fixed_text(numbers->r2, 4), "of the variance");
  }
  if (evaluation.rows > 0) add("Test loss", significant_text(evaluation.loss), content.loss_name);
  if (!content.layers.empty()) {
    std::uint64_t parameters = 0;
    for (const auto& layer : content.layers) parameters += (layer.fan_in + 1) * layer.fan_out;
    add("Parameters", with_thousands(parameters),
        "in " + with_thousands(content.layers.size()) + (content.layers.size() == 1 ? " layer" : " layers"));
  }
  if (!content.history.empty()) {
    double seconds = 0.0;
    for (const auto& record : content.history) seconds += record.seconds;
    add("Training", duration_text(seconds),
        with_thousands(content.history.size()) + (content.history.size() == 1 ? " epoch" : " epochs"));
  }
  return tiles.empty() ? "" : "<dl class=\"tiles\">" + tiles + "</dl>";
}

std::string html_report(const ReportContent& content) {
  const std::string sections = curves_section(content) + results_section(content) + hardest_section(content) +
                               weights_section(content) + data_section(content) + network_section(content) +
                               reproduce_section(content);
  const std::string title = html_text(content.title, 120);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
         "<meta name=\"color-scheme\" content=\"light dark\"/>"
         "<title>" +
         title + " \u00b7 training report</title>\n<style>" + kStyleSheet + "</style></head>\n<body>\n" +
         "<header><p class=\"kind\">Training report</p><h1>" + title + "</h1><p class=\"made\">" +
         html_text(content.made, 200) + "</p>" + tiles_html(content) + notes_html(content.notes) +
         links_html(sections) + "</header>\n<main>\n" + sections + "</main>\n</body></html>\n";
}

void write_html_report(const ReportContent& content, const std::filesystem::path& path) {
  write_file_atomically(path, html_report(content));
}

}  // namespace mlp
