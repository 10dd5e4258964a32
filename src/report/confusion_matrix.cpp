// A confusion matrix as a heat map: colour is the share of the true class's rows, the number in a cell their
// count. The colour follows the square root of the share, so that rare confusions remain visible.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "mlp/report.h"
#include "report/gnuplot.h"
#include "report/line_text.h"
#include "report/number_format.h"

namespace mlp {
namespace {

constexpr std::size_t kMostCounts = 50;   ///< classes up to which counts are printed
constexpr std::size_t kMostTicks = 100;   ///< classes up to which each is named ...
constexpr std::size_t kFewTicks = 25;     ///< ... of more, so many
constexpr int kMostSide = 1000;           ///< pixels of the matrix
constexpr double kLeastCell = 3.0;        ///< pixels: what is smaller is not seen
constexpr double kCharacterWidth = 0.62;  ///< of an average letter, as a share of the font's height
constexpr std::size_t kMostName = 16;     ///< characters of a class name

/// Pixels of a cell: as wide as the largest count needs, as many as fit on a page.
int cell_pixels(std::size_t classes) {
  if (classes <= 5) return 90;
  if (classes <= 12) return 54;
  if (classes <= 20) return 40;
  return std::max(900 / static_cast<int>(classes), 1) + (classes <= kMostCounts ? 8 : 0);
}

/// Height of the counts: as large as the largest one fits into its cell, at most 15 pixels.
int count_pixels(int cell, std::uint64_t largest) {
  const double characters = static_cast<double>(std::max<std::size_t>(3, with_thousands(largest).size()));
  return std::clamp(static_cast<int>(0.85 * cell / (kCharacterWidth * characters)), 6, 15);
}

std::string cells_block(const Matrix<std::uint64_t>& confusion) {
  std::string cells = "$cells << END_OF_DATA\n";
  for (std::size_t row = 0; row < confusion.rows(); ++row) {
    const auto counts = confusion.row(row);
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    for (std::size_t column = 0; column < counts.size(); ++column) {
      if (counts[column] == 0) continue;
      const double share = std::sqrt(static_cast<double>(counts[column]) / total);
      cells += std::to_string(column) + " " + std::to_string(row) + " " + number_text(share) + " " +
               with_thousands(counts[column]) + " " + (share > 0.62 ? "0xFFFFFF" : "0x202020") + "\n";
    }
  }
  return cells + "-9 -9 0 0 0x000000\nEND_OF_DATA\n";  // outside the picture: a block is never empty
}

std::string ticks(const std::vector<std::string>& names) {
  std::string list;
  const std::size_t step = names.size() <= kMostTicks ? 1 : (names.size() + kFewTicks - 1) / kFewTicks;
  for (std::size_t i = 0; i < names.size(); i += step) {
    list += (list.empty() ? "" : ", ") + gnuplot_tick(names[i], kMostName) + " " + std::to_string(i);
  }
  return "(" + list + ")";
}

}  // namespace

std::optional<std::string> draw_confusion_matrix(const Matrix<std::uint64_t>& confusion,
                                                 const std::vector<std::string>& class_names,
                                                 const std::string& title,
                                                 const std::filesystem::path& path) {
  const std::size_t classes = class_names.size();
  require(classes > 0 && confusion.rows() == classes && confusion.columns() == classes,
          "draw_confusion_matrix: as many classes as rows and columns expected");
  std::size_t longest = 0;
  for (const auto& name : class_names)
    longest = std::max(longest, std::min(character_count(name), kMostName));
  const std::uint64_t largest = *std::max_element(confusion.values().begin(), confusion.values().end());

  const int pixels = cell_pixels(classes);
  const int side = std::min(pixels * static_cast<int>(classes), kMostSide);
  const int tick_pixels = classes > kMostTicks ? 11 : std::clamp(pixels / 2, 7, 14);
  const std::string half = number_text(0.5 * std::max(1.0, kLeastCell * static_cast<double>(classes) / side));
  const bool rotated = static_cast<double>(longest) * kCharacterWidth * tick_pixels > pixels;
  const int name_pixels = static_cast<int>(static_cast<double>(longest) * kCharacterWidth * tick_pixels) + 20;
  const int left = name_pixels + 40, right = 120, top = 60, bottom = (rotated ? name_pixels : 30) + 45;
  const int width = left + side + right, height = top + side + bottom;
  const auto fraction = [](int part, int whole) { return number_text(static_cast<double>(part) / whole); };

  Figure figure{.width = width, .height = height, .data = cells_block(confusion), .commands = {}};
  const std::string last = number_text(static_cast<double>(classes) - 0.5);
  figure.commands =
      "set title " + gnuplot_text(title) + " font ',18'\nset ylabel 'true'\nunset key\n" +
      // gnuplot's own label would keep clear of names in the large font.
      "set label 'predicted' center at screen " + number_text((left + 0.5 * side) / width) + ", " +
      fraction(20, height) + "\nset lmargin at screen " + fraction(left, width) + "\nset rmargin at screen " +
      fraction(left + side, width) + "\nset bmargin at screen " + fraction(bottom, height) +
      "\nset tmargin at screen " + fraction(bottom + side, height) + "\nset xrange [-0.5:" + last +
      "]\nset yrange [" + last + ":-0.5]\n" +
      "set border 15 linewidth 1 linecolor rgb '#A0A0A0'\nset tics scale 0 nomirror textcolor rgb "
      "'#303030'\n" +
      "set xtics " + (rotated ? "rotate by 90 right " : "norotate ") + ticks(class_names) + " font '," +
      std::to_string(tick_pixels) + "'\nset ytics " + ticks(class_names) + " font '," +
      std::to_string(tick_pixels) + "'\n" +
      "set palette defined (0 '#F3F8FC', 0.1 '#D4E4F3', 0.32 '#8FBFE0', 0.62 '#3B82BD', 1 '#08306B')\n"
      "set cbrange [0:1]\nset colorbox user origin screen " +
      fraction(left + side + 20, width) + "," + fraction(bottom, height) + " size screen " +
      fraction(14, width) + "," + fraction(side, height) + " noborder\nset cbtics (" +
      std::string(side < 300 ? "" : "'1%%' 0.1, '5%%' 0.2236, ") +
      "'0%%' 0, '10%%' 0.3162, '25%%' 0.5, '50%%' 0.7071, '100%%' 1) font ',12' offset -0.6,0 textcolor rgb "
      "'#303030'\n"
      "set cblabel 'share of the true class' font ',13' offset 0.5,0\n"
      "set style fill solid 1 noborder\n"
      "plot $cells using 1:2:($1-" +
      half + "):($1+" + half + "):($2-" + half + "):($2+" + half + "):3 with boxxyerror linecolor palette";
  if (classes <= kMostCounts) {
    figure.commands += ", $cells using 1:2:(stringcolumn(4)):5 with labels textcolor rgb variable font '," +
                       std::to_string(count_pixels(pixels, largest)) + "'";
  }
  figure.commands += "\n";
  return draw_figure(figure, std::span(&path, 1));
}

}  // namespace mlp
