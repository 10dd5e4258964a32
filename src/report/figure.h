// A picture that stands alone: charts with a title in an SVG file with styles of its own, or in a PNG.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlp {

struct Figure {
  double width = 800;  ///< pixels
  double height = 500;
  std::string title;
  std::string drawing;  ///< SVG, below the title: see kTitleHeight
};

/// Room around what is drawn, and above it for the title.
inline constexpr double kFigureMargin = 24, kTitleHeight = 52;

/// The size of all text except the title.
inline constexpr double kFontSize = 13;

/// The whole file.
std::string figure_svg(const Figure& figure);

/// Writes `figure` to each of `paths`, as SVG or as PNG by extension. Returns a note for the user where a PNG
/// could not be made because rsvg-convert is not installed. Throws FileError when a path has another
/// extension or cannot be written.
std::optional<std::string> write_figure(const Figure& figure, std::span<const std::filesystem::path> paths);

/// About how wide `text` is, in the widest of the usual fonts. The viewer decides which font draws it.
double text_width(std::string_view text, double font_size = kFontSize);

}  // namespace mlp
