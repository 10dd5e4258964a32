// SVG as PNG, by rsvg-convert, a program of librsvg's, where it is installed.
//
// Linked, librsvg and the forty libraries below it would be loaded at each start: 5 to 9 ms, as long as all
// else that `mlp --version` takes. Loaded when asked for, they would bring threads' state, messages and what
// leaks of fontconfig into a process that may train on.
//
// The program gets the SVG and gives the PNG through files in memory: there is no shell and no temporary
// file.
#pragma once

#include <optional>
#include <string>

namespace mlp {

/// `svg`, drawn with `scale` pixels for each of its own; none where there is no `program`. Throws FileError
/// when it fails, with the last line of what it said, or does not end within 20 seconds.
std::optional<std::string> png_of_svg(const std::string& svg, double scale,
                                      std::string program = "rsvg-convert");

}  // namespace mlp
