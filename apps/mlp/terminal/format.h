// Numbers and text as people read them at a terminal; more numbers: mlp/number_text.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mlp/number_text.h"

namespace mlp::app {

std::string counted(std::uint64_t count, const std::string& noun);  ///< "1 epoch", "1,200 epochs"
std::string compact(double value);      ///< at most six digits: "255", "0.05", "1,500,000"
std::string countdown(double seconds);  ///< whole seconds: "12 s", "1:05"
std::string local_time(std::filesystem::file_time_type time);  ///< "2026-11-23 08:52", in local time
std::string rate(double per_second);                           ///< "850", "12.3 k", "1.25 M"
std::string bytes(std::uint64_t count);                        ///< "512 B", "9.9 MB"
std::string shortest(double value);                            ///< the fewest digits that read back exactly
std::string shortest(float value);

/// Why a file or folder cannot be accessed: "permission denied".
std::string reason_of(const std::error_code& error);

std::string one_line(std::string_view text);  ///< all of it, as by printable(): control characters become '?'

/// Columns `text` takes on a terminal: its characters in UTF-8, without escape sequences.
std::size_t columns_of(std::string_view text);

/// At most `columns` of text without escape sequences; "..." in place of what is cut off.
std::string shortened(const std::string& text, std::size_t columns);

/// The words of a command, quoted for a shell where needed, as $'...' where a word may not be shown as it is.
/// One line, to be typed again.
std::string shell_text(const std::vector<std::string>& words);

/// A path to be shown: as it is, or where that is not safe, as in shell_text().
std::string path_text(const std::filesystem::path& path);

/// Breaks `text` at spaces into lines of at most `width` characters.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// "a", "a or b", "a, b or c".
std::string alternatives(const std::vector<std::string>& names);

/// Joins `items` by `separator` into lines of at most `width` characters, no item broken.
std::vector<std::string> flow(const std::vector<std::string>& items, const std::string& separator,
                              std::size_t width);

}  // namespace mlp::app
