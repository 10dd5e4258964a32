// The hardest examples, and the first layer's weights: as pictures where rows are images, else as tables.
#include <algorithm>
#include <cmath>

#include "mlp/metrics.h"
#include "report/charts/line_text.h"
#include "report/charts/number_format.h"
#include "report/charts/weight_pictures.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostExamples = 48;
constexpr std::size_t kMostFeatures = 12;  ///< shown of an example
constexpr std::size_t kMostTargets = 4;    ///< shown of an example
constexpr std::size_t kMostWeightImages = 64;
constexpr std::size_t kMostWeightRows = 60;
constexpr std::size_t kMostWeightColumns = 512;

bool are_images(const ReportContent& content, std::size_t features) {
  return content.image.height > 0 && content.image.width > 0 &&
         content.image.height * content.image.width == features;
}

/// Whether the last layer gives probabilities.
bool gives_probabilities(const ReportContent& content) {
  return !content.layers.empty() &&
         output_kind(content.layers.back().activation) == OutputKind::kProbabilities;
}

/// The network's output for a class.
std::string output_text(const ReportContent& content, float output) {
  return gives_probabilities(content) ? percent_text(output, 1) : compact_text(output);
}

std::string class_name(const ReportContent& content, std::int32_t index) {
  return name_or_number(content.class_names, static_cast<std::size_t>(index), "class");
}

// Examples that are images.

/// Greys from the smallest pixel (or 0) of all the examples to the largest.
std::string example_image(const HardExample& example, ImageShape shape, double low, double high) {
  const std::vector<float> pixels(example.inputs.begin(), example.inputs.end());
  const GreyImage image = shrunk(pixels, shape);
  std::vector<std::uint8_t> greys;
  for (const double pixel : image.pixels) {
    const double share = high > low ? (pixel - low) / (high - low) : 0.0;
    greys.push_back(static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(share, 0.0, 1.0))));
  }
  return encode_png(image.width, image.height, greys, grey_palette());
}

std::string grey_example(const ReportContent& content, const HardExample& example, const std::string& png) {
  const bool classes = !content.class_names.empty();
  const std::string truth = classes ? class_name(content, example.truth)
                                    : compact_text(example.targets.empty() ? 0.0 : example.targets[0]);
  const std::string predicted =
      classes ? class_name(content, example.predicted)
              : compact_text(example.predictions.empty() ? 0.0 : example.predictions[0]);
  const std::string row = "row " + row_number(content, example);
  return R"(<figure><img class="pixels" alt=")" +
         html_text(row + ": true " + truth + ", predicted " + predicted, 200) + "\" src=\"" + data_uri(png) +
         R"("/><figcaption><span class="verdict">)" + html_label(truth, 12) +
         " <span class=\"arrow\" title=\"taken for\">\u2192</span> <b class=\"" +
         (classes && example.truth == example.predicted ? "right" : "wrong") + "\">" +
         html_label(predicted, 12) + "</b></span>" +
         (classes ? "<small>" + output_text(content, example.predicted_output) + "</small>" : std::string()) +
         "<small>" + row + "</small></figcaption></figure>";
}

std::string example_images(const ReportContent& content, std::span<const HardExample> examples) {
  double low = 0.0, high = 0.0;
  for (const auto& example : examples) {
    for (const double pixel : example.inputs) {
      if (!std::isfinite(pixel)) continue;
      low = std::min(low, pixel);
      high = std::max(high, pixel);
    }
  }
  std::string html;
  for (const auto& example : examples) {
    html += grey_example(content, example, example_image(example, content.image, low, high));
  }
  return "<div class=\"gallery\">" + html + "</div>";
}

// Examples that are rows of a table.

std::string number_head(const std::string& name, std::size_t most) {
  return R"(<th scope="col" class="n">)" + html_label(name, most) + "</th>";
}

template <class T>
double entry(const std::vector<T>& values, std::size_t index) {
  return index < values.size() ? values[index] : EpochRecord::kNone;
}

/// A column of numbers; `number` returns an example's entry.
struct NumberColumn {
  int decimals = 0;
  std::vector<std::string> texts;
};

NumberColumn number_column(std::span<const HardExample> examples, const auto& number) {
  std::vector<double> values;
  for (const auto& example : examples) values.push_back(number(example));
  const int decimals = common_decimals(values);
  return {decimals, plain_texts(values, decimals)};
}

/// The head above an output, which is a probability or not.
std::string output_head(const ReportContent& content, const std::string& of) {
  return R"(<th scope="col" class="n">)" +
         std::string(gives_probabilities(content) ? "probability" : "output") + " of " + of + "</th>";
}

std::string example_table(const ReportContent& content, std::span<const HardExample> examples) {
  const bool classes = !content.class_names.empty();
  // A table's cells say more than the numbers they are encoded as.
  const std::size_t cells = std::min(examples.front().cells.size(), kMostFeatures);
  const std::size_t features = cells > 0 ? 0 : std::min(examples.front().inputs.size(), kMostFeatures);
  const std::size_t targets = std::min(examples.front().targets.size(), kMostTargets);
  std::vector<NumberColumn> truths, predictions, inputs;
  for (std::size_t t = 0; t < targets; ++t) {
    truths.push_back(number_column(examples, [&](const auto& e) { return entry(e.targets, t); }));
    predictions.push_back(number_column(examples, [&](const auto& e) { return entry(e.predictions, t); }));
  }
  for (std::size_t i = 0; i < features; ++i) {
    inputs.push_back(number_column(examples, [&](const auto& e) { return entry(e.inputs, i); }));
  }
  const auto several = [&](const std::string& what, std::size_t target) {
    return examples.front().targets.size() == 1
               ? what
               : what + " " + name_or_number(content.target_names, target, "target");
  };
  std::string html =
      R"(<div class="scroll swipe"><table class="hardest"><thead><tr>)" + number_head("row", 10);
  if (classes) {
    html += R"(<th scope="col">true</th><th scope="col">predicted</th>)" + output_head(content, "predicted") +
            output_head(content, "true");
  }
  for (std::size_t t = 0; t < targets; ++t) {
    html += number_head(several("true", t), 24) + number_head(several("predicted", t), 24) +
            number_head("difference", 20);
  }
  for (std::size_t i = 0; i < features; ++i) {
    html += R"(<th scope="col" class="n )" + std::string(i == 0 ? "edge" : "quiet") + "\">" +
            html_label(name_or_number(content.feature_names, i, "feature"), 14) + "</th>";
  }
  for (std::size_t i = 0; i < cells; ++i) {
    html += R"(<th scope="col" class="n )" + std::string(i == 0 ? "edge" : "quiet") + "\">" +
            html_label(name_or_number(content.cell_names, i, "column"), 14) + "</th>";
  }
  html += "</tr></thead><tbody>";
  for (std::size_t n = 0; n < examples.size(); ++n) {
    const auto& example = examples[n];
    html += "<tr>" + html_cell(row_number(content, example), "n");
    if (classes) {
      html += html_cell(html_label(class_name(content, example.truth), 24)) +
              html_cell(html_label(class_name(content, example.predicted), 24),
                        example.truth == example.predicted ? "right" : "wrong") +
              html_cell(output_text(content, example.predicted_output), "n") +
              html_cell(output_text(content, example.truth_output), "n");
    }
    for (std::size_t t = 0; t < targets; ++t) {
      const double difference = entry(example.predictions, t) - entry(example.targets, t);
      html += html_cell(truths[t].texts[n], "n") + html_cell(predictions[t].texts[n], "n") +
              html_cell(change_text(difference, predictions[t].decimals), "n strong");
    }
    for (std::size_t i = 0; i < features; ++i) {
      html += html_cell(inputs[i].texts[n], i == 0 ? "n edge" : "n quiet");
    }
    for (std::size_t i = 0; i < std::min(cells, example.cells.size()); ++i) {
      html += html_cell(html_label(example.cells[i], 16), i == 0 ? "n edge" : "n quiet");
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

// Weights.

std::string weight_images(const ReportContent& content) {
  const auto& weights = content.first_weights;
  const auto columns = strongest_columns(weights, kMostWeightImages);
  const double scale = weight_scale(weights.values());
  std::string html;
  for (const std::size_t column : columns) {
    const std::string name = "neuron " + with_thousands(column + 1);
    html += R"(<img class="pixels" alt="Weights of )" + name + "\" title=\"" + name + ", length " +
            compact_text(column_length(weights, column), 3) + "\" src=\"" +
            data_uri(weight_image(weights, column, content.image, scale)) + "\"/>";
  }
  return section_html(
      "weights", "First layer",
      "What each neuron looks for. " +
          (columns.size() < weights.columns()
               ? "The " + with_thousands(columns.size()) + " strongest of " +
                     with_thousands(weights.columns()) + " neurons"
               : with_thousands(columns.size()) +
                     (columns.size() == 1 ? " neuron" : " neurons, the strongest first")) +
          ". <span class=\"key plus\"><i></i>Blue</span> pixels drive a neuron up when they are bright, "
          "<span class=\"key minus\"><i></i>orange</span> ones down. One scale for all, \u00b1" +
          compact_text(scale, 2) + ".",
      "<div class=\"weights\">" + html + "</div>");
}

/// A feature's weights as a strip of cells, one for each neuron.
std::string weight_strip(std::span<const float> row, double scale) {
  std::vector<std::uint8_t> levels;
  for (std::size_t o = 0; o < std::min(row.size(), kMostWeightColumns); ++o) {
    levels.push_back(weight_level(row[o], scale));
  }
  return R"(<img class="pixels strip" alt="" src=")" +
         data_uri(encode_png(levels.size(), 1, levels, weight_palette())) + "\"/>";
}

/// A bar to the right for a positive weight, to the left for a negative one.
std::string weight_bar(double weight, double scale) {
  const double share = scale > 0.0 && std::isfinite(weight) ? std::clamp(weight / scale, -1.0, 1.0) : 0.0;
  return "<span class=\"signed " + std::string(share < 0 ? "minus" : "plus") +
         "\"><i style=\"--v:" + fixed_text(std::abs(share), 3) + "\"></i></span>";
}

}  // namespace

std::string weight_table(const ReportContent& content) {
  const auto& weights = content.first_weights;
  if (weights.empty() || are_images(content, weights.rows())) return "";
  const bool single = weights.columns() == 1;
  const auto rows = strongest_rows(weights, kMostWeightRows);
  double scale = single ? 0.0 : weight_scale(weights.values());
  if (single) {
    for (const float weight : weights.values())
      scale = std::max(scale, static_cast<double>(std::abs(weight)));
  }
  std::string html = R"(<div class="scroll"><table class="features">)" +
                     (single ? html_head({"input", "weight", "#"})
                             : html_head({"input", "its weights, a cell a neuron", "#length"})) +
                     "<tbody>";
  for (const std::size_t row : rows) {
    html += "<tr>" + html_cell(html_label(name_or_number(content.feature_names, row, "feature"), 28)) +
            html_cell(single ? weight_bar(weights(row, 0), scale) : weight_strip(weights.row(row), scale),
                      "fill") +
            html_cell(significant_text(single ? weights(row, 0) : row_length(weights, row), 3), "n") +
            "</tr>";
  }
  html += "</tbody></table></div>";
  const std::string which = rows.size() < weights.rows()
                                ? "The " + with_thousands(rows.size()) + " longest of " +
                                      with_thousands(weights.rows()) + " inputs\u2019. "
                                : "The longest first. ";
  return "<p class=\"aside\">" + which +
         "<span class=\"key plus\"><i></i>Blue</span> weights are positive, <span class=\"key "
         "minus\"><i></i>orange</span> ones negative. They belong to the inputs as the network gets them: "
         "those of "
         "scaled numbers and those of categories, which are 0 or 1, cannot be compared.</p>" +
         html;
}

std::string row_number(const ReportContent& content, const HardExample& example) {
  if (!example.source_row) return with_thousands(example.row + 1);
  return with_thousands(*example.source_row + (content.row_numbers == RowNumbers::kFromZero ? 0 : 1));
}

namespace {

/// How the row numbers of the examples are counted.
std::string numbering(const ReportContent& content) {
  if (!content.hardest.front().source_row)
    return "Rows are numbered from 1 among the test rows, in their order.";
  const std::string as = "Rows are numbered as in " +
                         (content.rows_of.empty() ? "their file" : html_text(content.rows_of, 60)) + ", ";
  switch (content.row_numbers) {
    case RowNumbers::kBelowNames:
      return as + "from 1 below its line of names.";
    case RowNumbers::kFromOne:
      return as + "from 1.";
    case RowNumbers::kFromZero:
      return as + "from 0 as NumPy\u2019s indices.";
  }
  return as;
}

}  // namespace

std::string hardest_section(const ReportContent& content) {
  if (content.hardest.empty()) return "";
  const std::span<const HardExample> examples(content.hardest.data(),
                                              std::min(content.hardest.size(), kMostExamples));
  const bool classes = !content.class_names.empty();
  const bool images = std::all_of(examples.begin(), examples.end(), [&](const auto& example) {
    return are_images(content, example.inputs.size());
  });
  const std::string lead =
      std::string("Test rows with the largest loss, the largest first") +
      (classes && images ? ": the true class, what it is taken for, and the network's output for that. "
       : classes         ? ". "
                         : ": where predicted and true lie farthest apart. ") +
      numbering(content);
  return section_html("hardest", "Hardest examples", lead,
                      images ? example_images(content, examples) : example_table(content, examples));
}

std::string weights_section(const ReportContent& content) {
  if (content.first_weights.empty()) return "";
  if (are_images(content, content.first_weights.rows())) return weight_images(content);
  if (!content.importances.columns.empty()) return "";  // importance_section has the table
  return section_html("weights", "First layer", "", weight_table(content));
}

}  // namespace mlp
