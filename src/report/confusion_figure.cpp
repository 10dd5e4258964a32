// confusion.svg: a confusion matrix with its counts or, for many classes, as a picture.
#include <algorithm>
#include <cmath>

#include "mlp/report.h"
#include "report/charts/confusion_chart.h"
#include "report/charts/line_text.h"
#include "report/charts/markup.h"
#include "report/charts/number_format.h"
#include "report/charts/png.h"
#include "report/figure.h"

namespace mlp {
namespace {

constexpr std::size_t kMostCounts = 50;  ///< classes up to which counts are printed ...
constexpr double kPictureSide = 650;     ///< ... and the side, in pixels, of the picture of more classes
constexpr std::size_t kMostNames = 25;   ///< beside a picture, evenly spaced
constexpr std::size_t kMostName = 16;    ///< characters of a class name
constexpr double kLargestCount = 14, kSmallestCount = 6;  ///< font sizes

double cell_side(std::size_t classes) {
  if (classes > kMostCounts) return kPictureSide / static_cast<double>(classes);
  return classes <= 3 ? 110 : classes <= 5 ? 90 : classes <= 12 ? 54 : classes <= 25 ? 42 : 28;
}

/// Where the matrix lies, and how large its names are.
struct Layout {
  double cell, side, left, top, name_size;
  bool upright;  ///< the columns' names are vertical
};
Layout layout_of(const std::vector<std::string>& names) {
  const double cell = cell_side(names.size());
  const double name_size = names.size() > kMostCounts ? 11 : std::clamp(0.5 * cell, 10.0, kFontSize);
  double widest = 0.0;
  for (const auto& name : names) widest = std::max(widest, text_width(line_of(name, kMostName), name_size));
  const bool upright = widest > cell - 4;
  return {.cell = cell,
          .side = cell * static_cast<double>(names.size()),
          .left = kFigureMargin + 22 + widest + 10,
          .top = kTitleHeight + 26 + (upright ? widest + 10 : 22),
          .name_size = name_size,
          .upright = upright};
}

std::string place(double x, double y) { return " x=\"" + html_number(x) + "\" y=\"" + html_number(y) + "\""; }

std::string size(double side) {
  return " width=\"" + html_number(side) + "\" height=\"" + html_number(side) + "\"";
}

/// Turns text to run upwards from its beginning.
std::string turned(double x, double y) {
  return " transform=\"translate(" + html_number(x) + " " + html_number(y) + ") rotate(-90)\"";
}

std::string names_svg(const std::vector<std::string>& names, const Layout& layout) {
  const std::size_t step = names.size() <= kMostCounts ? 1 : (names.size() + kMostNames - 1) / kMostNames;
  std::string rows = "<g text-anchor=\"end\">",
              columns = layout.upright ? "<g>" : "<g text-anchor=\"middle\">";
  for (std::size_t i = 0; i < names.size(); i += step) {
    const double middle = (static_cast<double>(i) + 0.5) * layout.cell;
    const std::string name = html_text(names[i], kMostName) + "</text>";
    rows += "<text dy=\".35em\"" + place(layout.left - 10, layout.top + middle) + ">" + name;
    columns += layout.upright
                   ? "<text dy=\".35em\"" + turned(layout.left + middle, layout.top - 10) + ">" + name
                   : "<text" + place(layout.left + middle, layout.top - 10) + ">" + name;
  }
  const double middle = 0.5 * layout.side;
  return "<g font-size=\"" + html_number(layout.name_size) + "\">" + rows + "</g>" + columns + "</g></g>" +
         R"(<g text-anchor="middle"><text class="ink")" + place(layout.left + middle, kTitleHeight + 14) +
         R"(>predicted</text><text class="ink")" + turned(kFigureMargin + 12, layout.top + middle) +
         ">true</text></g>";
}

/// The font size at which the largest count fits into a cell.
double count_size(const Matrix<std::uint64_t>& confusion, double cell) {
  double widest = 0.0;
  for (const std::uint64_t count : confusion.values())
    widest = std::max(widest, text_width(with_thousands(count), 1.0));
  return std::clamp(0.88 * cell / widest, kSmallestCount, kLargestCount);
}

std::string cells_svg(const Matrix<std::uint64_t>& confusion, const Layout& layout) {
  const double gap = layout.cell > 40 ? 2 : 1, corner = layout.cell > 40 ? 4 : 2;
  const std::string shape = size(layout.cell - gap) + " rx=\"" + html_number(corner) + "\"";
  std::string svg =
      R"(<g class="cells" style="font-size:)" + html_number(count_size(confusion, layout.cell)) + "px\">";
  for (std::size_t t = 0; t < confusion.rows(); ++t) {
    const auto counts = confusion.row(t);
    const std::uint64_t total = row_total(counts);
    for (std::size_t p = 0; p < counts.size(); ++p) {
      const double x = layout.left + static_cast<double>(p) * layout.cell,
                   y = layout.top + static_cast<double>(t) * layout.cell;
      const double strength = confusion_strength(share_of(counts[p], total), t == p);
      svg += std::string("<rect class=\"") +
             (counts[p] == 0 ? "none"
              : t == p       ? "hit"
                             : "miss") +
             "\"" + place(x + 0.5 * gap, y + 0.5 * gap) + shape;
      if (counts[p] > 0) svg += " fill-opacity=\"" + fixed_text(strength, 2) + "\"";
      svg += "/>";
      if (counts[p] == 0 && t != p) continue;
      svg += std::string("<text dy=\".35em\"") +
             (counts[p] == 0               ? ""
              : t == p && strength > kDeep ? " class=\"on-blue\""
                                           : " class=\"ink\"") +
             place(x + 0.5 * layout.cell, y + 0.5 * layout.cell) + ">" + with_thousands(counts[p]) +
             "</text>";
    }
  }
  return svg + "</g>";
}

std::string picture_svg(const ConfusionPicture& picture, const Layout& layout) {
  const std::string square = place(layout.left, layout.top) + size(layout.side);
  return "<rect class=\"base\"" + square + "/><image style=\"image-rendering:pixelated\"" + square +
         " href=\"" + data_uri(picture.png) + "\"/>";
}

/// What the colours mean.
std::string caption_svg(const std::vector<std::string>& lines, double y) {
  std::string svg;
  for (const auto& line : lines) {
    svg += "<text font-size=\"12\"" + place(kFigureMargin, y) + ">" + html_text(line) + "</text>";
    y += 17;
  }
  return svg;
}

}  // namespace

std::optional<std::string> draw_confusion_matrix(const Matrix<std::uint64_t>& confusion,
                                                 const std::vector<std::string>& class_names,
                                                 const std::string& title,
                                                 const std::filesystem::path& path) {
  const std::size_t classes = class_names.size();
  require(classes > 0 && confusion.rows() == classes && confusion.columns() == classes,
          "draw_confusion_matrix: as many classes as rows and columns expected");
  const Layout layout = layout_of(class_names);
  std::vector<std::string> caption{"Blue is right, orange wrong: the stronger,",
                                   "the larger the share of the true class."};
  Figure figure{.title = title, .drawing = names_svg(class_names, layout)};
  if (classes <= kMostCounts) {
    figure.drawing += cells_svg(confusion, layout);
  } else {
    const ConfusionPicture picture = confusion_picture(confusion);
    figure.drawing += picture_svg(picture, layout);
    if (picture.block > 1) caption.push_back(block_text(picture.block) + ".");
  }
  const double bottom = layout.top + layout.side;
  figure.drawing += caption_svg(caption, bottom + 30);
  figure.height = bottom + 30 + 17 * static_cast<double>(caption.size());
  figure.width =
      std::max({layout.left + layout.side + kFigureMargin, 2 * kFigureMargin + text_width(caption[0], 12),
                2 * kFigureMargin + text_width(line_of(title, 100), 18)});
  return write_figure(figure, std::span(&path, 1));
}

}  // namespace mlp
