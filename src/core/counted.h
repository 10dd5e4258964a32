// Numbers with their noun, for messages: "1 class", "3 classes".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlp {

inline std::string counted(std::size_t count, std::string_view noun) {
  const std::string text = std::to_string(count) + " " + std::string(noun);
  return count == 1 ? text : text + (noun.ends_with('s') ? "es" : "s");
}

}  // namespace mlp
