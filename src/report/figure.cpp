#include "report/figure.h"

#include <algorithm>
#include <vector>

#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "network/text.h"
#include "report/charts/line_text.h"
#include "report/charts/markup.h"
#include "report/charts/style.h"
#include "report/png_of_svg.h"

namespace mlp {
namespace {

namespace fs = std::filesystem;

constexpr double kTitleSize = 18;
constexpr double kSharpness = 2.0;  ///< pixels of a PNG for each pixel of the figure

bool is_png(const fs::path& path) {
  const std::string extension = fold(path.extension().string());
  if (extension != ".svg" && extension != ".png")
    throw FileError(path.string() + ": cannot draw a figure of this kind", "end the name in .svg or .png");
  return extension == ".png";
}

}  // namespace

std::string figure_svg(const Figure& figure) {
  const std::string width = html_number(figure.width), height = html_number(figure.height);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         R"(<svg xmlns="http://www.w3.org/2000/svg" class="chart" width=")" +
         width + "\" height=\"" + height + R"(" viewBox="0 0 )" + width + " " + height +
         R"(" font-family="'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif" font-size=")" +
         html_number(kFontSize) + "\"><title>" + html_text(figure.title, 200) + "</title>\n<style>\n" +
         with_colours(kChartStyle) + "</style>\n<rect width=\"" + width + "\" height=\"" + height +
         R"(" fill="#fff"/><text class="ink" x=")" + html_number(kFigureMargin) + R"(" y="36" font-size=")" +
         html_number(kTitleSize) + R"(" font-weight="600">)" + html_text(figure.title, 100) + "</text>\n" +
         figure.drawing + "\n</svg>\n";
}

std::optional<std::string> write_figure(const Figure& figure, std::span<const fs::path> paths) {
  const std::string svg = figure_svg(figure);
  // Everything is drawn, and every path checked, before anything is written.
  std::vector<std::optional<std::string>> files;
  for (const auto& path : paths) files.push_back(is_png(path) ? png_of_svg(svg, kSharpness) : svg);
  std::optional<std::string> note;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (files[i]) {
      write_file_atomically(paths[i], *files[i]);
    } else {
      note =
          "rsvg-convert is not installed, so no PNG was drawn: install the package librsvg2-bin (SVG needs "
          "nothing)";
    }
  }
  return note;
}

double text_width(std::string_view text, double font_size) {
  constexpr std::string_view kNarrow = "ijlIft.,:;'|!()[]/ -", kWide = "mwMW@%";
  double width = 0.0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0u) == 0x80u) continue;  // a character counts at its first byte
    const bool far = static_cast<unsigned char>(c) >= 0xE0u;         // beyond European scripts: often square
    width += kNarrow.find(c) != std::string_view::npos        ? 0.37
             : kWide.find(c) != std::string_view::npos || far ? 0.97
             : c >= 'A' && c <= 'Z'                           ? 0.70
                                                              : 0.61;
  }
  return width * font_size;
}

}  // namespace mlp
