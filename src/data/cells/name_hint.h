// A hint for a column or a class that is asked for and not there.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mlp {

/// As suggest(), of names from a file, of which there may be many: the nearest of them are listed.
std::string suggest_name(std::string_view unknown, std::span<const std::string> names,
                         std::string_view called);

}  // namespace mlp
