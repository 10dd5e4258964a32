// SVG as PNG, by rsvg-convert, a program of librsvg's, where it is installed.
//
// If librsvg and the forty libraries below it were linked, every start would load them: 5 to 9 ms, as long as
// everything else that `mlp --version` does. Loaded on demand, they would bring thread state, messages and
// fontconfig's leaks into a process that may go on training.
//
// The program gets the SVG and returns the PNG through files in memory: there is no shell and no temporary
// file.
#pragma once

#include <optional>
#include <string>

namespace mlp {

/// `svg`, drawn with `scale` pixels for each of its own; nothing where `program` is not installed. Throws
/// FileError when it fails, with the last line of its output, or does not end within 20 seconds.
std::optional<std::string> png_of_svg(const std::string& svg, double scale,
                                      std::string program = "rsvg-convert");

}  // namespace mlp
