// Figures drawn by gnuplot: how it is started and how text becomes part of its script.
//
// gnuplot gets its script, and gives its pictures, through files in memory: there is no shell, no temporary
// file on disk, and a figure is written only when it is whole.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlp {

/// What to draw: gnuplot commands that need nothing but a terminal and an output.
struct Figure {
  int width = 800;  ///< pixels
  int height = 500;
  std::string data;      ///< data blocks, defined once
  std::string commands;  ///< settings and one plot, run for each output
};

/// Draws `figure` to each of `paths` (.svg or .png) in one run of gnuplot. Returns a note for the user where
/// gnuplot is not installed. Throws FileError when a path has another extension or cannot be written, or when
/// gnuplot fails (with the last line of what it said).
std::optional<std::string> draw_figure(const Figure& figure, std::span<const std::filesystem::path> paths);

/// `text` as a gnuplot string that nothing in it can end or change: all but letters and blanks as escapes;
/// control characters become blanks, bytes that are not UTF-8 U+FFFD; cut to `most` characters, the last of
/// which is then an ellipsis.
std::string gnuplot_text(std::string_view text, std::size_t most = 100);

/// The same for an axis tick, where gnuplot would read '%' as a format.
std::string gnuplot_tick(std::string_view text, std::size_t most);

/// A number as gnuplot reads it back; "NaN", a missing point, unless finite.
std::string number_text(double value);

}  // namespace mlp
