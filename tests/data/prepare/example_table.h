// The table that tests of mlp/table_data.h share.
#pragma once

#include <string>

#include "core/random.h"
#include "data/table/table_text.h"
#include "mlp/table_data.h"

namespace mlp::testing_support {

/// x, a class by its sign, one of three kinds, and a weight; a class in a tenth of the rows is missing.
inline std::string example_text(std::size_t rows) {
  const RandomStream random(3, RandomPurpose::kTest, 1);
  std::string text = "x,kind,class,y,w\n";
  for (std::size_t n = 0; n < rows; ++n) {
    const double x = random.normal(4 * n);
    const char* label = n % 10 == 7 ? "" : x > 1 ? "high" : "low";
    text += std::to_string(x) + "," + "abc"[random.bits(16 * n + 4) % 3] + "," + label + "," +
            std::to_string(3 * x + 1) + "," + std::to_string(n % 4) + "\n";
  }
  return text;
}

inline Table example_table(const std::string& target = "class") {
  return table_of(example_text(200), {.targets = {target}});
}

}  // namespace mlp::testing_support
