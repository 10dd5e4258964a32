// Auto MPG as UCI publishes it (Quinlan, 1993): one line per car, eight numbers between blanks, `?` for a
// missing one, then a tab and the car's name in quotes:
//
//   mpg  cylinders  displacement  horsepower  weight  acceleration  model_year  origin  "name"
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/matrix.h"

namespace mlp {

struct AutoMpg {
  Matrix<float> features;               ///< [N, 7], the complete rows in the file's order
  Matrix<float> mpg;                    ///< [N, 1]
  std::vector<std::uint32_t> lines;     ///< [N], of the file, counted from 0
  std::size_t incomplete = 0;           ///< rows left out
  std::vector<std::string> missing_in;  ///< the columns in which those rows have no value, each once
};

/// The names of the seven features.
const std::vector<std::string>& auto_mpg_features();

/// Throws FileError naming `file`, line, column and what was found.
AutoMpg parse_auto_mpg(std::string_view text, const std::string& file);

}  // namespace mlp
