// A hint for the name of a column or class that does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mlp {

/// As suggest(), for names from a file, of which there may be many: only the nearest of them are listed.
std::string suggest_name(std::string_view unknown, std::span<const std::string> names,
                         std::string_view called);

}  // namespace mlp
