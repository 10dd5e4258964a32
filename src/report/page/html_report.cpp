// The page itself: head, headline figures, sections.
#include "mlp/html_report.h"

#include <algorithm>
#include <cmath>

#include "mlp/atomic_file.h"
#include "report/charts/line_text.h"
#include "report/charts/number_format.h"
#include "report/charts/style.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

std::string tile(const std::string& label, const std::string& value, const std::string& below,
                 const std::string& css_class) {
  return "<div class=\"tile" + (css_class.empty() ? "" : " " + css_class) + "\"><dt>" + html_text(label) +
         "</dt><dd>" + html_text(value) +
         (below.empty() ? "" : "<small>" + html_label(below, 26) + "</small>") + "</dd></div>";
}

/// The CSS class of a figure that is no better than the baseline's.
std::string alarm(Verdict::Kind kind) {
  return kind == Verdict::kNoBetter ? "bad" : kind == Verdict::kMixed ? "mixed" : "";
}

/// What the colour of the first figure says, in words.
std::string warning_html(const Verdict& verdict) {
  if (verdict.html.empty()) return "";
  return "<p class=\"warning " + alarm(verdict.kind) + R"(" role="note">)" + verdict.html +
         (verdict.kind == Verdict::kNoBetter ? " More rows, or inputs that say more, may help." : "") +
         "</p>";
}

std::string note_html(const ReportNote& note) {
  constexpr std::size_t kMostDetails = 200, kMostCharacters = 500;
  const std::string text = html_text(note.text, kMostCharacters);
  if (note.details.empty()) return "<li>" + text + "</li>";
  std::string list;
  for (std::size_t i = 0; i < std::min(note.details.size(), kMostDetails); ++i)
    list += "<li>" + html_text(note.details[i], kMostCharacters) + "</li>";
  if (note.details.size() > kMostDetails)
    list += "<li>and " + with_thousands(note.details.size() - kMostDetails) + " more</li>";
  return "<li class=\"folded\"><details><summary>" + text + "</summary><ul>" + list + "</ul></details></li>";
}

/// The first few notes open, the others folded away.
std::string notes_html(const std::vector<ReportNote>& notes) {
  constexpr std::size_t kMostSeen = 4, kMost = 50;
  if (notes.empty()) return "";
  std::string seen, folded;
  // Folding a single note away saves nothing.
  const std::size_t open = notes.size() <= kMostSeen + 1 ? notes.size() : kMostSeen;
  for (std::size_t i = 0; i < std::min(notes.size(), kMost); ++i)
    (i < open ? seen : folded) += note_html(notes[i]);
  if (notes.size() > kMost) folded += "<li>and " + with_thousands(notes.size() - kMost) + " more</li>";
  if (!folded.empty()) {
    folded = "<details><summary>" + with_thousands(notes.size() - open) + " more notes</summary><ul>" +
             folded + "</ul></details>";
  }
  return R"(<aside class="notes" aria-label="Notes"><ul>)" + seen + "</ul>" + folded + "</aside>";
}

/// A link to each section by its heading.
std::string links_html(const std::string& sections) {
  const std::string open = "<section id=\"", between = "\"><h2>", close = "</h2>";
  std::string links;
  for (std::size_t at = 0; (at = sections.find(open, at)) != std::string::npos;) {
    const std::size_t id = at + open.size(), id_end = sections.find(between, id);
    const std::size_t heading = id_end + between.size(), end = sections.find(close, heading);
    links += "<a href=\"#" + sections.substr(id, id_end - id) + "\">" +
             sections.substr(heading, end - heading) + "</a>";
    at = end;
  }
  return "<nav aria-label=\"Sections\">" + links + "</nav>";
}

/// "Accuracy"
std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

constexpr std::size_t kMostTargetTiles = 3;

/// What is predicted, where it has a name: "predicts churn: no or yes".
std::string predicted_html(const ReportContent& content) {
  constexpr std::size_t kMostNames = 6;
  if (content.target_names.empty()) return "";
  const auto listed = [&](const std::vector<std::string>& names, const auto& text) {
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
      list += (i == 0 ? "" : ", ") + text(names[i]);
    if (names.size() > kMostNames) list += " and " + with_thousands(names.size() - kMostNames) + " more";
    return list;
  };
  std::string html = "predicts " + listed(content.target_names, [](const auto& name) {
                       return "<b>" + html_label(name, 40) + "</b>";
                     });
  if (!content.class_names.empty()) {
    html += content.class_names.size() <= kMostNames
                ? ": " + listed(content.class_names, [](const auto& name) { return html_label(name, 24); })
                : ", " + with_thousands(content.class_names.size()) + " classes";
  } else if (!content.unit.empty() && content.unit != content.target_names[0]) {
    html += ", in " + html_text(content.unit, 24);
  }
  return "<p class=\"question\">" + html + "</p>";
}

}  // namespace

bool several_targets(const ReportContent& content) {
  return content.evaluation.regression && content.evaluation.regression->targets.size() > 1;
}

std::string section_html(const std::string& id, const std::string& heading, const std::string& lead,
                         const std::string& body) {
  if (body.empty()) return "";
  return "<section id=\"" + id + "\"><h2>" + heading + "</h2>" +
         (lead.empty() ? "" : "<p class=\"lead\">" + lead + "</p>") + body + "</section>\n";
}

std::string tiles_html(const ReportContent& content) {
  std::string tiles;
  const auto add = [&](const std::string& label, const std::string& value, const std::string& below = "",
                       const std::string& css_class = "") { tiles += tile(label, value, below, css_class); };
  const std::string warned = alarm(verdict(content).kind);
  const std::string first = warned.empty() ? "first" : warned;
  const auto& evaluation = content.evaluation;
  const auto& baseline = content.baseline;
  const auto add_folds = [&] {
    if (content.folds.empty()) return;
    const ReportFolds& folds = content.folds.front();
    add(capitalised(folds.name) + " of " + with_thousands(folds.values.size()) + " folds",
        score_text(folds.mean, folds.percent), deviation_text(folds));
  };
  if (const auto& classes = evaluation.classification) {
    const auto rows = static_cast<double>(evaluation.rows);
    const double wrong = std::round((1.0 - classes->accuracy) * rows);
    add("Test accuracy", percent_text(classes->accuracy),
        std::isfinite(wrong) ? with_thousands(static_cast<std::uint64_t>(std::max(0.0, wrong))) + " of " +
                                   with_thousands(evaluation.rows) + " wrong"
                             : "",
        first);
    if (baseline) add("Baseline accuracy", percent_text(baseline->accuracy), baseline->answer);
    add_folds();
  }
  if (const auto& numbers = evaluation.regression; numbers && several_targets(content)) {
    // Targets may have units of their own; only R2 can be averaged over them.
    add("Test R\u00b2", r2_text(numbers->r2),
        "mean of " + with_thousands(numbers->targets.size()) + " targets", first);
    for (std::size_t o = 0; o < numbers->targets.size() && numbers->targets.size() <= kMostTargetTiles; ++o) {
      add("Test RMSE", significant_text(numbers->targets[o].rmse),
          name_or_number(content.target_names, o, "target"),
          no_better(content, o) ? alarm(Verdict::kNoBetter) : "");
    }
    add_folds();
  } else if (numbers) {
    const std::string unit = !content.unit.empty() || content.target_names.empty()
                                 ? content.unit
                                 : "of " + content.target_names[0];
    add("Test RMSE", significant_text(numbers->rmse), unit, first);
    if (baseline && !baseline->rmses.empty())
      add("Baseline RMSE", significant_text(baseline->rmses[0]), baseline->answer);
    add_folds();
    add("Test MAE", significant_text(numbers->mae), unit);
    add("Test R\u00b2", r2_text(numbers->r2), "of the variance");
  }
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
                               importance_section(content) + weights_section(content) +
                               data_section(content) + network_section(content) + reproduce_section(content);
  const std::string title = html_text(content.title, 120);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
         "<meta name=\"color-scheme\" content=\"light dark\"/>"
         "<title>" +
         title + " \u00b7 training report</title>\n<style>" + kChartStyle + kPageStyle +
         "</style></head>\n<body>\n" + "<header><p class=\"kind\">Training report</p><h1>" + title + "</h1>" +
         predicted_html(content) + "<p class=\"made\">" + html_text(content.made, 200) + "</p>" +
         tiles_html(content) + warning_html(verdict(content)) + notes_html(content.notes) +
         links_html(sections) + "</header>\n<main>\n" + sections + "</main>\n</body></html>\n";
}

void write_html_report(const ReportContent& content, const std::filesystem::path& path) {
  write_file_atomically(path, html_report(content));
}

}  // namespace mlp
